// Muon's updates, held to what they are for: steps whose singular values are all alike.
#include "tests/test.h"

#include "model/kernels/gemm.h"
#include "model/rng.h"
#include "model/train/optimizer/muon.h"
#include "model/train/optimizer/optimizer.h"

#include <glib.h>
#include <stdlib.h>

#define RATE 1e-3

static const int shapes[][2] = {{1, 9},   {7, 7},    {5, 19},  {23, 6},
                                {48, 48}, {33, 130}, {130, 35}};

// count orthonormal vectors of `size`, one a row.
static double *orthonormal(int count, int size, Rng *rng) {
    double *q = g_new(double, count *size);
    for (int i = 0; i < count; i++) {
        double *row = q + i * size, norm = 0;
        for (int j = 0; j < size; j++) row[j] = rng_normal(rng);
        for (int twice = 0; twice < 2; twice++)
            for (int k = 0; k < i; k++) {
                double along = 0;
                for (int j = 0; j < size; j++) along += row[j] * q[k * size + j];
                for (int j = 0; j < size; j++) row[j] -= along * q[k * size + j];
            }
        for (int j = 0; j < size; j++) norm += row[j] * row[j];
        for (int j = 0; j < size; j++) row[j] /= sqrt(norm);
    }
    return q;
}

// A matrix by its singular values and vectors.
typedef struct Known {
    int rows, columns, n;
    double *left, *right; // n vectors each
    float *x;
} Known;

// Return singular value `s` of n: all of about the same size, or from 1 down to
// 1/10,000.
static double even(int s, int n) { return 0.3 + 5 * (double)s / n; }
static double falling(int s, int n) { return pow(10, -4.0 * s / n); }

static Known known_of(int rows, int columns, double (*of)(int, int), Rng *rng) {
    Known k = {.rows = rows, .columns = columns, .n = MIN(rows, columns)};
    k.left = orthonormal(k.n, rows, rng);
    k.right = orthonormal(k.n, columns, rng);
    k.x = g_new0(float, rows *columns);
    for (int s = 0; s < k.n; s++) {
        double value = of(s, k.n);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                k.x[i * columns + j] += (float)(value * k.left[s * rows + i] *
                                                k.right[s * columns + j]);
    }
    return k;
}

static Known known(int rows, int columns, Rng *rng) {
    return known_of(rows, columns, even, rng);
}

static void forget(Known *k) {
    g_free(k->left);
    g_free(k->right);
    g_free(k->x);
}

// The k's left vector `a` times the step times its right vector `b`: the step's
// singular value where they are a pair, and nothing where they are not.
static double between(const Known *k, const float *step, int a, int b) {
    double sum = 0;
    for (int i = 0; i < k->rows; i++)
        for (int j = 0; j < k->columns; j++)
            sum += k->left[a * k->rows + i] * (double)step[i * k->columns + j] *
                   k->right[b * k->columns + j];
    return sum;
}

static float *zeros(int rows, int columns) { return g_new0(float, rows *columns); }

// Returns w, which begins with zeros, after a step with the gradient `first` and then,
// unless it is NULL, one with `second`.
static float *steps(Pool *p, const float *first, const float *second, int rows,
                    int columns, double scale) {
    float *w = zeros(rows, columns), *m = zeros(rows, columns);
    MuonMatrix x = {w, m, first, rows, columns};
    muon_update(p, &x, 1, RATE, scale, 0);
    if (second) {
        memset(w, 0, (size_t)rows * (size_t)columns * sizeof *w);
        x.grad = second;
        muon_update(p, &x, 1, RATE, scale, 0);
    }
    g_free(m);
    return w;
}

static void check_values(bool mixed) {
    Rng rng = rng_new(3, 1);
    Pool *p = pool_new(2);
    pool_set_mixed(p, mixed);
    double off = mixed ? 0.04 : 1e-4;
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++) {
        Known k = known(shapes[s][0], shapes[s][1], &rng);
        float *w = steps(p, k.x, NULL, k.rows, k.columns, 1);
        double unit = -RATE * 0.2 * sqrt((double)MAX(k.rows, k.columns));
        for (int a = 0; a < k.n; a++)
            for (int b = 0; b < k.n; b++) {
                double value = between(&k, w, a, b) / unit;
                if (a == b)
                    CHECK(value > 0.65 && value < 1.25);
                else
                    CHECK_NEAR(value, 0, off);
            }
        g_free(w);
        forget(&k);
    }
    pool_free(p);
}

TEST(a_step_has_the_gradients_singular_vectors_and_values_near_one) {
    check_values(false);
}

TEST(so_it_has_in_bf16) { check_values(true); }

TEST(in_bf16_small_singular_values_do_not_run_away) {
    Rng rng = rng_new(7, 1);
    Pool *p = pool_new(1);
    pool_set_mixed(p, true);
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++) {
        Known k = known_of(shapes[s][0], shapes[s][1], falling, &rng);
        float *w = steps(p, k.x, NULL, k.rows, k.columns, 1);
        double unit = -RATE * 0.2 * sqrt((double)MAX(k.rows, k.columns));
        for (int a = 0; a < k.n; a++)
            for (int b = 0; b < k.n; b++)
                CHECK(fabs(between(&k, w, a, b) / unit) < 1.25);
        g_free(w);
        forget(&k);
    }
    pool_free(p);
}

static void check_same(const float *a, const float *b, int count) {
    double most = 0;
    for (int i = 0; i < count; i++) most = fmax(most, fabs((double)a[i]));
    CHECK(most > 0);
    for (int i = 0; i < count; i++) CHECK_NEAR((double)a[i], (double)b[i], 1e-3 * most);
}

TEST(the_gradients_size_does_not_matter) {
    Rng rng = rng_new(4, 1);
    Known k = known(12, 20, &rng);
    float *one = steps(NULL, k.x, NULL, 12, 20, 1),
          *small = steps(NULL, k.x, NULL, 12, 20, 1e-4);
    check_same(one, small, 12 * 20);
    g_free(one);
    g_free(small);
    forget(&k);
}

// After g, h: m = (1-b) (b g + h) and u = (1-b) h + b m = (1-b) (b^2 g + (1+b) h).
TEST(momentum_remembers_and_looks_ahead) {
    Rng rng = rng_new(5, 1);
    Known g = known(20, 11, &rng), h = known(20, 11, &rng);
    const double b = MUON_MOMENTUM;
    float *both = zeros(20, 11);
    for (int i = 0; i < 20 * 11; i++)
        both[i] = (float)(b * b * (double)g.x[i] + (1 + b) * (double)h.x[i]);
    float *want = steps(NULL, both, NULL, 20, 11, 1),
          *got = steps(NULL, g.x, h.x, 20, 11, 1);
    check_same(want, got, 20 * 11);
    g_free(both);
    g_free(want);
    g_free(got);
    forget(&g);
    forget(&h);
}

TEST(weights_decay_and_a_gradient_of_zero_does_no_more) {
    enum { ROWS = 6, COLUMNS = 4 };
    float w[ROWS * COLUMNS], m[ROWS * COLUMNS] = {0}, g[ROWS * COLUMNS] = {0};
    for (int i = 0; i < ROWS * COLUMNS; i++) w[i] = (float)i;
    muon_update(NULL, &(MuonMatrix){w, m, g, ROWS, COLUMNS}, 1, 0.5, 1, 0.1);
    for (int i = 0; i < ROWS * COLUMNS; i++) CHECK_NEAR((double)w[i], 0.95 * i, 1e-5);
}

// Updates the matrices one after the other by one thread, or all at once by three.
static void update_all(float **w, const Known *g, bool at_once) {
    Pool *p = pool_new(at_once ? 3 : 1);
    pool_set_mixed(p, true);
    MuonMatrix all[G_N_ELEMENTS(shapes)];
    float *m[G_N_ELEMENTS(shapes)];
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++) {
        w[s] = zeros(g[s].rows, g[s].columns);
        m[s] = zeros(g[s].rows, g[s].columns);
        all[s] = (MuonMatrix){w[s], m[s], g[s].x, g[s].rows, g[s].columns};
        if (!at_once) muon_update(p, &all[s], 1, RATE, 1, 0);
    }
    if (at_once) muon_update(p, all, G_N_ELEMENTS(shapes), RATE, 1, 0);
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++) g_free(m[s]);
    pool_free(p);
}

TEST(what_a_matrix_becomes_depends_on_no_other_and_on_no_thread) {
    Rng rng = rng_new(6, 1);
    Known g[G_N_ELEMENTS(shapes)];
    float *alone[G_N_ELEMENTS(shapes)], *together[G_N_ELEMENTS(shapes)];
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++)
        g[s] = known(shapes[s][0], shapes[s][1], &rng);
    update_all(alone, g, false);
    update_all(together, g, true);
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++) {
        size_t bytes = (size_t)g[s].rows * (size_t)g[s].columns * sizeof(float);
        CHECK(memcmp(alone[s], together[s], bytes) == 0);
        g_free(alone[s]);
        g_free(together[s]);
        forget(&g[s]);
    }
}

static void find_attention(void *data, const Parameter *t) {
    const char *names[] = {"layers.0.attn.q.weight", "layers.0.attn.k.weight",
                           "layers.0.attn.v.weight"};
    for (int i = 0; i < 3; i++)
        if (strcmp(t->name, names[i]) == 0) ((float **)data)[i] = *t->at;
}

// Weights of q, k and v after a step by a gradient whose last head is `last` times its
// size.
static void step_attention(float *w[3], double last, const Config *c) {
    Parameters p, g;
    Optimizer o;
    Rng rng = rng_new(8, 1);
    size_t count = (size_t)(c->width * c->width), head = count / (size_t)c->heads;
    float *at[3], *of[3];
    CHECK(parameters_new(&p, c) && parameters_new(&g, c));
    CHECK(optimizer_init(&o, c, true, 0.98, 0));
    parameters_each(c, &p, find_attention, at);
    parameters_each(c, &g, find_attention, of);
    for (int i = 0; i < 3; i++)
        for (size_t n = 0; n < count; n++)
            of[i][n] = (float)(rng_normal(&rng) * (n < count - head ? 1 : last));
    optimizer_update(&o, NULL, c, &p, g.memory, RATE, 1, false);
    for (int i = 0; i < 3; i++) w[i] = g_memdup2(at[i], count * sizeof(float));
    optimizer_free(&o);
    parameters_free(&g);
    parameters_free(&p);
}

TEST(queries_and_keys_of_a_head_do_not_depend_on_another_heads) {
    const Config c = {.vocabulary = 5,
                      .context = 8,
                      .latents = 4,
                      .width = 12,
                      .heads = 3,
                      .layers = 1,
                      .rotary_wavelength = 8};
    float *one[3], *two[3];
    step_attention(one, 1, &c);
    step_attention(two, 9, &c);
    size_t others = (size_t)(c.width * c.width / 3 * 2) * sizeof(float);
    CHECK(memcmp(one[0], two[0], others) == 0);
    CHECK(memcmp(one[1], two[1], others) == 0);
    CHECK(memcmp(one[2], two[2], others) != 0); // values are one matrix
    for (int i = 0; i < 3; i++) g_free(one[i]), g_free(two[i]);
}

int main(void) {
    gemm_init();
    RUN(a_step_has_the_gradients_singular_vectors_and_values_near_one);
    RUN(so_it_has_in_bf16);
    RUN(in_bf16_small_singular_values_do_not_run_away);
    RUN(the_gradients_size_does_not_matter);
    RUN(momentum_remembers_and_looks_ahead);
    RUN(what_a_matrix_becomes_depends_on_no_other_and_on_no_thread);
    RUN(queries_and_keys_of_a_head_do_not_depend_on_another_heads);
    RUN(weights_decay_and_a_gradient_of_zero_does_no_more);
    return test_end();
}
