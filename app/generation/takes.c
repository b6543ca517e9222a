#include "app/generation/takes.h"

bool takes_begin(Takes *t, const Weights *w, Pool *pool, TokenizerKind kind,
                 const Prompt *prompt, const Plan *plan, int count) {
    *t = (Takes){.pool = pool};
    for (; t->count < count; t->count++) {
        Session *s = t->count ? session_fork(t->session[0]) : session_new(w, pool);
        Plan its = *plan;
        if (!s) {
            takes_clear(t);
            return false;
        }
        its.seed += (uint64_t)t->count;
        t->session[t->count] = s;
        t->goes_on[t->count] = true;
        continuation_begin(&t->take[t->count], s, kind, prompt, &its);
        continuation_prepare((Continuation *[]){&t->take[t->count]}, 1);
    }
    return true;
}

void takes_keep(Takes *t, int count) {
    for (; t->count > count; t->count--) {
        continuation_clear(&t->take[t->count - 1]);
        session_free(t->session[t->count - 1]);
    }
}

void takes_clear(Takes *t) {
    takes_keep(t, 0);
    *t = (Takes){0};
}

// The takes that go on: an ended one must not keep a thread from the others.
typedef struct Going {
    Takes *takes;
    int count, which[TAKES_MOST];
    Continuation *take[TAKES_MOST];
} Going;

static void next(void *data, int begin, int end) {
    Going *g = data;
    continuation_prepare(g->take + begin, end - begin);
    for (int i = begin; i < end; i++) {
        Event event;
        g->takes->goes_on[g->which[i]] = continuation_next(g->take[i], &event);
    }
}

bool takes_next(Takes *t) {
    Going g = {.takes = t};
    Session *sessions[TAKES_MOST];
    for (int i = 0; i < t->count; i++) {
        if (!t->goes_on[i]) continue;
        sessions[g.count] = t->session[i];
        g.take[g.count] = &t->take[i];
        g.which[g.count++] = i;
    }
    if (g.count > 0) session_share_out(t->pool, sessions, g.count, next, &g);
    bool goes_on = false;
    for (int i = 0; i < t->count; i++) goes_on |= t->goes_on[i];
    return goes_on;
}

void takes_stop(Takes *t) {
    for (int i = 0; i < t->count; i++) continuation_stop(&t->take[i]);
}
