#include "app/desktop/writing/writer_task.h"

#include "app/document/take.h"
#include "model/files/memory.h"

bool writer_same_tokens(const GArray *a, const GArray *b) {
    return a && b && a->len == b->len &&
           memcmp(a->data, b->data, a->len * sizeof(Token)) == 0;
}

static void begin_news(WriterTask *j) {
    j->news.tokens = g_array_new(false, false, sizeof(Token));
    j->news.events = g_array_new(false, false, sizeof(Event));
    j->news.error = NULL;
}

WriterNews writer_task_take_news(WriterTask *j) {
    WriterNews ret = j->news;
    ret.stream = j->asked.stream;
    ret.take = ret.stream->take;
    begin_news(j);
    return ret;
}

WriterTask *writer_task_new(const WriterJob *job) {
    WriterTask *j = g_new0(WriterTask, 1);
    j->asked = *job;
    stream_ref(job->stream);
    g_array_ref(job->tokens);
    begin_news(j);
    return j;
}

void writer_task_free(gpointer task) {
    WriterTask *j = task;
    if (!j) return;
    continuation_clear(&j->c);
    session_free(j->session);
    shared_model_unref(j->model);
    stream_unref(j->asked.stream);
    g_array_unref(j->asked.tokens);
    g_array_unref(j->news.tokens);
    g_array_unref(j->news.events);
    g_clear_error(&j->news.error);
    g_free(j);
}

bool writer_task_begin(WriterTask *j, SharedModel *m, Session *session) {
    if (!session) return false;
    j->model = shared_model_ref(m);
    j->session = session;
    j->begun = true;
    Prompt prompt = {.tokens = j->asked.tokens, .step = j->asked.step};
    continuation_begin(&j->c, j->session, m->tokenizer, &prompt, &j->asked.plan);
    return true;
}

void writer_task_give_up(WriterTask *j) {
    j->news.finished = true;
    memory_lacks("writing with this model", &j->news.error);
}

static void add_event(WriterTask *j, Event e) {
    Stream *s = j->asked.stream;
    e.time = take_time(j->asked.origin, s->fork, e.time);
    stream_add(s, e);
}

// Adds a token.
static void write_one(WriterTurn *t) {
    WriterTask *j = t->task;
    Event e;
    bool first = j->c.drawn == 0;
    t->more = continuation_next(&j->c, &e);
    // The time so far went into reading the prompt.
    if (first) t->began = g_get_monotonic_time();
    if (t->more) add_event(j, e), t->tokens++;
    if (!t->more) stream_end(j->asked.stream);
}

typedef struct Turns {
    WriterTurn *at;
    int64_t least;
} Turns;

static void write_share(void *data, int begin, int end) {
    const Turns *turns = data;
    Continuation *going[WRITER_TURNS] = {NULL};
    WriterTurn *of[WRITER_TURNS];
    int count = end - begin;
    for (int i = 0; i < count; i++) of[i] = &turns->at[begin + i];
    while (count > 0) {
        for (int i = 0; i < count; i++) going[i] = &of[i]->task->c;
        continuation_prepare(going, count);
        int left = 0;
        for (int i = 0; i < count; i++) {
            WriterTurn *t = of[i];
            write_one(t);
            if (t->more && t->task->asked.stream->known <= t->until &&
                g_get_monotonic_time() < t->began + turns->least)
                of[left++] = t;
        }
        count = left;
    }
}

void writer_task_write(WriterTurn *turns, int count, Pool *pool, int64_t least) {
    Session *sessions[WRITER_TURNS];
    for (int i = 0; i < count; i++) {
        WriterTurn *t = &turns[i];
        if (t->stop) continuation_stop(&t->task->c);
        t->began = g_get_monotonic_time();
        t->tokens = 0;
        sessions[i] = t->task->session;
    }
    session_share_out(pool, sessions, count, write_share, &(Turns){turns, least});
}

void writer_task_tell(WriterTask *j, bool over) {
    size_t count;
    const Token *tokens = continuation_take(&j->c, &count);
    size_t settled = over ? count : take_settled(tokens, count);
    // Only settled tokens are passed on, because they cannot be withdrawn later.
    if (settled > j->told) {
        guint more = (guint)(settled - j->told);
        g_array_append_vals(j->news.tokens, tokens + j->told, more);
        g_array_append_vals(j->news.events, continuation_events(&j->c) + j->told, more);
        j->told = settled;
    }
    j->news.finished = over;
    j->news.drawn = j->c.drawn;
    j->news.missing = continuation_missing(&j->c);
    if (!over) return;
    session_free(j->session);
    j->session = NULL;
}
