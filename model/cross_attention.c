#include "model/cross_attention.h"

#include "model/gemm.h"

#include <glib.h>

enum { QUERIES = 64, KEYS = 256 };

// The softmax's reference point moves only when a score passes it by this much: e^20 is
// far within a float's range, and moving it means to rescale a whole histogram.
#define SLACK  20
#define HIDDEN ((real)-1e30) // a score whose weight is 0

typedef struct Job {
    real *o, *lse, *keys_r, *dq, *dkinds_k, *dkinds_v, *dkeys_r;
    const real *q, *kinds_k, *kinds_v, *rotary, *dy, *y, *lses, *kept_r;
    const Inputs *in;
    int d, h, dh, r, V, blocks;
    real scale;
} Job;

static Job job(const Inputs *in, const Config *c) {
    int dh = config_head_width(c);
    return (Job){.in = in,
                 .d = c->width,
                 .h = c->heads,
                 .dh = dh,
                 .r = config_rotary(c),
                 .V = c->vocabulary,
                 .blocks = (in->n + QUERIES - 1) / QUERIES,
                 .scale = 1 / real_sqrt((real)dh)};
}

static real *row(const real *x, size_t row, size_t stride, int column) {
    return (real *)x + row * stride + column;
}

// Turns the first r channels of each kind's key to where its token stands.
VECTOR_CLONES
static void rotate_keys(void *data, int begin, int end) {
    const Job *j = data;
    int pairs = j->r / 2;
    for (int k = begin; k < end; k++) {
        const real *angle = j->rotary + (size_t)j->in->positions[k] * (size_t)j->r;
        const real *kind = row(j->kinds_k, (size_t)j->in->tokens[k], (size_t)j->d, 0);
        for (int h = 0; h < j->h; h++) {
            const real *from = kind + h * j->dh;
            real *to = j->keys_r +
                       ((size_t)h * (size_t)j->in->keys + (size_t)k) * (size_t)j->r;
            for (int i = 0; i < pairs; i++) {
                real cosine = angle[2 * i], sine = angle[2 * i + 1];
                to[2 * i] = from[2 * i] * cosine - from[2 * i + 1] * sine;
                to[2 * i + 1] = from[2 * i + 1] * cosine + from[2 * i] * sine;
            }
        }
    }
}

static View head_keys(const Job *j, const real *keys_r, int h, int key) {
    return view(keys_r + ((size_t)h * (size_t)j->in->keys + (size_t)key) * (size_t)j->r,
                j->r);
}

// s (count, QUERIES): adds each key's row of the table, in place.
VECTOR_CLONES
static void look_up(real *s, const real *table, const Token *tokens, int count) {
    for (int k = 0; k < count; k++) {
        const real *from = table + (size_t)tokens[k] * QUERIES;
        for (int i = 0; i < QUERIES; i++) s[k * QUERIES + i] += from[i];
    }
}

// Hides key first + k from the queries before it and from those too far behind it, for
// a block whose query i stands at key place + i.
static void hide(real *s, int first, int count, int place, int n, int span) {
    for (int k = 0; k < count; k++) {
        int before = MIN(n, first + k - place),
            behind = MAX(0, first + k + span - place);
        for (int i = 0; i < before; i++) s[k * QUERIES + i] = HIDDEN;
        for (int i = span ? behind : n; i < n; i++) s[k * QUERIES + i] = HIDDEN;
    }
}

// Raises the reference points that the new scores pass by too much, the first time
// without condition. Returns whether any moved; shrink says by how much per query.
VECTOR_CLONES
static bool raise_top(real *top, real *shrink, const real *s, int count, bool first) {
    real most[QUERIES];
    for (int i = 0; i < QUERIES; i++) most[i] = s[i];
    for (int k = 1; k < count; k++)
        for (int i = 0; i < QUERIES; i++)
            most[i] = s[k * QUERIES + i] > most[i] ? s[k * QUERIES + i] : most[i];
    int moved = 0;
    for (int i = 0; i < QUERIES; i++) moved += most[i] > top[i] + SLACK;
    if (!first && moved == 0) return false;
    for (int i = 0; i < QUERIES; i++) {
        real next = first || most[i] > top[i] ? most[i] : top[i];
        shrink[i] = first ? 0 : real_exp(top[i] - next);
        top[i] = next;
    }
    return true;
}

// s = exp(s - top); sum and the histogram over the kinds gather it.
VECTOR_CLONES
static void gather(real *s, real *sum, real *histogram, const real *top,
                   const Token *tokens, int count) {
    for (int k = 0; k < count; k++) {
        real *to = histogram + (size_t)tokens[k] * QUERIES;
        for (int i = 0; i < QUERIES; i++) {
            real p = real_exp(s[k * QUERIES + i] - top[i]);
            sum[i] += p;
            to[i] += p;
        }
    }
}

VECTOR_CLONES
static void scale_columns(real *table, const real *by, int rows) {
    for (int v = 0; v < rows; v++)
        for (int i = 0; i < QUERIES; i++) table[v * QUERIES + i] *= by[i];
}

// table (V, QUERIES) = scale * kinds . x, over channels [from, from + channels) of head
// h
static void kinds_times(const Job *j, real *table, const real *kinds, const real *x,
                        int h, int from, int channels, int first, int n, real scale) {
    int column = h * j->dh + from;
    gemm_nt(view(table, QUERIES), view(row(kinds, 0, 0, column), j->d),
            view(row(x, (size_t)first, (size_t)j->d, column), j->d), j->V, n, channels,
            scale, 0);
}

static void forward(void *data, int begin, int end) {
    const Job *j = data;
    size_t table = (size_t)j->V * QUERIES;
    real *lookup = g_new(real, 2 * table + KEYS * QUERIES);
    real *histogram = lookup + table, *s = histogram + table;
    for (int t = begin; t < end; t++) {
        int h = t / j->blocks, first = t % j->blocks * QUERIES;
        int n = MIN(j->in->n - first, QUERIES);
        int place = j->in->keys - j->in->n + first, keys = place + n;
        real top[QUERIES] = {0}, sum[QUERIES] = {0}, shrink[QUERIES];
        // Lanes beyond the last query hold zeros, not what an earlier block left there.
        memset(lookup, 0, (2 * table + KEYS * QUERIES) * sizeof *lookup);
        kinds_times(j, lookup, j->kinds_k, j->q, h, j->r, j->dh - j->r, first, n,
                    j->scale);
        View Q = view(row(j->q, (size_t)first, (size_t)j->d, h * j->dh), j->d);
        // The first block of keys has one that each query sees: KEYS > QUERIES.
        int span = j->in->span, from = span ? MAX(0, place - span + 1) : 0;
        for (int key = from; key < keys; key += KEYS) {
            int count = MIN(keys - key, KEYS);
            const Token *tokens = j->in->tokens + key;
            gemm_nt(view(s, QUERIES), head_keys(j, j->keys_r, h, key), Q, count, n,
                    j->r, j->scale, 0);
            look_up(s, lookup, tokens, count);
            if (key + count > place || span) hide(s, key, count, place, n, span);
            if (raise_top(top, shrink, s, count, key == from) && key > from) {
                scale_columns(histogram, shrink, j->V);
                scale_columns(sum, shrink, 1);
            }
            gather(s, sum, histogram, top, tokens, count);
        }
        real *lse = j->lse + h * j->in->n + first;
        for (int i = 0; i < n; i++) lse[i] = top[i] + (real)log((double)sum[i]);
        for (int i = 0; i < QUERIES; i++) sum[i] = i < n ? 1 / sum[i] : 0;
        scale_columns(histogram, sum, j->V);
        gemm_tn(view(row(j->o, (size_t)first, (size_t)j->d, h * j->dh), j->d),
                view(histogram, QUERIES), view(row(j->kinds_v, 0, 0, h * j->dh), j->d),
                n, j->dh, j->V, 1, 0);
    }
    g_free(lookup);
}

void cross_attention_forward(Pool *p, real *o, real *lse, real *keys_r, const real *q,
                             const real *kinds_k, const real *kinds_v,
                             const real *rotary, const Inputs *in, const Config *c) {
    Job j = job(in, c);
    j.o = o, j.lse = lse, j.keys_r = keys_r, j.q = q;
    j.kinds_k = kinds_k, j.kinds_v = kinds_v, j.rotary = rotary;
    pool_run(p, in->keys, 64, rotate_keys, &j);
    pool_run(p, c->heads * j.blocks, 1, forward, &j);
}

// s becomes ds = p (dp - dot) scale with p = exp(s - lse) and dp looked up by kind;
// both are gathered over the kinds.
VECTOR_CLONES
static void gather_backward(real *s, real *histogram, real *dhistogram, const real *dp,
                            const real *lse, const real *dot, real scale,
                            const Token *tokens, int count) {
    for (int k = 0; k < count; k++) {
        size_t kind = (size_t)tokens[k] * QUERIES;
        for (int i = 0; i < QUERIES; i++) {
            real p = real_exp(s[k * QUERIES + i] - lse[i]);
            real ds = p * (dp[kind + (size_t)i] - dot[i]) * scale;
            s[k * QUERIES + i] = ds;
            histogram[kind + (size_t)i] += p;
            dhistogram[kind + (size_t)i] += ds;
        }
    }
}

// Turns the gradients of the rotated keys back and adds them up by kind.
static void return_keys(const Job *j, int h) {
    int pairs = j->r / 2;
    for (int k = 0; k < j->in->keys; k++) {
        const real *angle = j->rotary + (size_t)j->in->positions[k] * (size_t)j->r;
        const real *from = head_keys(j, j->dkeys_r, h, k).at;
        real *to = row(j->dkinds_k, (size_t)j->in->tokens[k], (size_t)j->d, h * j->dh);
        for (int i = 0; i < pairs; i++) {
            real cosine = angle[2 * i], sine = angle[2 * i + 1];
            to[2 * i] += from[2 * i] * cosine + from[2 * i + 1] * sine;
            to[2 * i + 1] += from[2 * i + 1] * cosine - from[2 * i] * sine;
        }
    }
}

// A head by itself, since every block of queries adds to the same kinds.
static void backward(void *data, int begin, int end) {
    const Job *j = data;
    size_t table = (size_t)j->V * QUERIES;
    real *lookup = g_new(real, 4 * table + KEYS * QUERIES);
    real *dp = lookup + table, *histogram = dp + table, *dhistogram = histogram + table;
    real *s = dhistogram + table;
    for (int h = begin; h < end; h++) {
        int column = h * j->dh, plain = j->dh - j->r;
        for (int v = 0; v < j->V; v++)
            memset(row(j->dkinds_k, (size_t)v, (size_t)j->d, column), 0,
                   (size_t)j->dh * sizeof(real));
        for (int b = 0; b < j->blocks; b++) {
            int first = b * QUERIES, n = MIN(j->in->n - first, QUERIES);
            int place = j->in->keys - j->in->n + first, keys = place + n;
            real lse[QUERIES] = {0}, dot[QUERIES] = {0};
            for (int i = 0; i < n; i++) {
                const real *dy = row(j->dy, (size_t)(first + i), (size_t)j->d, column);
                const real *y = row(j->y, (size_t)(first + i), (size_t)j->d, column);
                lse[i] = j->lses[h * j->in->n + first + i];
                for (int c = 0; c < j->dh; c++) dot[i] += dy[c] * y[c];
            }
            for (int i = n; i < QUERIES; i++)
                lse[i] = -HIDDEN; // p is 0 beyond the block
            memset(lookup, 0, (4 * table + KEYS * QUERIES) * sizeof *lookup);
            kinds_times(j, lookup, j->kinds_k, j->q, h, j->r, plain, first, n,
                        j->scale);
            kinds_times(j, dp, j->kinds_v, j->dy, h, 0, j->dh, first, n, 1);
            View Q = view(row(j->q, (size_t)first, (size_t)j->d, column), j->d);
            View dQ = view(row(j->dq, (size_t)first, (size_t)j->d, column), j->d);
            View dO = view(row(j->dy, (size_t)first, (size_t)j->d, column), j->d);
            for (int key = 0; key < keys; key += KEYS) {
                int count = MIN(keys - key, KEYS);
                const Token *tokens = j->in->tokens + key;
                View K = head_keys(j, j->kept_r, h, key), S = view(s, QUERIES);
                gemm_nt(S, K, Q, count, n, j->r, j->scale, 0);
                look_up(s, lookup, tokens, count);
                if (key + count > place) hide(s, key, count, place, n, 0);
                gather_backward(s, histogram, dhistogram, dp, lse, dot, j->scale,
                                tokens, count);
                // The last n keys come into sight block by block, the first to see them
                // begins their gradient.
                int old = MAX(0, MIN(count, b == 0 ? 0 : place - key));
                View dK = head_keys(j, j->dkeys_r, h, key);
                gemm_nn(dK, S, Q, old, j->r, n, 1, 1);
                gemm_nn(head_keys(j, j->dkeys_r, h, key + old),
                        view(s + old * QUERIES, QUERIES), Q, count - old, j->r, n, 1,
                        0);
                gemm_tn(dQ, S, K, n, j->r, count, 1, key > 0);
            }
            View dH = view(dhistogram, QUERIES), Qu = view(Q.at + j->r, j->d);
            gemm_tn(view(dQ.at + j->r, j->d), dH,
                    view(row(j->kinds_k, 0, 0, column + j->r), j->d), n, plain, j->V, 1,
                    0);
            gemm_nn(view(row(j->dkinds_k, 0, 0, column + j->r), j->d), dH, Qu, j->V,
                    plain, n, 1, 1);
            gemm_nn(view(row(j->dkinds_v, 0, 0, column), j->d),
                    view(histogram, QUERIES), dO, j->V, j->dh, n, 1, b > 0);
        }
        return_keys(j, h);
    }
    g_free(lookup);
}

void cross_attention_backward(Pool *p, real *dq, real *dkinds_k, real *dkinds_v,
                              real *dkeys_r, const real *dy, const real *q,
                              const real *kinds_k, const real *kinds_v, const real *o,
                              const real *lse, const real *keys_r, const real *rotary,
                              const Inputs *in, const Config *c) {
    Job j = job(in, c);
    j.dq = dq, j.dkinds_k = dkinds_k, j.dkinds_v = dkinds_v, j.dkeys_r = dkeys_r;
    j.dy = dy, j.q = q, j.kinds_k = kinds_k, j.kinds_v = kinds_v, j.y = o, j.lses = lse;
    j.kept_r = keys_r, j.rotary = rotary;
    pool_run(p, c->heads, 1, backward, &j);
}
