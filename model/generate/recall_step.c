#include "model/generate/recall_step.h"

#include "model/files/memory.h"
#include "model/recall/recall.h"

enum { BATCH = 16 }; // states processed at once

struct RecallStep {
    const Weights *weights; // borrowed
    RecallIndex index;
    RecallStates states;
    real *sums;        // owned
    real *read, *lse;  // owned; (BATCH, rows, heads), (BATCH, heads)
    real *said;        // owned; (BATCH + 1, d): the last output, then those of a batch
    real *mean, *rstd; // owned; (N)
    // The state of the first row of `said`; seen is 0 if there is none.
    RecallState last;
};

RecallStep *recall_step_new(const Weights *w) {
    const Config *c = &w->model->config;
    RecallStep *s = g_new0(RecallStep, 1);
    size_t heads = (size_t)c->recall_heads, N = (size_t)c->latents;
    s->weights = w;
    s->sums = memory_new((size_t)recall_groups(c), RECALL_SUMS * sizeof(real));
    s->read = memory_new(BATCH * heads * (size_t)recall_rows(c), sizeof(real));
    s->lse = memory_new(BATCH * heads, sizeof(real));
    s->said = memory_new((BATCH + 1) * (size_t)c->width, sizeof(real));
    s->mean = memory_new(N, sizeof(real));
    s->rstd = memory_new(N, sizeof(real));
    if (!s->sums || !s->read || !s->lse || !s->said || !s->mean || !s->rstd ||
        !recall_states_init(&s->states, c->latents)) {
        recall_step_free(s);
        return NULL;
    }
    recall_sums(s->sums, &w->model->parameters.recall, c);
    return s;
}

void recall_step_free(RecallStep *s) {
    if (!s) return;
    recall_index_free(&s->index);
    recall_states_free(&s->states);
    memory_free(s->sums);
    memory_free(s->read);
    memory_free(s->lse);
    memory_free(s->said);
    memory_free(s->mean);
    memory_free(s->rstd);
    g_free(s);
}

void recall_step_sync(RecallStep *s, const Token *tokens, int count, int common) {
    recall_index_cut(&s->index, common);
    if (s->index.entries < s->last.seen) s->last = (RecallState){0};
    recall_index_read(&s->index, tokens, count, &s->weights->model->config);
}

typedef struct Job {
    real *said;
    const real *read;
    const Weights *w;
} Job;

static void say(void *data, int begin, int end) {
    const Job *j = data;
    const Weights *w = j->w;
    const Config *c = &w->model->config;
    size_t d = (size_t)c->width, rows = (size_t)(recall_rows(c) * c->recall_heads);
    for (int i = begin; i < end; i++) {
        real *said = j->said + (size_t)i * d;
        const real *read = j->read + (size_t)i * rows;
        memset(said, 0, d * sizeof *said);
        table_add(said, &w->next, read);
        table_add(said, &w->after, read + w->next.rows);
        table_add(said, &w->before, read + w->next.rows + w->after.rows);
    }
}

// Computes the output for `count` states, into `said`.
static void read_batch(RecallStep *s, Pool *p, real *said, const RecallState *states,
                       int count) {
    const Model *m = s->weights->model;
    RecallSearch search = {&s->index, states, count, s->sums, m->parameters.recall.sink,
                           &m->config};
    recall_read(p, s->read, s->lse, &search);
    pool_run(p, count, 1, say, &(Job){said, s->read, s->weights});
}

static bool same(RecallState a, RecallState b) {
    return a.first == b.first && a.seen == b.seen;
}

// Adds the outputs for the latents to y, in batches of states.
static void tell(RecallStep *s, Pool *p, real *y, real closeness) {
    const RecallStates *of = &s->states;
    size_t d = (size_t)s->weights->model->config.width;
    real *last = s->said, *batch = s->said + d;
    for (int state = 0, i = 0; state < of->count;) {
        bool known = s->last.seen > 0 && same(of->at[state], s->last);
        int count = known ? 1 : MIN(BATCH, of->count - state);
        if (!known) read_batch(s, p, batch, of->at + state, count);
        for (; i < of->n && of->of[i] < state + count; i++) {
            const real *said = known ? last : batch + (size_t)(of->of[i] - state) * d;
            for (size_t k = 0; k < d; k++) y[(size_t)i * d + k] += closeness * said[k];
        }
        state += count;
        if (known) continue;
        memcpy(last, batch + (size_t)(count - 1) * d, d * sizeof *last);
        s->last = of->at[state - 1];
    }
}

bool recall_step_weights(RecallStep *s, real *ret, const Token *tokens, int count,
                         int keys) {
    const Model *m = s->weights->model;
    recall_states_find(&s->states, &s->index, tokens, count - 1, 1, keys);
    RecallState at = s->states.at[0];
    int n = recall_candidates(at);
    real *weights = memory_new((size_t)n, sizeof *weights);
    if (!weights) return false;
    RecallSearch search = {&s->index, &at, 1, s->sums, m->parameters.recall.sink,
                           &m->config};
    recall_listen(weights, &search);
    memset(ret, 0, (size_t)keys * sizeof *ret);
    for (int i = 1; i < n; i++)
        ret[s->index.place[at.first + i] - (count - keys)] = weights[i];
    memory_free(weights);
    return true;
}

void recall_step(RecallStep *s, Pool *p, real *y, real *room, real closeness,
                 const Token *tokens, int from, int n) {
    const Recall *w = &s->weights->model->parameters.recall;
    const Config *c = &s->weights->model->config;
    recall_states_find(&s->states, &s->index, tokens, from, n, c->context);
    recall_past_forward(p, room, w->past_table, w->past_lags, s->states.past, n,
                        c->width);
    norm_forward(p, room, s->mean, s->rstd, room, &w->norm_f, n, c->width);
    qlinear_forward(p, &(QLinear){y, &s->weights->feed}, 1, room, n);
    tell(s, p, y, closeness);
}
