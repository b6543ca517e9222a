#include "app/generation/choice/bridge.h"

#include "midi/smf/smf_write.h"

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
        *ret = (Bridge){.kind = kind};
        prompt_cut(&ret->prompt, p, kind, from);
        follows_cut(&ret->follows, p, until);
        return true;
    }
    return false;
}

void bridge_clear(Bridge *b) {
    prompt_clear(&b->prompt);
    follows_clear(&b->follows);
    *b = (Bridge){0};
}

int64_t bridge_steps(const Bridge *b) {
    return MAX(1, tokenizer_step(b->follows.until) - b->prompt.step);
}

void bridge_join(Performance *ret, const Bridge *b, const Token *take, size_t count) {
    Performance joined = {0};
    prompt_join(&joined, &b->prompt, PROMPT_INCLUDE, take, count);
    follows_join(ret, &joined, &b->follows);
    performance_clear(&joined);
}

uint8_t *bridge_parts(const Bridge *b, const Performance *joined) {
    uint8_t *parts = prompt_parts(&b->prompt, PROMPT_INCLUDE, joined);
    for (size_t i = 0; i < joined->note_count; i++)
        if (joined->notes[i].onset >= b->follows.until) parts[i] = SMF_GIVEN;
    return parts;
}

// Which tokens are scored, how many notes they have, and where they begin and end.
typedef struct Counted {
    bool *is;             // (tokens)
    int first, soon, end; // before `soon` they are of the first BRIDGE_SOON steps
    int notes, soon_notes;
} Counted;

static Counted count(const Bridge *b, const GArray *tokens) {
    int64_t join = tokenizer_step(b->follows.until);
    int all = (int)tokens->len;
    Counted c = {.is = g_new0(bool, tokens->len), .soon = all, .end = all};
    Decoder d;
    decoder_init(&d);
    for (int i = 0; i < all; i++) {
        Token token = g_array_index(tokens, Token, i);
        Decoded event = decoder_push(&d, token);
        bool note = token_is_note_on(token);
        bool release_of_ours = token_is_note_off(token) &&
                               event.onset / STEP_MICROSECONDS < join;
        // Of the tokens at the join itself, only those that begin notes are scored: the
        // others end the take.
        bool begins = note || token_is_velocity(token);
        c.is[i] = (d.step > join || (d.step == join && begins)) && !release_of_ours;
        if (d.step > join + BRIDGE_SOON) c.soon = MIN(c.soon, i);
        if (d.step > join + BRIDGE_HEARD) c.end = MIN(c.end, i);
        if (i >= c.end) break;
        if (c.is[i] && !c.first) c.first = i;
        c.notes += c.is[i] && note;
        c.soon_notes += c.is[i] && note && i < c.soon;
    }
    return c;
}

static BridgeScore sums(const Counted *c, const GArray *tokens, const double *nats) {
    BridgeScore s = {0};
    for (int i = c->first; i < c->end; i++) {
        double x = c->is[i] ? nats[i - c->first] : 0;
        s.nats += x;
        if (token_is_note_on(g_array_index(tokens, Token, i))) s.pitches += x;
        if (i < c->soon) s.soon += x;
    }
    return s;
}

BridgeScore bridge_score(const Bridge *b, Session *s, const Performance *joined) {
    GArray *tokens = tokenizer_encode(joined, b->kind);
    Counted c = count(b, tokens);
    BridgeScore ret = {0};
    if (c.first > 0 && c.first < c.end) {
        g_autofree double *nats = g_new(double, c.end - c.first);
        session_score(s, &g_array_index(tokens, Token, 0), c.first, c.end, nats);
        ret = sums(&c, tokens, nats);
        ret.nats /= MAX(1, c.notes);
        ret.pitches /= MAX(1, c.notes);
        ret.soon /= MAX(1, c.soon_notes);
    }
    g_free(c.is);
    g_array_unref(tokens);
    return ret;
}
