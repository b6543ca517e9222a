#include "model/recall/recall_index.h"

static bool resize(int **array, int entries) {
    int *grown = g_try_renew(int, *array, entries);
    if (grown) *array = grown;
    return grown;
}

bool recall_index_reserve(RecallIndex *x, int entries) {
    if (entries <= x->room) return true;
    if (!resize(&x->id, entries) || !resize(&x->step, entries) ||
        !resize(&x->place, entries) || !resize(&x->after, entries) ||
        !resize(&x->before, entries))
        return false;
    x->room = entries;
    return true;
}

static bool is_entry(Token t, const Config *c) {
    return t >= c->recall_first && t < c->recall_end;
}

static void add_entry(RecallIndex *x, const Token *tokens, int place, const Config *c) {
    int e = x->entries;
    if (e == x->room && !recall_index_reserve(x, 64 + e + e / 2))
        g_error("the memory for %d entries is not to be had", e);
    x->id[e] = tokens[place] - c->recall_first;
    x->step[e] = e > 0 ? x->id[e] - x->id[e - 1] : 0;
    x->place[e] = place;
    x->after[e] = e > 0 ? tokens[x->place[e - 1] + 1] : 0;
    x->before[e] = place > 0 ? tokens[place - 1] : 0;
    x->entries++;
}

void recall_index_read(RecallIndex *x, const Token *tokens, int count,
                       const Config *c) {
    for (; x->length < count; x->length++)
        if (is_entry(tokens[x->length], c)) add_entry(x, tokens, x->length, c);
}

void recall_index_cut(RecallIndex *x, int length) {
    x->length = MIN(x->length, length);
    while (x->entries > 0 && x->place[x->entries - 1] >= length) x->entries--;
}

void recall_index_free(RecallIndex *x) {
    g_free(x->id);
    g_free(x->step);
    g_free(x->place);
    g_free(x->after);
    g_free(x->before);
    *x = (RecallIndex){0};
}

bool recall_states_init(RecallStates *s, int n) {
    s->at = g_try_new(RecallState, n);
    s->of = g_try_new(int, n);
    s->past = g_try_new(Token, n * RECALL_PAST);
    return s->at && s->of && s->past;
}

void recall_states_free(RecallStates *s) {
    g_free(s->at);
    g_free(s->of);
    g_free(s->past);
    *s = (RecallStates){0};
}

int recall_places_before(const int *first, size_t stride, int count, int place) {
    int low = 0, high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const void *at = (const char *)first + (size_t)middle * stride;
        if (*(const int *)at < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int entries_before(const RecallIndex *x, int place) {
    return recall_places_before(x->place, sizeof *x->place, x->entries, place);
}

void recall_states_find(RecallStates *s, const RecallIndex *x, const Token *tokens,
                        int from, int n, int span) {
    s->count = 0;
    s->n = n;
    int first = 0, seen = entries_before(x, from);
    for (int i = 0; i < n; i++) {
        int place = from + i, start = span > 0 ? MAX(0, place - span + 1) : 0;
        if (i == 0) first = entries_before(x, start);
        while (first < x->entries && x->place[first] < start) first++;
        while (seen < x->entries && x->place[seen] <= place) seen++;
        const RecallState *last = s->count > 0 ? &s->at[s->count - 1] : NULL;
        if (!last || last->first != first || last->seen != seen)
            s->at[s->count++] = (RecallState){first, seen};
        s->of[i] = s->count - 1;
        Token *past = s->past + (size_t)i * RECALL_PAST;
        for (int a = 0; a < RECALL_ENTRIES; a++)
            past[a] = seen - 1 - a >= first ? tokens[x->place[seen - 1 - a]] : -1;
        for (int a = 0; a < RECALL_TOKENS; a++)
            past[RECALL_ENTRIES + a] = place - a >= start ? tokens[place - a] : -1;
    }
}
