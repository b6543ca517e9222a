// Compares every level of the inner loops that this CPU supports with plain loops, for
// odd shapes and the largest numbers. The sums of integers must be equal bit for bit.
#include "tests/test.h"

#include "model/kernels/lanes.h"
#include "model/rng.h"

#include <stdlib.h>

// Long enough that sums of int16 at their limit are near INT32_MAX.
static const int pairs_of[] = {1, 2, 3, 17, 256, 1000, 5000};
static const int widths[] = {1, 2, 3, 4, 6, 8, 12, 20, 24, 36, 52, 64, 100, 128, 130};
#define COUNT(list) (sizeof(list) / sizeof *(list))

typedef enum Values { RANDOM, MOST, ALTERNATING, EXTREMES } Values;

static int8_t *weights(size_t n, Values kind, Rng *rng) {
    int8_t *w = malloc(n + 2);
    for (size_t i = 0; i < n + 2; i++) {
        int value = (int)rng_below(rng, 256) - 128;
        if (kind == MOST) value = -128;
        if (kind == ALTERNATING) value = i & 1 ? -127 : 127;
        w[i] = (int8_t)value;
    }
    return w;
}

// Pairs are multiplied with pairs, so alternating numbers meet alternating ones.
static int16_t *inputs(int pairs, Values kind, Rng *rng) {
    int limit = lanes_limit(2 * pairs);
    int16_t *x = malloc(2 * (size_t)pairs * sizeof *x);
    for (int i = 0; i < 2 * pairs; i++) {
        int value = (int)rng_below(rng, 2 * (uint32_t)limit + 1) - limit;
        if (kind == MOST) value = -limit;
        if (kind == ALTERNATING) value = i & 1 ? -limit : limit;
        if (kind == EXTREMES) value = rng_below(rng, 2) ? limit : -limit;
        x[i] = (int16_t)value;
    }
    return x;
}

// Returns the sum over the pairs of x with column `at` of w (pairs, columns, 2).
static int64_t sum_of(const int16_t *x, const int8_t *w, int pairs, int columns,
                      int at) {
    int64_t sum = 0;
    for (int p = 0; p < pairs; p++)
        for (int i = 0; i < 2; i++)
            sum += x[2 * p + i] *
                   w[((size_t)p * (size_t)columns + (size_t)at) * 2 + (size_t)i];
    return sum;
}

static bool agree(const char *what, const Lanes *l, const int32_t *got,
                  const int16_t *x, const int8_t *w, int pairs, int columns) {
    for (int i = 0; i < columns; i++) {
        int64_t want = sum_of(x, w, pairs, columns, i);
        if (got[i] == want) continue;
        fprintf(stderr, "%s of %s, %d pairs, %d wide: [%d] is %d, want %lld\n", what,
                l->level, pairs, columns, i, got[i], (long long)want);
        return false;
    }
    return true;
}

static void check_integers(const Lanes *l, int pairs, Values kind) {
    Rng rng = rng_new(kind, (uint64_t)pairs);
    int16_t *x = inputs(pairs, kind, &rng), *x1 = inputs(pairs, kind, &rng);
    int32_t sums[2][LANES_PANEL];
    int8_t *w = weights((size_t)pairs * LANES_PANEL * 2, kind, &rng);
    memset(sums, 0x55, sizeof sums);
    l->panel(sums, w, x, x1, pairs);
    CHECK(agree("panel", l, sums[0], x, w, pairs, LANES_PANEL));
    CHECK(agree("panel, second", l, sums[1], x1, w, pairs, LANES_PANEL));
    memset(sums, 0x55, sizeof sums);
    l->panel(sums, w + 2, x, NULL, pairs); // the weights may be unaligned
    CHECK(agree("panel, one", l, sums[0], x, w + 2, pairs, LANES_PANEL));
    memset(sums, 0x55, sizeof sums);
    enum { ROUNDS = LANES_PANEL / LANES_KEYS }; // the panel has so many rounds too
    l->keys(sums[0], w, x, pairs, ROUNDS * LANES_KEYS);
    for (int i = 0; i < ROUNDS; i++)
        CHECK(agree("keys", l, sums[0] + i * LANES_KEYS, x,
                    w + (ptrdiff_t)i * pairs * LANES_KEYS * 2, pairs, LANES_KEYS));
    free(w);
    for (size_t i = 0; i < COUNT(widths); i++) {
        int dh = widths[i];
        int32_t o[132];
        memset(o, 0x55, sizeof o);
        w = weights((size_t)(pairs * dh * 2), kind, &rng);
        l->values(o, x, w, pairs, dh);
        CHECK(agree("values", l, o, x, w, pairs, dh));
        CHECK(o[dh] == 0x55555555);
        free(w);
    }
    free(x), free(x1);
}

static void check_all_integers(Values kind) {
    for (const Lanes *const *l = lanes_levels; *l; l++)
        for (size_t i = 0; (*l)->is_supported() && i < COUNT(pairs_of); i++)
            check_integers(*l, pairs_of[i], kind);
}

TEST(sums_of_integers_are_those_of_plain_loops_on_every_level) {
    check_all_integers(RANDOM);
}

TEST(sums_of_the_largest_integers_that_the_limit_allows_do_not_overflow) {
    check_all_integers(MOST);
    check_all_integers(ALTERNATING);
    check_all_integers(EXTREMES);
}

TEST(the_limit_is_the_largest_that_cannot_overflow) {
    for (int count = 0; count < 100000; count += 1 + count / 7) {
        int64_t limit = lanes_limit(count), n = count ? count : 1;
        CHECK(limit > 0 && limit <= INT16_MAX && limit * 128 * n <= INT32_MAX);
        CHECK(limit == INT16_MAX || (limit + 1) * 128 * n > INT32_MAX);
    }
}

static real *numbers(size_t n, Rng *rng) {
    real *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = (real)rng_normal(rng);
    return x;
}

// The bound for sums of `n` products of numbers near 1 in float, in any order.
static double bound(int n) { return 1e-6 * (n + 1); }

TEST(scores_of_eight_heads_are_those_of_plain_loops_on_every_level) {
    for (const Lanes *const *l = lanes_levels; *l; l++)
        for (size_t i = 0; (*l)->is_supported() && i < COUNT(widths); i++) {
            int n = widths[i], kinds = n * 3 % 41 + 1, stride = n + (int)i % 3;
            Rng rng = rng_new(i, 3);
            real *k = numbers((size_t)(kinds * stride * 8), &rng);
            real *q = numbers((size_t)n * 8, &rng), *s = numbers(8 * 42 * 3, &rng);
            int step = 1 + (int)i % 3; // in rows of 8
            double worst = 0, beside = (double)s[kinds * step * 8];
            (*l)->kinds(s, step, k, stride, q, n, kinds);
            for (int v = 0; v < kinds; v++)
                for (int h = 0; h < 8; h++) {
                    double want = 0;
                    for (int c = 0; c < n; c++)
                        want += (double)q[c * 8 + h] *
                                (double)k[(v * stride + c) * 8 + h];
                    worst = fmax(worst, fabs(want - (double)s[v * step * 8 + h]));
                }
            CHECK((double)s[kinds * step * 8] == beside);
            CHECK_NEAR(worst, 0, bound(n));
            free(k), free(q), free(s);
        }
}

// The inputs of a kind in a round of PLACES, whose angles are not those of rotary.c: to
// the loops they are any numbers of at most 1.
enum { PLACES = 50, INPUTS = 7, WIDEST = 66 };
typedef struct Turned {
    real k[WIDEST * 8], q[WIDEST * 8], start[8];
    real angles[PLACES * WIDEST];
    uint16_t order[INPUTS];
} Turned;

static void turned_new(Turned *t, int r, Rng *rng) {
    for (int i = 0; i < r * 8; i++) t->k[i] = (real)rng_normal(rng);
    for (int i = 0; i < r * 8; i++) t->q[i] = (real)rng_normal(rng);
    for (int h = 0; h < 8; h++) t->start[h] = (real)(h - 4);
    for (int p = 0; p < PLACES; p++)
        for (int c = 0; c < r; c += 2) {
            double angle = 6.3 * rng_uniform(rng);
            t->angles[p * r + c] = (real)cos(angle);
            t->angles[p * r + c + 1] = (real)sin(angle);
        }
    for (int i = 0; i < INPUTS; i++) t->order[i] = (uint16_t)rng_below(rng, PLACES);
}

// The query times the key, turned by the angles of a place.
static double turned_score(const Turned *t, int r, int place, int h) {
    double want = (double)t->start[h];
    for (int i = 0; i < r; i += 2) {
        double ka = (double)t->k[i * 8 + h], kb = (double)t->k[(i + 1) * 8 + h];
        double qa = (double)t->q[i * 8 + h], qb = (double)t->q[(i + 1) * 8 + h];
        double c = (double)t->angles[place * r + i];
        double s = (double)t->angles[place * r + i + 1];
        want += qa * (ka * c - kb * s) + qb * (kb * c + ka * s);
    }
    return want;
}

// Returns the greatest error of the scores of `count` inputs; what follows them must
// still be 77.
static double turned_error(const Turned *t, int r, const real *got, int count) {
    double worst = 0;
    for (int i = 0; i < count; i++)
        for (int h = 0; h < 8; h++)
            worst = fmax(worst, fabs((double)got[i * 8 + h] -
                                     turned_score(t, r, t->order[i], h)));
    return got[count * 8] == 77 ? worst : 1e9;
}

TEST(a_turned_key_gives_the_score_of_the_turned_query_on_every_level) {
    for (const Lanes *const *l = lanes_levels; *l; l++)
        for (int r = 2; (*l)->is_supported() && r <= WIDEST; r += 2) {
            Rng rng = rng_new((uint64_t)r, 4);
            Turned t;
            turned_new(&t, r, &rng);
            real row[WIDEST * 8 + 1], s[INPUTS * 8 + 1];
            row[r * 8] = 77;
            (*l)->turn(row, t.k, t.q, r);
            CHECK(row[r * 8] == 77);
            for (int count = 1; count <= INPUTS; count++) {
                s[count * 8] = 77;
                (*l)->scores(s, t.start, t.angles, t.order, count, row, r);
                CHECK_NEAR(turned_error(&t, r, s, count), 0, 1e-5 * r);
            }
        }
}

// Factors as large as int16 permits without an overflow of the sums: the error is that
// of rounding factors and angles, and all levels have the same integers.
TEST(a_turned_key_in_integers_gives_its_score_to_their_rounding_on_every_level) {
    enum { ANGLE = 1 << 14, LARGEST = 32000, FOURS = (WIDEST + 3) / 4 };
    for (int r = 2; r <= WIDEST; r += 2) {
        Rng rng = rng_new((uint64_t)r, 5);
        Turned t;
        turned_new(&t, r, &rng);
        int16_t angles[PLACES * FOURS * 4] = {0};
        int width = (r + 3) / 4 * 4;
        for (int p = 0; p < PLACES; p++)
            for (int c = 0; c < r; c++)
                angles[p * width + c] = (int16_t)lrint(ANGLE *
                                                       (double)t.angles[p * r + c]);
        real unit[8], steps[WIDEST * 8];
        double worst = 0;
        for (int h = 0; h < 8; h++) {
            double most = 0, sum = 0;
            for (int i = h; i < r * 8; i += 16) {
                double length = hypot((double)t.k[i], (double)t.k[i + 8]) *
                                hypot((double)t.q[i], (double)t.q[i + 8]);
                most = fmax(most, length);
                sum += length;
            }
            double step = fmax(most / LARGEST, sum * ANGLE / INT32_MAX * 1.01);
            unit[h] = (real)(step / ANGLE);
            worst = fmax(worst, r * step + sum / ANGLE + 1e-5 * r);
            for (int i = h; i < r * 8; i += 8) steps[i] = t.q[i] / (real)step;
        }
        for (const Lanes *const *l = lanes_levels; *l; l++) {
            int16_t row[FOURS * 32 + 1];
            real s[INPUTS * 8 + 1];
            if (!(*l)->is_supported()) continue;
            row[width * 8] = 77;
            (*l)->turn_rounded(row, t.k, steps, r);
            CHECK(row[width * 8] == 77);
            for (int count = 1; count <= INPUTS; count++) {
                s[count * 8] = 77;
                (*l)->scores_rounded(s, t.start, unit, angles, t.order, count, row, r);
                CHECK(turned_error(&t, r, s, count) < worst);
            }
        }
    }
}

TEST(rounding_is_off_by_half_a_step_at_most_and_uses_the_whole_range) {
    for (int count = 1; count <= 300; count += count < 40 ? 1 : 13)
        for (int limit = 7; limit <= INT16_MAX; limit = limit * 17 + 1) {
            Rng rng = rng_new((uint64_t)count, (uint64_t)limit);
            real *x = numbers((size_t)count, &rng);
            double most = 0, size = pow(10, rng_uniform(&rng) * 40 - 20);
            for (int i = 0; i < count; i++) {
                x[i] *= (real)size;
                most = fmax(most, fabs((double)x[i]));
            }
            int16_t to[304];
            memset(to, 0x55, sizeof to);
            double scale = (double)lanes_round(to, x, count, limit), off = 0;
            int largest = 0;
            for (int i = 0; i < count; i++) {
                off = fmax(off, fabs((double)x[i] - scale * to[i]));
                largest = abs(to[i]) > largest ? abs(to[i]) : largest;
            }
            CHECK_NEAR(scale, most / limit, 1e-6 * most / limit);
            // x / scale is itself rounded to a float.
            CHECK(off <= scale * (0.5 + 2e-7 * limit));
            CHECK(largest == limit);
            if (count & 1) CHECK(to[count] == 0);
            CHECK(to[count + (count & 1)] == 0x5555);
            free(x);
        }
}

TEST(zeros_round_to_zeros) {
    real x[7] = {0};
    int16_t to[8];
    memset(to, 0x55, sizeof to);
    double scale = (double)lanes_round(to, x, 7, 1000);
    CHECK(isfinite(scale));
    for (int i = 0; i < 8; i++) CHECK(to[i] == 0);
}

TEST(the_largest_numbers_round_and_the_smallest_are_zeros) {
    static const double sizes[] = {1e-45, 1e-42, 1e-39, 1e-37, 1e-33,
                                   1e-29, 1e-20, 1e30,  3e38};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        real x[5] = {(real)sizes[s], (real)-sizes[s], 0, (real)(sizes[s] / 2),
                     (real)(sizes[s] / 3)};
        int16_t to[6];
        double scale = (double)lanes_round(to, x, 5, INT16_MAX);
        for (int i = 0; i < 5; i++)
            if (sizes[s] < 1e-30)
                CHECK(to[i] == 0 && isfinite(scale));
            else
                CHECK_NEAR(scale * to[i], (double)x[i], sizes[s] * 2e-5);
    }
}

TEST(lanes_are_the_best_level_that_this_CPU_runs) {
    const Lanes *best = NULL;
    for (const Lanes *const *l = lanes_levels; *l; l++)
        if ((*l)->is_supported()) best = *l;
    CHECK(best && lanes() == best);
    CHECK(lanes_levels[0]->is_supported());
}

int main(void) {
    RUN(sums_of_integers_are_those_of_plain_loops_on_every_level);
    RUN(sums_of_the_largest_integers_that_the_limit_allows_do_not_overflow);
    RUN(the_limit_is_the_largest_that_cannot_overflow);
    RUN(scores_of_eight_heads_are_those_of_plain_loops_on_every_level);
    RUN(a_turned_key_gives_the_score_of_the_turned_query_on_every_level);
    RUN(a_turned_key_in_integers_gives_its_score_to_their_rounding_on_every_level);
    RUN(rounding_is_off_by_half_a_step_at_most_and_uses_the_whole_range);
    RUN(zeros_round_to_zeros);
    RUN(the_largest_numbers_round_and_the_smallest_are_zeros);
    RUN(lanes_are_the_best_level_that_this_CPU_runs);
    return test_end();
}
