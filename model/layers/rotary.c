#include "model/layers/layers.h"

#include "model/files/memory.h"

static void fill(real *table, int rows, int step, const Config *c) {
    int pairs = config_rotary(c) / 2;
    for (int i = 0; i < pairs; i++) {
        double turn = pairs > 1 ? pow(c->rotary_wavelength, -i / (pairs - 1.0)) : 1;
        for (int p = 0; p < rows; p++) {
            real *at = table + ((size_t)p * (size_t)pairs + (size_t)i) * 2;
            at[0] = (real)cos((double)p * step * turn);
            at[1] = (real)sin((double)p * step * turn);
        }
    }
}

Rotary rotary_new(const Config *c, int positions) {
    size_t r = (size_t)config_rotary(c);
    int coarse = positions / ROTARY_FINE + 1;
    Rotary t = {.pairs = (int)r / 2,
                .fine = memory_new(ROTARY_FINE * r, sizeof(real)),
                .coarse = memory_new((size_t)coarse * r, sizeof(real))};
    if (!t.fine || !t.coarse) {
        rotary_free(&t);
        return t;
    }
    fill(t.fine, ROTARY_FINE, 1, c);
    fill(t.coarse, coarse, ROTARY_FINE, c);
    return t;
}

void rotary_free(Rotary *t) {
    memory_free(t->fine);
    memory_free(t->coarse);
    *t = (Rotary){0};
}

static const real *row(const real *table, int pairs, int at) {
    return table + (size_t)at * (size_t)pairs * 2;
}

void rotary_angles(real *angles, const Rotary *t, int position) {
    const real *a = row(t->coarse, t->pairs, position / ROTARY_FINE);
    const real *b = row(t->fine, t->pairs, position % ROTARY_FINE);
    for (int i = 0; i < 2 * t->pairs; i += 2) {
        angles[i] = a[i] * b[i] - a[i + 1] * b[i + 1];
        angles[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
    }
}

typedef struct Turn {
    real *x;
    const Rotary *table;
    int first, direction, heads, width;
} Turn;

VECTOR_CLONES
static void rotary_rows(void *data, int begin, int end) {
    const Turn *t = data;
    int dh = t->width / t->heads, r = 2 * t->table->pairs;
    real angle[CONFIG_ROTARY_MOST];
    for (int j = begin; j < end; j++) {
        rotary_angles(angle, t->table, t->first + j);
        for (int h = 0; h < t->heads; h++) {
            real *x = t->x + (size_t)j * (size_t)t->width + (size_t)(h * dh);
            for (int i = 0; i < r; i += 2) {
                real cosine = angle[i], sine = angle[i + 1], a = x[i], b = x[i + 1];
                sine = t->direction > 0 ? sine : -sine;
                x[i] = a * cosine - b * sine;
                x[i + 1] = b * cosine + a * sine;
            }
        }
    }
}

void rotary(Pool *p, real *x, const Rotary *table, int first, int direction, int N,
            const Config *c) {
    pool_run(p, N, 64, rotary_rows,
             &(Turn){x, table, first, direction, c->heads, c->width});
}

void rotary_places(real *x, const Rotary *table, int first, int N, const Config *c) {
    real angle[CONFIG_ROTARY_MOST];
    for (int j = 0; j < N; j++) {
        rotary_angles(angle, table, first + j);
        real *at = x + (size_t)j * (size_t)c->width;
        for (int i = 0; i < 2 * table->pairs; i += 2, at += 4) {
            real cosine = angle[i], sine = angle[i + 1];
            at[0] += cosine;
            at[1] += sine;
            at[2] += cosine * cosine - sine * sine;
            at[3] += 2 * cosine * sine;
        }
    }
}
