#include "app/desktop/desktop_parts.h"

#include <math.h>

#define SEEDS 1000000 // few enough digits to read at a glance

Plan desktop_plan(const Desktop *d) {
    const Settings *s = &d->settings;
    Plan ret = {.sampler = {.top_p = s->model.top_p,
                            .min_p = s->model.min_p,
                            .top_k = s->model.top_k,
                            .within = continuation_sampler.within},
                .seed = (uint64_t)s->model.seed};
    if (!s->model.endless)
        ret.steps = (int64_t)llround(s->model.seconds * 1e6 / STEP_MICROSECONDS);
    steer_plan(s->model.steer, generation_model(&d->writing.generation), &ret);
    return ret;
}

Plan desktop_answer_plan(const Desktop *d, int64_t phrase) {
    Plan ret = desktop_plan(d);
    int64_t steps = duet_answer(phrase) / STEP_MICROSECONDS;
    if (ret.steps) ret.steps = MIN(ret.steps, steps);
    return ret;
}

uint64_t desktop_new_seed(const Desktop *d) {
    const Settings *s = &d->settings;
    return (uint64_t)(s->model.keep_seed ? s->model.seed
                                         : g_random_int_range(1, SEEDS));
}

// Plays the take that has just begun: without a break if the playhead is before it,
// otherwise from where the take begins.
static void hear(Desktop *d, int before, Stream *stream) {
    piece_changed(&d->piece);
    piece_refresh(&d->piece);
    d->piece.compared = before;
    bool coming = d->playing.playback.playing &&
                  d->playing.playback.position < stream->fork &&
                  !d->piece.document.view.looping;
    if (coming)
        playback_change(&d->playing.playback, piece_playback_list(&d->piece, stream),
                        stream->fork);
    else
        desktop_play(d, stream->fork, true);
}

// Begins the first take: takes the ghost over if it is the same.
static Stream *begin(Desktop *d, const SharedModel *m, const DocumentPrompt *p,
                     Plan *plan, GError **error) {
    Generation *g = &d->writing.generation;
    Document *document = &d->piece.document;
    bool waits = desktop_ghost_is(d, m, p, plan);
    plan->seed = waits ? ghost_seed(d->writing.ghost) : desktop_new_seed(d);
    d->settings.model.seed = (int64_t)plan->seed; // it is shown
    return waits ? generation_take_over(g, document, p, plan, d->writing.ghost, error)
                 : generation_begin(g, document, p, plan, true, error);
}

static void continue_take(Desktop *d, int take, int64_t from, int64_t time, Plan plan) {
    SharedModel *m = writer_share(d->writing.generation.writer);
    if (!m) return;
    GError *error = NULL;
    notices_unsay(&d->notices, CONCERN_MODEL);
    generation_stop(&d->writing.generation);
    desktop_read_writer(d);
    Document *document = &d->piece.document;
    DocumentPrompt p;
    document_prompt(&p, document, take, from, time, m->tokenizer);
    int before = document->view.take;
    Stream *first = begin(d, m, &p, &plan, &error);
    for (int i = 1; i < d->settings.model.takes && !error; i++) {
        plan.seed++;
        generation_begin(&d->writing.generation, document, &p, &plan, false, &error);
    }
    if (first && !error)
        hear(d, before, first);
    else
        desktop_fail(d, CONCERN_MODEL, error);
    document_prompt_clear(&p);
    shared_model_unref(m);
}

void desktop_continue_from(Desktop *d, int64_t time) {
    continue_take(d, d->piece.document.view.take, piece_prompt_from(&d->piece), time,
                  desktop_plan(d));
}

void desktop_answer(Desktop *d) {
    const Take *turn = document_take(&d->piece.document, d->playing.duet.take);
    Plan plan = desktop_answer_plan(d, turn->end - turn->fork);
    desktop_end_turn(d);
    continue_take(d, d->piece.document.view.take, 0, -1, plan);
}

// If a take is being generated already, begins another take from the same place. An
// empty piece shows what was just played, so that is what it continues.
void desktop_continue(Desktop *d) {
    const Take *t = piece_take(&d->piece);
    bool marked = piece_is_marked(&d->piece);
    if (d->playing.duet.take >= 0)
        desktop_answer(d);
    else if (!marked && generation_stream(&d->writing.generation, t->number))
        continue_take(d, t->parent, t->generated.start.origin, t->fork,
                      desktop_plan(d));
    else if (piece_is_empty(&d->piece) && live_shown(&d->playing.live))
        desktop_continue_played(d);
    else
        desktop_continue_from(d, marked ? piece_continue_at(&d->piece) : -1);
}

void desktop_yield(Desktop *d) {
    playback_stop(&d->playing.playback);
    generation_stop(&d->writing.generation);
    desktop_read_writer(d);
}

// The played phrase becomes a take of its own from the piece's start, so that undo
// restores the previous state.
void desktop_continue_played(Desktop *d) {
    Performance p = {0};
    GError *error = NULL;
    if (d->playing.duet.take >= 0) desktop_end_turn(d);
    if (!live_phrase(&d->playing.live, &p)) return;
    desktop_yield(d);
    int take = live_add_phrase(&p, &d->piece.document, &error);
    if (take < 0 && desktop_begin_again(d, &error))
        take = live_add_phrase(&p, &d->piece.document, &error);
    performance_clear(&p);
    if (take < 0) {
        desktop_fail(d, CONCERN_MODEL, error);
        return;
    }
    document_finish(&d->piece.document, take, 0, NULL);
    piece_changed(&d->piece);
    piece_refresh(&d->piece);
    continue_take(d, take, 0, -1, desktop_plan(d));
}

static void say_news(Desktop *d, const GenerationNews *n) {
    if (n->error) desktop_fail(d, CONCERN_MODEL, n->error);
    if (n->missing > 0)
        notices_say(&d->notices, CONCERN_MODEL, false,
                    "Take %d ends %.1f seconds early: they would have been silent.",
                    n->take, n->missing);
}

void desktop_choose_model(Desktop *d, const char *path) {
    notices_unsay(&d->notices, CONCERN_MODEL);
    model_choices_ask(&d->writing.models, path);
    generation_set_model(&d->writing.generation, d->writing.models.asked);
}

// Saves the chosen model in the settings once it is loaded.
static void settle_model(Desktop *d) {
    const WriterModel *m = generation_model(&d->writing.generation);
    g_autofree char *path = model_choices_settle(&d->writing.models,
                                                 m ? m->path : NULL);
    if (!path) return;
    g_autofree char *name = g_filename_display_basename(path);
    notices_say(&d->notices, CONCERN_MODEL, false, "Continues with %s now.", name);
    settings_set(&d->settings.model.file, path);
    desktop_save_settings(d);
}

void desktop_read_writer(Desktop *d) {
    GenerationNews n;
    while (generation_read(&d->writing.generation, &d->piece.document, &n)) {
        piece_changed(&d->piece);
        say_news(d, &n);
    }
    generation_follow(&d->writing.generation, d->piece.document.view.take,
                      d->playing.playback.position);
    g_autofree char *trouble = writer_trouble(d->writing.generation.writer);
    if (trouble && !notices_text(&d->notices, CONCERN_MODEL))
        notices_say(&d->notices, CONCERN_MODEL, true, "%s", trouble);
    settle_model(d);
}

void desktop_follow_surprise(Desktop *d) {
    const Piece *p = &d->piece;
    SharedModel *m = d->look.surprise ? writer_share(d->writing.generation.writer)
                                      : NULL;
    piece_refresh(&d->piece);
    surprise_follow(d->writing.surprise, m, &p->path.performance, p->version,
                    p->changed);
    shared_model_unref(m);
}

void desktop_follow_memory(Desktop *d) {
    const Piece *p = &d->piece;
    const WriterModel *m = d->look.memory ? generation_model(&d->writing.generation)
                                          : NULL;
    piece_refresh(&d->piece);
    recollection_follow(d->writing.recollection, m ? m->path : NULL,
                        &p->path.performance, p->version, p->changed);
}

void desktop_read_ahead(Desktop *d) {
    const Piece *p = &d->piece;
    int64_t at = piece_continue_at(p);
    const WriterModel *m = generation_model(&d->writing.generation);
    generation_set_closeness(&d->writing.generation,
                             steer_closeness(d->settings.model.steer, m));
    generation_read_ahead(&d->writing.generation, &p->document, piece_prompt_from(p),
                          at < p->end ? at : -1, p->version, p->changed);
}
