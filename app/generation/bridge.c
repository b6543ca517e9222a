#include "app/generation/bridge.h"

#include "midi/smf_write.h"

// Keeps what begins at `until` or later, and the state of each pedal there, also if it
// is up.
static void cut_follows(Bridge *b, const Performance *p) {
    Performance *f = &b->follows;
    bool says[PEDALS] = {false};
    performance_slice(f, p, b->until, G_MAXINT64);
    says[PEDAL_DAMPER] = f->pedal_count > 0 && f->pedal[0].time == b->until;
    for (size_t i = 0; i < f->move_count; i++)
        if (f->moves[i].time == b->until) says[f->moves[i].pedal] = true;
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        if (!says[pedal]) performance_move_pedal(f, b->until, pedal, 0);
    for (size_t i = 0; i < p->note_count && p->notes[i].onset < b->until; i++)
        if (p->notes[i].release > b->until)
            b->held_to[p->notes[i].pitch] = p->notes[i].release;
}

bool bridge_cut(Bridge *ret, const Performance *p, TokenizerKind kind, int64_t from,
                int64_t until, GError **error) {
    int64_t last = p->note_count ? p->notes[p->note_count - 1].onset : -1;
    if (until - from < STEP_MICROSECONDS)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "a bridge from %.2f to %.2f seconds has no length",
                    (double)from / 1e6, (double)until / 1e6);
    else if (last < until)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "no note begins after %.2f seconds that a bridge could lead to",
                    (double)until / 1e6);
    else {
        *ret = (Bridge){.kind = kind, .until = until};
        prompt_cut(&ret->prompt, p, kind, from);
        cut_follows(ret, p);
        return true;
    }
    return false;
}

void bridge_clear(Bridge *b) {
    prompt_clear(&b->prompt);
    performance_clear(&b->follows);
    *b = (Bridge){0};
}

int64_t bridge_steps(const Bridge *b) {
    return MAX(1, tokenizer_step(b->until) - b->prompt.step);
}

void bridge_join(Performance *ret, const Bridge *b, const Token *take, size_t count) {
    Performance joined = {0};
    prompt_join(&joined, &b->prompt, PROMPT_INCLUDE, take, count);
    performance_clear(ret);
    for (size_t i = 0; i < joined.note_count; i++) {
        Note n = joined.notes[i];
        // The tokens that close a take may begin a note after its end.
        if (n.onset >= b->until) continue;
        if (n.release >= b->until) n.release = MAX(b->until, b->held_to[n.pitch]);
        performance_add_note(ret, n);
    }
    for (size_t i = 0; i < joined.pedal_count; i++)
        if (joined.pedal[i].time < b->until)
            performance_add_pedal(ret, joined.pedal[i].time, joined.pedal[i].value);
    for (size_t i = 0; i < joined.move_count; i++) {
        PedalMove m = joined.moves[i];
        if (m.time < b->until)
            performance_move_pedal(ret, m.time, (Pedal)m.pedal, m.value);
    }
    for (size_t i = 0; i < b->follows.note_count; i++)
        performance_add_note(ret, b->follows.notes[i]);
    for (size_t i = 0; i < b->follows.pedal_count; i++)
        performance_add_pedal(ret, b->follows.pedal[i].time, b->follows.pedal[i].value);
    for (size_t i = 0; i < b->follows.move_count; i++) {
        PedalMove m = b->follows.moves[i];
        performance_move_pedal(ret, m.time, (Pedal)m.pedal, m.value);
    }
    performance_finish(ret);
    ret->tempo = tempo_map_ref(b->follows.tempo);
    performance_clear(&joined);
}

uint8_t *bridge_parts(const Bridge *b, const Performance *joined) {
    uint8_t *parts = prompt_parts(&b->prompt, PROMPT_INCLUDE, joined);
    for (size_t i = 0; i < joined->note_count; i++)
        if (joined->notes[i].onset >= b->until) parts[i] = SMF_GIVEN;
    return parts;
}

// The tokens that are counted, how many notes they have, and where they begin and end.
typedef struct Counted {
    bool *is; // (tokens)
    int first, end, notes;
} Counted;

static Counted count(const Bridge *b, const GArray *tokens) {
    int64_t join = tokenizer_step(b->until);
    Counted c = {.is = g_new0(bool, tokens->len), .end = (int)tokens->len};
    Decoder d;
    decoder_init(&d);
    for (int i = 0; i < (int)tokens->len; i++) {
        Token token = g_array_index(tokens, Token, i);
        Decoded event = decoder_push(&d, token);
        bool note = token_is_note_on(token);
        bool release_of_ours = token_is_note_off(token) &&
                               event.onset / STEP_MICROSECONDS < join;
        // At the join itself only what begins there counts: the other tokens there end
        // the take.
        bool begins = note || token_is_velocity(token);
        c.is[i] = (d.step > join || (d.step == join && begins)) && !release_of_ours;
        if (d.step > join + BRIDGE_HEARD) c.end = MIN(c.end, i);
        if (i >= c.end) break;
        if (c.is[i] && !c.first) c.first = i;
        c.notes += c.is[i] && note;
    }
    return c;
}

double bridge_score(const Bridge *b, Session *s, const Performance *joined) {
    GArray *tokens = tokenizer_encode(joined, b->kind);
    Counted c = count(b, tokens);
    double sum = 0;
    if (c.first > 0 && c.first < c.end) {
        g_autofree double *nats = g_new(double, c.end - c.first);
        session_score(s, &g_array_index(tokens, Token, 0), c.first, c.end, nats);
        for (int i = c.first; i < c.end; i++)
            if (c.is[i]) sum += nats[i - c.first];
    }
    g_free(c.is);
    g_array_unref(tokens);
    return sum / MAX(1, c.notes);
}
