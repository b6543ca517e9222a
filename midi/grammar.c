#include "midi/grammar.h"

#include <string.h>

// The stages of one step, in the order in which its tokens must come.
enum {
    STAGE_RELEASES,
    STAGE_PEDAL_LIFTED,  // a press may still follow
    STAGE_PEDAL_PRESSED, // no pedal token may follow
    STAGE_NOTES,
};

void grammar_init(Grammar *g, TokenizerKind kind) {
    *g = (Grammar){.kind = kind, .velocity = -1, .pitch = -1, .last = -1};
}

// Returns whether a key or the pedal is down.
static bool anything_held(const Grammar *g) {
    return g->pedal || memchr(g->sounding, true, sizeof g->sounding) != NULL;
}

static bool allows_release(const Grammar *g, int pitch) {
    return g->stage == STAGE_RELEASES && pitch > g->pitch && g->sounding[pitch] &&
           !g->struck[pitch];
}

static bool allows_strike(const Grammar *g, int pitch) {
    return !g->sounding[pitch] && (g->stage < STAGE_NOTES || pitch > g->pitch);
}

// Returns the lowest pitch that may be struck now, -1 if none.
static int lowest_strike(const Grammar *g) {
    for (int pitch = 0; pitch < 128; pitch++)
        if (allows_strike(g, pitch)) return pitch;
    return -1;
}

static bool allows_velocity(const Grammar *g, int bin) {
    return bin != g->velocity && lowest_strike(g) >= 0;
}

// Returns whether the last token is a VELOCITY that still needs its NOTE_ON. (In a
// stream that broke the rules there may be no pitch left for one.)
static bool velocity_hangs(const Grammar *g) {
    return token_is_velocity(g->last) && lowest_strike(g) >= 0;
}

static bool allows_shift(const Grammar *g) {
    return !token_is_time_shift(g->last) ||
           g->last == TOKEN_TIME_SHIFT + STEPS_PER_SHIFT - 1;
}

static bool is_pedal(const Grammar *g, Token token) {
    return g->kind == TOKENIZER_PEDAL &&
           (token == TOKEN_PEDAL_ON || token == TOKEN_PEDAL_OFF);
}

static bool allows_pedal(const Grammar *g, Token token) {
    if (token == TOKEN_PEDAL_OFF) return g->pedal && g->stage < STAGE_PEDAL_LIFTED;
    return !g->pedal && g->stage < STAGE_PEDAL_PRESSED;
}

bool grammar_allows(const Grammar *g, Token token) {
    if (g->ended) return false;
    if (!g->started) return token == TOKEN_SOS;
    if (token_is_note_on(token))
        return g->velocity >= 0 && allows_strike(g, token - TOKEN_NOTE_ON);
    if (velocity_hangs(g)) return false;
    if (token_is_note_off(token)) return allows_release(g, token - TOKEN_NOTE_OFF);
    if (token_is_time_shift(token)) return allows_shift(g);
    if (token_is_velocity(token)) return allows_velocity(g, token - TOKEN_VELOCITY);
    if (is_pedal(g, token)) return allows_pedal(g, token);
    return token == TOKEN_EOS && !token_is_time_shift(g->last) && !anything_held(g);
}

void grammar_mask(const Grammar *g, bool *legal) {
    for (Token token = 0; token < tokenizer_vocabulary(g->kind); token++)
        legal[token] = grammar_allows(g, token);
}

static void begin_step(Grammar *g) {
    memset(g->struck, false, sizeof g->struck);
    g->stage = STAGE_RELEASES;
    g->pitch = -1;
}

void grammar_push(Grammar *g, Token token) {
    if (token == TOKEN_SOS) g->started = true;
    if (token == TOKEN_EOS) g->ended = true;
    if (token_is_time_shift(token)) begin_step(g);
    if (token_is_velocity(token)) g->velocity = token - TOKEN_VELOCITY;
    if (token_is_note_off(token)) {
        g->pitch = token - TOKEN_NOTE_OFF;
        g->sounding[g->pitch] = false;
    }
    if (token_is_note_on(token)) {
        g->stage = STAGE_NOTES;
        g->pitch = token - TOKEN_NOTE_ON;
        g->sounding[g->pitch] = g->struck[g->pitch] = true;
    }
    if (is_pedal(g, token)) {
        g->pedal = token == TOKEN_PEDAL_ON;
        g->stage = g->pedal ? STAGE_PEDAL_PRESSED : STAGE_PEDAL_LIFTED;
    }
    g->last = token;
}

typedef struct Closing {
    Grammar g;
    Token *tokens;
    size_t count;
} Closing;

static void close_with(Closing *c, Token token) {
    grammar_push(&c->g, token);
    c->tokens[c->count++] = token;
}

static void close_if_allowed(Closing *c, Token token) {
    if (grammar_allows(&c->g, token)) close_with(c, token);
}

// Completes a VELOCITY with a note, or a shift with the least audible event.
static void complete_last(Closing *c) {
    const Grammar *g = &c->g;
    if (velocity_hangs(g)) close_with(c, TOKEN_NOTE_ON + lowest_strike(g));
    if (!token_is_time_shift(g->last) || anything_held(g)) return;
    if (g->kind == TOKENIZER_PEDAL) {
        close_with(c, TOKEN_PEDAL_ON);
        return;
    }
    if (g->velocity < 0) close_with(c, TOKEN_VELOCITY);
    close_with(c, TOKEN_NOTE_ON);
}

static void let_go(Closing *c) {
    for (Token key = 0; key < 128; key++) close_if_allowed(c, TOKEN_NOTE_OFF + key);
    close_if_allowed(c, TOKEN_PEDAL_OFF);
}

size_t grammar_close(const Grammar *g, Token *ret) {
    Closing c = {*g, ret, 0};
    if (g->ended) return 0;
    if (!g->started) close_with(&c, TOKEN_SOS);
    complete_last(&c);
    let_go(&c);
    // Keys that may not be released in this step may be released in the next.
    if (anything_held(&c.g)) {
        close_with(&c, TOKEN_TIME_SHIFT);
        let_go(&c);
    }
    close_with(&c, TOKEN_EOS);
    return c.count;
}
