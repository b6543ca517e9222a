#include "model/generate/session.h"

#include "model/files/memory.h"
#include "model/generate/pass.h"
#include "model/recall/chords.h"

struct Session {
    Pass *pass;             // owned
    const Weights *weights; // borrowed
    const Config *config;   // the model's
    GArray *tokens;         // the timeline
    Run runs[2];            // `now` is the index of the run that gives the logits
    int now;
    RecallStep *recall; // owned; NULL if the model has none
    double closeness;   // factor of what recall reads and of the chords
    ChordIndex chords;  // owned; of the timeline, if the model has chords
    real *logits;       // owned; (V)
};

// Takes ownership of the pass, which may be NULL. Returns NULL if there is not enough
// memory.
static Session *session_of(Pass *pass) {
    if (!pass) return NULL;
    const Weights *w = pass_weights(pass);
    Session *s = g_new0(Session, 1);
    s->pass = pass;
    s->weights = w;
    s->config = &w->model->config;
    s->closeness = 1;
    s->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    s->logits = memory_new((size_t)s->config->vocabulary, sizeof *s->logits);
    KeyStore *keys = pass_keys(pass);
    bool ok = s->logits && run_init(&s->runs[0], w, keys) &&
              run_init(&s->runs[1], w, keys) &&
              (!s->config->recall_heads || (s->recall = recall_step_new(w)));
    if (!ok) g_clear_pointer(&s, session_free);
    return s;
}

Session *session_new(const Weights *w, Pool *pool) {
    return session_of(pass_new(w, pool));
}

void session_free(Session *s) {
    if (!s) return;
    for (int i = 0; i < 2; i++) run_free(&s->runs[i]);
    recall_step_free(s->recall);
    chord_index_free(&s->chords);
    memory_free(s->logits);
    g_array_unref(s->tokens);
    pass_free(s->pass);
    g_free(s);
}

static const Token *tokens_of(const Session *s) {
    return (const Token *)(void *)s->tokens->data;
}

Session *session_fork(const Session *from) {
    Session *s = session_of(pass_fork(from->pass));
    if (!s) return NULL;
    int count = (int)from->tokens->len;
    g_array_append_vals(s->tokens, from->tokens->data, (guint)count);
    for (int i = 0; i < 2; i++) run_copy(&s->runs[i], &from->runs[i], s->config);
    s->now = from->now;
    s->closeness = from->closeness;
    if (s->recall) recall_step_sync(s->recall, tokens_of(s), count, 0);
    memcpy(s->logits, from->logits, (size_t)s->config->vocabulary * sizeof *s->logits);
    return s;
}

double session_nats(const Session *s, Token next) {
    double unused;
    return loss_forward_backward(NULL, &unused, s->logits, &next, 0, 0, 0, 1,
                                 s->config->vocabulary);
}

// Computes the logits of the token after `place` of the timeline, which is a row of the
// last run of `pass`.
static void find_logits(Session *s, Pass *pass, int row, int place) {
    const Config *c = s->config;
    pass_logits(pass, s->logits, row);
    if (c->chord_steps) {
        uint8_t code[CONFIG_CHORD_IDS];
        chord_index_set(&s->chords, tokens_of(s), place + 1, c);
        if (chords_listen(code, &s->chords, c->context, c))
            chords_add(s->logits + c->recall_first, code,
                       s->weights->model->parameters.recall.chords, (real)s->closeness,
                       config_recalled(c));
    }
    block_cap(NULL, s->logits, 1, c);
}

// -log p of the timeline's tokens from `from` on.
typedef struct Scores {
    double *nats;
    int from;
} Scores;

// Scores the tokens that follow the rows of the last pass, whose first row is
// at `from`.
static void score(Session *s, int from, int n, const Scores *ret) {
    for (int next = from + 1; next <= from + n && next < (int)s->tokens->len; next++) {
        find_logits(s, s->pass, next - from - 1, next - 1);
        ret->nats[next - ret->from] = session_nats(s, tokens_of(s)[next]);
    }
}

static int common_prefix(const Session *s, const Token *tokens, int count) {
    int most = MIN(count, (int)s->tokens->len), i = 0;
    const Token *old = tokens_of(s);
    // Usually all of it is equal, which memcmp() detects quickly.
    if (most == 0 || memcmp(old, tokens, (size_t)most * sizeof *tokens) == 0)
        return most;
    while (old[i] == tokens[i]) i++;
    return i;
}

// Returns the number of latents that a run begins with.
static int half(const Session *s) { return MAX(1, s->config->latents / 2); }

// When a run is full, the next one takes over with the newest half of the positions,
// including the one that did not fit.
static int next_begin(const Session *s) {
    return s->runs[s->now].begin + s->config->latents + 1 - half(s);
}

static void begin_at(Session *s, int position) {
    s->runs[s->now].begin = position;
    s->runs[s->now].length = 0;
    s->runs[!s->now].begin = next_begin(s);
    s->runs[!s->now].length = 0;
}

static void take_over(Session *s) {
    s->now = !s->now;
    s->runs[!s->now].begin = next_begin(s);
    s->runs[!s->now].length = 0;
}

// Cuts both runs at `position`.
static void cut(Session *s, int position) {
    for (int i = 0; i < 2; i++)
        s->runs[i].length = CLAMP(position - s->runs[i].begin, 0, s->runs[i].length);
}

// Sets the timeline to `tokens` and keeps as much of the runs as possible. Returns
// false if nothing has changed.
static bool take_in(Session *s, const Token *tokens, int count) {
    int common = common_prefix(s, tokens, count);
    if (common == count && (int)s->tokens->len == count) return false;
    g_array_set_size(s->tokens, (guint)common);
    g_array_append_vals(s->tokens, tokens + common, (guint)(count - common));
    if (s->recall) recall_step_sync(s->recall, tokens, count, common);
    chord_index_cut(&s->chords, common);

    // The last position is always computed, for its logits.
    cut(s, MIN(common, count - 1));
    const Run *now = &s->runs[s->now];
    // Begin a new run if this one has become too short to be useful, or is far behind.
    bool keep = now->length > 0 && count <= now->begin + now->length + half(s) &&
                (count - now->begin >= half(s) || now->begin == 0);
    if (!keep) begin_at(s, MAX(0, count - half(s)));
    return true;
}

// Returns the next span of the timeline for the pass; n is 0 when all is computed.
static PassSpan next_span(Session *s) {
    int N = s->config->latents, count = (int)s->tokens->len;
    Run *now = &s->runs[s->now];
    if (now->length == N && now->begin + N < count) take_over(s);
    now = &s->runs[s->now];
    Run *next = &s->runs[!s->now];
    int from = now->begin + now->length, n = MIN(count - from, N - now->length);
    // The rows of both runs must fit into one chunk.
    int late = MAX(0, next->begin - from);
    if (n > late) n = MIN(n, MAX(1, (N + late) / 2));
    return (PassSpan){tokens_of(s), from, n, now, next, s->recall, (real)s->closeness};
}

// Computes the logits if the span, whose rows begin at `row` of the last run of `pass`,
// reached the end of the timeline.
static void look_ahead(Session *s, Pass *pass, const PassSpan *span, int row) {
    if (span->from + span->n == (int)s->tokens->len)
        find_logits(s, pass, row + span->n - 1, (int)s->tokens->len - 1);
}

static const real *advance(Session *s, const Token *tokens, int count,
                           const Scores *scores) {
    if (!take_in(s, tokens, count)) return s->logits;
    for (PassSpan span = next_span(s); span.n > 0; span = next_span(s)) {
        pass_run(s->pass, &span, 1);
        if (scores) score(s, span.from, span.n, scores);
        look_ahead(s, s->pass, &span, 0);
    }
    return s->logits;
}

void session_set_closeness(Session *s, double closeness) {
    if (!s->recall || closeness == s->closeness) return;
    s->closeness = closeness;
    g_array_set_size(s->tokens, 0);
    cut(s, 0);
}

const real *session_sync(Session *s, const Token *tokens, int count) {
    return advance(s, tokens, count, NULL);
}

// Makes one pass, in the first's work space, for as many of the sessions from `first`
// on as may share a chunk; returns the first one that was not included.
static int pass_of(const SessionStep *steps, const bool *behind, int first, int count,
                   bool *went) {
    Session *of[QLINEAR_FEW];
    PassSpan spans[QLINEAR_FEW];
    int rows = 0, n = 0, i = first;
    for (; i < count && n < QLINEAR_FEW; i++) {
        PassSpan span = {0};
        if (behind[i]) span = next_span(steps[i].session);
        if (span.n == 0) continue;
        if (n > 0 && !pass_together(steps[i].session->pass, rows + pass_rows(&span)))
            break;
        rows += pass_rows(&span);
        of[n] = steps[i].session;
        spans[n++] = span;
    }
    if (n > 0) pass_run(of[0]->pass, spans, n);
    for (int k = 0, row = 0; k < n; row += spans[k++].n)
        look_ahead(of[k], of[0]->pass, &spans[k], row);
    *went |= n > 0;
    return i;
}

void session_sync_all(SessionStep *steps, int count) {
    g_autofree bool *behind = g_new(bool, count);
    for (int i = 0; i < count; i++)
        behind[i] = take_in(steps[i].session, steps[i].tokens, steps[i].count);
    for (bool went = true; went;) {
        went = false;
        for (int i = 0; i < count;) i = pass_of(steps, behind, i, count, &went);
    }
    for (int i = 0; i < count; i++) steps[i].logits = steps[i].session->logits;
}

typedef struct Shares {
    int sessions, shares;
    PoolTask task;
    void *data;
} Shares;

static int begin_of(const Shares *s, int share) {
    return share * s->sessions / s->shares;
}

static void run_share(void *data, int begin, int end) {
    const Shares *s = data;
    for (int i = begin; i < end; i++)
        s->task(s->data, begin_of(s, i), begin_of(s, i + 1));
}

void session_share_out(Pool *pool, Session *const *sessions, int count, PoolTask task,
                       void *data) {
    int threads = pool_threads(pool);
    // None would get two threads of its own: each thread gets sessions.
    bool each = threads < 2 * count && count > 1;
    Shares s = {count, each ? MIN(threads, count) : 1, task, data};
    for (int i = 0; i < s.shares; i++)
        for (int k = begin_of(&s, i); k < begin_of(&s, i + 1); k++)
            pass_set_pool(sessions[k]->pass, each ? pool_within(pool, i) : pool);
    if (each)
        pool_run(pool, s.shares, 1, run_share, &s);
    else
        task(data, 0, count);
}

void session_score(Session *s, const Token *tokens, int from, int count, double *ret) {
    const Scores scores = {ret, from};
    int at = from;
    advance(s, tokens, at, NULL);
    ret[0] = session_nats(s, tokens[at]);
    // Advance in steps of half a run: a longer step would begin a new run and
    // skip tokens.
    while (at < count - 1) {
        at = MIN(count - 1, at + half(s));
        advance(s, tokens, at, &scores);
        ret[at - from] = session_nats(s, tokens[at]);
    }
}

int session_attention(Session *s, real *ret) {
    int count = (int)s->tokens->len, keys = MIN(count, s->config->context);
    bool ok = count > 0 && pass_attention(s->pass, ret, tokens_of(s), count, keys);
    return ok ? keys : 0;
}

int session_recall(Session *s, real *ret) {
    int count = (int)s->tokens->len, keys = MIN(count, s->config->context);
    if (!s->recall || count == 0) return 0;
    return recall_step_weights(s->recall, ret, tokens_of(s), count, keys) ? keys : 0;
}

int session_latents(const Session *s) { return s->runs[s->now].length; }
