#include "app/desktop/desktop_parts.h"

// Playback starts this many microseconds before a new bridge.
#define LEAD INT64_C(2000000)

// In steps; how soon an ending finishes if the length is endless, and at least.
#define FINISH       2000
#define FINISH_LEAST 200

// Bridging the span of a bridge again makes other takes of it, from the same piece.
static int parent_of(const Take *t, Span span) {
    bool again = t->until == span.to && t->fork == span.from;
    return again ? t->parent : t->number;
}

static Plan plan_anew(Desktop *d) {
    generation_stop(&d->writing.generation);
    desktop_read_writer(d);
    Plan plan = desktop_plan(d);
    plan.seed = desktop_new_seed(d);
    d->settings.model.seed = (int64_t)plan.seed; // it is shown
    return plan;
}

static int candidates(const Desktop *d) {
    return MAX(BRIDGE_TAKES, d->settings.model.takes);
}

void desktop_bridge(Desktop *d) {
    const DocumentView *v = &d->piece.document.view;
    Span span = {v->selection_from, v->selection_to};
    GError *error = NULL;
    if (!generation_model(&d->writing.generation) || d->writing.bridging.on) return;
    notices_unsay(&d->notices, CONCERN_MODEL);
    if (span.to <= span.from) {
        notices_say(&d->notices, CONCERN_MODEL, false,
                    "Select the span to bridge first: drag over the roll, or Shift+End "
                    "and Shift+Home.");
        return;
    }
    Plan plan = plan_anew(d);
    int parent = parent_of(piece_take(&d->piece), span);
    if (!bridging_begin(&d->writing.bridging, d->writing.generation.writer,
                        &d->piece.document, parent, span, &plan, candidates(d), &error))
        desktop_fail(d, CONCERN_MODEL, error);
}

// Ending an ending again makes other takes of it, from the same place.
void desktop_end(Desktop *d) {
    GError *error = NULL;
    if (!generation_model(&d->writing.generation) || d->writing.bridging.on) return;
    notices_unsay(&d->notices, CONCERN_MODEL);
    if (d->playing.duet.take >= 0) desktop_end_turn(d);
    Plan plan = plan_anew(d);
    plan.finish = plan.steps ? MAX(plan.steps, FINISH_LEAST) : FINISH;
    plan.steps = plan.finish + ending_window(plan.finish);
    const Take *t = piece_take(&d->piece);
    bool marked = piece_is_marked(&d->piece);
    bool again = !marked && bridging_is_ending(t);
    DocumentPrompt p;
    document_prompt(&p, &d->piece.document, again ? t->parent : t->number,
                    piece_prompt_from(&d->piece),
                    again    ? t->fork
                    : marked ? piece_continue_at(&d->piece)
                             : -1,
                    generation_model(&d->writing.generation)->tokenizer);
    if (!bridging_end(&d->writing.bridging, d->writing.generation.writer,
                      &d->piece.document, &p, &plan, candidates(d), &error))
        desktop_fail(d, CONCERN_MODEL, error);
    document_prompt_clear(&p);
}

// Whether the machine is slow, and whether there are several. Two lines of the column
// at most; buttons beside it say how several are judged.
static const char *const results[2][2] = {
    {"%d %s. N goes back.",
     "Best of %d %ss. Up, Down: the others; Y keeps it, N goes back."},
    {"The machine is slow: only %d %s. N goes back.",
     "The machine is slow: best of %d %ss. Up, Down: the others."}};

static void hear(Desktop *d, int before, const BridgingNews *n) {
    bool playing = d->playing.playback.playing;
    desktop_follow_edit(d, before, NULL);
    if (!playing) desktop_play(d, MAX(0, n->fork - LEAD), false);
    notices_say(&d->notices, CONCERN_MODEL, false, results[n->slow][n->takes > 1],
                n->takes, n->ending ? "ending" : "bridge");
}

void desktop_follow_bridge(Desktop *d) {
    BridgingNews n;
    int before = d->piece.document.view.take;
    if (!bridging_read(&d->writing.bridging, d->writing.generation.writer,
                       &d->piece.document, &n))
        return;
    piece_changed(&d->piece);
    if (n.takes > 0) hear(d, before, &n);
    if (n.error) desktop_fail(d, CONCERN_MODEL, n.error);
}

void desktop_judge_bridge(Desktop *d, bool keep) {
    GError *error = NULL;
    Document *document = &d->piece.document;
    int before = document->view.take;
    notices_unsay(&d->notices, CONCERN_MODEL);
    if (keep)
        bridging_keep(document, &error);
    else
        bridging_reject(document, &error);
    desktop_follow_edit(d, before, error);
}
