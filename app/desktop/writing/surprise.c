#include "app/desktop/writing/surprise.h"

#include "app/desktop/writing/refresh.h"
#include "app/generation/lens.h"
#include "app/generation/note_scores.h"
#include "thread/worker.h"

#include <string.h>

#define KEPT    8      // pieces in the cache
#define FIRST   32     // tokens to score at once, at first
#define MOST    512    // the most tokens to score at once
#define AT_ONCE 100000 // approximate microseconds for one such batch

// A partly scored piece: nats[i] is the score of tokens[i]; nats[0] is unused.
typedef struct Scored {
    GArray *tokens; // a reference
    GArray *nats;   // owned, double
} Scored;

struct Surprise {
    Worker worker;
    Wake wake;
    Refresh refresh; // used by main only

    // Used by the thread only.
    SharedModel *model; // a reference; the model of the session and the cache
    Pool *pool;
    Session *session;
    Scored kept[KEPT]; // the newest first
    int at_once;

    // Under the worker's lock.
    SharedModel *asked; // this and the next two are references; NULL: no request
    GArray *tokens;
    GArray *notes; // NoteScores of those tokens; NULL: none yet
    guint scored;  // number of scored tokens
};

static void scored_clear(Scored *s) {
    if (s->tokens) g_array_unref(s->tokens);
    if (s->nats) g_array_unref(s->nats);
    *s = (Scored){0};
}

static void forget(Surprise *s) {
    for (int i = 0; i < KEPT; i++) scored_clear(&s->kept[i]);
    session_free(s->session);
    s->session = NULL;
    shared_model_unref(s->model);
    s->model = NULL;
}

// Puts these tokens at the front of the cache, with the scores of the longest cached
// piece that begins alike.
static Scored *begin(Surprise *s, GArray *tokens) {
    int best = 0;
    guint common = 0;
    for (int i = 0; i < KEPT; i++) {
        if (!s->kept[i].tokens) break;
        guint same = MIN(tokenizer_in_common(s->kept[i].tokens, tokens),
                         s->kept[i].nats->len);
        if (same > common) best = i, common = same;
    }
    Scored next = {g_array_ref(tokens), g_array_new(false, true, sizeof(double))};
    if (common > 0)
        g_array_append_vals(next.nats, s->kept[best].nats->data, common);
    else
        g_array_set_size(next.nats, 1);
    // A cached piece that is a beginning of this one is no longer needed.
    bool whole = common > 0 && common == s->kept[best].nats->len;
    int out = whole ? best : KEPT - 1;
    scored_clear(&s->kept[out]);
    memmove(s->kept + 1, s->kept, (size_t)out * sizeof *s->kept);
    s->kept[0] = next;
    return &s->kept[0];
}

// Scores the next batch. Returns false if there is not enough memory.
static bool score(Surprise *s, Scored *of) {
    if (!s->session) s->session = session_new(s->model->weights, s->pool);
    if (!s->session) return false;
    guint from = of->nats->len, count = MIN(from + (guint)s->at_once, of->tokens->len);
    int64_t began = g_get_monotonic_time();
    g_array_set_size(of->nats, count);
    session_score(s->session, &g_array_index(of->tokens, Token, 0), (int)from,
                  (int)count, &g_array_index(of->nats, double, from));
    int64_t took = g_get_monotonic_time() - began;
    if (took < AT_ONCE / 2) s->at_once = MIN(s->at_once * 2, MOST);
    if (took > AT_ONCE * 2) s->at_once = MAX(s->at_once / 2, 1);
    return true;
}

static GArray *notes_of(const Scored *s) {
    NoteScores ret;
    note_scores_gather(&ret, &g_array_index(s->tokens, Token, 0),
                       &g_array_index(s->nats, double, 0), (int)s->nats->len);
    return ret.notes;
}

// Does one piece of work on the request. The lock is held before and after.
static void score_next(Surprise *s) {
    SharedModel *model = shared_model_ref(s->asked);
    GArray *tokens = g_array_ref(s->tokens);
    monitor_unlock(&s->worker.monitor);
    if (model != s->model) {
        forget(s);
        s->model = shared_model_ref(model);
    }
    Scored *of = s->kept[0].tokens == tokens ? &s->kept[0] : begin(s, tokens);
    bool ok = of->nats->len == tokens->len || score(s, of);
    GArray *notes = notes_of(of);
    monitor_lock(&s->worker.monitor);
    if (s->tokens == tokens) {
        if (s->notes) g_array_unref(s->notes);
        s->notes = g_array_ref(notes);
        s->scored = ok ? of->nats->len : tokens->len;
    }
    g_array_unref(notes);
    g_array_unref(tokens);
    shared_model_unref(model);
    wake_up(s->wake);
}

// Nothing is asked: gives back the memory of the model. The lock is held before and
// after.
static void rest(Surprise *s) {
    monitor_unlock(&s->worker.monitor);
    forget(s);
    monitor_lock(&s->worker.monitor);
}

static bool work(void *data) {
    Surprise *s = data;
    if (s->asked && s->scored < s->tokens->len)
        score_next(s);
    else if (!s->asked && s->model)
        rest(s);
    else
        return false;
    return true;
}

Surprise *surprise_new(Wake wake) {
    Surprise *s = g_new0(Surprise, 1);
    s->wake = wake;
    s->at_once = FIRST;
    s->pool = pool_new(1);
    pool_set_mixed(s->pool, true);
    worker_start_in_background(&s->worker, "surprise", work, s);
    return s;
}

static void replace(Surprise *s, SharedModel *m, GArray *tokens) {
    shared_model_unref(s->asked);
    if (s->tokens) g_array_unref(s->tokens);
    s->asked = m, s->tokens = tokens;
    s->scored = 0;
}

void surprise_free(Surprise *s) {
    if (!s) return;
    worker_end(&s->worker);
    replace(s, NULL, NULL);
    if (s->notes) g_array_unref(s->notes);
    forget(s);
    pool_free(s->pool);
    g_free(s);
}

// Returns the known scores of the part that the old and the new tokens have in common,
// to be shown until the new ones are scored.
static GArray *still_known(const Surprise *s, const GArray *tokens) {
    if (!s->notes || !s->tokens || !tokens) return NULL;
    GArray *ret = g_array_new(false, false, sizeof(NoteScore));
    const Token *next = &g_array_index(tokens, Token, 0);
    guint common = tokenizer_in_common(s->tokens, tokens);
    int64_t until = lens_step(next, (int)tokens->len, (int)common);
    for (guint i = 0; i < s->notes->len; i++) {
        const NoteScore *n = &g_array_index(s->notes, NoteScore, i);
        if (tokenizer_step(n->onset) >= until) break;
        g_array_append_val(ret, *n);
    }
    return ret;
}

// Takes ownership of the reference to the tokens.
static void ask(Surprise *s, SharedModel *m, GArray *tokens) {
    monitor_lock(&s->worker.monitor);
    GArray *known = m == s->asked ? still_known(s, tokens) : NULL;
    if (s->notes) g_array_unref(s->notes);
    s->notes = known;
    replace(s, m ? shared_model_ref(m) : NULL, tokens);
    monitor_changed(&s->worker.monitor);
    monitor_unlock(&s->worker.monitor);
}

bool surprise_is_behind(const Surprise *s, int version) {
    return s->asked && s->refresh.version != version;
}

void surprise_follow(Surprise *s, SharedModel *m, const Performance *p, int version,
                     int64_t changed) {
    if (!m && s->asked) ask(s, NULL, NULL);
    if (m && refresh_due(&s->refresh, m != s->asked, version, changed))
        ask(s, m, tokenizer_encode(p, m->tokenizer));
}

SurpriseState surprise_state(Surprise *s) {
    monitor_lock(&s->worker.monitor);
    SurpriseState ret = {s->notes ? g_array_ref(s->notes) : NULL, 1};
    if (s->tokens) ret.done = (double)s->scored / s->tokens->len;
    monitor_unlock(&s->worker.monitor);
    return ret;
}
