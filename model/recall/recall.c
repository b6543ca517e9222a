#include "model/recall/recall.h"

#include "model/kernels/product.h"

enum { ROWS = 64, CHANNELS = 64 };

// The three tables that histograms are multiplied with, each with its columns of H.
typedef struct Table {
    size_t column;
    int rows;
    real *at, *d;
} Table;
enum { TABLES = 3 };

static void tables(Table ret[TABLES], const Recall *w, const Recall *dw,
                   const Config *c) {
    int heads = c->recall_heads, R = config_recalled(c) * heads,
        V = c->vocabulary * heads;
    const Table all[TABLES] = {
        {0, R, w->next, dw->next},
        {(size_t)R, V, w->after, dw->after},
        {(size_t)(R + V), V, w->before, dw->before},
    };
    memcpy(ret, all, sizeof all);
}

typedef struct Job {
    real *y, *dtable, *dlags;
    const real *x, *table, *lags, *dy;
    const int *of;
    const Token *past;
    int N, d;
} Job;

// y_i = x_i + the output of its state.
VECTOR_CLONES
static void recall_say(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = begin; i < end; i++) {
        size_t row = (size_t)i * (size_t)j->d;
        const real *said = j->dy + (size_t)j->of[i] * (size_t)j->d;
        for (int c = 0; c < j->d; c++)
            j->y[row + (size_t)c] = j->x[row + (size_t)c] + said[c];
    }
}

// Sums the gradients of the latents of each state.
VECTOR_CLONES
static void recall_unsay(void *data, int begin, int end) {
    const Job *j = data;
    for (int i = 0; i < j->N; i++) {
        real *to = j->y + (size_t)j->of[i] * (size_t)j->d;
        const real *from = j->dy + (size_t)i * (size_t)j->d;
        for (int c = begin; c < end; c++) to[c] += from[c];
    }
}

VECTOR_CLONES
static void recall_past_rows(void *data, int begin, int end) {
    const Job *j = data;
    size_t d = (size_t)j->d;
    for (int i = begin; i < end; i++) {
        real *y = j->y + (size_t)i * d;
        memset(y, 0, d * sizeof *y);
        for (int a = 0; a < RECALL_PAST; a++) {
            Token id = j->past[i * RECALL_PAST + a];
            if (id < 0) continue;
            const real *from = j->table + (size_t)id * d,
                       *lag = j->lags + (size_t)a * d;
#pragma omp simd
            for (size_t c = 0; c < d; c++) y[c] += lag[c] * from[c];
        }
    }
}

void recall_past_forward(Pool *p, real *y, const real *table, const real *lags,
                         const Token *past, int N, int d) {
    Job j = {.y = y, .table = table, .lags = lags, .past = past, .N = N, .d = d};
    pool_run(p, N, ROWS, recall_past_rows, &j);
}

VECTOR_CLONES
static void recall_past_channels(void *data, int begin, int end) {
    const Job *j = data;
    size_t d = (size_t)j->d;
    for (int i = 0; i < j->N; i++) {
        const real *dy = j->dy + (size_t)i * d;
        for (int a = 0; a < RECALL_PAST; a++) {
            Token id = j->past[i * RECALL_PAST + a];
            if (id < 0) continue;
            const real *from = j->table + (size_t)id * d,
                       *lag = j->lags + (size_t)a * d;
            real *dfrom = j->dtable + (size_t)id * d, *dlag = j->dlags + (size_t)a * d;
#pragma omp simd
            for (int c = begin; c < end; c++) {
                dfrom[c] += dy[c] * lag[c];
                dlag[c] += dy[c] * from[c];
            }
        }
    }
}

static void past_backward(Pool *p, real *dtable, real *dlags, const real *dy,
                          const real *table, const real *lags, const Token *past, int N,
                          int d) {
    Job j = {.dtable = dtable,
             .dlags = dlags,
             .dy = dy,
             .table = table,
             .lags = lags,
             .past = past,
             .N = N,
             .d = d};
    pool_run(p, d, CHANNELS, recall_past_channels, &j);
}

static RecallSearch search_of(const RecallActs *a, const Recall *w, const Config *c) {
    return (RecallSearch){&a->index, a->states.at, a->states.count,
                          a->sums,   w->sink,      c};
}

void recall_forward(Pool *p, RecallActs *a, const Recall *w, const real *x,
                    const Token *tokens, int count, int n, int span, const Config *c) {
    int d = c->width, columns = recall_rows(c) * c->recall_heads;
    RecallStates *s = &a->states;
    recall_index_cut(&a->index, 0);
    recall_index_read(&a->index, tokens, count, c);
    recall_states_find(s, &a->index, tokens, count - n, n, span);
    recall_sums(a->sums, w, c);
    RecallSearch search = search_of(a, w, c);
    recall_read(p, a->read, a->lse, &search);
    Table t[TABLES];
    tables(t, w, w, c);
    for (int i = 0; i < TABLES; i++)
        product(p, PRODUCT_NN, view(a->said, d), i ? view(a->said, d) : FROM_ZERO,
                view(a->read + t[i].column, columns), view(t[i].at, d), s->count, d,
                t[i].rows);

    recall_past_forward(p, a->past, w->past_table, w->past_lags, s->past, n, d);
    norm_forward(p, a->past_out, a->past_mean, a->past_rstd, a->past, &w->norm_f, n, d);
    linear_forward(p, a->out, a->past_out, &w->feed, n, d, d);
    residual(p, a->out, x, 0, 0, n * d);
    pool_run(p, n, ROWS, recall_say,
             &(Job){.y = a->out, .x = a->out, .dy = a->said, .of = s->of, .d = d});
}

void recall_backward(Pool *p, RecallActs *a, Recall *dw, real *const room[2],
                     const real *dz, const Recall *w, const Config *c) {
    RecallStates *s = &a->states;
    int n = s->n, d = c->width, columns = recall_rows(c) * c->recall_heads;
    real *dsaid = a->said;
    memset(dsaid, 0, (size_t)s->count * (size_t)d * sizeof *dsaid);
    pool_run(p, d, CHANNELS, recall_unsay,
             &(Job){.y = dsaid, .dy = dz, .of = s->of, .N = n, .d = d});
    Table t[TABLES];
    tables(t, w, dw, c);
    for (int i = 0; i < TABLES; i++) {
        product(p, PRODUCT_NT, view(a->dread + t[i].column, columns), FROM_ZERO,
                view(dsaid, d), view(t[i].at, d), s->count, t[i].rows, d);
        product(p, PRODUCT_TN, view(t[i].d, d), view(t[i].d, d),
                view(a->read + t[i].column, columns), view(dsaid, d), t[i].rows, d,
                s->count);
    }
    RecallSearch search = search_of(a, w, c);
    recall_read_backward(p, dw, a->parts, a->dread, a->lse, &search);

    linear_backward(p, room[0], false, &dw->feed, dz, a->past_out, &w->feed, n, d, d);
    memset(room[1], 0, (size_t)n * (size_t)d * sizeof(real));
    norm_backward(p, room[1], &dw->norm_f, room[0], a->past, &w->norm_f, a->past_mean,
                  a->past_rstd, n, d);
    past_backward(p, dw->past_table, dw->past_lags, room[1], w->past_table,
                  w->past_lags, s->past, n, d);
}
