// Made-up music of chords, for the tests.
#ifndef TESTS_MODEL_RECALL_CHORD_MUSIC_H
#define TESTS_MODEL_RECALL_CHORD_MUSIC_H

#include "model/config.h"
#include "model/rng.h"

enum {
    FIRST = 3, // the token of id 0
    TIME = 140,
    TIME_END = 150,
    KINDS = 160,
    STEPS = 3, // within which entries form a chord
    COUNT = 500
};

static Config config_of(int ids) {
    return (Config){.vocabulary = KINDS,
                    .recall_heads = 1,
                    .recall_first = FIRST,
                    .recall_end = FIRST + ids,
                    .chord_steps = STEPS,
                    .time_first = TIME,
                    .time_end = TIME_END};
}

// Chords of 1 to 12 notes, of which passages return, moved, in another order.
typedef struct Score {
    int notes[200][12], size[200], count;
} Score;

static int among(Rng *r, int least, int most) {
    return least + (int)rng_below(r, (uint32_t)(most - least + 1));
}

static void invent_chord(Score *s, Rng *r, int ids) {
    int size = rng_below(r, 5) ? among(r, 1, 4) : among(r, 5, 12);
    int from = rng_below(r, 3) ? among(r, 0, ids - 1) : rng_below(r, 2) ? 0 : ids - 1;
    s->size[s->count] = size;
    for (int k = 0; k < size; k++) {
        int note = from + among(r, -9, 9);
        s->notes[s->count][k] = MAX(0, MIN(note, ids - 1));
    }
    s->count++;
}

static void repeat_chord(Score *s, Rng *r, int from, int by, int ids) {
    int size = 0, *to = s->notes[s->count];
    for (int k = 0; k < s->size[from]; k++) {
        int note = s->notes[from][k] + by;
        if (note >= 0 && note < ids) to[size++] = note;
    }
    for (int k = size - 1; k > 0; k--) {
        int other = among(r, 0, k), keep = to[k];
        to[k] = to[other];
        to[other] = keep;
    }
    s->size[s->count] = size;
    if (size > 0) s->count++;
}

// Half of the passages that return are nearly the one before.
static Score make_score(Rng *r, int ids) {
    Score s = {.count = 0};
    int from = 0, length = 1;
    while (s.count < 160) {
        for (int k = among(r, 1, 5); k > 0; k--) invent_chord(&s, r, ids);
        bool again = rng_below(r, 2);
        from = again ? from + among(r, -2, 2) : among(r, 0, s.count - 1);
        length = again ? length + among(r, -4, 4) : among(r, 1, 15);
        from = MAX(from, 0);
        length = MAX(1, MIN(length, 30));
        int wide = rng_below(r, 3) ? 5 : ids - 1, by = among(r, -wide, wide);
        int end = MIN(s.count, from + length);
        for (int i = from; i < end; i++) repeat_chord(&s, r, i, by, ids);
    }
    return s;
}

// Plays the score, as COUNT tokens. A chord may be spread, notes struck twice, and now
// and then two chords become one, or one two.
static void make_tokens(Token *tokens, uint64_t seed, int ids) {
    Rng r = rng_new(seed, 5);
    Score s = make_score(&r, ids);
    const Token others[] = {FIRST - 1, FIRST + ids, TIME - 1, TIME_END};
    int n = 0;
    for (int i = 0; n < COUNT; i = (i + 1) % s.count) {
        for (int k = 0; k < s.size[i] && n < COUNT - 4; k++) {
            tokens[n++] = FIRST + s.notes[i][k];
            if (!rng_below(&r, 6)) tokens[n++] = TIME;
            if (!rng_below(&r, 9)) tokens[n++] = FIRST + s.notes[i][k];
            if (!rng_below(&r, 6)) tokens[n++] = others[rng_below(&r, 4)];
        }
        tokens[n++] = TIME + among(&r, STEPS - 1, TIME_END - TIME - 1);
    }
}

#endif
