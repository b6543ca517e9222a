#include "model/layers/cross_attention.h"

#include "model/layers/cross_gather.h"

#include <glib.h>

enum { QUERIES = CROSS_QUERIES, KEYS = 256 };

// The softmax's reference point moves only when a score passes it by this much: e^20 is
// far within a float's range, and moving it requires rescaling a whole histogram.
#define SLACK  20
#define HIDDEN ((real)-1e30) // a score with the weight 0

typedef struct Job {
    real *o, *lse, *keys_r, *dq, *dkinds_k, *dkinds_v, *dkeys_r;
    const real *q, *kinds_k, *kinds_v, *dy, *y, *lses, *kept_r;
    const Inputs *in;
    const Rotary *rotary;
    int d, h, dh, r, V;
    bool mixed;
    real scale;
} Job;

static Job job(const Pool *p, const Inputs *in, const Config *c) {
    int dh = config_head_width(c);
    return (Job){.in = in,
                 .d = c->width,
                 .h = c->heads,
                 .dh = dh,
                 .r = config_rotary(c),
                 .V = c->vocabulary,
                 .mixed = pool_mixed(p),
                 .scale = 1 / real_sqrt((real)dh)};
}

static real *row(const real *x, size_t row, size_t stride, int column) {
    return (real *)x + row * stride + column;
}

// Writes the first r channels of head h of the key of input k, rotated to the input's
// position.
VECTOR_CLONES
static void rotated_keys(const Job *j, real *to, int stride, int key, int count, int h,
                         int heads) {
    real angle[CONFIG_ROTARY_MOST];
    for (int k = key; k < key + count; k++) {
        rotary_angles(angle, j->rotary, j->in->positions[k]);
        const real *kind = row(j->kinds_k, (size_t)j->in->tokens[k], (size_t)j->d, 0);
        for (int i = h; i < h + heads; i++) {
            const real *from = kind + i * j->dh;
            real *at = to + (size_t)(i - h) * (size_t)stride +
                       (size_t)(k - key) * (size_t)j->r;
            for (int c = 0; c < j->r; c += 2) {
                at[c] = from[c] * angle[c] - from[c + 1] * angle[c + 1];
                at[c + 1] = from[c + 1] * angle[c] + from[c] * angle[c + 1];
            }
        }
    }
}

static void rotate_keys(void *data, int begin, int end) {
    const Job *j = data;
    rotated_keys(j, j->keys_r + (size_t)begin * (size_t)j->r, j->in->keys * j->r, begin,
                 end - begin, 0, j->h);
}

static MatrixView head(const Job *j, const real *x, int at, int column) {
    return view(row(x, (size_t)at, (size_t)j->d, column), j->d);
}

static MatrixView head_keys(const Job *j, const real *keys_r, int h, int key) {
    return view(keys_r + ((size_t)h * (size_t)j->in->keys + (size_t)key) * (size_t)j->r,
                j->r);
}

// Adds each key's row of the table to s (count, QUERIES), in place.
VECTOR_CLONES
static void look_up(real *s, const real *table, const Token *tokens, int count) {
    for (int k = 0; k < count; k++) {
        const real *from = table + (size_t)tokens[k] * QUERIES;
#pragma omp simd
        for (int i = 0; i < QUERIES; i++) s[k * QUERIES + i] += from[i];
    }
}

VECTOR_CLONES
static void add_bias(real *to, const real *from, real bias, int rows) {
    for (int i = 0; i < rows * QUERIES; i++) to[i] = from[i] + bias;
}

// Hides each key first + k from the queries before it and from those that are too far
// behind it. Query i of the block is at key place + i.
static void hide(real *s, int first, int count, int place, int n, int span) {
    for (int k = 0; k < count; k++) {
        int before = MIN(n, first + k - place),
            behind = MAX(0, first + k + span - place);
        for (int i = 0; i < before; i++) s[k * QUERIES + i] = HIDDEN;
        for (int i = span ? behind : n; i < n; i++) s[k * QUERIES + i] = HIDDEN;
    }
}

// Raises the reference points that the new scores exceed by too much; the first time,
// all of them. Returns whether any moved; `shrink` has the factor for each query.
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

// Adds exp(s - top) to the histogram over the kinds.
VECTOR_CLONES
static void gather(const real *s, real *histogram, const real *top, const Token *tokens,
                   int count) {
    for (int k = 0; k < count; k++) {
        real *to = histogram + (size_t)tokens[k] * QUERIES;
#pragma omp simd
        for (int i = 0; i < QUERIES; i++)
            to[i] += real_exp(s[k * QUERIES + i] - top[i]);
    }
}

VECTOR_CLONES
static void sum_columns(real *sum, const real *table, int rows) {
    memset(sum, 0, QUERIES * sizeof *sum);
    for (int v = 0; v < rows; v++)
        for (int i = 0; i < QUERIES; i++) sum[i] += table[v * QUERIES + i];
}

VECTOR_CLONES
static void scale_columns(real *table, const real *by, int rows) {
    for (int v = 0; v < rows; v++)
        for (int i = 0; i < QUERIES; i++) table[v * QUERIES + i] *= by[i];
}

// What is prepared once per head: its rotated keys, and the keys and values of the
// kinds. "Plain" are the channels after the first r, which are not rotated.
typedef struct Ready {
    Operand keys, keys_down;        // (keys, r), scaled: left; right, transposed
    Operand plain, plain_strided;   // of kinds_k: left, scaled; right
    Operand values, values_strided; // of kinds_v: left; right
    OperandRoom room;               // for the operands of a block
    real *lookup, *histogram, *s;   // (V, QUERIES) twice, (KEYS, QUERIES)
    real *biased;                   // the lookup for the inputs with the bias
    real *turned;                   // (KEYS, r), used if the keys are not kept
    real *dp, *dhistogram;          // (V, QUERIES) for backward
} Ready;

// If keys_r is NULL, the keys are rotated block by block when they are needed.
static Ready ready(const Job *j, int h, const real *keys_r, bool back) {
    size_t V = (size_t)j->V, tables = (back ? 5 : 3) * V * QUERIES + KEYS * QUERIES;
    int count = keys_r ? j->in->keys : KEYS, plain = j->dh - j->r;
    size_t turned = keys_r ? 0 : KEYS * ((size_t)j->r + 15) / 16 * 16;
    size_t keys = MAX(operand_room(count, j->r), operand_room(j->r, count));
    size_t kinds = MAX(operand_room(j->V, j->dh), operand_room(j->dh, j->V));
    size_t blocks = 2 * MAX(operand_room(KEYS, QUERIES), operand_room(QUERIES, KEYS)) +
                    5 * MAX(operand_room(QUERIES, j->dh),
                            operand_room(j->dh, QUERIES)) +
                    2 * MAX(operand_room(j->V, QUERIES), operand_room(QUERIES, j->V));
    size_t room = j->mixed ? 2 * keys + 4 * kinds + blocks : 0;
    real *memory = pool_task_scratch((tables + turned) * sizeof(real) +
                                     room * sizeof(uint32_t));
    Ready m = {.lookup = memory,
               .histogram = memory + V * QUERIES,
               .s = memory + 2 * V * QUERIES,
               .biased = memory + 2 * V * QUERIES + KEYS * QUERIES,
               .dp = memory + 3 * V * QUERIES + KEYS * QUERIES,
               .dhistogram = memory + 4 * V * QUERIES + KEYS * QUERIES,
               .turned = keys_r ? NULL : memory + tables,
               .room = j->mixed ? (OperandRoom)(memory + tables + turned) : NULL};
    MatrixView kinds_v = head(j, j->kinds_v, 0, h * j->dh);
    MatrixView kinds_k = head(j, j->kinds_k, 0, h * j->dh + j->r);
    m.plain = operand_left_in(&m.room, kinds_k, false, j->V, plain, j->scale);
    m.values_strided = operand_right_in(&m.room, kinds_v, true, j->dh, j->V, 1);
    if (!keys_r) return m;
    MatrixView K = head_keys(j, keys_r, h, 0);
    m.keys = operand_left_in(&m.room, K, false, count, j->r, j->scale);
    if (!back) return m;
    m.keys_down = operand_right_in(&m.room, K, true, j->r, count, 1);
    m.plain_strided = operand_right_in(&m.room, kinds_k, true, plain, j->V, 1);
    m.values = operand_left_in(&m.room, kinds_v, false, j->V, j->dh, 1);
    return m;
}

static Operand keys_of(const Job *j, const Ready *m, OperandRoom room, int h, int key,
                       int count) {
    if (!m->turned) return operand_from(m->keys, key, 0);
    rotated_keys(j, m->turned, 0, key, count, h, 1);
    return operand_left_in(&room, view(m->turned, j->r), false, count, j->r, j->scale);
}

// Returns a block's queries as the right side, filled up with zeros to 64.
static Operand queries_in(OperandRoom *room, MatrixView x, int n, int k) {
    OperandRoom at = *room;
    if (at && n < QUERIES) memset(at, 0, operand_room(QUERIES, k) * sizeof *at);
    if (at) *room += operand_room(QUERIES, k);
    return operand_right_in(&at, x, false, n, k, 1);
}

// Computes the lookups for a block of n queries.
static void prepare(const Job *j, const Ready *m, Operand plain, int n) {
    int channels = j->dh - j->r;
    if (n < QUERIES) memset(m->lookup, 0, (size_t)j->V * QUERIES * sizeof(real));
    operand_multiply(view(m->lookup, QUERIES), FROM_ZERO, m->plain, plain, j->V, n,
                     channels);
    add_bias(m->biased, m->lookup, j->in->bias, j->V);
}

// Returns how many of `count` keys from `key` on have the bias: those before the
// latents' own.
static int biased(const Job *j, int key, int count) {
    return CLAMP(j->in->keys - j->in->n - key, 0, count);
}

// Computes the scores (count, QUERIES) of keys for n queries, the first of which is at
// `place`.
static void score(const Job *j, const Ready *m, Operand keys, Operand queries, int key,
                  int count, int place, int n) {
    const Token *tokens = j->in->tokens + key;
    int before = biased(j, key, count), span = j->in->span;
    operand_multiply(view(m->s, QUERIES), FROM_ZERO, keys, queries, count, n, j->r);
    look_up(m->s, m->biased, tokens, before);
    look_up(m->s + before * QUERIES, m->lookup, tokens + before, count - before);
    if (key + count > place || span) hide(m->s, key, count, place, n, span);
}

// Describes the same keys for cross_gather.h.
static CrossStretch stretch(const Job *j, const Ready *m, Operand keys, Operand queries,
                            int key, int count, int place) {
    int span = j->in->span;
    return (CrossStretch){.keys = keys,
                          .queries = queries,
                          .tokens = j->in->tokens + key,
                          .count = count,
                          .biased = biased(j, key, count),
                          .r = j->r,
                          .from = key - place,
                          .to = span ? key + span - place : QUERIES,
                          .lookup_biased = m->biased,
                          .lookup = m->lookup};
}

static void forward_block(const Job *j, const Ready *m, int h, int first) {
    size_t table = (size_t)j->V * QUERIES;
    int n = MIN(j->in->n - first, QUERIES), column = h * j->dh, plain = j->dh - j->r;
    int place = j->in->keys - j->in->n + first, keys = place + n;
    real top[QUERIES], sum[QUERIES], shrink[QUERIES], *s = m->s;
    MatrixView q = head(j, j->q, first, column);
    OperandRoom room = m->room;
    Operand Q = queries_in(&room, q, n, j->r);
    Operand Q_plain = operand_right_in(&room, view(q.at + j->r, q.stride), false, n,
                                       plain, 1);
    memset(m->histogram, 0, table * sizeof(real));
    // Lanes beyond the last query must hold zeros instead of the values of an earlier
    // block.
    if (n < QUERIES) memset(s, 0, KEYS * QUERIES * sizeof(real));
    // Scores, plain half: one for each kind
    prepare(j, m, Q_plain, n);
    // Scores, rotated half, and online softmax: added to histograms of weights over the
    // kinds
    for (int i = 0; i < QUERIES; i++) top[i] = HIDDEN;
    // Each query sees at least one key of the first block, since KEYS > QUERIES.
    int span = j->in->span, from = span ? MAX(0, place - span + 1) : 0;
    for (int key = from; key < keys; key += KEYS) {
        int count = MIN(keys - key, KEYS);
        const Token *tokens = j->in->tokens + key;
        Operand K = keys_of(j, m, room, h, key, count);
        if (j->mixed) {
            CrossStretch c = stretch(j, m, K, Q, key, count, place);
            cross_gather(&c, top, m->histogram, j->V);
            continue;
        }
        score(j, m, K, Q, key, count, place, n);
        if (raise_top(top, shrink, s, count, key == from) && key > from)
            scale_columns(m->histogram, shrink, j->V);
        gather(s, m->histogram, top, tokens, count);
    }
    sum_columns(sum, m->histogram, j->V);
    real *lse = j->lse + h * j->in->n + first;
    for (int i = 0; i < n; i++) lse[i] = top[i] + (real)log((double)sum[i]);
    for (int i = 0; i < QUERIES; i++) sum[i] = i < n ? 1 / sum[i] : 0;
    scale_columns(m->histogram, sum, j->V);
    // Output: the values, weighted by the histogram
    Operand H = operand_left_in(&room, view(m->histogram, QUERIES), true, n, j->V, 1);
    operand_multiply(head(j, j->o, first, column), FROM_ZERO, H, m->values_strided, n,
                     j->dh, j->V);
}

static void forward(void *data, int begin, int end) {
    const Job *j = data;
    for (int h = begin; h < end; h++) {
        Ready m = ready(j, h, j->keys_r, false);
        for (int first = 0; first < j->in->n; first += QUERIES)
            forward_block(j, &m, h, first);
    }
}

void cross_attention_forward(Pool *p, real *o, real *lse, real *keys_r, const real *q,
                             const real *kinds_k, const real *kinds_v,
                             const Rotary *rotary, const Inputs *in, const Config *c) {
    Job j = job(p, in, c);
    j.o = o, j.lse = lse, j.keys_r = keys_r, j.q = q;
    j.kinds_k = kinds_k, j.kinds_v = kinds_v, j.rotary = rotary;
    if (keys_r) pool_run(p, in->keys, 64, rotate_keys, &j);
    pool_run(p, c->heads, 1, forward, &j);
}

// Replaces s by ds = p (dp - dot) scale, with p = exp(s - lse) and dp looked up by
// kind, and adds both to histograms over the kinds.
VECTOR_CLONES
static void gather_backward(real *s, real *histogram, real *dhistogram, const real *dp,
                            const real *lse, const real *dot, real scale,
                            const Token *tokens, int count) {
    for (int k = 0; k < count; k++) {
        size_t kind = (size_t)tokens[k] * QUERIES;
#pragma omp simd
        for (int i = 0; i < QUERIES; i++) {
            real p = real_exp(s[k * QUERIES + i] - lse[i]);
            real ds = p * (dp[kind + (size_t)i] - dot[i]) * scale;
            s[k * QUERIES + i] = ds;
            histogram[kind + (size_t)i] += p;
            dhistogram[kind + (size_t)i] += ds;
        }
    }
}

// Rotates the gradients of the rotated keys back and sums them by kind.
static void return_keys(const Job *j, int h) {
    int pairs = j->r / 2;
    real angle[CONFIG_ROTARY_MOST];
    for (int k = 0; k < j->in->keys; k++) {
        rotary_angles(angle, j->rotary, j->in->positions[k]);
        const real *from = head_keys(j, j->dkeys_r, h, k).at;
        real *to = row(j->dkinds_k, (size_t)j->in->tokens[k], (size_t)j->d, h * j->dh);
        for (int i = 0; i < pairs; i++) {
            real cosine = angle[2 * i], sine = angle[2 * i + 1];
            to[2 * i] += from[2 * i] * cosine + from[2 * i + 1] * sine;
            to[2 * i + 1] += from[2 * i + 1] * cosine - from[2 * i] * sine;
        }
    }
}

// Adds the gradients of the kinds from the histograms of a block's n queries.
static void add_to_kinds(const Job *j, const Ready *m, MatrixView q_plain,
                         MatrixView dy, int column, int n) {
    int plain = j->dh - j->r;
    MatrixView H = view(m->histogram, QUERIES), dH = view(m->dhistogram, QUERIES);
    MatrixView dk = head(j, j->dkinds_k, 0, column + j->r),
               dv = head(j, j->dkinds_v, 0, column);
    OperandRoom room = m->room;
    Operand left = operand_left_in(&room, dH, false, j->V, n, 1);
    operand_multiply(dk, dk, left, operand_right_in(&room, q_plain, true, plain, n, 1),
                     j->V, plain, n);
    left = operand_left_in(&room, H, false, j->V, n, 1);
    operand_multiply(dv, dv, left, operand_right_in(&room, dy, true, j->dh, n, 1), j->V,
                     j->dh, n);
}

static void backward_block(const Job *j, const Ready *m, int h, int first) {
    size_t table = (size_t)j->V * QUERIES;
    int n = MIN(j->in->n - first, QUERIES), column = h * j->dh, plain = j->dh - j->r;
    int place = j->in->keys - j->in->n + first, keys = place + n;
    real lse[QUERIES] = {0}, dot[QUERIES] = {0}, *s = m->s;
    MatrixView q = head(j, j->q, first, column), dy = head(j, j->dy, first, column);
    MatrixView dq = head(j, j->dq, first, column), S = view(s, QUERIES);
    MatrixView q_plain = view(q.at + j->r, q.stride),
               dq_plain = view(dq.at + j->r, q.stride);
    for (int i = 0; i < n; i++) {
        const real *y = head(j, j->y, first + i, column).at, *d = dy.at + i * dy.stride;
        lse[i] = j->lses[h * j->in->n + first + i];
        for (int c = 0; c < j->dh; c++) dot[i] += d[c] * y[c];
    }
    for (int i = n; i < QUERIES; i++) lse[i] = -HIDDEN; // p is 0 beyond the block
    OperandRoom room = m->room;
    Operand Q = queries_in(&room, q, n, j->r);
    Operand Q_down = operand_right_in(&room, q, true, j->r, n, 1);
    Operand Q_plain = operand_right_in(&room, q_plain, false, n, plain, 1);
    Operand dO = operand_right_in(&room, dy, false, n, j->dh, 1);
    real *tables[] = {m->histogram, m->dhistogram, m->dp};
    for (int i = 0; i < (n < QUERIES ? 3 : 2); i++)
        memset(tables[i], 0, table * sizeof(real));
    if (n < QUERIES) memset(s, 0, KEYS * QUERIES * sizeof(real));
    prepare(j, m, Q_plain, n);
    operand_multiply(view(m->dp, QUERIES), FROM_ZERO, m->values, dO, j->V, n, j->dh);
    for (int key = 0; key < keys; key += KEYS) {
        int count = MIN(keys - key, KEYS);
        const Token *tokens = j->in->tokens + key;
        Operand K = keys_of(j, m, room, h, key, count), D, D_strided;
        if (j->mixed) {
            CrossStretch c = stretch(j, m, K, Q, key, count, place);
            int whole = CROSS_WHOLE(count);
            D = operand_left(S, false, whole, QUERIES, 1, room);
            D_strided = operand_left(S, true, QUERIES, whole, 1,
                                     room + operand_room(whole, QUERIES));
            cross_gather_backward(&c, lse, dot, m->dp, j->scale, m->histogram,
                                  m->dhistogram, &D, &D_strided);
        } else {
            score(j, m, K, Q, key, count, place, n);
            gather_backward(s, m->histogram, m->dhistogram, m->dp, lse, dot, j->scale,
                            tokens, count);
            OperandRoom none = NULL;
            D = operand_left_in(&none, S, false, count, n, 1);
            D_strided = operand_left_in(&none, S, true, n, count, 1);
        }
        operand_multiply(head_keys(j, j->dkeys_r, h, key),
                         head_keys(j, j->dkeys_r, h, key), D, Q_down, count, j->r, n);
        operand_multiply(dq, key > 0 ? dq : FROM_ZERO, D_strided,
                         operand_from(m->keys_down, 0, key), n, j->r, count);
    }
    Operand dH = operand_left_in(&room, view(m->dhistogram, QUERIES), true, n, j->V, 1);
    operand_multiply(dq_plain, FROM_ZERO, dH, m->plain_strided, n, plain, j->V);
    add_to_kinds(j, m, q_plain, dy, column, n);
}

// One task computes a whole head, since every block of queries adds to the same kinds.
static void backward(void *data, int begin, int end) {
    const Job *j = data;
    for (int h = begin; h < end; h++) {
        for (int v = 0; v < j->V; v++) {
            memset(head(j, j->dkinds_k, v, h * j->dh).at, 0,
                   (size_t)j->dh * sizeof(real));
            memset(head(j, j->dkinds_v, v, h * j->dh).at, 0,
                   (size_t)j->dh * sizeof(real));
        }
        memset(head_keys(j, j->dkeys_r, h, 0).at, 0,
               (size_t)j->in->keys * (size_t)j->r * sizeof(real));
        Ready m = ready(j, h, j->kept_r, true);
        for (int first = 0; first < j->in->n; first += QUERIES)
            backward_block(j, &m, h, first);
        return_keys(j, h);
    }
}

void cross_attention_backward(Pool *p, real *dq, real *dkinds_k, real *dkinds_v,
                              real *dkeys_r, const real *dy, const real *q,
                              const real *kinds_k, const real *kinds_v, const real *o,
                              const real *lse, const real *keys_r, const Rotary *rotary,
                              const Inputs *in, const Config *c) {
    Job j = job(p, in, c);
    j.dq = dq, j.dkinds_k = dkinds_k, j.dkinds_v = dkinds_v, j.dkeys_r = dkeys_r;
    j.dy = dy, j.q = q, j.kinds_k = kinds_k, j.kinds_v = kinds_v, j.y = o, j.lses = lse;
    j.kept_r = keys_r, j.rotary = rotary;
    pool_run(p, c->heads, 1, backward, &j);
}
