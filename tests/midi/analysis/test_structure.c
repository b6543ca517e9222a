#include "midi/analysis/fitness.h"
#include "midi/analysis/similarity.h"
#include "midi/analysis/structure.h"
#include "model/rng.h"
#include "tests/test.h"

enum { SECOND = 1000000, ROOM = 64 * 64 };

static Rng rng;

static double fitness_of(const double *S, int N, int from, int M) {
    double room[ROOM];
    return fitness(S, N, from, M, room);
}

// --- fitness ---

// A matrix with 1 on the diagonal and -2 elsewhere.
static void nothing_alike(double *S, int N) {
    for (int i = 0; i < N * N; i++) S[i] = i % (N + 1) == 0 ? 1 : -2;
}

TEST(a_segment_that_never_comes_back_has_no_fitness) {
    double S[20 * 20];
    nothing_alike(S, 20);
    for (int from = 0; from < 20; from++)
        for (int M = 1; from + M <= 20; M++) CHECK(fitness_of(S, 20, from, M) == 0);
}

// Makes the frames `again` .. again + M similar to those from `from` on, to the degree
// `how`.
static void stripe(double *S, int N, int from, int again, int M, double how) {
    for (int i = 0; i < M; i++) {
        S[(again + i) * N + from + i] = how;
        S[(from + i) * N + again + i] = how;
    }
}

// Returns the fitness by the formulas, from the score and the coverage of the repeats
// besides the segment itself.
static double harmonic(double score, double coverage) {
    return 2 * score * coverage / (score + coverage);
}

TEST(a_segment_has_the_fitness_of_its_returns) {
    double S[20 * 20];
    nothing_alike(S, 20);
    stripe(S, 20, 2, 12, 6, 1);
    // Two paths of 6 cells that score 12: (12 - 6) / 12, and (12 - 6) / 20.
    CHECK_NEAR(fitness_of(S, 20, 2, 6), harmonic(6 / 12.0, 6 / 20.0), 1e-12);
    CHECK_NEAR(fitness_of(S, 20, 12, 6), harmonic(6 / 12.0, 6 / 20.0), 1e-12);
    // A part of it returns too; a longer segment returns in part.
    CHECK_NEAR(fitness_of(S, 20, 3, 4), harmonic(4 / 8.0, 4 / 20.0), 1e-12);
    CHECK(fitness_of(S, 20, 2, 9) < harmonic(6 / 12.0, 6 / 20.0));
    CHECK(fitness_of(S, 20, 0, 20) == 0); // the whole has no repeat
    // Less similar: 6 + 3.
    nothing_alike(S, 20);
    stripe(S, 20, 2, 12, 6, 0.5);
    CHECK_NEAR(fitness_of(S, 20, 2, 6), harmonic(3 / 12.0, 6 / 20.0), 1e-12);
}

TEST(what_returns_twice_as_often_is_fitter_and_twice_as_slow_as_fit) {
    double S[26 * 26];
    nothing_alike(S, 26);
    stripe(S, 26, 0, 8, 6, 1);
    double once = fitness_of(S, 26, 0, 6);
    stripe(S, 26, 0, 17, 6, 1);
    CHECK_NEAR(fitness_of(S, 26, 0, 6), harmonic(12 / 18.0, 12 / 26.0), 1e-12);
    CHECK(fitness_of(S, 26, 0, 6) > once);
    // At half the tempo: 6 frames over 11 rows, of which every second one is similar.
    nothing_alike(S, 26);
    for (int i = 0; i < 6; i++) S[(10 + 2 * i) * 26 + i] = 1;
    CHECK_NEAR(fitness_of(S, 26, 0, 6), harmonic(6 / 12.0, 11 / 26.0), 1e-12);
}

// Finds the best path family by trying all, from row n on, with the score so far.
typedef struct Best {
    const double *S;
    int N, from, M;
    double score;
    int cells, rows;
} Best;

static void try_rows(Best *b, int n, double score, int cells, int rows);

static void try_path(Best *b, int first, int n, int m, double score, int cells,
                     int rows) {
    if (n >= b->N || m >= b->M) return;
    score += b->S[n * b->N + b->from + m];
    cells++;
    if (m == b->M - 1) try_rows(b, n + 1, score, cells, rows + n - first + 1);
    try_path(b, first, n + 1, m + 1, score, cells, rows);
    try_path(b, first, n + 1, m + 2, score, cells, rows);
    try_path(b, first, n + 2, m + 1, score, cells, rows);
}

static void try_rows(Best *b, int n, double score, int cells, int rows) {
    if (score > b->score) b->score = score, b->cells = cells, b->rows = rows;
    if (n >= b->N) return;
    try_rows(b, n + 1, score, cells, rows);
    try_path(b, n, n, 0, score, cells, rows);
}

TEST(the_path_family_is_the_best_of_all) {
    int above = 0;
    for (int i = 0; i < 300; i++) {
        int N = 3 + (int)rng_below(&rng, 5), M = 1 + (int)rng_below(&rng, (uint32_t)N);
        int from = (int)rng_below(&rng, (uint32_t)(N - M + 1));
        double S[64];
        for (int k = 0; k < N * N; k++)
            S[k] = k % (N + 1) == 0 ? 1 : rng_uniform(&rng) - 0.3;
        Best b = {.S = S, .N = N, .from = from, .M = M};
        try_rows(&b, 0, 0, 0, 0);
        double score = (b.score - M) / b.cells, coverage = (double)(b.rows - M) / N;
        bool fit = score > 0 && coverage > 0;
        CHECK_NEAR(fitness_of(S, N, from, M), fit ? harmonic(score, coverage) : 0,
                   1e-12);
        above += fit;
    }
    CHECK(above > 30);
}

// --- similarity ---

static void chord(Performance *p, int64_t from, int64_t to, int pitch, int velocity) {
    performance_add_note(p, (Note){from, to, (uint8_t)pitch, (uint8_t)velocity});
}

TEST(chroma_is_loudness_by_time_smoothed_and_of_length_1) {
    Performance p = {0};
    double c[20 * SIMILARITY_CLASSES];
    // A tenth of a second in frame 10, and a fifth at half the velocity.
    chord(&p, 5 * SECOND, 5 * SECOND + 100000, 60, 80);
    chord(&p, 5 * SECOND, 5 * SECOND + 200000, 67, 40);
    chord(&p, 5 * SECOND + 400000, 5 * SECOND + 500000, 48, 20);
    CHECK(similarity_frames(0, 10 * SECOND) == 20);
    similarity_chroma(c, &p, 0, 10 * SECOND);
    for (int n = 0; n < 20; n++) {
        bool there = n >= 6 && n <= 14; // 9 frames around it
        double length = hypot(100, 80);
        for (int k = 0; k < SIMILARITY_CLASSES; k++)
            CHECK_NEAR(c[n * SIMILARITY_CLASSES + k],
                       there ? (k == 0   ? 100 / length
                                : k == 7 ? 80 / length
                                         : 0)
                             : 1 / sqrt(12),
                       1e-12);
    }
    performance_clear(&p);
}

// Computes S by the definition, slowly.
static void plain(double *S, const double *c, int N) {
    double s[900], t[900], sorted[900];
    for (int i = 0; i < N * N; i++) {
        s[i] = 0;
        for (int by = 0; by < 12; by++) {
            double sum = 0;
            for (int k = 0; k < 12; k++)
                sum += c[i / N * 12 + k] * c[i % N * 12 + (k + by) % 12];
            if (sum > s[i]) s[i] = sum;
        }
    }
    for (int i = 0; i < N * N; i++) {
        t[i] = 0;
        for (int r = 0; r < 14; r++) {
            double sum = 0, tempo = 0.5 * pow(4, r / 2 / 6.0);
            for (int l = 0; l < 16; l++) {
                int by = r % 2 ? -1 : 1, n = i / N + by * l,
                    m = i % N + by * (int)floor(l * tempo + 0.5);
                if (n >= 0 && m >= 0 && n < N && m < N) sum += s[n * N + m] / 16;
            }
            if (sum > t[i]) t[i] = sum;
        }
    }
    memcpy(sorted, t, sizeof sorted);
    for (int i = 0; i < N * N; i++)
        for (int k = i; k > 0 && sorted[k] > sorted[k - 1]; k--) {
            double other = sorted[k];
            sorted[k] = sorted[k - 1], sorted[k - 1] = other;
        }
    double least = sorted[(int)ceil(N * N / 4.0) - 1];
    for (int i = 0; i < N * N; i++) {
        S[i] = t[i] < least ? -2 : (t[i] - least) / (sorted[0] - least);
        if (i / N == i % N) S[i] = 1;
    }
}

TEST(similarity_is_that_of_the_definition) {
    for (int i = 0; i < 5; i++) {
        int N = 18 + i;
        double c[30 * 12], got[900], want[900];
        for (int n = 0; n < N; n++) {
            double square = 0;
            for (int k = 0; k < 12; k++) {
                double x = c[n * 12 + k] = rng_uniform(&rng);
                square += x * x;
            }
            for (int k = 0; k < 12; k++) c[n * 12 + k] /= sqrt(square);
        }
        similarity(got, c, N);
        plain(want, c, N);
        for (int k = 0; k < N * N; k++) CHECK_NEAR(got[k], want[k], 1e-9);
    }
}

// --- structure ---

// Makes a chord per second of four random pitch classes, so that no two spans are
// similar.
static void anything(Performance *p, int64_t from, int64_t to) {
    for (int64_t at = from; at < to; at += SECOND)
        for (int i = 0; i < 4; i++)
            chord(p, at, at + SECOND, 48 + (int)rng_below(&rng, 24), 80);
}

// Makes a minute in which the first 20 seconds return, 3 semitones higher, after 35
// seconds.
static Performance with_return(bool returns) {
    Performance p = {0};
    anything(&p, 0, 60 * SECOND);
    for (size_t i = 0; returns && i < p.note_count; i++) {
        Note *n = &p.notes[i];
        if (n->onset < 35 * SECOND || n->onset >= 55 * SECOND) continue;
        n->pitch = (uint8_t)(p.notes[i - 35 * 4].pitch + 3);
    }
    performance_finish(&p);
    return p;
}

TEST(a_theme_that_returns_is_structure_of_its_length) {
    double with = 0, without = 0;
    for (int i = 0; i < 8; i++) {
        rng = rng_new(10, (uint64_t)i);
        Performance a = with_return(true);
        rng = rng_new(10, (uint64_t)i);
        Performance b = with_return(false);
        double si[2][STRUCTURE_LENGTHS];
        structure_measure(si[0], &a, 0, 60 * SECOND);
        structure_measure(si[1], &b, 0, 60 * SECOND);
        with += si[0][STRUCTURE_LONG] / 8;
        without += si[1][STRUCTURE_LONG] / 8;
        performance_clear(&a);
        performance_clear(&b);
    }
    CHECK(with > without + 0.1);
}

TEST(structure_is_the_fittest_segment_of_each_length) {
    Performance p = {0};
    anything(&p, 20 * SECOND, 26 * SECOND);
    for (int again = 1; again < 4; again++)
        for (int i = 0; i < 6 * 4; i++) {
            Note n = p.notes[i];
            chord(&p, n.onset + again * 6 * SECOND, n.release + again * 6 * SECOND,
                  n.pitch, n.velocity);
        }
    double got[STRUCTURE_LENGTHS], want[STRUCTURE_LENGTHS] = {0};
    double c[40 * 12], S[1600], room[42 * 41];
    structure_measure(got, &p, 20 * SECOND, 40 * SECOND);
    similarity_chroma(c, &p, 20 * SECOND, 40 * SECOND);
    similarity(S, c, 40);
    for (int M = 6; M <= 40; M++)
        for (int from = 0; from + M <= 40; from++) {
            int length = M < 16   ? STRUCTURE_SHORT
                         : M < 30 ? STRUCTURE_MIDDLE
                                  : STRUCTURE_LONG;
            want[length] = fmax(want[length], fitness(S, 40, from, M, room));
        }
    for (int i = 0; i < STRUCTURE_LENGTHS; i++) CHECK_NEAR(got[i], want[i], 1e-12);
    CHECK(want[STRUCTURE_SHORT] > 0 && want[STRUCTURE_MIDDLE] > 0);
    performance_clear(&p);
}

TEST(silence_and_spans_of_no_length_have_their_numbers_too) {
    Performance p = {0};
    double si[STRUCTURE_LENGTHS];
    structure_measure(si, &p, 0, 0);
    for (int i = 0; i < STRUCTURE_LENGTHS; i++) CHECK(si[i] == 0);
    structure_measure(si, &p, 0, 10 * SECOND);
    for (int i = 0; i < STRUCTURE_LENGTHS; i++) CHECK(si[i] >= 0 && si[i] <= 1);
}

int main(void) {
    rng = rng_new(1, 0);
    RUN(a_segment_that_never_comes_back_has_no_fitness);
    RUN(a_segment_has_the_fitness_of_its_returns);
    RUN(what_returns_twice_as_often_is_fitter_and_twice_as_slow_as_fit);
    RUN(the_path_family_is_the_best_of_all);
    RUN(chroma_is_loudness_by_time_smoothed_and_of_length_1);
    RUN(similarity_is_that_of_the_definition);
    RUN(a_theme_that_returns_is_structure_of_its_length);
    RUN(structure_is_the_fittest_segment_of_each_length);
    RUN(silence_and_spans_of_no_length_have_their_numbers_too);
    return test_end();
}
