#include "model/train/evaluate.h"

#include "model/train/batch.h"

static void report(EvaluateReport r, int done, int count) {
    if (r.report) r.report(r.data, (double)done / count);
}

// Cuts the next window of the piece and returns its last target; the targets from
// `done` + 1 to it have not been counted yet. The first window fills the latents, and
// each later one moves on by the stride.
static int next_window(Window *ret, const Config *c, const Token *tokens, int count,
                       int done, int stride) {
    if (stride <= 0) stride = MAX(1, c->latents / 2);
    stride = MIN(stride, c->latents);
    int end = MIN(count - 1, done == 0 ? c->latents : done + stride);
    window_cut(ret, c, tokens, end);
    return end;
}

void evaluate_piece(Likelihood *sum, Perceiver *net, const Parameters *w,
                    const Config *c, const Token *tokens, int count, int stride,
                    EvaluateReport r) {
    for (int done = 0, end; done < count - 1; done = end) {
        Window window;
        end = next_window(&window, c, tokens, count, done, stride);
        perceiver_predict(net, w, &window.in, window.in.n - (end - done));
        sum->nats += perceiver_score(net, window.targets);
        sum->tokens += end - done;
        report(r, end, count);
        window_free(&window);
    }
}

void evaluate_each(Perceiver *net, const Parameters *w, const Config *c,
                   const Token *tokens, int count, int stride, EvaluateVisit visit,
                   void *data, EvaluateReport r) {
    for (int done = 0, end; done < count - 1; done = end) {
        Window window;
        end = next_window(&window, c, tokens, count, done, stride);
        int first = window.in.n - (end - done);
        const real *logits = perceiver_predict(net, w, &window.in, first);
        for (int place = done + 1; place <= end; place++, logits += c->vocabulary)
            visit(data, place, logits);
        report(r, end, count);
        window_free(&window);
    }
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
        const Piece *p = &corpus->pieces[i];
        if (p->split != SPLIT_VALIDATION) continue;
        GArray *widened = piece_tokens(p);
        const Token *piece = (const Token *)(void *)widened->data;
        for (; done < windows && !*stop; done++) {
            int64_t end = (2 * done + 1) * total / (2 * windows) - seen;
            if (end >= p->count) break;
            Window window;
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
