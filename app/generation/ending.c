#include "app/generation/ending.h"

#include <math.h>
#include <string.h>

int64_t ending_window(int64_t finish) { return CLAMP(finish / 5, 200, 1000); }

const real *ending_tilt(real *ret, const real *logits, int vocabulary, int64_t steps,
                        int64_t finish) {
    int64_t window = ending_window(finish), begin = finish - window;
    if (steps < begin) return logits;
    double place = (double)(steps - begin) / (double)window; // 1 at the moment, to 2
    real fewer = (real)(ENDING_PUSH * MIN(1, 2 * place));
    real rest = (real)(ENDING_PUSH * CLAMP(place - 1, 0, 1));
    memmove(ret, logits, (size_t)vocabulary * sizeof *ret);
    for (Token t = TOKEN_NOTE_ON; t < TOKEN_NOTE_OFF; t++) ret[t] -= fewer;
    for (Token t = TOKEN_NOTE_OFF; t < TOKEN_TIME_SHIFT; t++) ret[t] += rest;
    for (Token t = TOKEN_VELOCITY; t < TOKEN_PEDAL_ON; t++) ret[t] -= fewer;
    if (vocabulary == VOCABULARY_PEDAL) {
        ret[TOKEN_PEDAL_ON] -= fewer;
        ret[TOKEN_PEDAL_OFF] += rest;
    }
    return ret;
}

void ending_consider(EndPlace *e, const real *logits, int vocabulary, int tokens,
                     int64_t steps, int64_t finish) {
    double most = (double)logits[0], sum = 0;
    for (Token t = 0; t < vocabulary; t++) most = MAX(most, (double)logits[t]);
    for (Token t = 0; t < vocabulary; t++) sum += exp((double)logits[t] - most);
    double nats = most + log(sum) - (double)logits[TOKEN_EOS];
    if (e->tokens == 0 || nats < e->nats) *e = (EndPlace){tokens, nats, false};
    e->last = steps >= finish - ending_window(finish) / 2;
}

double ending_score(Session *s, const GArray *tokens) {
    double nats;
    const Token *first = &g_array_index(tokens, Token, 0);
    session_score(s, first, (int)tokens->len - 1, (int)tokens->len, &nats);
    return nats;
}
