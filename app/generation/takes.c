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
        continuation_begin(&t->take[t->count], s, kind, prompt, &its);
        continuation_prepare((Continuation *[]){&t->take[t->count]}, 1);
    }
    return true;
}

void takes_clear(Takes *t) {
    for (int i = 0; i < t->count; i++) {
        continuation_clear(&t->take[i]);
        session_free(t->session[i]);
    }
    *t = (Takes){0};
}

static void next(void *data, int begin, int end) {
    Takes *t = data;
    Continuation *of[TAKES_MOST] = {NULL};
    for (int i = begin; i < end; i++) of[i - begin] = &t->take[i];
    continuation_prepare(of, end - begin);
    for (int i = begin; i < end; i++) {
        Event event;
        t->goes_on[i] = continuation_next(&t->take[i], &event);
    }
}

bool takes_next(Takes *t) {
    bool goes_on = false;
    session_share_out(t->pool, t->session, t->count, next, t);
    for (int i = 0; i < t->count; i++) goes_on |= t->goes_on[i];
    return goes_on;
}

void takes_stop(Takes *t) {
    for (int i = 0; i < t->count; i++) continuation_stop(&t->take[i]);
}
