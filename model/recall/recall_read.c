#include "model/recall/recall_read.h"

enum {
    GROUP = RECALL_GROUP,
    GRAIN = 8,              // states a task takes
    PART = RECALL_LAGS + 1, // gradients that it leaves for a head: lags' and sink's
};

typedef struct Job {
    real *read, *lses, *parts;
    const real *dread, *lse;
    const RecallSearch *s;
    const Config *c;
    int most; // candidates of a state
} Job;

// The workspace of a task, for one group of heads of one state at a time.
typedef struct Room {
    uint32_t *bits;  // (n)
    real *A, *dA;    // (n, GROUP)
    real *histogram; // (rows, GROUP)
    real *dsums;     // (RECALL_SUMS)
} Room;

static Room room_for(const Job *j) {
    size_t n = (size_t)j->most * GROUP, rows = (size_t)recall_rows(j->c) * GROUP;
    real *at = pool_task_scratch((2 * n + rows + RECALL_SUMS) * sizeof(real) +
                                 (size_t)j->most * sizeof(uint32_t));
    return (Room){.A = at,
                  .dA = at + n,
                  .histogram = at + 2 * n,
                  .dsums = at + 2 * n + rows,
                  .bits = (uint32_t *)(void *)(at + 2 * n + rows + RECALL_SUMS)};
}

static Job job(const RecallSearch *s) {
    Job j = {.s = s, .c = s->config, .most = 1};
    for (int i = 0; i < s->count; i++)
        j.most = MAX(j.most, recall_candidates(s->states[i]));
    return j;
}

// Returns how many heads of the group are real; the last group may be padded.
static int heads_in(const Config *c, int group) {
    return MIN(GROUP, c->recall_heads - group * GROUP);
}

static void score_group(const Room *r, real *top, const Job *j, RecallState at,
                        int group) {
    for (int h = 0; h < GROUP; h++)
        r->A[h] = h < heads_in(j->c, group) ? j->s->sink[group * GROUP + h] : 0;
    recall_score(r->A, top, r->bits, j->s->sums + (size_t)group * RECALL_SUMS,
                 recall_candidates(at));
}

// The rows of the histograms to which candidate m adds. `next` is -1 if its step leads
// out of the range.
typedef struct Rows {
    int next, after, before;
} Rows;

static inline Rows rows_of(const Job *j, RecallState at, int m) {
    int R = config_recalled(j->c), V = j->c->vocabulary, entry = at.first + m;
    int next = j->s->index->id[at.seen - 1] + j->s->index->step[entry];
    return (Rows){next >= 0 && next < R ? next : -1, R + j->s->index->after[entry],
                  R + V + j->s->index->before[entry]};
}

static inline void add(real *to, const real *from) {
    for (int h = 0; h < GROUP; h++) to[h] += from[h];
}

// Computes the histograms of exp(s - top), and its sum.
static void gather(const Room *r, real *sum, const Job *j, RecallState at) {
    memset(r->histogram, 0, (size_t)recall_rows(j->c) * GROUP * sizeof(real));
    memcpy(sum, r->A, GROUP * sizeof *sum);
    for (int m = 1; m < recall_candidates(at); m++) {
        const real *A = r->A + m * GROUP;
        Rows to = rows_of(j, at, m);
        add(sum, A);
        if (to.next >= 0) add(r->histogram + to.next * GROUP, A);
        add(r->histogram + to.after * GROUP, A);
        add(r->histogram + to.before * GROUP, A);
    }
}

static void read_group(const Room *r, const Job *j, int state, int group) {
    const Config *c = j->c;
    int heads = c->recall_heads, rows = recall_rows(c), first = group * GROUP;
    RecallState at = j->s->states[state];
    real top[GROUP], sum[GROUP];
    score_group(r, top, j, at, group);
    recall_exp(r->A, top, recall_candidates(at));
    gather(r, sum, j, at);
    real *read = j->read + (size_t)state * (size_t)(rows * heads) + first;
    for (int h = 0; h < heads_in(c, group); h++) {
        j->lses[state * heads + first + h] = top[h] + (real)log((double)sum[h]);
        real part = 1 / sum[h];
        for (int v = 0; v < rows; v++)
            read[v * heads + h] = part * r->histogram[v * GROUP + h];
    }
}

static void read_states(void *data, int begin, int end) {
    const Job *j = data;
    Room r = room_for(j);
    for (int state = begin; state < end; state++) {
        recall_match(r.bits, j->s->index, j->s->states[state]);
        for (int g = 0; g < recall_groups(j->c); g++) read_group(&r, j, state, g);
    }
}

void recall_read(Pool *p, real *read, real *lse, const RecallSearch *s) {
    Job j = job(s);
    j.read = read, j.lses = lse;
    pool_run(p, s->count, GRAIN, read_states, &j);
}

void recall_listen(real *to, const RecallSearch *s) {
    Job j = job(s);
    Room r = room_for(&j);
    int n = recall_candidates(s->states[0]), heads = j.c->recall_heads;
    recall_match(r.bits, s->index, s->states[0]);
    memset(to, 0, (size_t)n * sizeof *to);
    for (int g = 0; g < recall_groups(j.c); g++) {
        real top[GROUP];
        score_group(&r, top, &j, s->states[0], g);
        recall_exp(r.A, top, n);
        for (int h = 0; h < heads_in(j.c, g); h++) {
            real sum = 0;
            for (int m = 0; m < n; m++) sum += r.A[m * GROUP + h];
            for (int m = 0; m < n; m++)
                to[m] += r.A[m * GROUP + h] / (sum * (real)heads);
        }
    }
}

// The gradient dA of a candidate is the sum of dH over the rows to which A was added.
static void scatter(const Room *r, const Job *j, RecallState at) {
    static const real nothing[GROUP];
    for (int m = 1; m < recall_candidates(at); m++) {
        Rows from = rows_of(j, at, m);
        const real *next = from.next >= 0 ? r->histogram + from.next * GROUP : nothing;
        const real *after = r->histogram + from.after * GROUP;
        const real *before = r->histogram + from.before * GROUP;
        real *dA = r->dA + m * GROUP;
        for (int h = 0; h < GROUP; h++) dA[h] = next[h] + after[h] + before[h];
    }
}

static void group_backward(const Room *r, real *dsink, const Job *j, int state,
                           int group) {
    const Config *c = j->c;
    int heads = c->recall_heads, rows = recall_rows(c), first = group * GROUP;
    RecallState at = j->s->states[state];
    const real *dread = j->dread + (size_t)state * (size_t)(rows * heads) + first;
    real top[GROUP], lse[GROUP];
    score_group(r, top, j, at, group);
    for (int h = 0; h < GROUP; h++) {
        bool there = h < heads_in(c, group);
        lse[h] = there ? j->lse[state * heads + first + h] : top[h];
        for (int v = 0; v < rows; v++)
            r->histogram[v * GROUP + h] = there ? dread[v * heads + h] : 0;
    }
    recall_exp(r->A, lse, recall_candidates(at));
    scatter(r, j, at);
    recall_score_backward(r->dsums, dsink, r->A, r->dA, r->bits, recall_candidates(at));
}

static void states_backward(void *data, int begin, int end) {
    const Job *j = data;
    Room r = room_for(j);
    for (int g = 0; g < recall_groups(j->c); g++) {
        real dsink[GROUP] = {0};
        memset(r.dsums, 0, RECALL_SUMS * sizeof(real));
        for (int state = begin; state < end; state++) {
            recall_match(r.bits, j->s->index, j->s->states[state]);
            group_backward(&r, dsink, j, state, g);
        }
        for (int h = 0; h < heads_in(j->c, g); h++) {
            int head = begin / GRAIN * j->c->recall_heads + g * GROUP + h;
            real *part = j->parts + (size_t)head * PART;
            recall_sums_backward(part, r.dsums, h);
            part[RECALL_LAGS] = dsink[h];
        }
    }
}

static int tasks(int states) { return (states + GRAIN - 1) / GRAIN; }

size_t recall_scratch(int states, const Config *c) {
    return (size_t)(tasks(states) * c->recall_heads) * PART;
}

void recall_read_backward(Pool *p, Recall *dw, real *scratch, const real *dread,
                          const real *lse, const RecallSearch *s) {
    Job j = job(s);
    j.parts = scratch, j.dread = dread, j.lse = lse;
    pool_run(p, s->count, GRAIN, states_backward, &j);
    for (int t = 0; t < tasks(s->count); t++)
        for (int h = 0; h < j.c->recall_heads; h++, scratch += PART) {
            for (int a = 0; a < RECALL_LAGS; a++)
                dw->lags[h * RECALL_LAGS + a] += scratch[a];
            dw->sink[h] += scratch[RECALL_LAGS];
        }
}
