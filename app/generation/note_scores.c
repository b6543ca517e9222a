#include "app/generation/note_scores.h"

// 1 + the index of the newest note of each pitch, and the nats that will be added to
// the next note.
typedef struct Gathering {
    NoteScores *ret;
    guint last[128];
    double loudness, time;
} Gathering;

static void add_note(Gathering *g, Event onset, double nats) {
    NoteScore note = {.onset = onset.time,
                      .pitch = onset.pitch,
                      .velocity = onset.value,
                      .pitch_nats = nats,
                      .loudness_nats = g->loudness,
                      .time_nats = g->time};
    g_array_append_val(g->ret->notes, note);
    g->last[onset.pitch] = g->ret->notes->len;
    g->loudness = g->time = 0;
}

static void gather(Gathering *g, Decoder *d, Token token, double nats) {
    Event event = decoder_push(d, token).event;
    if (token_is_velocity(token)) g->loudness += nats;
    if (token_is_time_shift(token)) g->time += nats;
    if (event.kind == EVENT_ONSET) add_note(g, event, nats);
    if (event.kind == EVENT_RELEASE && g->last[event.pitch]) {
        guint place = g->last[event.pitch] - 1;
        g_array_index(g->ret->notes, NoteScore, place).release_nats = nats;
    }
    g->ret->nats += nats;
}

void note_scores_gather(NoteScores *ret, const Token *tokens, const double *nats,
                        int count) {
    *ret = (NoteScores){g_array_new(FALSE, FALSE, sizeof(NoteScore)), 0, count - 1};
    Gathering g = {.ret = ret};
    Decoder d;
    decoder_init(&d);
    decoder_push(&d, tokens[0]);
    for (int i = 1; i < count; i++) gather(&g, &d, tokens[i], nats[i]);
}

void note_scores_measure(NoteScores *ret, Session *s, const GArray *tokens) {
    const Token *first = &g_array_index(tokens, Token, 0);
    int count = (int)tokens->len;
    g_autofree double *nats = g_new(double, count);
    session_score(s, first, 1, count, nats + 1);
    note_scores_gather(ret, first, nats, count);
}

static double nats_of(const NoteScore *n, NoteAspect aspect) {
    return aspect == NOTE_PITCH  ? n->pitch_nats
           : aspect == NOTE_TIME ? n->time_nats
                                 : n->loudness_nats;
}

void note_scores_spread(float *ret, const Performance *p, const GArray *notes,
                        NoteAspect aspect) {
    guint at = 0;
    for (size_t i = 0; i < p->note_count; i++) {
        int64_t step = tokenizer_step(p->notes[i].onset);
        ret[i] = -1;
        const NoteScore *n = (const NoteScore *)(void *)notes->data;
        while (at < notes->len && tokenizer_step(n[at].onset) < step) at++;
        for (guint j = at; j < notes->len && tokenizer_step(n[j].onset) == step; j++)
            if (n[j].pitch == p->notes[i].pitch) ret[i] = (float)nats_of(&n[j], aspect);
    }
}

void note_scores_clear(NoteScores *n) {
    if (n->notes) g_array_unref(n->notes);
    *n = (NoteScores){0};
}
