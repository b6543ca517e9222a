// Random token streams for property tests.
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include "midi/grammar.h"
#include "midi/tokenizer.h"

#include <string.h>

// Draws a legal next token. Its kind is drawn first, since most single tokens are
// velocities and shifts. Half of the time it is one of the first of its kind, so that
// keys are struck again and many events fall on one step.
static inline Token stream_next(const Grammar *g, GRand *random) {
    static const Token kinds[] = {TOKEN_SOS,        TOKEN_NOTE_ON,  TOKEN_NOTE_OFF,
                                  TOKEN_TIME_SHIFT, TOKEN_VELOCITY, TOKEN_PEDAL_ON,
                                  VOCABULARY_PEDAL};
    bool legal[VOCABULARY_PEDAL] = {false};
    grammar_mask(g, legal);
    for (;;) {
        int kind = g_rand_int_range(random, 0, G_N_ELEMENTS(kinds) - 1);
        int count = 0;
        for (Token t = kinds[kind]; t < kinds[kind + 1]; t++) count += legal[t];
        if (count == 0) continue;
        int among = g_rand_boolean(random) ? MIN(count, 8) : count;
        int chosen = g_rand_int_range(random, 0, among);
        for (Token t = kinds[kind]; t < kinds[kind + 1]; t++)
            if (legal[t] && chosen-- == 0) return t;
    }
}

static inline GArray *stream_prefix(TokenizerKind kind, GRand *random, int length,
                                    Grammar *g) {
    GArray *tokens = g_array_new(false, false, sizeof(Token));
    grammar_init(g, kind);
    for (int i = 0; i < length; i++) {
        Token token = stream_next(g, random);
        grammar_push(g, token);
        g_array_append_val(tokens, token);
    }
    return tokens;
}

static inline void stream_close(GArray *tokens, const Grammar *g) {
    Token end[GRAMMAR_CLOSE_MAX];
    g_array_append_vals(tokens, end, (guint)grammar_close(g, end));
}

// Returns a complete legal stream of about `length` tokens.
static inline GArray *stream_random(TokenizerKind kind, GRand *random, int length) {
    Grammar g;
    GArray *tokens = stream_prefix(kind, random, length, &g);
    stream_close(tokens, &g);
    return tokens;
}

static inline const Token *stream_tokens(const GArray *tokens) {
    return (const Token *)(const void *)tokens->data;
}

// Returns whether the grammar allows every token, and the stream is complete after the
// last.
static inline bool stream_legal(const GArray *tokens, TokenizerKind kind) {
    Grammar g;
    grammar_init(&g, kind);
    for (guint i = 0; i < tokens->len; i++) {
        Token token = stream_tokens(tokens)[i];
        if (!grammar_allows(&g, token)) return false;
        grammar_push(&g, token);
    }
    return g.ended;
}

static inline bool stream_equal(const GArray *a, const GArray *b) {
    return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(Token)) == 0;
}

// Decodes the tokens to a performance and encodes that again.
static inline GArray *stream_again(const GArray *tokens, TokenizerKind kind) {
    Performance p = {0};
    tokenizer_decode(&p, stream_tokens(tokens), tokens->len);
    GArray *again = tokenizer_encode(&p, kind);
    performance_clear(&p);
    return again;
}

#endif
