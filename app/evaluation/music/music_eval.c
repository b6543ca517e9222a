#include "app/evaluation/music/music_eval.h"

#include "app/evaluation/music/eval_span.h"
#include "model/files/memory.h"

static void piece_free(void *data) {
    EvalPiece *piece = data;
    g_free(piece->path);
    g_free(piece);
}

static void played_free(void *data) {
    performance_clear(data);
    g_free(data);
}

void music_eval_init(MusicEval *eval) {
    eval->played = g_ptr_array_new_with_free_func(played_free);
    eval->pieces = g_ptr_array_new_with_free_func(piece_free);
    for (int s = 0; s < MUSIC_SOURCES; s++)
        eval->samples[s] = g_array_new(FALSE, FALSE, sizeof(Sample));
}

void music_eval_clear(MusicEval *eval) {
    if (eval->pieces) g_ptr_array_unref(eval->pieces);
    for (int s = 0; s < MUSIC_SOURCES; s++)
        if (eval->samples[s]) g_array_unref(eval->samples[s]);
    if (eval->played) g_ptr_array_unref(eval->played);
}

static Sample measure(const MusicEval *eval, const Performance *p) {
    Sample sample = {.piece = (int)eval->pieces->len};
    statistics_measure(&sample.statistics, p, 0, eval->plan.steps * STEP_MICROSECONDS);
    if (!eval->novelty) return sample;
    sample.match = match_longest(eval->novelty->index, p);
    GArray *passages = match_passages(eval->novelty->index, p, REPERTOIRE_PASSAGE);
    sample.passages = (int)passages->len;
    for (guint i = 0; i < passages->len; i++)
        sample.passage_notes += g_array_index(passages, Match, i).notes;
    g_array_unref(passages);
    return sample;
}

static FormMusic music_of(const MusicEval *eval, const EvalSpan *e,
                          const Performance *span) {
    return (FormMusic){&e->before, span, eval->played, e->before_length,
                       eval->plan.steps * STEP_MICROSECONDS};
}

static void measure_form(const MusicEval *eval, const EvalSpan *e, const Performance *p,
                         Sample *ret) {
    FormMusic m = music_of(eval, e, p);
    form_measure(ret->form, &m);
}

static bool take(const MusicEval *eval, const EvalSpan *e, int number, Sample *ret,
                 GError **error) {
    Continuation c;
    Event event;
    Plan plan = eval->plan;
    plan.seed += eval->pieces->len * (uint64_t)eval->takes + (uint64_t)(number - 1);
    Session *session = session_new(eval->weights, eval->pool);
    if (!session) return memory_lacks("generating with this model", error);
    continuation_begin(&c, session, eval->kind, &e->prompt, &plan);
    while (!*eval->stop && continuation_next(&c, &event)) continue;
    Performance p = {0};
    size_t count;
    const Token *tokens = continuation_take(&c, &count);
    prompt_join(&p, &e->prompt, PROMPT_OMIT, tokens, count);
    *ret = measure(eval, &p);
    measure_form(eval, e, &p, ret);
    ret->take = number;
    ret->drawn = c.drawn;
    ret->stirred = c.stirred;
    performance_clear(&p);
    continuation_clear(&c);
    session_free(session);
    if (*eval->stop) g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "stopped");
    return !*eval->stop;
}

static bool measure_takes(MusicEval *eval, const EvalSpan *e, GError **error) {
    guint before = eval->samples[MUSIC_OF_TAKES]->len;
    for (int number = 1; number <= eval->takes; number++) {
        Sample sample;
        if (!take(eval, e, number, &sample, error)) {
            g_array_set_size(eval->samples[MUSIC_OF_TAKES], before);
            return false;
        }
        g_array_append_val(eval->samples[MUSIC_OF_TAKES], sample);
    }
    Sample pianist = measure(eval, &e->pianist),
           elsewhere = measure(eval, &e->elsewhere);
    measure_form(eval, e, &e->pianist, &pianist);
    g_array_append_val(eval->samples[MUSIC_OF_PIANIST], pianist);
    if (e->has_elsewhere) g_array_append_val(eval->samples[MUSIC_ELSEWHERE], elsewhere);
    return true;
}

bool music_eval_piece(MusicEval *eval, const char *path, GError **error) {
    EvalSpan e;
    Rng rng = rng_new(eval->plan.seed, eval->pieces->len + 1);
    double begin = (double)(eval->plan.seed % 1000) / 1000;
    EvalSpanOptions o = {eval->kind, eval->prompt, eval->plan.steps * STEP_MICROSECONDS,
                         eval_span_place(begin, (int)eval->pieces->len)};
    if (!eval_span_read(&e, path, &o, &rng, error)) return false;
    bool ok = measure_takes(eval, &e, error);
    if (ok) {
        EvalPiece *piece = g_new(EvalPiece, 1);
        *piece = (EvalPiece){g_strdup(path), e.cut};
        g_ptr_array_add(eval->pieces, piece);
        FormMusic m = music_of(eval, &e, &e.pianist);
        Performance *whole = g_new0(Performance, 1);
        form_join(whole, &m);
        g_ptr_array_add(eval->played, whole);
        if (eval->played->len > MUSIC_OTHERS) g_ptr_array_remove_index(eval->played, 0);
    }
    eval_span_clear(&e);
    return ok;
}
