#include "app/evaluation/judge.h"

#include "app/evaluation/excerpt.h"
#include "model/files/memory.h"

#define GOLDEN 0.6180339887498949 // its multiples fill the unit interval evenly

static void piece_free(void *data) {
    JudgedPiece *piece = data;
    g_free(piece->path);
    g_free(piece);
}

void judge_init(Judge *j) {
    j->pieces = g_ptr_array_new_with_free_func(piece_free);
    for (int s = 0; s < SOURCES; s++)
        j->samples[s] = g_array_new(FALSE, FALSE, sizeof(Sample));
}

void judge_clear(Judge *j) {
    if (j->pieces) g_ptr_array_unref(j->pieces);
    for (int s = 0; s < SOURCES; s++)
        if (j->samples[s]) g_array_unref(j->samples[s]);
}

static Sample measure(const Judge *j, const Performance *p) {
    Sample sample = {.piece = (int)j->pieces->len};
    statistics_measure(&sample.statistics, p, 0, j->plan.steps * STEP_MICROSECONDS);
    if (j->novelty) sample.match = match_longest(j->novelty->index, p);
    return sample;
}

static bool take(const Judge *j, const Excerpt *e, int number, Sample *ret,
                 GError **error) {
    Continuation c;
    Decoded event;
    Plan plan = j->plan;
    plan.seed += j->pieces->len * (uint64_t)j->takes + (uint64_t)(number - 1);
    Session *session = session_new(j->weights, j->pool);
    if (!session) return memory_lacks("generating with this model", error);
    continuation_begin(&c, session, j->kind, &e->prompt, &plan);
    while (!*j->stop && continuation_next(&c, &event)) continue;
    Performance p = {0};
    size_t count;
    const Token *tokens = continuation_take(&c, &count);
    prompt_join(&p, &e->prompt, PROMPT_OMIT, tokens, count);
    *ret = measure(j, &p);
    ret->take = number;
    ret->drawn = c.drawn;
    ret->stirred = c.stirred;
    performance_clear(&p);
    continuation_clear(&c);
    session_free(session);
    if (*j->stop) g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "stopped");
    return !*j->stop;
}

static bool judge_excerpt(Judge *j, const Excerpt *e, GError **error) {
    guint before = j->samples[SOURCE_TAKES]->len;
    for (int number = 1; number <= j->takes; number++) {
        Sample sample;
        if (!take(j, e, number, &sample, error)) {
            g_array_set_size(j->samples[SOURCE_TAKES], before);
            return false;
        }
        g_array_append_val(j->samples[SOURCE_TAKES], sample);
    }
    Sample pianist = measure(j, &e->pianist), elsewhere = measure(j, &e->elsewhere);
    g_array_append_val(j->samples[SOURCE_PIANIST], pianist);
    if (e->has_elsewhere) g_array_append_val(j->samples[SOURCE_ELSEWHERE], elsewhere);
    return true;
}

bool judge_piece(Judge *j, const char *path, GError **error) {
    Excerpt e;
    Rng rng = rng_new(j->plan.seed, j->pieces->len + 1);
    double place = (double)(j->plan.seed % 1000) / 1000 + j->pieces->len * GOLDEN;
    ExcerptOptions o = {j->kind, j->prompt, j->plan.steps * STEP_MICROSECONDS,
                        place - floor(place)};
    if (!excerpt_read(&e, path, &o, &rng, error)) return false;
    bool ok = judge_excerpt(j, &e, error);
    if (ok) {
        JudgedPiece *piece = g_new(JudgedPiece, 1);
        *piece = (JudgedPiece){g_strdup(path), e.cut};
        g_ptr_array_add(j->pieces, piece);
    }
    excerpt_clear(&e);
    return ok;
}
