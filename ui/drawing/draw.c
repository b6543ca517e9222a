#include "ui/drawing/draw.h"

#include "ui/drawing/damage.h"
#include "ui/drawing/text.h"

#include <math.h>
#include <string.h>

typedef enum Kind { KIND_BOX, KIND_ROUND, KIND_CONVEX, KIND_TEXT } Kind;

// It is hashed as bytes, so it must be zeroed before it is filled in.
typedef struct Shape {
    Kind kind;
    Color color;
    Area clip, box;
    double radius, line;
    Point points[4];
    uint32_t number; // of the text
    int count;       // of the points
} Shape;

struct Draw {
    Fonts *fonts;
    const Theme *theme;
    Damage *damage;
    GArray *shapes; // of Shape
    GArray *masks;  // of Mask, one for each shape that is a text, in order
    GString *texts;
    double scale;
    Area clip, window;
};

Draw *draw_new(Fonts *fonts) {
    Draw *d = g_new0(Draw, 1);
    d->fonts = fonts;
    d->theme = theme_of(THEME_DARK);
    d->damage = damage_new();
    d->shapes = g_array_new(FALSE, FALSE, sizeof(Shape));
    d->masks = g_array_new(FALSE, FALSE, sizeof(Mask));
    d->texts = g_string_new(NULL);
    d->scale = 1;
    return d;
}

void draw_free(Draw *d) {
    if (!d) return;
    damage_free(d->damage);
    g_array_free(d->shapes, TRUE);
    g_array_free(d->masks, TRUE);
    g_string_free(d->texts, TRUE);
    g_free(d);
}

void draw_begin(Draw *d, int width, int height, double scale) {
    g_array_set_size(d->shapes, 0);
    g_array_set_size(d->masks, 0);
    g_string_truncate(d->texts, 0);
    fonts_forget(d->fonts);
    d->scale = scale;
    d->clip = d->window = (Area){0, 0, width, height};
    damage_begin(d->damage, width, height);
}

void draw_set_theme(Draw *d, const Theme *theme) { d->theme = theme; }
const Theme *draw_theme(const Draw *d) { return d->theme; }

double draw_scale(const Draw *d) { return d->scale; }
double draw_pixel(const Draw *d) { return 1 / d->scale; }

static void paint(const Draw *d, Canvas *canvas, Area dirty) {
    const Mask *mask = (const Mask *)(const void *)d->masks->data;
    for (guint i = 0; i < d->shapes->len; i++) {
        const Shape *s = &g_array_index(d->shapes, Shape, i);
        const Mask *m = s->kind == KIND_TEXT ? mask++ : NULL;
        Area clip = area_meet(s->clip, dirty);
        if (area_empty(clip)) continue;
        switch (s->kind) {
        case KIND_BOX: raster_box(canvas, clip, s->box, s->color); break;
        case KIND_ROUND:
            raster_round(canvas, clip, s->box, s->radius, s->line, s->color);
            break;
        case KIND_CONVEX:
            raster_convex(canvas, clip, s->points, s->count, s->color);
            break;
        case KIND_TEXT:
            raster_mask(canvas, clip, m, s->box.x, s->box.y, s->color);
            break;
        }
    }
}

const Area *draw_end(Draw *d, Canvas *canvas, int *ret_count) {
    const Area *areas = damage_end(d->damage, ret_count);
    for (int i = 0; i < *ret_count; i++) paint(d, canvas, areas[i]);
    return areas;
}

static int pixel(const Draw *d, double points) {
    return (int)lround(CLAMP(points * d->scale, -1e6, 1e6));
}

static Area to_area(const Draw *d, Box b) {
    int x = pixel(d, b.x), y = pixel(d, b.y);
    return (Area){x, y, pixel(d, b.x + b.w) - x, pixel(d, b.y + b.h) - y};
}

Area draw_clip(Draw *d, Box box) {
    Area before = d->clip;
    d->clip = area_meet(d->clip, to_area(d, box));
    return before;
}

void draw_unclip(Draw *d, Area clip) { d->clip = clip; }

// Keeps the shape if any part of it is visible. `bounds` is the area that it may cover.
static bool keep(Draw *d, Shape *s, Area bounds) {
    s->clip = area_meet(d->clip, bounds);
    if (area_empty(s->clip) || s->color >> 24 == 0) return false;
    g_array_append_val(d->shapes, *s);
    damage_add(d->damage, s->clip, s, sizeof *s);
    return true;
}

static Shape shape(Kind kind, Color color) {
    Shape s;
    memset(&s, 0, sizeof s);
    s.kind = kind, s.color = color;
    return s;
}

void draw_box(Draw *d, Box box, Color color) {
    Shape s = shape(KIND_BOX, color);
    s.box = to_area(d, box);
    keep(d, &s, s.box);
}

void draw_round(Draw *d, Box box, double radius, Color color) {
    draw_ring(d, box, radius, 0, color);
}

void draw_ring(Draw *d, Box box, double radius, double line, Color color) {
    Shape s = shape(KIND_ROUND, color);
    s.box = to_area(d, box);
    s.radius = radius * d->scale, s.line = line * d->scale;
    keep(d, &s, s.box);
}

void draw_convex(Draw *d, const Point *points, int count, Color color) {
    Shape s = shape(KIND_CONVEX, color);
    double x0 = points[0].x, x1 = x0, y0 = points[0].y, y1 = y0;
    for (int i = 0; i < count; i++) {
        s.points[i] = (Point){points[i].x * d->scale, points[i].y * d->scale};
        x0 = MIN(x0, points[i].x), x1 = MAX(x1, points[i].x);
        y0 = MIN(y0, points[i].y), y1 = MAX(y1, points[i].y);
    }
    s.count = count;
    double edge = 2 / d->scale;
    keep(d, &s,
         to_area(d,
                 (Box){x0 - edge, y0 - edge, x1 - x0 + 2 * edge, y1 - y0 + 2 * edge}));
}

typedef struct Fit {
    Draw *d;
    Face face;
    double width;
} Fit;

static int face_size(const Draw *d, Face face) { return pixel(d, face.size); }

// Returns the width of a character beside digits in pixels, measured over many copies
// because the width of one is rounded to whole pixels.
static double place(Draw *d, Face face, char c) {
    int size = face_size(d, face);
    double digit = fonts_width(d->fonts, face.strong, size, "0000000000") / 10.0;
    if (g_ascii_isdigit(c)) return digit;
    const char between[] = {'0', c, '0', 0};
    return fonts_width(d->fonts, face.strong, size, between) - 2 * digit;
}

static bool is_ascii(const char *text) {
    for (; *text; text++)
        if ((unsigned char)*text >= 128) return false;
    return true;
}

// Slots of fixed width are for numbers; what is cut ends in an ellipsis.
static bool is_even(Face face, const char *text) { return face.even && is_ascii(text); }

static double printable_width(Draw *d, Face face, const char *text) {
    if (!is_even(face, text))
        return fonts_width(d->fonts, face.strong, face_size(d, face), text);
    double w = 0;
    for (const char *c = text; *c; c++) w += place(d, face, *c);
    return w;
}

static gboolean fits(const char *text, void *with) {
    const Fit *fit = with;
    return printable_width(fit->d, fit->face, text) <= fit->width * fit->d->scale + 1;
}

static double put(Draw *d, Face face, double x, double y, double h, Color color,
                  const char *text) {
    const FontText *t = fonts_text(d->fonts, face.strong, face_size(d, face), text);
    Shape s = shape(KIND_TEXT, color);
    s.box = (Area){(int)lround(x), (int)lround(y + (h - t->mask.height) / 2),
                   t->mask.width, t->mask.height};
    s.number = t->number;
    if (keep(d, &s, s.box)) g_array_append_val(d->masks, t->mask);
    return t->mask.width;
}

// Draws each digit in the middle of a slot of fixed width.
static void put_even(Draw *d, Face face, double x, double y, double h, Color color,
                     const char *text) {
    for (const char *c = text; *c; c++) {
        const char one[2] = {*c, 0};
        double w = fonts_width(d->fonts, face.strong, face_size(d, face), one);
        double wide = place(d, face, *c);
        put(d, face, x + (wide - w) / 2, y, h, color, one);
        x += wide;
    }
}

static double put_line(Draw *d, Face face, Box box, Align align, Color color,
                       const char *text) {
    Fit fit = {d, face, box.w};
    g_autofree char *fitting = text_shorten(text, fits, &fit);
    double w = printable_width(d, face, fitting), x = box.x * d->scale;
    double room = box.w * d->scale - w;
    if (align == ALIGN_CENTER) x += room / 2;
    if (align == ALIGN_RIGHT) x += room;
    double y = box.y * d->scale, h = box.h * d->scale;
    if (is_even(face, fitting))
        put_even(d, face, x, y, h, color, fitting);
    else
        put(d, face, x, y, h, color, fitting);
    g_string_append_printf(d->texts, "%s\n", fitting);
    return w / d->scale;
}

double draw_text(Draw *d, Face face, Box box, Align align, Color color,
                 const char *text) {
    g_autofree char *printable = text_printable(text);
    return put_line(d, face, box, align, color, printable);
}

double draw_text_width(Draw *d, Face face, const char *text) {
    g_autofree char *printable = text_printable(text);
    return printable_width(d, face, printable) / d->scale;
}

// Cuts from `*text` as many words as fit into one line, at least one.
static char *take_line(Draw *d, Face face, double width, const char **text) {
    const char *end = *text;
    for (const char *c = *text; *c; c = end) {
        const char *word_end = strchr(c + (*c == ' '), ' ');
        if (!word_end) word_end = c + strlen(c);
        g_autofree char *longer = g_strndup(*text, (gsize)(word_end - *text));
        if (end > *text && printable_width(d, face, longer) > width) break;
        end = word_end;
    }
    char *line = g_strndup(*text, (gsize)(end - *text));
    *text = *end ? end + 1 : end;
    return line;
}

double draw_lines(Draw *d, Face face, Box box, Color color, const char *text) {
    g_autofree char *printable = text_printable(text);
    const char *left = printable;
    double height = face.size * 1.4, y = box.y;
    while (*left && y + height <= box.y + box.h + 1) {
        bool last = y + 2 * height > box.y + box.h + 1;
        const char *all = left;
        g_autofree char *line = take_line(d, face, box.w * d->scale, &left);
        put_line(d, face, (Box){box.x, y, box.w, height}, ALIGN_LEFT, color,
                 last ? all : line);
        y += height;
    }
    return y - box.y;
}

char *draw_texts(const Draw *d) { return g_strdup(d->texts->str); }
