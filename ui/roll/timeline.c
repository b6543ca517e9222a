#include "ui/roll/timeline.h"

#include <glib.h>
#include <math.h>

static double per_point(const Timeline *t) {
    return t->per_point > 0 ? t->per_point : 10000;
}

double timeline_x(const Timeline *t, double time) {
    return t->left + (time - t->from) / per_point(t);
}

int64_t timeline_time(const Timeline *t, double x) {
    return llround(t->from + (x - t->left) * per_point(t));
}

int64_t timeline_end(const Timeline *t) { return timeline_time(t, t->left + t->width); }

void timeline_zoom(Timeline *t, double x, double by) {
    double time = t->from + (x - t->left) * per_point(t);
    t->per_point = CLAMP(per_point(t) / by, TIMELINE_CLOSEST, TIMELINE_WIDEST);
    t->from = time - (x - t->left) * t->per_point;
}

void timeline_scroll(Timeline *t, double points) { t->from += points * per_point(t); }

void timeline_show(Timeline *t, int64_t from, int64_t to) {
    double length = MAX((double)(to - from), 1e6);
    t->per_point = CLAMP(length * 1.04 / MAX(t->width, 1), TIMELINE_CLOSEST,
                         TIMELINE_WIDEST);
    t->from = (double)from - length * .02;
}

void timeline_keep(Timeline *t, int64_t end) {
    double margin = t->width * per_point(t);
    t->from = CLAMP(t->from, -margin * .02, MAX((double)end - margin * .3, 0));
}

bool timeline_follow(Timeline *t, int64_t time) {
    double x = (timeline_x(t, (double)time) - t->left) / MAX(t->width, 1);
    if (x >= 0 && x <= .9) return false;
    t->from = (double)time - .15 * t->width * per_point(t);
    return true;
}

void timeline_marks(const Timeline *t, int64_t *ret_mark, int64_t *ret_number) {
    static const struct {
        int64_t mark, number; // milliseconds
    } steps[] = {
        {10, 50},         {20, 100},         {50, 200},         {100, 500},
        {200, 1000},      {500, 2000},       {1000, 5000},      {2000, 10000},
        {5000, 30000},    {10000, 60000},    {30000, 120000},   {60000, 300000},
        {120000, 600000}, {600000, 1800000}, {600000, 3600000},
    };
    guint i = 0;
    while (i + 1 < G_N_ELEMENTS(steps) &&
           (double)steps[i].number * 1000 / per_point(t) < 80)
        i++;
    *ret_mark = steps[i].mark * 1000, *ret_number = steps[i].number * 1000;
}
