// The equations of chords.h as plain loops, for the tests.
#ifndef TESTS_MODEL_RECALL_PLAIN_CHORDS_H
#define TESTS_MODEL_RECALL_PLAIN_CHORDS_H

#include "model/recall/chords.h"
#include "tests/model/recall/chord_music.h"

enum {
    EDGE = 128, // a note that is moved to it or beyond, or below 0, is lost
    MOST = 24   // more notes than these are not counted
};

// The chords of the first tokens, and whether an entry would still join the last.
typedef struct Heard {
    bool has[COUNT][EDGE];
    int place[COUNT], count;
    bool open;
} Heard;

static void hear(Heard *h, const Token *tokens, int count, int ids) {
    int now = 0, began = 0;
    memset(h, 0, sizeof *h);
    for (int i = 0; i < count; i++) {
        int id = tokens[i] - FIRST;
        if (tokens[i] >= TIME && tokens[i] < TIME_END) now += tokens[i] - TIME + 1;
        if (id < 0 || id >= ids) continue;
        if (h->count == 0 || now > began + STEPS) {
            h->place[h->count++] = i;
            began = now;
        }
        h->has[h->count - 1][id] = true;
    }
    h->open = h->count > 0 && now <= began + STEPS;
}

static int lowest(const bool *set) {
    int q = 0;
    while (!set[q]) q++;
    return q;
}

// Whether q is in the set after it was moved.
static bool in_moved(const bool *set, int by, int q) {
    return q - by >= 0 && q - by < EDGE && set[q - by];
}

static bool same(const bool *a, const bool *b, int by) {
    for (int q = -EDGE; q < 2 * EDGE; q++)
        if (in_moved(a, 0, q) != in_moved(b, by, q)) return false;
    return true;
}

static int size_of(const bool *set) {
    int notes = 0;
    for (int q = 0; q < EDGE; q++) notes += set[q];
    return notes;
}

// L of chord h, or 0 if it is out; g is a chord too, though perhaps an empty one.
static int plain_length(const Heard *x, int h, int g, int by, int start) {
    int notes = 0;
    for (int q = 0; q < EDGE; q++)
        if (x->has[g][q] && !in_moved(x->has[h], by, q)) return 0;
    for (int a = 1; h - a >= 0 && x->place[h - a] >= start; a++) {
        if (!same(x->has[g - a], x->has[h - a], by)) break;
        notes += size_of(x->has[g - a]);
    }
    return MIN(notes + size_of(x->has[g]), MOST);
}

static int plain_bin(int notes) {
    static const int ends[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24};
    int bin = 0;
    while (bin < 12 && notes >= ends[bin]) bin++;
    return bin;
}

// Returns whether there is a code other than 0. Only chords that begin in the span
// count.
static bool plain_listen(uint8_t *code, const Token *tokens, int count, int span,
                         int ids) {
    static Heard x;
    hear(&x, tokens, count, ids);
    int g = x.open ? x.count - 1 : x.count, longest[EDGE] = {0};
    int start = span ? count - span : 0;
    bool found = false;
    memset(code, 0, (size_t)ids);
    for (int h = 1; h < g; h++) {
        if (x.place[h - 1] < start) continue;
        int by = lowest(x.has[g - 1]) - lowest(x.has[h - 1]), left = 0;
        int length = plain_length(&x, h, g, by, start);
        if (length == 0) continue;
        for (int q = 0; q < ids; q++) left += in_moved(x.has[h], by, q) && !x.has[g][q];
        found |= left > 0;
        for (int q = 0; q < ids; q++) {
            if (!in_moved(x.has[h], by, q) || x.has[g][q]) continue;
            if (length < longest[q]) continue;
            longest[q] = length;
            code[q] = (uint8_t)(plain_bin(length) * CHORD_LEFT + MIN(left, 7));
        }
    }
    return found;
}

#endif
