#include "model/generate/cross_step.h"

#include "model/files/memory.h"

#include <glib.h>

enum {
    LANES = LANES_HEADS,
    BLOCK = 256, // inputs of a kind whose scores are computed together
    // Shares of the inputs, one task each; fixed, so that results do not depend on the
    // number of threads.
    SHARES = 8,
    LEAST = 2048, // inputs of a share, since each share rotates the query for its kinds
};
#define SLACK  20 // as in cross_attention.c
#define HIDDEN ((real)-1e30)

// The result of a share of the inputs. Here and below, rows are those of cross_kinds.h.
typedef struct Share {
    real *top;       // (G) rows
    real *histogram; // (V, G) rows
} Share;

struct CrossStep {
    const Lanes *by;
    const CrossKinds *kinds; // borrowed
    int V, d, h, dh, r, G;   // theirs
    real scale;
    real *query; // (G, dh) rows: scaled, and rotated to the newest input's position
    real *units; // (G) rows
    // (V, G) rows: the part of the score from the channels that are not rotated.
    real *scores;
    Share shares[SHARES];

    // The current step.
    const Token *tokens;
    int keys, share; // number of inputs, and of the inputs of a share
    real *o;
};

static bool has_memory(const CrossStep *s) {
    for (int i = 0; i < SHARES; i++)
        if (!s->shares[i].top || !s->shares[i].histogram) return false;
    return s->query && s->units && s->scores;
}

CrossStep *cross_step_new(const CrossKinds *kinds) {
    CrossStep *s = g_new0(CrossStep, 1);
    s->kinds = kinds;
    s->V = kinds->V, s->d = kinds->d, s->h = kinds->h;
    s->dh = kinds->dh, s->r = kinds->r, s->G = kinds->G;
    s->by = lanes();
    s->scale = 1 / real_sqrt((real)s->dh);
    s->query = cross_rows(s->G, s->dh);
    s->units = cross_rows(s->G, 1);
    s->scores = cross_rows(s->V, s->G);
    for (int i = 0; i < SHARES; i++)
        s->shares[i] = (Share){cross_rows(s->G, 1), cross_rows(s->V, s->G)};
    if (has_memory(s)) return s;
    cross_step_free(s);
    return NULL;
}

void cross_step_free(CrossStep *s) {
    if (!s) return;
    for (int i = 0; i < SHARES; i++) {
        memory_free(s->shares[i].top);
        memory_free(s->shares[i].histogram);
    }
    memory_free(s->query);
    memory_free(s->units);
    memory_free(s->scores);
    g_free(s);
}

// Computes the unrotated part of the scores of kinds [begin, end).
static void score_kinds(void *data, int begin, int end) {
    const CrossStep *s = data;
    int rest = s->dh - s->r;
    for (int g = 0; g < s->G; g++)
        s->by->kinds(cross_row(s->scores, begin * s->G + g), s->G,
                     cross_row(s->kinds->plain, (g * s->V + begin) * rest), rest,
                     cross_row(s->query, g * s->dh + s->r), rest, end - begin);
}

// The work space of a task: a round of inputs, sorted by kind.
typedef struct Round {
    uint16_t *order; // (CROSS_ROUND): places in the round
    int *ends;       // (V): where the places of each kind end
    real *q;         // (G, r) rows: the query, rotated to the round
    real *room;      // (r) rows, for one kind
    real *scores;    // (BLOCK) rows
} Round;

static size_t lines(size_t bytes) { return (bytes + 63) / 64 * 64; }

static Round round_new(const CrossStep *s) {
    size_t line = LANES * sizeof(real), r = (size_t)s->r;
    size_t sizes[] = {lines(CROSS_ROUND * sizeof(uint16_t)),
                      lines((size_t)s->V * sizeof(int)), (size_t)s->G * r * line,
                      lines(r * line), BLOCK * line};
    size_t bytes = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) bytes += sizes[i];
    char *at = pool_task_scratch(bytes);
    void *parts[G_N_ELEMENTS(sizes)];
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); at += sizes[i++]) parts[i] = at;
    return (Round){parts[0], parts[1], parts[2], parts[3], parts[4]};
}

// Prepares the round of `count` inputs from `first` on.
static void begin_round(const CrossStep *s, const Round *r, int first, int count) {
    const Token *tokens = s->tokens + first;
    memset(r->ends, 0, (size_t)s->V * sizeof *r->ends);
    for (int i = 0; i < count; i++) r->ends[tokens[i]]++;
    for (int v = 0, at = 0; v < s->V; v++) {
        int of_kind = r->ends[v];
        r->ends[v] = at;
        at += of_kind;
    }
    for (int i = 0; i < count; i++) r->order[r->ends[tokens[i]]++] = (uint16_t)i;
    for (int g = 0; g < s->G; g++)
        cross_kinds_turn(s->kinds, cross_row(r->q, g * s->r),
                         cross_row(s->query, g * s->dh), cross_row(s->units, g), first);
}

// Calls use(data, kind, group, order, scores, count) for the scores of all inputs of a
// round, at most BLOCK of one kind at a time.
typedef void (*UseScores)(void *data, int v, int g, const uint16_t *order,
                          const real *scores, int count);
static void each_block(const CrossStep *s, const Round *r, UseScores use, void *data) {
    for (int v = 0, at = 0; v < s->V; at = r->ends[v++])
        for (int g = 0; at < r->ends[v] && g < s->G; g++)
            for (int i = at; i < r->ends[v]; i += BLOCK) {
                int count = MIN(BLOCK, r->ends[v] - i);
                cross_kinds_scores(s->kinds, r->scores,
                                   cross_row(s->scores, v * s->G + g),
                                   cross_row(r->q, g * s->r), cross_row(s->units, g), g,
                                   v, r->order + i, count, r->room);
                use(data, v, g, r->order + i, r->scores, count);
            }
}

typedef struct Sum {
    const CrossStep *s;
    Share *to;
} Sum;

// Raises the softmax's reference point of group g, and scales the sums so far
// accordingly.
static void raise_step(const Sum *sum, int g, const real *most) {
    const CrossStep *s = sum->s;
    for (int i = 0; i < LANES; i++) {
        real *top = cross_row(sum->to->top, g) + i;
        if (most[i] <= *top) continue;
        real shrink = real_exp(*top - most[i]);
        *top = most[i];
        for (int v = 0; v < s->V; v++)
            cross_row(sum->to->histogram, v * s->G + g)[i] *= shrink;
    }
}

// Adds the weights exp(score - top) to the sum of their kind. The reference point is
// raised if a score exceeds it by more than SLACK.
VECTOR_CLONES
static void gather_step(void *data, int v, int g, const uint16_t *order,
                        const real *scores, int count) {
    const Sum *sum = data;
    const real *top = cross_row(sum->to->top, g);
    real most[LANES], total[LANES] = {0}, from[LANES];
    for (int i = 0; i < LANES; i++) most[i] = HIDDEN;
    for (int k = 0; k < count; k++)
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            real x = scores[k * LANES + i];
            most[i] = x > most[i] ? x : most[i];
        }
    int above = 0;
    for (int i = 0; i < LANES; i++) above += most[i] > top[i] + SLACK;
    if (above) raise_step(sum, g, most);
    memcpy(from, top, sizeof from);
    for (int k = 0; k < count; k++)
#pragma omp simd
        for (int i = 0; i < LANES; i++)
            total[i] += real_exp(scores[k * LANES + i] - from[i]);
    real *kind = cross_row(sum->to->histogram, v * sum->s->G + g);
    for (int i = 0; i < LANES; i++) kind[i] += total[i];
}

static void share(void *data, int begin, int end) {
    CrossStep *s = data;
    Round round = round_new(s);
    for (int i = begin; i < end; i++) {
        Sum sum = {s, &s->shares[i]};
        int first = i * s->share, last = MIN(first + s->share, s->keys);
        memset(sum.to->histogram, 0, (size_t)(s->V * s->G * LANES) * sizeof(real));
        for (int k = 0; k < s->G * LANES; k++) sum.to->top[k] = HIDDEN;
        for (int k = first; k < last; k += CROSS_ROUND) {
            begin_round(s, &round, k, MIN(CROSS_ROUND, last - k));
            each_block(s, &round, gather_step, &sum);
        }
    }
}

// For each head: adds the shares up, and averages the values with the resulting
// weights.
VECTOR_CLONES
static void add_up(void *data, int begin, int end) {
    CrossStep *s = data;
    int shares = (s->keys + s->share - 1) / s->share, G = s->G;
    for (int h = begin; h < end; h++) {
        int g = h / LANES, lane = h % LANES;
        real top = HIDDEN, sum = 0, by[SHARES], *o = s->o + h * s->dh;
        for (int i = 0; i < shares; i++)
            top = cross_row(s->shares[i].top, g)[lane] > top
                      ? cross_row(s->shares[i].top, g)[lane]
                      : top;
        for (int i = 0; i < shares; i++)
            by[i] = real_exp(cross_row(s->shares[i].top, g)[lane] - top);
        memset(o, 0, (size_t)s->dh * sizeof(real));
        for (int v = 0; v < s->V; v++) {
            const real *value = s->kinds->values + (size_t)v * (size_t)s->d +
                                (size_t)(h * s->dh);
            real weight = 0;
            for (int i = 0; i < shares; i++)
                weight += by[i] * cross_row(s->shares[i].histogram, v * G + g)[lane];
            if (weight == 0) continue; // the kind is not among the inputs
            sum += weight;
#pragma omp simd
            for (int c = 0; c < s->dh; c++) o[c] += weight * value[c];
        }
        for (int c = 0; c < s->dh; c++) o[c] /= sum;
    }
}

// Sets the step's inputs, and rotates the query to the newest input.
static void begin_step(CrossStep *s, const real *q, const Token *tokens, int keys) {
    real angle[CONFIG_ROTARY_MOST];
    rotary_angles(angle, s->kinds->rotary, keys - 1);
    for (int i = 0; i < s->d; i++) {
        int head = i / s->dh, c = i % s->dh;
        real x = q[i];
        if (c < s->r)
            x = c % 2 ? q[i] * angle[c - 1] + q[i - 1] * angle[c]
                      : q[i] * angle[c] - q[i + 1] * angle[c + 1];
        cross_row(s->query, head / LANES * s->dh + c)[head % LANES] = s->scale * x;
    }
    for (int g = 0; g < s->G; g++)
        cross_kinds_unit(s->kinds, cross_row(s->units, g),
                         cross_row(s->query, g * s->dh), g);
    s->tokens = tokens, s->keys = keys;
}

void cross_step(CrossStep *s, Pool *p, real *o, const real *q, const Token *tokens,
                int keys) {
    begin_step(s, q, tokens, keys);
    s->o = o;
    s->share = MAX((keys + SHARES - 1) / SHARES, LEAST);
    pool_run(p, s->V, 64, score_kinds, s);
    pool_run(p, (keys + s->share - 1) / s->share, 1, share, s);
    pool_run(p, s->h, 1, add_up, s);
}

// Where the scores of a round go: (inputs, G) rows.
typedef struct Scattered {
    real *scores;
    int G;
} Scattered;

static void scatter(void *data, int v, int g, const uint16_t *order, const real *scores,
                    int count) {
    const Scattered *to = data;
    for (int i = 0; i < count; i++)
        memcpy(cross_row(to->scores, order[i] * to->G + g), cross_row(scores, i),
               LANES * sizeof(real));
}

// Ret[k] = the mean over the heads of the softmax weight of input k.
static void mean_weights(const CrossStep *s, real *ret, const real *scores) {
    int step = s->G * LANES;
    memset(ret, 0, (size_t)s->keys * sizeof(real));
    for (int h = 0; h < s->h; h++) {
        const real *x = cross_row(scores, h / LANES) + h % LANES;
        real top = HIDDEN, sum = 0;
        for (int k = 0; k < s->keys; k++) top = MAX(top, x[k * step]);
        for (int k = 0; k < s->keys; k++) sum += real_exp(x[k * step] - top);
        for (int k = 0; k < s->keys; k++)
            ret[k] += real_exp(x[k * step] - top) / (sum * (real)s->h);
    }
}

bool cross_step_weights(CrossStep *s, real *ret, const real *q, const Token *tokens,
                        int keys) {
    real *scores = cross_rows(keys, s->G);
    if (!scores) return false;
    begin_step(s, q, tokens, keys);
    score_kinds(s, 0, s->V);
    Round round = round_new(s);
    for (int k = 0; k < keys; k += CROSS_ROUND) {
        begin_round(s, &round, k, MIN(CROSS_ROUND, keys - k));
        each_block(s, &round, scatter, &(Scattered){cross_row(scores, k * s->G), s->G});
    }
    mean_weights(s, ret, scores);
    memory_free(scores);
    return true;
}
