// Compares the cross-attention, for many latents and for one, with its equation in
// double, which has a key and a value for each input.
#include "tests/test.h"

#include "model/generate/cross_step.h"
#include "model/layers/cross_attention.h"
#include "model/rng.h"

#include <stdlib.h>

#define BF16 0x1p-9 // the relative error of rounding to bf16

typedef struct Shape {
    int vocabulary, keys, n, heads, dh;
    int gap;  // between the prefix's positions; 1: none is left out
    int span; // 0: all
} Shape;

static const Shape shapes[] = {
    {5, 1, 1, 1, 4, 1, 0},      {13, 7, 7, 2, 8, 1, 0},      {13, 40, 1, 3, 10, 1, 9},
    {17, 131, 33, 2, 6, 3, 0},  {391, 300, 65, 1, 64, 1, 0}, {50, 301, 64, 12, 8, 2, 0},
    {17, 131, 33, 2, 5, 1, 20}, {64, 2500, 40, 3, 16, 1, 0},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static real *numbers(size_t n, Rng *rng) {
    real *x = malloc((n + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = (real)rng_normal(rng);
    x[n] = 77; // a guard: a function that writes n leaves it
    return x;
}

typedef struct Case {
    Config c;
    Inputs in;
    Rotary rotary;
    Token *tokens;
    int *positions;
    int kinds, queries, scores, rotated; // the sizes of kinds_k, q, lse and keys_r
    real *q, *k, *v, *dy, *o, *lse, *keys_r;
} Case;

static Case case_new(const Shape *s) {
    Rng rng = rng_new((uint64_t)s->keys, (uint64_t)s->heads);
    int last = (s->keys - s->n) * s->gap + s->n;
    Case a = {.c = {.vocabulary = s->vocabulary,
                    .context = last,
                    .latents = s->n,
                    .width = s->heads * s->dh,
                    .heads = s->heads,
                    .layers = 1,
                    .rotary_wavelength = last}};
    a.tokens = malloc((size_t)s->keys * sizeof *a.tokens);
    a.positions = malloc((size_t)s->keys * sizeof *a.positions);
    for (int i = 0, p = 0; i < s->keys; i++) {
        a.tokens[i] = (Token)rng_below(&rng, (uint32_t)s->vocabulary);
        a.positions[i] = p;
        p += i < s->keys - s->n ? s->gap : 1;
    }
    a.in = (Inputs){.tokens = a.tokens,
                    .positions = a.positions,
                    .keys = s->keys,
                    .n = s->n,
                    .span = s->span};
    a.rotary = rotary_new(&a.c, last + 1);
    a.kinds = s->vocabulary * a.c.width, a.queries = s->n * a.c.width;
    a.scores = s->n * s->heads, a.rotated = s->heads * s->keys * config_rotary(&a.c);
    a.k = numbers((size_t)a.kinds, &rng), a.v = numbers((size_t)a.kinds, &rng);
    a.q = numbers((size_t)a.queries, &rng), a.dy = numbers((size_t)a.queries, &rng);
    a.o = numbers((size_t)a.queries, &rng), a.lse = numbers((size_t)a.scores, &rng);
    a.keys_r = numbers((size_t)a.rotated, &rng);
    return a;
}

static void case_free(Case *a) {
    real *all[] = {a->q, a->k, a->v, a->dy, a->o, a->lse, a->keys_r};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    rotary_free(&a->rotary);
    free(a->tokens), free(a->positions);
}

// Returns the head at channel `at` of the key of kind x, at a position.
static void rotated_key(double *to, const Case *a, Token x, int at, int position) {
    int nb = config_rotary(&a->c) / 2, dh = config_head_width(&a->c);
    const real *k = a->k + x * a->c.width + at;
    for (int c = 0; c < dh; c++) to[c] = (double)k[c];
    for (int i = 0; i < nb; i++) {
        double exponent = nb > 1 ? -(double)i / (nb - 1) : 0;
        double angle = position * pow(a->c.rotary_wavelength, exponent);
        double re = (double)k[2 * i], im = (double)k[2 * i + 1];
        to[2 * i] = re * cos(angle) - im * sin(angle);
        to[2 * i + 1] = im * cos(angle) + re * sin(angle);
    }
}

// Returns whether `got` (dh) is the output of head h for latent i, within `bf16`
// roundings of keys and queries. In float the angles of far positions are wrong by 1e-6
// or two.
static bool reads(const Case *a, int i, int h, const real *got, double lse,
                  double bf16) {
    int dh = config_head_width(&a->c), at = h * dh;
    int last = a->in.keys - a->in.n + i, first = 0;
    if (a->in.span && last - a->in.span + 1 > first) first = last - a->in.span + 1;
    const real *q = a->q + i * a->c.width + at;
    double most = -HUGE_VAL, sum = 0, slack = 0, key[64], o[64] = {0}, size[64] = {0};
    double *p = malloc((size_t)a->in.keys * sizeof *p);
    for (int j = first; j <= last; j++) {
        double s = 0, moves = 0;
        rotated_key(key, a, a->tokens[j], at, a->positions[j]);
        for (int c = 0; c < dh; c++) {
            s += (double)q[c] * key[c] / sqrt(dh);
            moves += fabs((double)q[c] * key[c]) / sqrt(dh);
        }
        if (j < a->in.keys - a->in.n) s += (double)a->in.bias;
        p[j] = s, most = fmax(most, s), slack = fmax(slack, moves);
    }
    for (int j = first; j <= last; j++) sum += p[j] = exp(p[j] - most);
    for (int j = first; j <= last; j++)
        for (int c = 0; c < dh; c++) {
            double part = p[j] / sum * (double)a->v[a->tokens[j] * a->c.width + at + c];
            o[c] += part, size[c] += fabs(part);
        }
    free(p);
    double ds = 2 * bf16 * slack + 2e-5, factor = exp(2 * ds) - 1 + 3 * bf16;
    bool ok = isnan(lse) || fabs(lse - most - log(sum)) <= ds;
    for (int c = 0; c < dh; c++)
        ok &= fabs((double)got[c] - o[c]) <= factor * size[c] + 1e-6;
    return ok;
}

static void check_all(bool mixed, double bias) {
    for (int s = 0; s < SHAPES; s++) {
        Pool *pool = pool_new(2);
        pool_set_mixed(pool, mixed);
        Case a = case_new(&shapes[s]);
        a.in.bias = (real)bias;
        cross_attention_forward(pool, a.o, a.lse, a.keys_r, a.q, a.k, a.v, &a.rotary,
                                &a.in, &a.c);
        bool ok = true;
        for (int i = 0; i < a.in.n; i += 1 + i / 9)
            for (int h = 0; h < a.c.heads; h++)
                ok &= reads(&a, i, h, a.o + i * a.c.width + h * config_head_width(&a.c),
                            (double)a.lse[h * a.in.n + i], mixed ? BF16 : 0);
        if (!ok) fprintf(stderr, "shape %d, mixed %d, bias %g\n", s, mixed, bias);
        CHECK(ok);
        CHECK(a.o[a.queries] == 77 && a.lse[a.scores] == 77);
        CHECK(a.keys_r[a.rotated] == 77);
        case_free(&a);
        pool_free(pool);
    }
}

TEST(the_cross_attention_over_kinds_is_that_over_inputs) { check_all(false, 0); }

TEST(the_cross_attention_in_bf16_is_that_to_the_rounding_of_its_inputs) {
    check_all(true, 0);
}

TEST(a_bias_is_added_to_the_scores_of_the_inputs_before_the_latents) {
    for (int mixed = 0; mixed < 2; mixed++) {
        check_all(mixed, 1.4);
        check_all(mixed, -30);
    }
}

TEST(keeping_the_rotated_keys_changes_nothing) {
    for (int s = 0; s < SHAPES; s++) {
        Case a = case_new(&shapes[s]), b = case_new(&shapes[s]);
        cross_attention_forward(NULL, a.o, a.lse, a.keys_r, a.q, a.k, a.v, &a.rotary,
                                &a.in, &a.c);
        cross_attention_forward(NULL, b.o, b.lse, NULL, b.q, b.k, b.v, &b.rotary, &b.in,
                                &b.c);
        CHECK(memcmp(a.o, b.o, (size_t)a.queries * sizeof(real)) == 0);
        CHECK(memcmp(a.lse, b.lse, (size_t)a.scores * sizeof(real)) == 0);
        case_free(&a), case_free(&b);
    }
}

// dq, dkinds_k, dkinds_v, one after the other; owned by the caller.
static real *gradients(Case *a, int threads, bool mixed) {
    Pool *pool = pool_new(threads);
    pool_set_mixed(pool, mixed);
    Rng rng = rng_new(1, 1);
    real *dkeys_r = numbers((size_t)a->rotated, &rng);
    real *d = numbers((size_t)(a->queries + 2 * a->kinds), &rng);
    cross_attention_forward(pool, a->o, a->lse, a->keys_r, a->q, a->k, a->v, &a->rotary,
                            &a->in, &a->c);
    cross_attention_backward(pool, d, d + a->queries, d + a->queries + a->kinds,
                             dkeys_r, a->dy, a->q, a->k, a->v, a->o, a->lse, a->keys_r,
                             &a->rotary, &a->in, &a->c);
    CHECK(d[a->queries + 2 * a->kinds] == 77 && dkeys_r[a->rotated] == 77);
    free(dkeys_r);
    pool_free(pool);
    return d;
}

static double relative(const real *got, const real *want, int n) {
    double off = 0, size = 0;
    for (int i = 0; i < n; i++) {
        double d = (double)got[i] - (double)want[i];
        off += d * d;
        size += (double)want[i] * (double)want[i];
    }
    return sqrt(off / size);
}

// test_gradients compares the backward pass with finite differences. Here there are
// four products in succession, each with rounded operands: on average over a whole
// gradient the error is less than four times 2 BF16.
TEST(gradients_in_bf16_are_those_in_float_to_the_rounding_of_their_products) {
    bool differ = false;
    for (int s = 0; s < SHAPES; s++) {
        if (shapes[s].span || shapes[s].keys == 1) continue;
        Case a = case_new(&shapes[s]);
        real *exact = gradients(&a, 2, false), *mixed = gradients(&a, 2, true);
        CHECK_NEAR(relative(mixed, exact, a.queries), 0, 4 * 2 * BF16);
        for (int i = 0, at = a.queries; i < 2; i++, at += a.kinds)
            CHECK_NEAR(relative(mixed + at, exact + at, a.kinds), 0, 4 * 2 * BF16);
        differ |= memcmp(mixed, exact, (size_t)a.queries * sizeof(real)) != 0;
        free(exact), free(mixed);
        case_free(&a);
    }
    CHECK(differ); // otherwise bf16 was not used
}

TEST(the_cross_attention_does_not_depend_on_the_number_of_threads) {
    for (int mixed = 0; mixed < 2; mixed++)
        for (int s = 0; s < SHAPES; s++) {
            if (shapes[s].span) continue;
            Case a = case_new(&shapes[s]), b = case_new(&shapes[s]);
            real *da = gradients(&a, 1, mixed), *db = gradients(&b, 3, mixed);
            CHECK(memcmp(a.o, b.o, (size_t)a.queries * sizeof(real)) == 0);
            CHECK(memcmp(da, db, (size_t)(a.queries + 2 * a.kinds) * sizeof(real)) ==
                  0);
            free(da), free(db);
            case_free(&a), case_free(&b);
        }
}

static const int step_keys[] = {1, 7, 300, 2047, 2048, 2049, 4096, 4097, 5000, 20000};
static const int step_heads[] = {1, 3, 8, 12};
enum { STEP_KEYS = sizeof step_keys / sizeof *step_keys };

// With rounded factors and angles the output is that of a step, `o`, to within the
// rounding, but not the same.
static void check_rounded_step(const Case *a, const real *o, int keys) {
    int d = a->c.width;
    CrossKinds *kinds = cross_kinds_new(a->k, a->v, &a->rotary, &a->c, true);
    CrossStep *step = cross_step_new(kinds);
    real *rounded = malloc((size_t)d * sizeof *rounded);
    cross_step(step, NULL, rounded, a->q, a->tokens, keys);
    double off = 0;
    for (int i = 0; i < d; i++)
        off = fmax(off, fabs((double)rounded[i] - (double)o[i]));
    CHECK(off < 2e-4);
    CHECK(keys == 1 || off > 0);
    free(rounded);
    cross_step_free(step);
    cross_kinds_free(kinds);
}

static void check_step(int heads, int dh, int keys) {
    Case a = case_new(&(Shape){23, keys, 1, heads, dh, 1, 0});
    int d = a.c.width;
    Pool *pool = pool_new(3);
    Rng rng = rng_new(2, 2);
    real *o = numbers((size_t)d, &rng), *shared = numbers((size_t)d, &rng);
    CrossKinds *kinds = cross_kinds_new(a.k, a.v, &a.rotary, &a.c, false);
    CrossStep *step = cross_step_new(kinds);
    cross_step(step, NULL, o, a.q, a.tokens, keys);
    cross_step(step, pool, shared, a.q, a.tokens, keys);
    CHECK(memcmp(o, shared, (size_t)d * sizeof *o) == 0);
    CHECK(o[d] == 77);
    check_rounded_step(&a, o, keys);
    rotary(NULL, a.q, &a.rotary, keys - 1, 1, 1, &a.c);
    cross_attention_forward(NULL, a.o, a.lse, NULL, a.q, a.k, a.v, &a.rotary, &a.in,
                            &a.c);
    double off = 0;
    bool ok = true;
    for (int i = 0; i < d; i++) off = fmax(off, fabs((double)o[i] - (double)a.o[i]));
    CHECK_NEAR(off, 0, 3e-5);
    for (int h = 0; h < heads; h++) ok &= reads(&a, 0, h, o + h * dh, (double)NAN, 0);
    if (!ok) fprintf(stderr, "%d heads of %d, %d keys\n", heads, dh, keys);
    CHECK(ok);
    cross_step_free(step);
    cross_kinds_free(kinds);
    pool_free(pool);
    free(o), free(shared);
    case_free(&a);
}

TEST(a_step_is_the_cross_attention_of_one_latent_however_long_the_context) {
    for (int h = 0; h < 4; h++)
        for (int k = 0; k < STEP_KEYS; k++)
            check_step(step_heads[h], 4 + 2 * ((h + k) % 5), step_keys[k]);
    check_step(5, 64, 700);
    check_step(9, 7, 2300); // an odd width rotates 2 channels
}

TEST(a_step_may_follow_any_other) {
    Case a = case_new(&(Shape){23, 5000, 1, 3, 8, 1, 0});
    CrossKinds *kinds = cross_kinds_new(a.k, a.v, &a.rotary, &a.c, false);
    CrossStep *used = cross_step_new(kinds);
    static const int keys[] = {5000, 1, 2049, 2048, 3, 4999};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        real o[24], want[24];
        CrossStep *fresh = cross_step_new(kinds);
        const Token *newest = a.tokens + 5000 - keys[i];
        cross_step(used, NULL, o, a.q, newest, keys[i]);
        cross_step(fresh, NULL, want, a.q, newest, keys[i]);
        CHECK(memcmp(o, want, sizeof o) == 0);
        cross_step_free(fresh);
    }
    cross_step_free(used);
    cross_step_free(NULL);
    cross_kinds_free(kinds);
    cross_kinds_free(NULL);
    case_free(&a);
}

int main(void) {
    RUN(the_cross_attention_over_kinds_is_that_over_inputs);
    RUN(the_cross_attention_in_bf16_is_that_to_the_rounding_of_its_inputs);
    RUN(a_bias_is_added_to_the_scores_of_the_inputs_before_the_latents);
    RUN(keeping_the_rotated_keys_changes_nothing);
    Pool *pool = pool_new(1);
    pool_set_mixed(pool, true);
    if (pool_mixed(pool))
        RUN(gradients_in_bf16_are_those_in_float_to_the_rounding_of_their_products);
    else
        SKIP("this CPU has no bf16 products");
    pool_free(pool);
    RUN(the_cross_attention_does_not_depend_on_the_number_of_threads);
    RUN(a_step_is_the_cross_attention_of_one_latent_however_long_the_context);
    RUN(a_step_may_follow_any_other);
    return test_end();
}
