#include "model/train/optimizer/average.h"

#include <glib.h>

enum { GRAIN = 1 << 14 };

typedef struct Job {
    real *a;
    const real *w;
    real share;
} Job;

VECTOR_CLONES
static void move_average(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) j->a[i] += j->share * (j->w[i] - j->a[i]);
}

void average_update(Pool *p, real *a, const real *w, size_t count, double factor,
                    int64_t step) {
    double f = MIN(factor, (double)(1 + step) / (double)(10 + step));
    pool_run(p, (int)count, GRAIN, move_average, &(Job){a, w, (real)(1 - f)});
}
