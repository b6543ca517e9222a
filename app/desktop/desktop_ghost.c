#include "app/desktop/desktop_parts.h"

#define REST INT64_C(150000) // microseconds without playing before a ghost is begun

// ---- what the ghost continues

// The pianist's turn, or what has come to rest last.
typedef enum Rested { RESTED_TURN, RESTED_HANDS, RESTED_PIECE } Rested;

// Returns false while something goes on, or if all that has come to rest has been
// continued already.
static bool rested(const Desktop *d, Rested *ret, int64_t *ret_since) {
    int64_t hands;
    bool rests = live_rests(&d->playing.live, &hands);
    bool busy = d->playing.playback.playing || d->writing.generation.streams->len ||
                d->writing.bridging.on;
    *ret = d->playing.duet.take >= 0           ? RESTED_TURN
           : hands >= d->writing.waiting.ended ? RESTED_HANDS
                                               : RESTED_PIECE;
    *ret_since = MAX(hands, d->writing.waiting.ended);
    return rests && !busy && *ret_since > d->writing.waiting.past;
}

static int64_t length(const Document *d, int take) {
    const Take *t = document_take(d, take);
    return t->end - t->fork;
}

// Cuts the prompt that desktop_continue_played() would use.
static bool hands_prompt(const Live *l, TokenizerKind kind, DocumentPrompt *ret,
                         int64_t *ret_length) {
    Performance p = {0};
    Document alone = {0};
    if (!live_phrase(l, &p)) return false;
    int take = opening_begin(&alone, NULL) ? live_add_phrase(&p, &alone, NULL) : -1;
    if (take >= 0) {
        document_prompt(ret, &alone, take, 0, -1, kind);
        *ret_length = length(&alone, take);
    }
    document_clear(&alone);
    performance_clear(&p);
    return take >= 0;
}

static void piece_prompt(const Piece *p, TokenizerKind kind, DocumentPrompt *ret,
                         int64_t *ret_length) {
    int take = p->document.view.take;
    int64_t at = piece_is_marked(p) ? piece_continue_at(p) : -1;
    document_prompt(ret, &p->document, take, piece_prompt_from(p), at, kind);
    *ret_length = length(&p->document, take);
}

static Plan plan_for(const Desktop *d, Rested r) {
    if (r != RESTED_TURN) return desktop_plan(d);
    return desktop_answer_plan(d, length(&d->piece.document, d->playing.duet.take));
}

static void ask(Desktop *d, Rested r) {
    SharedModel *m = writer_share(d->writing.generation.writer);
    DocumentPrompt p;
    int64_t phrase = 0;
    bool any = m != NULL;
    if (any && r == RESTED_HANDS)
        any = hands_prompt(&d->playing.live, m->tokenizer, &p, &phrase);
    else if (any)
        piece_prompt(&d->piece, m->tokenizer, &p, &phrase);
    if (any) {
        Plan plan = plan_for(d, r);
        plan.seed = desktop_new_seed(d);
        ghost_ask(d->writing.ghost, m, &p, &plan, p.fork + duet_answer(phrase));
        d->writing.waiting.version = d->piece.version;
        document_prompt_clear(&p);
    } else {
        desktop_drop_ghost(d);
    }
    shared_model_unref(m);
}

// ---- when it is generated

void desktop_renew_ghost(Desktop *d) {
    ghost_drop(d->writing.ghost);
    d->writing.waiting.dropped = g_get_monotonic_time();
}

void desktop_drop_ghost(Desktop *d) {
    desktop_renew_ghost(d);
    d->writing.waiting.past = d->writing.waiting.dropped;
}

static bool has_seed(const Desktop *d) {
    return !d->settings.model.keep_seed ||
           ghost_seed(d->writing.ghost) == (uint64_t)d->settings.model.seed;
}

bool desktop_ghost_is(const Desktop *d, const SharedModel *m, const DocumentPrompt *p,
                      const Plan *plan) {
    return ghost_waits_for(d->writing.ghost, m, p, plan) && has_seed(d);
}

// Returns whether the existing ghost fits the present model and settings.
static bool is_by_the_settings(Desktop *d, Rested r) {
    SharedModel *m = writer_share(d->writing.generation.writer);
    Plan plan = plan_for(d, r);
    bool ret = d->settings.model.ghost && ghost_is_by(d->writing.ghost, m, &plan) &&
               has_seed(d);
    shared_model_unref(m);
    return ret;
}

int64_t desktop_ghost_due(const Desktop *d) {
    Rested r;
    int64_t since;
    bool wanted = d->settings.model.ghost && generation_model(&d->writing.generation) &&
                  !ghost_exists(d->writing.ghost);
    if (!wanted || !rested(d, &r, &since)) return -1;
    return MAX(since, d->writing.waiting.dropped) + REST;
}

void desktop_follow_ghost(Desktop *d) {
    Rested r;
    int64_t since, due;
    if (ghost_exists(d->writing.ghost)) {
        if (!rested(d, &r, &since) || d->writing.waiting.version != d->piece.version)
            desktop_drop_ghost(d);
        else if (!is_by_the_settings(d, r))
            desktop_renew_ghost(d);
    }
    due = desktop_ghost_due(d);
    if (due >= 0 && g_get_monotonic_time() >= due && rested(d, &r, &since)) ask(d, r);
}

// ---- how it is shown

// Only an empty piece shows what was played by hand already.
void desktop_show_ghost(Desktop *d, View *v) {
    Rested r;
    int64_t since, from;
    const Performance *notes = ghost_notes(d->writing.ghost, &from);
    v->generation.ghosts = d->settings.model.ghost;
    if (!notes || notes->note_count == 0 || !rested(d, &r, &since)) return;
    bool apart = r == RESTED_HANDS && !piece_is_empty(&d->piece);
    v->generation.ghost = apart ? GHOST_OF_PLAYED : GHOST_OF_PIECE;
    piece_view_ghost(&d->piece_view, apart ? live_shown(&d->playing.live) : NULL, notes,
                     from, v);
}
