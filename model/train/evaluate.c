#include "model/train/evaluate.h"

static void report(EvaluateReport r, int done, int count) {
    if (r.report) r.report(r.data, (double)done / count);
}

// Cuts the next window of the piece and returns its last target; the targets from
// `done` + 1 to it have not been counted yet. The first window fills the latents, and
// each later one moves on by the stride.
static int next_window(BatchWindow *ret, const Config *c, const Token *tokens,
                       int count, int done, int stride) {
    if (stride <= 0) stride = MAX(1, c->latents / 2);
    stride = MIN(stride, c->latents);
    int end = MIN(count - 1, done == 0 ? c->latents : done + stride);
    window_cut(ret, c, tokens, end);
    return end;
}

// Calls visit(data, prediction, place) for each window in order; its logits are those
// of `place` and the following places.
typedef void (*WindowVisit)(void *data, const Prediction *p, int place);
static void each_window(Predictors *p, const Parameters *w, const Config *c,
                        const Token *tokens, int count, int stride, WindowVisit visit,
                        void *data, EvaluateReport r) {
    for (int done = 0; done < count - 1;) {
        Prediction windows[PREDICTORS_MOST] = {0};
        int ends[PREDICTORS_MOST], n = 0, end = done;
        for (; n < predictors_count(p) && end < count - 1; ends[n++] = end) {
            int counted = end;
            end = next_window(&windows[n].window, c, tokens, count, counted, stride);
            windows[n].first = windows[n].window.in.n - (end - counted);
        }
        predictors_run(p, w, windows, n);
        for (int i = 0; i < n; done = ends[i++]) {
            visit(data, &windows[i], done + 1);
            window_free(&windows[i].window);
        }
        report(r, done, count);
    }
}

static void add_score(void *data, const Prediction *p, int place) {
    Likelihood *sum = data;
    sum->nats += perceiver_score(p->net, p->window.targets);
    sum->tokens += p->window.in.n - p->first;
}

void evaluate_piece(Likelihood *sum, Predictors *p, const Parameters *w,
                    const Config *c, const Token *tokens, int count, int stride,
                    EvaluateReport r) {
    each_window(p, w, c, tokens, count, stride, add_score, sum, r);
}

typedef struct Visitor {
    EvaluateVisit visit;
    void *data;
    int vocabulary;
} Visitor;

static void visit_places(void *data, const Prediction *p, int place) {
    const Visitor *v = data;
    const real *logits = p->logits;
    for (int i = p->first; i < p->window.in.n; i++, logits += v->vocabulary)
        v->visit(v->data, place++, logits);
}

void evaluate_each(Predictors *p, const Parameters *w, const Config *c,
                   const Token *tokens, int count, int stride, EvaluateVisit visit,
                   void *data, EvaluateReport r) {
    Visitor v = {visit, data, c->vocabulary};
    each_window(p, w, c, tokens, count, stride, visit_places, &v, r);
}

void evaluate_steps(Likelihood *sum, Session *s, const Token *tokens, int count,
                    EvaluateReport r) {
    for (int i = 1; i < count; i++) {
        session_sync(s, tokens, i);
        sum->nats += session_nats(s, tokens[i]);
        report(r, i, count);
    }
    sum->tokens += count - 1;
}

void evaluate_windows(Likelihood *sum, Perceiver *net, const Parameters *w,
                      const Config *c, const Corpus *corpus, int windows,
                      const volatile int *stop) {
    int64_t total = corpus->tokens[SPLIT_VALIDATION], seen = 0;
    int done = 0;
    for (int i = 0; i < corpus->piece_count && done < windows; i++) {
        const CorpusPiece *p = &corpus->pieces[i];
        if (p->split != SPLIT_VALIDATION) continue;
        GArray *widened = piece_tokens(p);
        const Token *piece = (const Token *)(void *)widened->data;
        for (; done < windows && !*stop; done++) {
            int64_t end = (2 * done + 1) * total / (2 * windows) - seen;
            if (end >= p->count) break;
            BatchWindow window;
            window_cut(&window, c, piece, MAX((int)end, 1));
            perceiver_predict(net, w, &window.in, window.in.n / 2);
            sum->nats += perceiver_score(net, window.targets);
            sum->tokens += window.in.n - window.in.n / 2;
            window_free(&window);
        }
        g_array_unref(widened);
        seen += p->count;
    }
}
