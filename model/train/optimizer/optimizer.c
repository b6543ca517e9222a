#include "model/train/optimizer/optimizer.h"

#include "model/files/memory.h"
#include "model/train/optimizer/muon.h"

enum { GRAIN = 1 << 14 };

// Of the parameters of recall.h only the linear map multiplies activations. The others
// are tables, whose rows are numbers or vectors of their own.
static bool is_recall_table(const Parameter *t) {
    return g_str_has_prefix(t->name, "recall.") &&
           strcmp(t->name, "recall.feed.weight") != 0;
}

static bool is_reading(const Parameter *t) {
    return is_recall_table(t) &&
           (g_str_has_suffix(t->name, ".next") || g_str_has_suffix(t->name, ".after") ||
            g_str_has_suffix(t->name, ".before"));
}

// A row for each token, or for each head: of these, too, each row is a vector of its
// own.
static bool is_addition(const Parameter *t) {
    return is_recall_table(t) || g_str_has_suffix(t->name, "attn.values.weight") ||
           g_str_has_suffix(t->name, "attn.gate.weight");
}

// The embedding and the head are not matrices in Muon's sense: each of their rows is
// the vector of one token.
static bool muon_takes(const Parameter *t) {
    return t->columns && strcmp(t->name, "embed.weight") != 0 &&
           strcmp(t->name, "head.weight") != 0 && !is_addition(t);
}

// Returns whether the rows of each head are orthogonalised as a separate matrix.
// Queries and keys meet only in the scores of one head.
static bool by_heads(const Parameter *t) {
    return g_str_has_suffix(t->name, "attn.q.weight") ||
           g_str_has_suffix(t->name, "attn.k.weight");
}

static bool decays(const Parameter *t) { return t->columns && !is_addition(t); }

size_t optimizer_memory(const Config *c) {
    return 2 * parameters_count(c) * sizeof(real);
}

bool optimizer_init(Optimizer *o, const Config *c, bool muon, double beta2,
                    double decay) {
    size_t count = parameters_count(c);
    *o = (Optimizer){.muon = muon,
                     .beta1 = 0.9,
                     .beta2 = beta2,
                     .eps = 1e-8,
                     .decay = decay,
                     .reading = 1,
                     .m = memory_new0(count, sizeof(real)),
                     .v = memory_new0(count, sizeof(real)),
                     .count = count};
    return o->m && o->v;
}

void optimizer_free(Optimizer *o) {
    memory_free(o->m);
    memory_free(o->v);
    *o = (Optimizer){0};
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
    Optimizer *o;
    Pool *pool;
    Job job;
    const real *grad, *memory;
    double rate;
    int heads;
    bool decay_all;
    GArray *matrices; // owned; MuonMatrix, the matrices that Muon updates
} Walk;

static void update_tensor(void *data, const Parameter *t) {
    Walk *w = data;
    Optimizer *o = w->o;
    size_t at = (size_t)(*t->at - w->memory);
    if (o->muon && muon_takes(t)) {
        int parts = by_heads(t) ? w->heads : 1;
        size_t count = parameter_size(t) / (size_t)parts;
        for (size_t from = 0; from < parameter_size(t); from += count) {
            MuonMatrix x = {*t->at + from, o->m + at + from, w->grad + at + from,
                            t->rows / parts, t->columns};
            g_array_append_val(w->matrices, x);
        }
        return;
    }
    Job j = w->job;
    j.w = *t->at;
    j.m = o->m + at;
    j.v = o->v + at;
    j.g = w->grad + at;
    if (is_reading(t)) j.rate *= (real)o->reading;
    j.decay = decays(t) || w->decay_all ? (real)(w->rate * o->decay) : 0;
    pool_run(w->pool, (int)parameter_size(t), GRAIN, update, &j);
}

void optimizer_update(Optimizer *o, Pool *p, const Config *c, Parameters *w,
                      const real *grad, double rate, double scale, bool decay_all) {
    o->step++;
    double t = (double)o->step;
    Walk walk = {.o = o,
                 .pool = p,
                 .grad = grad,
                 .memory = w->memory,
                 .rate = rate,
                 .heads = c->heads,
                 .decay_all = decay_all,
                 .job = {.b1 = (real)o->beta1,
                         .b2 = (real)o->beta2,
                         .eps = (real)o->eps,
                         .rate = (real)(rate / (1 - pow(o->beta1, t))),
                         .root = (real)(1 / sqrt(1 - pow(o->beta2, t))),
                         .scale = (real)scale},
                 .matrices = g_array_new(FALSE, FALSE, sizeof(MuonMatrix))};
    parameters_each(c, w, update_tensor, &walk);
    muon_update(p, (MuonMatrix *)(void *)walk.matrices->data, (int)walk.matrices->len,
                rate, scale, o->decay);
    g_array_unref(walk.matrices);
}

typedef struct Norm2 {
    const real *g;
    double *sums; // one per piece of the loop
} Norm2;

VECTOR_CLONES
static void sum_squares(void *data, int begin, int end) {
    const Norm2 *n = data;
    const real *g = n->g;
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = begin; i < end; i++) sum += g[i] * g[i];
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
