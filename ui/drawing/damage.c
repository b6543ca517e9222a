#include "ui/drawing/damage.h"

#include <glib.h>
#include <string.h>

#define CELL 64 // pixels

struct Damage {
    int width, height, columns, rows;
    uint64_t *now, *before; // a hash per cell; owned
    bool all;
    GArray *areas; // of Area
};

Damage *damage_new(void) {
    Damage *d = g_new0(Damage, 1);
    d->areas = g_array_new(FALSE, FALSE, sizeof(Area));
    return d;
}

void damage_free(Damage *d) {
    if (!d) return;
    g_free(d->now);
    g_free(d->before);
    g_array_free(d->areas, TRUE);
    g_free(d);
}

void damage_begin(Damage *d, int width, int height) {
    if (d->width != width || d->height != height) {
        d->width = width, d->height = height;
        d->columns = (width + CELL - 1) / CELL, d->rows = (height + CELL - 1) / CELL;
        gsize cells = (gsize)d->columns * (gsize)d->rows;
        g_free(d->now);
        g_free(d->before);
        d->now = g_new0(uint64_t, cells);
        d->before = g_new0(uint64_t, cells);
        d->all = true;
    }
    memset(d->now, 0, sizeof *d->now * (gsize)d->columns * (gsize)d->rows);
}

static uint64_t mixed(uint64_t h, uint64_t word) {
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

void damage_add(Damage *d, Area area, const void *bytes, size_t size) {
    uint64_t hash = size;
    for (size_t i = 0; i < size; i += sizeof hash) {
        uint64_t word = 0;
        memcpy(&word, (const char *)bytes + i, MIN(sizeof word, size - i));
        hash = mixed(hash, word);
    }
    Area a = area_meet(area, (Area){0, 0, d->width, d->height});
    if (area_empty(a)) return;
    for (int y = a.y / CELL; y <= (a.y + a.h - 1) / CELL; y++)
        for (int x = a.x / CELL; x <= (a.x + a.w - 1) / CELL; x++) {
            uint64_t *cell = &d->now[(ptrdiff_t)y * d->columns + x];
            *cell = mixed(*cell, hash);
        }
}

static bool is_damaged(const Damage *d, int x, int y) {
    ptrdiff_t cell = (ptrdiff_t)y * d->columns + x;
    return d->all || d->now[cell] != d->before[cell];
}

// Adjacent cells in a row become one area, and equal runs in successive rows are
// merged.
static void add_run(Damage *d, int x, int end, int y) {
    Area run = {x * CELL, y * CELL, (end - x) * CELL, CELL};
    run = area_meet(run, (Area){0, 0, d->width, d->height});
    for (guint i = 0; i < d->areas->len; i++) {
        Area *above = &g_array_index(d->areas, Area, i);
        if (above->x == run.x && above->w == run.w && above->y + above->h == run.y) {
            above->h += run.h;
            return;
        }
    }
    g_array_append_val(d->areas, run);
}

const Area *damage_end(Damage *d, int *ret_count) {
    g_array_set_size(d->areas, 0);
    for (int y = 0; y < d->rows; y++)
        for (int x = 0; x < d->columns; x++) {
            int end = x;
            while (end < d->columns && is_damaged(d, end, y)) end++;
            if (end > x) add_run(d, x, end, y);
            x = MAX(end, x);
        }
    uint64_t *now = d->now;
    d->now = d->before, d->before = now;
    d->all = false;
    *ret_count = (int)d->areas->len;
    return (const Area *)(const void *)d->areas->data;
}
