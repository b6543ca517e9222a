#include "midi/augment.h"

enum { FULL_SHIFT = TOKEN_TIME_SHIFT + STEPS_PER_SHIFT - 1 };

// The tokens written so far, and the time that has passed but is not written yet.
typedef struct TokenWriter {
    GArray *tokens; // of Token
    double tempo;
    int64_t from, to; // current step of the input, and of the output
    bool waits;       // there is time to be written before the next event
    int velocity;     // the last VELOCITY written, -1: none
} TokenWriter;

static int pitch_of(Token t) {
    if (token_is_note_on(t)) return t - TOKEN_NOTE_ON;
    return token_is_note_off(t) ? t - TOKEN_NOTE_OFF : -1;
}

static int as_far_as_the_keyboard(const Token *tokens, int count, int semitones) {
    int least = 127, most = 0;
    for (int i = 0; i < count; i++) {
        int pitch = pitch_of(tokens[i]);
        if (pitch < 0) continue;
        least = MIN(least, pitch);
        most = MAX(most, pitch);
    }
    return least > most ? 0 : CLAMP(semitones, -least, 127 - most);
}

static void write_time(TokenWriter *t) {
    if (!t->waits) return;
    int64_t moment = (int64_t)((double)t->from * t->tempo + 0.5);
    moment = MAX(moment, t->to + 1);
    tokenizer_shift(t->tokens, moment - t->to);
    t->to = moment;
    t->waits = false;
}

static void write_event(TokenWriter *t, Token token, const Augmentation *a,
                        int semitones) {
    if (pitch_of(token) >= 0) token += semitones;
    if (token_is_velocity(token)) {
        int bin = token - TOKEN_VELOCITY + a->loudness;
        token = TOKEN_VELOCITY + CLAMP(bin, 0, VELOCITY_BINS - 1);
        if (token == t->velocity) return;
        t->velocity = token;
    }
    g_array_append_val(t->tokens, token);
}

GArray *augment_tokens(const Token *tokens, int count, const Augmentation *a,
                       int *place) {
    int semitones = as_far_as_the_keyboard(tokens, count, a->semitones), at = *place;
    TokenWriter t = {
        .tokens = g_array_sized_new(FALSE, FALSE, sizeof(Token), (guint)count),
        .tempo = a->tempo,
        .velocity = -1};
    for (int i = 0; i < count; i++) {
        bool time = token_is_time_shift(tokens[i]);
        if (!time) write_time(&t);
        if (i == at) *place = (int)t.tokens->len;
        if (!time) {
            write_event(&t, tokens[i], a, semitones);
            continue;
        }
        t.from += tokens[i] - TOKEN_TIME_SHIFT + 1;
        t.waits = true;
    }
    if (count > 0 && tokens[count - 1] != FULL_SHIFT) write_time(&t);
    return t.tokens;
}
