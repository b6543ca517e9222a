#include "model/train/adamw.h"

#include "model/memory.h"

enum { GRAIN = 1 << 14 };

bool adamw_init(AdamW *a, size_t count, double beta2, double decay) {
    *a = (AdamW){.beta1 = 0.9,
                 .beta2 = beta2,
                 .eps = 1e-8,
                 .decay = decay,
                 .m = memory_new0(count, sizeof(real)),
                 .v = memory_new0(count, sizeof(real)),
                 .count = count};
    return a->m && a->v;
}

void adamw_free(AdamW *a) {
    memory_free(a->m);
    memory_free(a->v);
    *a = (AdamW){0};
}

typedef struct Job {
    real *w, *m, *v;
    const real *g;
    real b1, b2, eps, rate, root, scale, decay;
} Job;

VECTOR_CLONES
static void update(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) {
        real g = j->g[i] * j->scale;
        real m = j->m[i] = j->b1 * j->m[i] + (1 - j->b1) * g;
        real v = j->v[i] = j->b2 * j->v[i] + (1 - j->b2) * g * g;
        j->w[i] -= j->rate * m / (real_sqrt(v) * j->root + j->eps) + j->decay * j->w[i];
    }
}

typedef struct Walk {
    AdamW *a;
    Pool *pool;
    Job job;
    const real *grad, *memory;
    double rate;
    bool decay_all;
} Walk;

static void update_tensor(void *data, const Parameter *t) {
    Walk *w = data;
    Job j = w->job;
    size_t at = (size_t)(*t->at - w->memory);
    j.w = *t->at;
    j.m = w->a->m + at;
    j.v = w->a->v + at;
    j.g = w->grad + at;
    j.decay = t->columns || w->decay_all ? (real)(w->rate * w->a->decay) : 0;
    pool_run(w->pool, (int)parameter_size(t), GRAIN, update, &j);
}

void adamw_update(AdamW *a, Pool *p, const Config *c, Parameters *w, const real *grad,
                  double rate, double scale, bool decay_all) {
    a->step++;
    double t = (double)a->step;
    Walk walk = {.a = a,
                 .pool = p,
                 .grad = grad,
                 .memory = w->memory,
                 .rate = rate,
                 .decay_all = decay_all,
                 .job = {.b1 = (real)a->beta1,
                         .b2 = (real)a->beta2,
                         .eps = (real)a->eps,
                         .rate = (real)(rate / (1 - pow(a->beta1, t))),
                         .root = (real)(1 / sqrt(1 - pow(a->beta2, t))),
                         .scale = (real)scale}};
    parameters_each(c, w, update_tensor, &walk);
}

typedef struct Norm2 {
    const real *g;
    double *sums; // one a piece
} Norm2;

VECTOR_CLONES
static void sum_squares(void *data, int begin, int end) {
    const Norm2 *n = data;
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = begin; i < end; i++) sum += n->g[i] * n->g[i];
    n->sums[begin / GRAIN] = (double)sum;
}

double gradient_norm(Pool *p, const real *grad, size_t count) {
    size_t pieces = (count + GRAIN - 1) / GRAIN;
    double *sums = g_new(double, pieces), sum = 0;
    pool_run(p, (int)count, GRAIN, sum_squares, &(Norm2){grad, sums});
    for (size_t i = 0; i < pieces; i++) sum += sums[i];
    g_free(sums);
    return sqrt(sum);
}
