#include "ui/drawing/raster.h"

#include <glib.h>
#include <math.h>

Area area_meet(Area a, Area b) {
    int x0 = MAX(a.x, b.x), y0 = MAX(a.y, b.y);
    int x1 = MIN(a.x + a.w, b.x + b.w), y1 = MIN(a.y + a.h, b.y + b.h);
    if (x1 <= x0 || y1 <= y0) return (Area){x0, y0, 0, 0};
    return (Area){x0, y0, x1 - x0, y1 - y0};
}

bool area_empty(Area a) { return a.w <= 0 || a.h <= 0; }

static unsigned channel(Color c, int shift) { return c >> shift & 0xFF; }

Color color_mix(Color a, Color b, double t) {
    Color ret = 0;
    t = CLAMP(t, 0, 1);
    for (int shift = 0; shift < 32; shift += 8) {
        double v = channel(a, shift) * (1 - t) + channel(b, shift) * t;
        ret |= (Color)lround(v) << shift;
    }
    return ret;
}

Color color_fade(Color c, double opacity) {
    return (c & 0xFFFFFF) | (Color)lround(channel(c, 24) * CLAMP(opacity, 0, 1)) << 24;
}

// Blends the color over a pixel; cover is 0-256. Red and blue share one multiplication.
static uint32_t over(uint32_t under, Color color, unsigned cover) {
    uint32_t rb = (under & 0xFF00FF) * (256 - cover) + (color & 0xFF00FF) * cover;
    uint32_t g = (under & 0xFF00) * (256 - cover) + (color & 0xFF00) * cover;
    return 0xFF000000 | (rb >> 8 & 0xFF00FF) | (g >> 8 & 0xFF00);
}

static unsigned to256(unsigned of255) { return of255 + (of255 >> 7); }
static unsigned opacity256(Color color) { return to256(channel(color, 24)); }

static uint32_t *row(Canvas *c, int y) { return c->pixels + (ptrdiff_t)y * c->stride; }

void raster_box(Canvas *c, Area clip, Area box, Color color) {
    Area a = area_meet(clip, box);
    unsigned cover = opacity256(color);
    for (int y = a.y; y < a.y + a.h; y++) {
        uint32_t *p = row(c, y) + a.x;
        if (cover >= 256)
            for (int x = 0; x < a.w; x++) p[x] = color;
        else
            for (int x = 0; x < a.w; x++) p[x] = over(p[x], color, cover);
    }
}

static void blend(uint32_t *pixel, Color color, double cover) {
    if (cover > 0)
        *pixel = over(*pixel, color,
                      (unsigned)(MIN(cover, 1) * opacity256(color) + .5));
}

// Returns the distance of a point from a rounded box around the origin, below 0 if it
// is inside.
static double outside_round(double x, double y, double w, double h, double radius) {
    double dx = fabs(x) - w / 2 + radius, dy = fabs(y) - h / 2 + radius;
    return MIN(MAX(dx, dy), 0) + hypot(MAX(dx, 0), MAX(dy, 0)) - radius;
}

void raster_round(Canvas *c, Area clip, Area box, double radius, double line,
                  Color color) {
    Area a = area_meet(clip, box);
    radius = MIN(radius, MIN(box.w, box.h) / 2.0);
    int corner = (int)ceil(MAX(radius, line));
    double mx = box.x + box.w / 2.0, my = box.y + box.h / 2.0;
    for (int y = a.y; y < a.y + a.h; y++) {
        uint32_t *p = row(c, y);
        bool edge = y < box.y + corner || y >= box.y + box.h - corner;
        for (int x = a.x; x < a.x + a.w; x++) {
            if (!edge && x >= box.x + corner && x < box.x + box.w - corner) {
                int end = MIN(a.x + a.w, box.x + box.w - corner);
                if (line <= 0) raster_box(c, clip, (Area){x, y, end - x, 1}, color);
                x = end - 1;
                continue;
            }
            double d = outside_round(x + .5 - mx, y + .5 - my, box.w, box.h, radius);
            double cover = CLAMP(.5 - d, 0, 1);
            if (line > 0) cover = MIN(cover, CLAMP(d + line + .5, 0, 1));
            blend(&p[x], color, cover);
        }
    }
}

void raster_convex(Canvas *c, Area clip, const Point *p, int count, Color color) {
    double x0 = p[0].x, x1 = x0, y0 = p[0].y, y1 = y0, twice_area = 0;
    for (int i = 0; i < count; i++) {
        const Point *a = &p[i], *b = &p[(i + 1) % count];
        twice_area += a->x * b->y - b->x * a->y;
        x0 = MIN(x0, a->x), x1 = MAX(x1, a->x);
        y0 = MIN(y0, a->y), y1 = MAX(y1, a->y);
    }
    Area box = {(int)floor(x0) - 1, (int)floor(y0) - 1, 0, 0};
    box.w = (int)ceil(x1) + 1 - box.x, box.h = (int)ceil(y1) + 1 - box.y;
    Area a = area_meet(clip, box);
    double sense = twice_area < 0 ? -1 : 1;
    for (int y = a.y; y < a.y + a.h; y++) {
        for (int x = a.x; x < a.x + a.w; x++) {
            double cover = 1; // the smallest coverage that any edge leaves
            for (int i = 0; i < count && cover > 0; i++) {
                const Point *s = &p[i], *e = &p[(i + 1) % count];
                double dx = e->x - s->x, dy = e->y - s->y, length = hypot(dx, dy);
                if (length <= 0) continue;
                double inside = ((y + .5 - s->y) * dx - (x + .5 - s->x) * dy) / length *
                                sense;
                cover = MIN(cover, CLAMP(inside + .5, 0, 1));
            }
            blend(&row(c, y)[x], color, cover);
        }
    }
}

void raster_mask(Canvas *c, Area clip, const Mask *mask, int x, int y, Color color) {
    Area a = area_meet(clip, (Area){x, y, mask->width, mask->height});
    unsigned opacity = opacity256(color);
    for (int j = a.y; j < a.y + a.h; j++) {
        uint32_t *p = row(c, j);
        const uint8_t *m = mask->cover + (ptrdiff_t)(j - y) * mask->width;
        for (int i = a.x; i < a.x + a.w; i++)
            if (m[i - x]) p[i] = over(p[i], color, to256(m[i - x]) * opacity >> 8);
    }
}
