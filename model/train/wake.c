#include "model/train/wake.h"

#define NOTHING 1e-3 // as a share of the median

static int by_size(const void *a, const void *b) {
    real x = *(const real *)a, y = *(const real *)b;
    return (x > y) - (x < y);
}

static real median(const Parameters *grad, const Config *c, int units) {
    g_autofree real *sizes = g_new(real, (size_t)(c->layers + 1) * (size_t)units);
    size_t count = 0;
    for (int b = -1; b < c->layers; b++) {
        const Block *block = b < 0 ? &grad->cross : &grad->layers[b];
        for (int i = 0; i < units; i++)
            sizes[count++] = (real)fabs((double)block->mlp.up.bias[i]);
    }
    qsort(sizes, count, sizeof *sizes, by_size);
    return sizes[count / 2];
}

// The new weights have the standard deviation of a new model's.
static void wake(Mlp *m, int unit, int units, int d, Rng *rng) {
    double deviation = 1 / sqrt((double)d);
    for (int i = 0; i < d; i++) {
        m->up.weight[unit * d + i] = (real)(deviation * rng_normal(rng));
        m->down.weight[i * units + unit] = 0;
    }
    m->up.bias[unit] = 0;
}

int wake_silent(Parameters *w, const Parameters *grad, const Config *c, Rng *rng) {
    int units = MLP_RATIO * c->width, woken = 0;
    double least = NOTHING * (double)median(grad, c, units);
    for (int b = -1; b < c->layers; b++) {
        const Block *block = b < 0 ? &grad->cross : &grad->layers[b];
        for (int i = 0; i < units; i++) {
            if (fabs((double)block->mlp.up.bias[i]) > least) continue;
            wake(b < 0 ? &w->cross.mlp : &w->layers[b].mlp, i, units, c->width, rng);
            woken++;
        }
    }
    return woken;
}
