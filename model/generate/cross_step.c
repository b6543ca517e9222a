#include "model/generate/cross_step.h"

#include "model/files/memory.h"
#include "model/kernels/lanes.h"

#include <glib.h>

enum {
    LANES = LANES_HEADS,
    BLOCK = 256, // inputs per block of the online softmax
    // Shares of the inputs, one task each; fixed, so that results do not depend on the
    // number of threads.
    SHARES = 8,
};
#define SLACK  20 // as in cross_attention.c
#define HIDDEN ((real)-1e30)

// The result of a share of the inputs. Here and below, a row is the LANES heads of a
// group, side by side. G groups hold all heads; the last one may be padded.
typedef struct Share {
    real *top, *sum; // (G) rows
    real *histogram; // (V, G) rows
} Share;

struct CrossKinds {
    int V, d, h, dh, r, G;
    real *values; // (V, d)
    // (G, V, r) rows: rotated channels of the keys of the kinds (vocabulary rows).
    real *turned;
    real *plain; // (G, V, dh - r) rows: their other channels
};

struct CrossStep {
    const Lanes *by;
    const CrossKinds *kinds; // borrowed
    int V, d, h, dh, r, G;   // theirs
    real scale;
    real *query; // (G, dh) rows: scaled, and rotated to the newest input's position
    // (V, G) rows: the part of the score from the channels that are not rotated.
    real *scores;
    Share shares[SHARES];

    // The current step.
    const Rotary *rotary;
    const Token *tokens;
    int keys, share; // number of inputs, and of the inputs of a share
    real *o;
};

static real *rows(int count, int columns) {
    return memory_new0((size_t)count * (size_t)columns * LANES, sizeof(real));
}

static real *row(const real *x, int at) { return (real *)x + (ptrdiff_t)at * LANES; }

CrossKinds *cross_kinds_new(const real *kinds_k, const real *kinds_v, const Config *c) {
    CrossKinds *s = g_new0(CrossKinds, 1);
    s->V = c->vocabulary, s->d = c->width, s->h = c->heads;
    s->dh = config_head_width(c), s->r = config_rotary(c);
    s->G = (c->heads + LANES - 1) / LANES;
    int r = s->r, rest = s->dh - s->r;
    s->turned = rows(s->G * s->V, r);
    s->plain = rows(s->G * s->V, rest);
    size_t count = (size_t)s->V * (size_t)s->d;
    s->values = memory_new(count, sizeof(real));
    if (!s->turned || !s->plain || !s->values) {
        cross_kinds_free(s);
        return NULL;
    }
    memcpy(s->values, kinds_v, count * sizeof(real));
    for (int v = 0; v < s->V; v++)
        for (int i = 0; i < s->d; i++) {
            int head = i / s->dh, channel = i % s->dh;
            int kind = head / LANES * s->V + v;
            real *to = channel < r ? row(s->turned, kind * r + channel)
                                   : row(s->plain, kind * rest + channel - r);
            to[head % LANES] = kinds_k[(size_t)v * (size_t)s->d + (size_t)i];
        }
    return s;
}

void cross_kinds_free(CrossKinds *k) {
    if (!k) return;
    memory_free(k->turned);
    memory_free(k->plain);
    memory_free(k->values);
    g_free(k);
}

static bool has_memory(const CrossStep *s) {
    for (int i = 0; i < SHARES; i++)
        if (!s->shares[i].top || !s->shares[i].sum || !s->shares[i].histogram)
            return false;
    return s->query && s->scores;
}

CrossStep *cross_step_new(const CrossKinds *kinds) {
    CrossStep *s = g_new0(CrossStep, 1);
    s->kinds = kinds;
    s->V = kinds->V, s->d = kinds->d, s->h = kinds->h;
    s->dh = kinds->dh, s->r = kinds->r, s->G = kinds->G;
    s->by = lanes();
    s->scale = 1 / real_sqrt((real)s->dh);
    s->query = rows(s->G, s->dh);
    s->scores = rows(s->V, s->G);
    for (int i = 0; i < SHARES; i++)
        s->shares[i] = (Share){rows(s->G, 1), rows(s->G, 1), rows(s->V, s->G)};
    if (has_memory(s)) return s;
    cross_step_free(s);
    return NULL;
}

void cross_step_free(CrossStep *s) {
    if (!s) return;
    for (int i = 0; i < SHARES; i++) {
        memory_free(s->shares[i].top);
        memory_free(s->shares[i].sum);
        memory_free(s->shares[i].histogram);
    }
    memory_free(s->query);
    memory_free(s->scores);
    g_free(s);
}

// Computes the unrotated part of the scores of kinds [begin, end).
static void score_kinds(void *data, int begin, int end) {
    const CrossStep *s = data;
    int rest = s->dh - s->r;
    for (int g = 0; g < s->G; g++)
        s->by->kinds(row(s->scores, begin * s->G + g), s->G,
                     row(s->kinds->plain, (g * s->V + begin) * rest), rest,
                     row(s->query, g * s->dh + s->r), rest, end - begin);
}

// Table (G, V, r): the factors A and B of cosine and sine (cross_step.h) for the inputs
// from `first` on, one round of the fine table.
static void turn_kinds(const CrossStep *s, real *table, real *q, int first) {
    int r = s->r;
    const real *angle = s->rotary->coarse + (size_t)(first / ROTARY_FINE) * (size_t)r;
    for (int g = 0; g < s->G; g++) {
        for (int c = 0; c < r; c += 2)
            for (int i = 0; i < LANES; i++) {
                real a = row(s->query, g * s->dh + c)[i];
                real b = row(s->query, g * s->dh + c + 1)[i];
                row(q, c)[i] = a * angle[c] + b * angle[c + 1];
                row(q, c + 1)[i] = b * angle[c] - a * angle[c + 1];
            }
        for (int v = 0; v < s->V; v++) {
            int at = (g * s->V + v) * r;
            s->by->turn(row(table, at), row(s->kinds->turned, at), q, r);
        }
    }
}

// Computes the scores of inputs [begin, end): (inputs, G) rows.
static void score(const CrossStep *s, real *scores, const real *table, int begin,
                  int end) {
    int r = s->r;
    for (int g = 0; g < s->G; g++)
        for (int k = begin; k < end; k++) {
            Token x = s->tokens[k];
            s->by->score(row(scores, (k - begin) * s->G + g),
                         row(s->scores, x * s->G + g),
                         s->rotary->fine + (size_t)(k % ROTARY_FINE) * (size_t)r,
                         row(table, (g * s->V + x) * r), r);
        }
}

VECTOR_CLONES
static void maximum(real *most, const real *scores, int count, int G) {
    for (int g = 0; g < G; g++) {
        real m[LANES];
        for (int i = 0; i < LANES; i++) m[i] = HIDDEN;
        for (int k = 0; k < count; k++) {
            const real *s = row(scores, k * G + g);
#pragma omp simd
            for (int i = 0; i < LANES; i++) m[i] = s[i] > m[i] ? s[i] : m[i];
        }
        memcpy(row(most, g), m, sizeof m);
    }
}

// Raises the softmax's reference point if new scores exceed it by more than SLACK, or
// for the first block, and scales the sums so far accordingly.
static void raise_step(const CrossStep *s, Share *to, const real *most, bool first) {
    int width = s->G * LANES, moved = 0;
    for (int i = 0; i < width; i++) moved += most[i] > to->top[i] + SLACK;
    if (moved == 0 && !first) return;
    for (int i = 0; i < width; i++) {
        real top = first || most[i] > to->top[i] ? most[i] : to->top[i];
        real shrink = first ? 0 : real_exp(to->top[i] - top);
        to->top[i] = top;
        to->sum[i] *= shrink;
        for (int v = 0; v < s->V; v++) to->histogram[v * width + i] *= shrink;
    }
}

// Adds the weights exp(score - top) of inputs [begin, end) to the sum of each kind.
VECTOR_CLONES
static void gather_step(const CrossStep *s, Share *to, const real *scores, int begin,
                        int end) {
    int G = s->G;
    for (int k = begin; k < end; k++)
        for (int g = 0; g < G; g++) {
            const real *x = row(scores, (k - begin) * G + g), *top = row(to->top, g);
            real *sum = row(to->sum, g),
                 *kind = row(to->histogram, s->tokens[k] * G + g);
#pragma omp simd
            for (int i = 0; i < LANES; i++) {
                real p = real_exp(x[i] - top[i]);
                sum[i] += p;
                kind[i] += p;
            }
        }
}

static void share(void *data, int begin, int end) {
    CrossStep *s = data;
    int G = s->G, r = s->r;
    size_t table = (size_t)G * (size_t)s->V * (size_t)r;
    real *turned = pool_task_scratch((table + (size_t)r + (size_t)((BLOCK + 1) * G)) *
                                     LANES * sizeof(real));
    real *q = turned + table * LANES, *scores = row(q, r),
         *most = row(scores, BLOCK * G);
    for (int i = begin; i < end; i++) {
        Share *to = &s->shares[i];
        int first = i * s->share, last = MIN(first + s->share, s->keys);
        memset(to->histogram, 0, (size_t)(s->V * G * LANES) * sizeof(real));
        memset(to->sum, 0, (size_t)(G * LANES) * sizeof(real));
        for (int k = first, stop; k < last; k = stop) {
            if (k % ROTARY_FINE == 0) turn_kinds(s, turned, q, k);
            stop = MIN(last, MIN(k + BLOCK, (k / ROTARY_FINE + 1) * ROTARY_FINE));
            score(s, scores, turned, k, stop);
            maximum(most, scores, stop - k, G);
            raise_step(s, to, most, k == first);
            gather_step(s, to, scores, k, stop);
        }
    }
}

// For each head: adds the shares up, and averages the values with the
// resulting weights.
VECTOR_CLONES
static void add_up(void *data, int begin, int end) {
    CrossStep *s = data;
    int shares = (s->keys + s->share - 1) / s->share, G = s->G;
    for (int h = begin; h < end; h++) {
        int g = h / LANES, lane = h % LANES;
        real top = HIDDEN, sum = 0, by[SHARES], *o = s->o + h * s->dh;
        for (int i = 0; i < shares; i++)
            top = row(s->shares[i].top, g)[lane] > top ? row(s->shares[i].top, g)[lane]
                                                       : top;
        for (int i = 0; i < shares; i++) {
            by[i] = real_exp(row(s->shares[i].top, g)[lane] - top);
            sum += by[i] * row(s->shares[i].sum, g)[lane];
        }
        memset(o, 0, (size_t)s->dh * sizeof(real));
        for (int v = 0; v < s->V; v++) {
            const real *value = s->kinds->values + (size_t)v * (size_t)s->d +
                                (size_t)(h * s->dh);
            real weight = 0;
            for (int i = 0; i < shares; i++)
                weight += by[i] * row(s->shares[i].histogram, v * G + g)[lane];
            if (weight == 0) continue; // the kind is not among the inputs
            weight /= sum;
#pragma omp simd
            for (int c = 0; c < s->dh; c++) o[c] += weight * value[c];
        }
    }
}

// Sets the step's inputs, and rotates the query to the newest input.
static void begin_step(CrossStep *s, const real *q, const Rotary *rotary,
                       const Token *tokens, int keys) {
    real angle[CONFIG_ROTARY_MOST];
    rotary_angles(angle, rotary, keys - 1);
    for (int i = 0; i < s->d; i++) {
        int head = i / s->dh, c = i % s->dh;
        real x = q[i];
        if (c < s->r)
            x = c % 2 ? q[i] * angle[c - 1] + q[i - 1] * angle[c]
                      : q[i] * angle[c] - q[i + 1] * angle[c + 1];
        row(s->query, head / LANES * s->dh + c)[head % LANES] = s->scale * x;
    }
    s->rotary = rotary, s->tokens = tokens, s->keys = keys;
}

void cross_step(CrossStep *s, Pool *p, real *o, const real *q, const Rotary *rotary,
                const Token *tokens, int keys) {
    begin_step(s, q, rotary, tokens, keys);
    s->o = o;
    // A share consists of whole rounds of the fine table, because each round turns the
    // query for all kinds.
    int rounds = (keys + ROTARY_FINE - 1) / ROTARY_FINE;
    s->share = (rounds + SHARES - 1) / SHARES * ROTARY_FINE;
    pool_run(p, s->V, 64, score_kinds, s);
    pool_run(p, (keys + s->share - 1) / s->share, 1, share, s);
    pool_run(p, s->h, 1, add_up, s);
}

// scores: (keys, G) rows, of all inputs.  turned: (G, V, r) rows  q: (r) rows
static void score_all(const CrossStep *s, real *scores, real *turned, real *q) {
    for (int k = 0, stop; k < s->keys; k = stop) {
        stop = MIN(s->keys, k + ROTARY_FINE);
        turn_kinds(s, turned, q, k);
        score(s, row(scores, k * s->G), turned, k, stop);
    }
}

// Ret[k] = the mean over the heads of the softmax weight of input k.
static void mean_weights(const CrossStep *s, real *ret, const real *scores) {
    int step = s->G * LANES;
    memset(ret, 0, (size_t)s->keys * sizeof(real));
    for (int h = 0; h < s->h; h++) {
        const real *x = row(scores, h / LANES) + h % LANES;
        real top = HIDDEN, sum = 0;
        for (int k = 0; k < s->keys; k++) top = MAX(top, x[k * step]);
        for (int k = 0; k < s->keys; k++) sum += real_exp(x[k * step] - top);
        for (int k = 0; k < s->keys; k++)
            ret[k] += real_exp(x[k * step] - top) / (sum * (real)s->h);
    }
}

bool cross_step_weights(CrossStep *s, real *ret, const real *q, const Rotary *rotary,
                        const Token *tokens, int keys) {
    real *scores = rows(keys, s->G), *turned = rows(s->G * s->V, s->r);
    real *turned_q = rows(s->r, 1);
    bool ok = scores && turned && turned_q;
    if (ok) {
        begin_step(s, q, rotary, tokens, keys);
        score_kinds(s, 0, s->V);
        score_all(s, scores, turned, turned_q);
        mean_weights(s, ret, scores);
    }
    memory_free(scores);
    memory_free(turned);
    memory_free(turned_q);
    return ok;
}
