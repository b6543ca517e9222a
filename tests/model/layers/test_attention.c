// Compares self-attention with its equation in double: many queries in float and in
// bf16, and one query with an int8 cache.
#include "tests/test.h"

#include "model/generate/attention_step.h"
#include "model/rng.h"

#include <stdlib.h>

#define BF16 0x1p-9 // the relative error of rounding to bf16

typedef struct Shape {
    int n, keys, heads, dh;
} Shape;

static const Shape shapes[] = {
    {1, 1, 1, 4},      {5, 5, 2, 4},     {1, 77, 3, 6},
    {7, 33, 3, 10},    {64, 128, 2, 16}, {65, 131, 2, 18},
    {129, 301, 1, 64}, {200, 200, 4, 9}, {37, 515, 3, 32},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static Config config_of(const Shape *s) {
    return (Config){11,       s->keys, s->n,    s->heads * s->dh,
                    s->heads, 1,       s->keys, .places = false};
}

static real *numbers(size_t n, Rng *rng) {
    real *x = malloc((n + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = (real)rng_normal(rng);
    x[n] = 77; // must still be there after a function has written n
    return x;
}

// The equation for one head of one query: writes the weights p (seen) and the outputs o
// (dh) and returns the log-sum-exp. `slack` receives the largest sum of |q k| /
// sqrt(dh), which is the sensitivity of a score to relative errors of its products.
static double plain(double *p, double *o, double *slack, const real *q, const real *k,
                    const real *v, int seen, int stride, int dh) {
    double most = -HUGE_VAL, sum = 0;
    *slack = 0;
    for (int j = 0; j < seen; j++) {
        double s = 0, size = 0;
        for (int c = 0; c < dh; c++) {
            double product = (double)q[c] * (double)k[(ptrdiff_t)j * stride + c];
            s += product / sqrt(dh), size += fabs(product) / sqrt(dh);
        }
        p[j] = s, most = fmax(most, s), *slack = fmax(*slack, size);
    }
    for (int j = 0; j < seen; j++) sum += p[j] = exp(p[j] - most);
    for (int c = 0; c < dh; c++) o[c] = 0;
    for (int j = 0; j < seen; j++) {
        p[j] /= sum;
        for (int c = 0; c < dh; c++)
            o[c] += p[j] * (double)v[(ptrdiff_t)j * stride + c];
    }
    return most + log(sum);
}

// Random inputs and output gradients of a shape, and the results of the equation.
typedef struct Case {
    Config c;
    int n, keys, d, dh;
    real *q, *k, *v, *dy, *o, *lse, *dq, *dk, *dv;
    double *want_dq, *want_dk, *want_dv;
} Case;

static Case case_new(const Shape *s) {
    Rng rng = rng_new((uint64_t)s->keys, (uint64_t)s->n);
    Case a = {.c = config_of(s), .n = s->n, .keys = s->keys, .dh = s->dh};
    a.d = a.c.width;
    size_t queries = (size_t)(a.n * a.d), keys = (size_t)(a.keys * a.d);
    a.q = numbers(queries, &rng), a.dy = numbers(queries, &rng);
    a.k = numbers(keys, &rng), a.v = numbers(keys, &rng);
    a.o = numbers(queries, &rng), a.dq = numbers(queries, &rng);
    a.dk = numbers(keys, &rng), a.dv = numbers(keys, &rng);
    a.lse = numbers((size_t)(a.n * s->heads), &rng);
    a.want_dq = calloc(queries, sizeof(double));
    a.want_dk = calloc(keys, sizeof(double));
    a.want_dv = calloc(keys, sizeof(double));
    return a;
}

static void case_free(Case *a) {
    real *all[] = {a->q, a->k, a->v, a->dy, a->o, a->lse, a->dq, a->dk, a->dv};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    free(a->want_dq), free(a->want_dk), free(a->want_dv);
}

// Adds one query's part to the gradients: dv += p dy, ds = p (dy v - dy o), dq += ds k,
// dk += ds q.
static void plain_backward(Case *a, const double *p, const double *o, int row, int at,
                           int seen) {
    double all = 0;
    const real *dy = a->dy + row * a->d + at, *q = a->q + row * a->d + at;
    for (int c = 0; c < a->dh; c++) all += (double)dy[c] * o[c];
    for (int j = 0; j < seen; j++) {
        double dp = 0;
        ptrdiff_t key = (ptrdiff_t)j * a->d + at;
        for (int c = 0; c < a->dh; c++) dp += (double)dy[c] * (double)a->v[key + c];
        double ds = p[j] * (dp - all) / sqrt(a->dh);
        for (int c = 0; c < a->dh; c++) {
            a->want_dv[key + c] += p[j] * (double)dy[c];
            a->want_dq[row * a->d + at + c] += ds * (double)a->k[key + c];
            a->want_dk[key + c] += ds * (double)q[c];
        }
    }
}

// In bf16 each score changes by at most 2 BF16 of its products, so a weight changes by
// a factor of up to twice that. The weight and the value are rounded once more; the
// rest is float rounding.
static void check_forward(Case *a, bool mixed) {
    double *p = malloc((size_t)a->keys * sizeof *p), o[64], slack;
    bool close = true;
    for (int i = 0; i < a->n; i++)
        for (int h = 0; h < a->c.heads; h++) {
            int at = h * a->dh, seen = a->keys - a->n + i + 1;
            const real *q = a->q + i * a->d + at, *got = a->o + i * a->d + at;
            double lse = plain(p, o, &slack, q, a->k + at, a->v + at, seen, a->d,
                               a->dh);
            double ds = (mixed ? 2 * BF16 : 0) * slack + 1e-5;
            double factor = exp(2 * ds) - 1 + (mixed ? 3 * BF16 : 0);
            for (int c = 0; c < a->dh; c++) {
                double size = 0;
                for (int j = 0; j < seen; j++)
                    size += p[j] * fabs((double)a->v[(ptrdiff_t)j * a->d + at + c]);
                close &= fabs((double)got[c] - o[c]) <= factor * size + 1e-6;
            }
            close &= fabs((double)a->lse[h * a->n + i] - lse) <= ds;
            plain_backward(a, p, o, i, at, seen);
        }
    if (!close) fprintf(stderr, "n %d, keys %d, dh %d\n", a->n, a->keys, a->dh);
    CHECK(close);
    free(p);
}

static double relative(const real *got, const double *want, int n) {
    double off = 0, size = 0;
    for (int i = 0; i < n; i++) {
        off += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
        size += want[i] * want[i];
    }
    return size > 0 ? sqrt(off / size) : sqrt(off);
}

// There are four products in succession, each with rounded operands: on average over a
// whole gradient the error is less than four times 2 BF16.
static void check_backward(const Case *a, bool mixed) {
    double bound = mixed ? 4 * 2 * BF16 : 2e-5;
    CHECK_NEAR(relative(a->dv, a->want_dv, a->keys * a->d), 0, bound);
    CHECK_NEAR(relative(a->dq, a->want_dq, a->n * a->d), 0, bound);
    CHECK_NEAR(relative(a->dk, a->want_dk, a->keys * a->d), 0, bound);
    CHECK(a->o[a->n * a->d] == 77 && a->lse[a->n * a->c.heads] == 77);
    CHECK(a->dq[a->n * a->d] == 77);
    CHECK(a->dk[a->keys * a->d] == 77 && a->dv[a->keys * a->d] == 77);
}

static void run_case(Case *a, Pool *pool) {
    Rng rng = rng_new(1, 1);
    real *scratch = numbers((size_t)(a->n * a->c.heads), &rng);
    attention_forward(pool, a->o, a->lse, a->q, a->k, a->v, a->n, a->keys, &a->c);
    attention_backward(pool, a->dq, a->dk, a->dv, scratch, a->dy, a->q, a->k, a->v,
                       a->o, a->lse, a->n, a->keys, &a->c);
    CHECK(scratch[a->n * a->c.heads] == 77);
    free(scratch);
}

static void check_all(bool mixed) {
    for (int s = 0; s < SHAPES; s++) {
        Pool *pool = pool_new(2);
        pool_set_mixed(pool, mixed);
        Case a = case_new(&shapes[s]);
        run_case(&a, pool);
        check_forward(&a, mixed);
        // A single key has the weight 1, and the gradient of its score is only
        // rounding.
        if (a.keys > 1) check_backward(&a, mixed);
        case_free(&a);
        pool_free(pool);
    }
}

TEST(attention_in_float_is_its_equation) { check_all(false); }

TEST(attention_in_bf16_is_its_equation_to_the_rounding_of_its_inputs) {
    check_all(true);
}

TEST(attention_does_not_depend_on_the_number_of_threads) {
    for (int mixed = 0; mixed < 2; mixed++)
        for (int s = 0; s < SHAPES; s++) {
            Case a[2];
            for (int i = 0; i < 2; i++) {
                Pool *pool = pool_new(1 + 2 * i);
                pool_set_mixed(pool, mixed);
                a[i] = case_new(&shapes[s]);
                run_case(&a[i], pool);
                pool_free(pool);
            }
            size_t row = (size_t)a->d * sizeof(real), n = (size_t)a->n;
            CHECK(memcmp(a[0].o, a[1].o, n * row) == 0);
            CHECK(memcmp(a[0].dq, a[1].dq, n * row) == 0);
            CHECK(memcmp(a[0].dk, a[1].dk, (size_t)a->keys * row) == 0);
            CHECK(memcmp(a[0].dv, a[1].dv, (size_t)a->keys * row) == 0);
            case_free(&a[0]), case_free(&a[1]);
        }
}

// A cache that is written in odd pieces, some of them twice. Rows that must not be read
// hold large numbers.
static KeyCache filled(KeyStore *store, const Config *c, const real *k, const real *v,
                       Pool *pool) {
    KeyCache cache = key_cache_new(store);
    int d = c->width, N = c->latents;
    real *large = malloc((size_t)(N * d) * sizeof *large);
    for (int i = 0; i < N * d; i++) large[i] = (real)(i % 3 ? 1e4 : -1e4);
    key_cache_write(pool, &cache, 0, large, large, 0, N);
    for (int row = 0, n = 1; row < N; row += n, n = n % 7 + 2) {
        int count = n < N - row ? n : N - row;
        key_cache_write(pool, &cache, 0, k + row * d, v + row * d, row, count);
    }
    free(large);
    return cache;
}

TEST(a_cache_holds_keys_and_values_to_half_a_step_of_their_head_and_row) {
    for (int s = 0; s < SHAPES; s++) {
        Config c = config_of(&shapes[s]);
        c.latents = c.context;
        int d = c.width, N = c.latents, dh = shapes[s].dh;
        Rng rng = rng_new(2, (uint64_t)s);
        real *k = numbers((size_t)(N * d), &rng), *v = numbers((size_t)(N * d), &rng);
        real *k8 = numbers((size_t)(N * d), &rng), *v8 = numbers((size_t)(N * d), &rng);
        for (int i = 0; i < dh; i++) k[i] = 0; // a head without a key
        KeyStore *store = key_store_new(&c);
        KeyCache cache = filled(store, &c, k, v, NULL);
        key_cache_read(NULL, k8, v8, &cache, 0, N);
        bool close = true;
        for (int i = 0; i < N * c.heads; i++) {
            double most[2] = {0, 0}, off[2] = {0, 0};
            for (int j = i * dh; j < (i + 1) * dh; j++) {
                most[0] = fmax(most[0], fabs((double)k[j]));
                most[1] = fmax(most[1], fabs((double)v[j]));
                off[0] = fmax(off[0], fabs((double)k[j] - (double)k8[j]));
                off[1] = fmax(off[1], fabs((double)v[j] - (double)v8[j]));
            }
            for (int j = 0; j < 2; j++)
                close &= off[j] <= most[j] / 127 / 2 * (1 + 1e-4);
        }
        CHECK(close);
        CHECK(k8[N * d] == 77 && v8[N * d] == 77);
        key_cache_free(&cache);
        key_store_free(store);
        free(k), free(v), free(k8), free(v8);
    }
}

// A query and its weights are rounded to 16 bits. So a step agrees to 4 digits with
// attention over the numbers in the cache, and to 1 or 2 with attention over the keys
// and values before they were rounded to 8 bits: these are normal, so half a step is
// about 0.01.
static void check_steps(const Shape *s, Pool *pool) {
    Config c = config_of(s);
    c.latents = c.context;
    int d = c.width, N = c.latents;
    Rng rng = rng_new(5, (uint64_t)N);
    real *k = numbers((size_t)(N * d), &rng), *v = numbers((size_t)(N * d), &rng);
    real *k8 = numbers((size_t)(N * d), &rng), *v8 = numbers((size_t)(N * d), &rng);
    real *q = numbers((size_t)(2 * d), &rng), *o = numbers((size_t)(2 * d), &rng);
    real *want = numbers((size_t)d, &rng), *want8 = numbers((size_t)d, &rng);
    real *lse = numbers((size_t)c.heads, &rng);
    KeyStore *store = key_store_new(&c);
    KeyCache one = filled(store, &c, k, v, pool), two = filled(store, &c, v, k, pool);
    double off = 0, off8 = 0;
    for (int rows = 1; rows <= N; rows += 1 + rows / 5) {
        int others = N - rows + 1;
        AttentionStep steps[] = {{o, q, &one, rows}, {o + d, q + d, &two, others}};
        attention_steps(pool, steps, 2, 0, &c);
        for (int i = 0; i < 2; i++) {
            const real *a = i ? v : k, *b = i ? k : v;
            key_cache_read(pool, k8, v8, steps[i].cache, 0, N);
            attention_forward(NULL, want, lse, q + i * d, a, b, 1, steps[i].rows, &c);
            attention_forward(NULL, want8, lse, q + i * d, k8, v8, 1, steps[i].rows,
                              &c);
            for (int j = 0; j < d; j++) {
                off = fmax(off, fabs((double)o[i * d + j] - (double)want[j]));
                off8 = fmax(off8, fabs((double)o[i * d + j] - (double)want8[j]));
            }
        }
    }
    CHECK_NEAR(off8, 0, 3e-4);
    CHECK_NEAR(off, 0, 0.1);
    for (int i = 0; i < 2 * d; i++) CHECK(isfinite(o[i])); // fmax() ignores a NaN
    CHECK(o[2 * d] == 77);
    key_cache_free(&one), key_cache_free(&two);
    key_store_free(store);
    free(k), free(v), free(k8), free(v8), free(q), free(o), free(want), free(want8);
    free(lse);
}

TEST(a_step_over_a_cache_is_attention_with_one_query) {
    for (int s = 0; s < SHAPES; s++) check_steps(&shapes[s], NULL);
}

TEST(steps_shared_by_threads_are_the_same) {
    Pool *pool = pool_new(3);
    for (int s = 0; s < SHAPES; s++) {
        check_steps(&shapes[s], pool);
        Config c = config_of(&shapes[s]);
        c.latents = c.context;
        int d = c.width, N = c.latents;
        Rng rng = rng_new(6, (uint64_t)N);
        real *k = numbers((size_t)(N * d), &rng), *v = numbers((size_t)(N * d), &rng);
        real *o = numbers((size_t)(2 * d), &rng);
        KeyStore *store = key_store_new(&c);
        KeyCache cache = filled(store, &c, k, v, pool);
        attention_steps(NULL, &(AttentionStep){o, k, &cache, N}, 1, 0, &c);
        attention_steps(pool, &(AttentionStep){o + d, k, &cache, N}, 1, 0, &c);
        CHECK(memcmp(o, o + d, (size_t)d * sizeof *o) == 0);
        key_cache_free(&cache);
        key_store_free(store);
        free(k), free(v), free(o);
    }
    pool_free(pool);
}

int main(void) {
    RUN(attention_in_float_is_its_equation);
    RUN(attention_in_bf16_is_its_equation_to_the_rounding_of_its_inputs);
    RUN(attention_does_not_depend_on_the_number_of_threads);
    RUN(a_cache_holds_keys_and_values_to_half_a_step_of_their_head_and_row);
    RUN(a_step_over_a_cache_is_attention_with_one_query);
    RUN(steps_shared_by_threads_are_the_same);
    return test_end();
}
