// Compares the linear maps of generation, exact and int8, with plain loops in double.
#include "tests/test.h"

#include "model/generate/weights.h"
#include "model/layers/layers.h"
#include "model/rng.h"

#include <stdlib.h>

// Widths that are no multiple of a panel, an odd width, and vocabularies of 13 and 391.
static const Config shapes[] = {
    {13, 20, 8, 24, 3, 1, 20, .places = false},
    {391, 20, 8, 33, 1, 2, 20, .places = false},
    {64, 20, 8, 64, 2, 1, 20, .places = false},
    {65, 20, 8, 130, 2, 1, 20, .places = false},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, MOST_ROWS = 30 };

static void random_numbers(real *x, size_t n, double size, Rng *rng) {
    for (size_t i = 0; i < n; i++) x[i] = (real)(size * rng_normal(rng));
}

static Model random_model(const Config *c, uint64_t seed) {
    Model m = {.config = *c};
    Rng rng = rng_new(seed, 9);
    parameters_new(&m.parameters, c);
    random_numbers(m.parameters.memory, m.parameters.count, 0.3, &rng);
    return m;
}

// Every kind of map: square, to the MLP and back, to the vocabulary.
enum { MAPS = 5 };
static void maps_of(const Matrix *ret[MAPS], const Linear *linear[MAPS],
                    const Weights *w, const Model *m) {
    const Block *block = &m->parameters.layers[0];
    ret[0] = &w->latent, linear[0] = &m->parameters.latent;
    ret[1] = &w->head, linear[1] = &m->parameters.head;
    ret[2] = &w->layers[0].up, linear[2] = &block->mlp.up;
    ret[3] = &w->layers[0].down, linear[3] = &block->mlp.down;
    ret[4] = &w->cross.v, linear[4] = &m->parameters.cross.attn.v;
}

static double largest(const real *x, int n) {
    double most = 0;
    for (int i = 0; i < n; i++) most = fmax(most, fabs((double)x[i]));
    return most;
}

// The error bound for one row x: its inputs are rounded to int16 of at most `limit`
// with one scale, so each is wrong by up to half a step. The rest is float rounding.
static void check_row(const real *y, const real *x, const Matrix *w, const real *wide,
                      const real *float_weights, const real *bias, int N) {
    int limit = INT32_MAX / 128 / (w->in + w->in % 2);
    double half = largest(x, w->in) / (limit < INT16_MAX ? limit : INT16_MAX) / 2;
    bool rounded = true, plain = true;
    double worst = 0;
    for (int o = 0; o < w->out; o++) {
        const real *row = wide + (ptrdiff_t)o * w->in;
        double want = (double)bias[o], sum = 0, other = want, size = fabs(want);
        for (int i = 0; i < w->in; i++) {
            want += (double)row[i] * (double)x[i];
            other += (double)float_weights[(ptrdiff_t)o * w->in + i] * (double)x[i];
            sum += fabs((double)row[i]);
            size += fabs((double)row[i] * (double)x[i]);
        }
        double got = (double)y[o];
        rounded &= fabs(got - want) <= half * sum + 1e-6 * size;
        plain &= fabs(got - other) <= 1e-5 * size;
        worst = fmax(worst, fabs(got - want));
    }
    if (!rounded && !plain)
        fprintf(stderr, "%d rows, %d to %d: off by %g\n", N, w->in, w->out, worst);
    // Many rows may use the exact weights, few rows may not.
    CHECK(rounded || (plain && N > 2));
}

static void check_maps(const Config *c, int N, Pool *pool) {
    Model m = random_model(c, (uint64_t)N);
    Weights *w = weights_new(&m, true);
    const Matrix *maps[MAPS];
    const Linear *linear[MAPS];
    maps_of(maps, linear, w, &m);
    Rng rng = rng_new((uint64_t)N, 4);
    for (int i = 0; i < MAPS; i++) {
        size_t in = (size_t)maps[i]->in, out = (size_t)maps[i]->out;
        real *x = malloc((size_t)N * in * sizeof *x);
        real *y = malloc(((size_t)N * out + 1) * sizeof *y);
        real *wide = malloc(in * out * sizeof *wide);
        // Rows with numbers of very different sizes, each row with its own scale.
        for (int r = 0; r < N; r++)
            random_numbers(x + (size_t)r * in, in, pow(10, r % 7 - 3), &rng);
        y[(size_t)N * out] = 77;
        qlinear_widen(wide, maps[i]);
        qlinear_forward(pool, &(QLinear){y, maps[i]}, 1, x, N);
        for (int r = 0; r < N; r++)
            check_row(y + (size_t)r * out, x + (size_t)r * in, maps[i], wide,
                      linear[i]->weight, linear[i]->bias, N);
        CHECK(y[(size_t)N * out] == 77);
        free(x), free(y), free(wide);
    }
    weights_free(w);
    model_free(&m);
}

TEST(int8_maps_are_products_with_what_their_weights_stand_for) {
    for (int s = 0; s < SHAPES; s++)
        for (int N = 1; N <= MOST_ROWS; N += N < 20 ? 1 : 5)
            check_maps(&shapes[s], N, NULL);
}

TEST(int8_maps_shared_by_threads_are_the_same) {
    Pool *pool = pool_new(3);
    for (int s = 0; s < SHAPES; s++) {
        check_maps(&shapes[s], 1, pool);
        check_maps(&shapes[s], 2, pool);
        Model m = random_model(&shapes[s], 3);
        Weights *w = weights_new(&m, true);
        int d = shapes[s].width, V = shapes[s].vocabulary;
        Rng rng = rng_new(2, 2);
        real *x = malloc((size_t)(2 * d) * sizeof *x);
        real *one = malloc((size_t)(2 * V) * sizeof *one);
        real *three = malloc((size_t)(2 * V) * sizeof *three);
        random_numbers(x, (size_t)(2 * d), 1, &rng);
        qlinear_forward(NULL, &(QLinear){one, &w->head}, 1, x, 2);
        qlinear_forward(pool, &(QLinear){three, &w->head}, 1, x, 2);
        CHECK(memcmp(one, three, (size_t)(2 * V) * sizeof *one) == 0);
        free(x), free(one), free(three);
        weights_free(w);
        model_free(&m);
    }
    pool_free(pool);
}

TEST(several_maps_at_once_are_those_maps_one_by_one) {
    for (int s = 0; s < SHAPES; s++)
        for (int int8 = 0; int8 < 2; int8++)
            for (int N = 1; N <= 4; N++) {
                Model m = random_model(&shapes[s], 5);
                Weights *w = weights_new(&m, int8);
                int d = shapes[s].width, most = N * 4 * d;
                Rng rng = rng_new(6, 6);
                real *x = malloc((size_t)(N * d) * sizeof *x);
                real *y = calloc((size_t)(6 * most), sizeof *y);
                random_numbers(x, (size_t)(N * d), 1, &rng);
                const Matrix *maps[] = {&w->layers[0].q, &w->layers[0].up,
                                        &w->layers[0].v};
                QLinear together[3];
                for (int i = 0; i < 3; i++) {
                    together[i] = (QLinear){y + i * most, maps[i]};
                    qlinear_forward(NULL, &(QLinear){y + (3 + i) * most, maps[i]}, 1, x,
                                    N);
                }
                qlinear_forward(NULL, together, 3, x, N);
                CHECK(memcmp(y, y + 3 * most, (size_t)(3 * most) * sizeof *y) == 0);
                free(x), free(y);
                weights_free(w);
                model_free(&m);
            }
}

TEST(exact_maps_are_the_models_linear_layers) {
    for (int s = 0; s < SHAPES; s++)
        for (int N = 1; N <= MOST_ROWS; N += 3) {
            Model m = random_model(&shapes[s], 1);
            Weights *w = weights_new(&m, false);
            const Matrix *maps[MAPS];
            const Linear *linear[MAPS];
            maps_of(maps, linear, w, &m);
            Rng rng = rng_new(8, 8);
            for (int i = 0; i < MAPS; i++) {
                int in = maps[i]->in, out = maps[i]->out;
                real *x = malloc((size_t)(N * in) * sizeof *x);
                real *y = malloc((size_t)(N * out) * sizeof *y);
                real *want = malloc((size_t)(N * out) * sizeof *want);
                real *wide = malloc((size_t)(in * out) * sizeof *wide);
                random_numbers(x, (size_t)(N * in), 1, &rng);
                qlinear_forward(NULL, &(QLinear){y, maps[i]}, 1, x, N);
                linear_forward(NULL, want, x, linear[i], N, in, out);
                CHECK(memcmp(y, want, (size_t)(N * out) * sizeof *y) == 0);
                qlinear_widen(wide, maps[i]);
                CHECK(memcmp(wide, linear[i]->weight,
                             (size_t)(in * out) * sizeof *wide) == 0);
                free(x), free(y), free(want), free(wide);
            }
            weights_free(w);
            model_free(&m);
        }
}

TEST(int8_weights_are_the_models_to_half_a_step_of_their_row) {
    for (int s = 0; s < SHAPES; s++) {
        Model m = random_model(&shapes[s], 2);
        // A row of zeros, a row with a single large weight, a small row, and a row too
        // small to be divided into steps, which becomes zeros.
        int d = shapes[s].width;
        memset(m.parameters.latent.weight, 0, (size_t)d * sizeof(real));
        m.parameters.latent.weight[d + 1] = -1e4f;
        for (int i = 0; i < d; i++) m.parameters.latent.weight[2 * d + i] *= 1e-20f;
        for (int i = 0; i < d; i++) m.parameters.latent.weight[3 * d + i] *= 1e-42f;
        Weights *w = weights_new(&m, true);
        const Matrix *maps[MAPS];
        const Linear *linear[MAPS];
        maps_of(maps, linear, w, &m);
        for (int i = 0; i < MAPS; i++) {
            int in = maps[i]->in, out = maps[i]->out;
            real *wide = malloc((size_t)(in * out) * sizeof *wide);
            qlinear_widen(wide, maps[i]);
            bool close = true;
            for (int o = 0; o < out; o++) {
                const real *row = linear[i]->weight + (ptrdiff_t)o * in;
                double most = largest(row, in), half = most / 127 / 2;
                if (most < 1e-30) {
                    close &= largest(wide + (ptrdiff_t)o * in, in) == 0;
                    continue;
                }
                for (int j = 0; j < in; j++)
                    close &= fabs((double)wide[o * in + j] - (double)row[j]) <=
                             half * (1 + 1e-4);
            }
            CHECK(close);
            free(wide);
        }
        weights_free(w);
        model_free(&m);
    }
}

// Each number of a row is wrong by up to half the row's step.
static void check_tables(bool int8) {
    Config c = {13,
                20,
                8,
                24,
                3,
                1,
                20,
                .recall_heads = 2,
                .recall_first = 3,
                .recall_end = 12};
    Model m = random_model(&c, 5);
    Weights *w = weights_new(&m, int8);
    const Table *tables[] = {&w->next, &w->after, &w->before};
    const real *float_weights[] = {m.parameters.recall.next, m.parameters.recall.after,
                                   m.parameters.recall.before};
    Rng rng = rng_new(6, 6);
    double most = 0;
    for (int i = 0; i < 3; i++) {
        real by[26], y[24] = {0};
        CHECK(tables[i]->rows == (i ? 26 : 18) && tables[i]->columns == 24);
        random_numbers(by, 26, 1, &rng);
        for (int r = 0; r < tables[i]->rows; r += 3) by[r] = 0;
        table_add(y, tables[i], by);
        for (int k = 0; k < 24; k++) {
            double want = 0, room = 1e-5;
            for (int r = 0; r < tables[i]->rows; r++) {
                want += (double)(by[r] * float_weights[i][r * 24 + k]);
                if (int8)
                    room += fabs((double)by[r]) *
                            largest(float_weights[i] + (ptrdiff_t)r * 24, 24) / 254;
            }
            CHECK(fabs((double)y[k] - want) <= room);
            most = fmax(most, fabs((double)y[k] - want));
        }
    }
    CHECK((most > 1e-4) == int8);
    weights_free(w);
    model_free(&m);
}

TEST(rows_of_a_table_add_up_exactly_or_to_half_a_step_each) {
    check_tables(false);
    check_tables(true);
}

int main(void) {
    RUN(int8_maps_are_products_with_what_their_weights_stand_for);
    RUN(int8_maps_shared_by_threads_are_the_same);
    RUN(several_maps_at_once_are_those_maps_one_by_one);
    RUN(exact_maps_are_the_models_linear_layers);
    RUN(int8_weights_are_the_models_to_half_a_step_of_their_row);
    RUN(rows_of_a_table_add_up_exactly_or_to_half_a_step_each);
    return test_end();
}
