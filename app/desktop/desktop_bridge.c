#include "app/desktop/desktop_parts.h"

// Playback starts this many microseconds before a new bridge.
#define LEAD INT64_C(2000000)

// Bridging the span of a bridge again makes other takes of it, from the same piece.
static int parent_of(const Take *t, Span span) {
    bool again = t->until == span.to && t->fork == span.from;
    return again ? t->parent : t->number;
}

void desktop_bridge(Desktop *d) {
    const DocumentView *v = &d->piece.document.view;
    Span span = {v->selection_from, v->selection_to};
    GError *error = NULL;
    if (!generation_model(&d->generation) || d->bridging.on) return;
    notices_unsay(&d->notices, CONCERN_MODEL);
    if (span.to <= span.from) {
        notices_say(&d->notices, CONCERN_MODEL, false,
                    "Select the span to bridge first: drag over the roll.");
        return;
    }
    generation_stop(&d->generation);
    desktop_read_writer(d);
    Plan plan = desktop_plan(d);
    plan.seed = desktop_new_seed(d);
    d->settings.seed = (int64_t)plan.seed; // it is shown
    int parent = parent_of(piece_take(&d->piece), span);
    if (!bridging_begin(&d->bridging, d->generation.writer, &d->piece.document, parent,
                        span, &plan, MAX(BRIDGE_TAKES, d->settings.takes), &error))
        desktop_fail(d, CONCERN_MODEL, error);
}

static void hear(Desktop *d, int before, const BridgingNews *n) {
    bool playing = d->playback.playing;
    desktop_follow_edit(d, before, NULL);
    if (!playing) desktop_play(d, MAX(0, n->fork - LEAD), false);
    notices_say(&d->notices, CONCERN_MODEL, false,
                n->takes > 1 ? "Best of %d bridges. Up, Down: the others; Y keeps it, "
                               "N goes back."
                             : "%d bridge. N goes back.",
                n->takes);
}

void desktop_follow_bridge(Desktop *d) {
    BridgingNews n;
    int before = d->piece.document.view.take;
    if (!bridging_read(&d->bridging, d->generation.writer, &d->piece.document, &n))
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
