#include "model/train/chart.h"

#include <math.h>

enum { WIDTH = 880, HEIGHT = 480, LEFT = 64, RIGHT = 24, TOP = 44, BOTTOM = 52 };

typedef struct Frame {
    double x0, x1, y0, y1; // the ranges of the axes
} Frame;

static double across(const Frame *f, double x) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (x - f->x0) / (f->x1 - f->x0);
}

static double down(const Frame *f, double y) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (f->y1 - y) / (f->y1 - f->y0);
}

static Frame frame(const Curve *curves, int count) {
    Frame f = {HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    for (int c = 0; c < count; c++)
        for (int i = 0; i < curves[c].count; i++) {
            f.x0 = MIN(f.x0, curves[c].x[i]);
            f.x1 = MAX(f.x1, curves[c].x[i]);
        }
    for (int c = 0; c < count; c++)
        for (int i = 0; i < curves[c].count; i++) {
            if (curves[c].x[i] < f.x0 + (f.x1 - f.x0) / 10) continue;
            f.y0 = MIN(f.y0, curves[c].y[i]);
            f.y1 = MAX(f.y1, curves[c].y[i]);
        }
    if (!(f.x1 > f.x0)) f.x0 = 0, f.x1 = 1;
    if (!(f.y1 > f.y0)) f.y0 = 0, f.y1 = isfinite(f.y1) && f.y1 > 0 ? f.y1 * 1.1 : 1;
    double room = (f.y1 - f.y0) / 20;
    f.y0 -= room;
    f.y1 += room;
    return f;
}

// Returns the distance between ticks: 1, 2 or 5 times a power of ten, so that there are
// about six ticks.
static double tick(double span) {
    double base = pow(10, floor(log10(span / 6))), times = span / 6 / base;
    return base * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}

static void axes(GString *s, const Frame *f, const char *x_name, const char *y_name) {
    double step = tick(f->y1 - f->y0);
    for (double y = ceil(f->y0 / step) * step; y <= f->y1; y += step)
        g_string_append_printf(s,
                               "<path d='M%d %.1fH%d' stroke='#e3e3e3'/>"
                               "<text x='%d' y='%.1f' text-anchor='end'>%g</text>\n",
                               LEFT, down(f, y), WIDTH - RIGHT, LEFT - 8,
                               down(f, y) + 4, round(y / step) * step);
    step = tick(f->x1 - f->x0);
    for (double x = ceil(f->x0 / step) * step; x <= f->x1; x += step)
        g_string_append_printf(
            s, "<text x='%.1f' y='%d' text-anchor='middle'>%g</text>\n", across(f, x),
            HEIGHT - BOTTOM + 20, round(x / step) * step);
    g_string_append_printf(s,
                           "<text x='%d' y='%d' text-anchor='middle'>%s</text>\n"
                           "<text x='16' y='%d' text-anchor='middle' "
                           "transform='rotate(-90 16 %d)'>%s</text>\n",
                           (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_name, HEIGHT / 2,
                           HEIGHT / 2, y_name);
}

static void curve(GString *s, const Frame *f, const Curve *c, int index) {
    g_string_append_printf(s,
                           "<polyline fill='none' stroke='%s' stroke-width='2' "
                           "clip-path='url(#plot)' points='",
                           c->colour);
    for (int i = 0; i < c->count; i++)
        g_string_append_printf(s, "%.1f,%.1f ", across(f, c->x[i]), down(f, c->y[i]));
    g_string_append(s, "'/>\n");
    if (c->count == 0) return;
    g_string_append_printf(
        s, "<text x='%d' y='%d' fill='%s' text-anchor='end'>%s: %.4f</text>\n",
        WIDTH - RIGHT, TOP + 8 + 20 * index, c->colour, c->name, c->y[c->count - 1]);
}

char *chart_svg(const char *title, const char *x_name, const char *y_name,
                const Curve *curves, int count) {
    Frame f = frame(curves, count);
    char *safe = g_markup_escape_text(title, -1);
    GString *s = g_string_new(NULL);
    g_string_append_printf(
        s,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
        "font-family='sans-serif' font-size='13' fill='#444'>\n"
        "<clipPath id='plot'><path d='M%d %dH%dV%dH%dZ'/></clipPath>\n"
        "<path fill='#fff' d='M0 0H%dV%dH0Z'/>\n"
        "<text x='%d' y='24' font-size='15' font-weight='bold'>%s</text>\n",
        WIDTH, HEIGHT, LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM, LEFT, WIDTH, HEIGHT,
        LEFT, safe);
    axes(s, &f, x_name, y_name);
    for (int i = 0; i < count; i++) curve(s, &f, &curves[i], i);
    g_string_append(s, "</svg>\n");
    g_free(safe);
    return g_string_free(s, FALSE);
}
