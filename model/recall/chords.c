#include "model/recall/chords.h"

#include <stdlib.h>

enum { IDS = 128, LONGEST = 24, LEFT_MOST = CHORD_LEFT - 1 };

static ChordIds id_of(int id) {
    return id < 64 ? (ChordIds){(uint64_t)1 << id, 0}
                   : (ChordIds){0, (uint64_t)1 << (id - 64)};
}

static bool has(ChordIds s, int id) {
    return (id < 64 ? s.low >> id : s.high >> (id - 64)) & 1;
}

static bool equal(ChordIds a, ChordIds b) { return a.low == b.low && a.high == b.high; }

static ChordIds without(ChordIds a, ChordIds b) {
    return (ChordIds){a.low & ~b.low, a.high & ~b.high};
}

// Moves each id up by `by`, or down if that is negative; some leave 0 .. 127.
static ChordIds moved(ChordIds s, int by) {
    if (by < 0) {
        by = -by;
        if (by >= 64) return (ChordIds){by < IDS ? s.high >> (by - 64) : 0, 0};
        return by == 0 ? s
                       : (ChordIds){s.low >> by | s.high << (64 - by), s.high >> by};
    }
    if (by >= 64) return (ChordIds){0, by < IDS ? s.low << (by - 64) : 0};
    return by == 0 ? s : (ChordIds){s.low << by, s.high << by | s.low >> (64 - by)};
}

// Leaves the ids below R.
static ChordIds below(ChordIds s, int R) {
    if (R < 64) return (ChordIds){s.low & (((uint64_t)1 << R) - 1), 0};
    return R < IDS ? (ChordIds){s.low, s.high & (((uint64_t)1 << (R - 64)) - 1)} : s;
}

void chord_index_free(ChordIndex *x) {
    g_free(x->at);
    *x = (ChordIndex){0};
}

static bool joins(const ChordIndex *x, const Config *c) {
    return x->count > 0 && x->step - x->at[x->count - 1].step <= c->chord_steps;
}

static void add_entry(ChordIndex *x, int id, const Config *c) {
    if (!joins(x, c)) {
        if (x->count == x->room) {
            x->room = 64 + x->room + x->room / 2;
            x->at = g_renew(Chord, x->at, x->room);
        }
        x->at[x->count++] = (Chord){.place = x->length, .step = x->step, .lowest = id};
    }
    Chord *last = &x->at[x->count - 1];
    if (has(last->ids, id)) return;
    ChordIds one = id_of(id);
    last->ids = (ChordIds){last->ids.low | one.low, last->ids.high | one.high};
    last->lowest = MIN(last->lowest, id);
    last->notes++;
}

void chord_index_cut(ChordIndex *x, int length) {
    if (length >= x->length) return;
    while (x->count > 0 && x->at[x->count - 1].place >= length) x->count--;
    // The newest chord that is left may have lost notes, so it is read again.
    const Chord *last = x->count > 0 ? &x->at[--x->count] : NULL;
    x->length = last ? last->place : 0;
    x->step = last ? last->step : 0;
}

void chord_index_set(ChordIndex *x, const Token *tokens, int count, const Config *c) {
    chord_index_cut(x, count);
    for (; x->length < count; x->length++) {
        Token t = tokens[x->length];
        if (t >= c->time_first && t < c->time_end)
            x->step += t - c->time_first + 1;
        else if (t >= c->recall_first && t < c->recall_end)
            add_entry(x, t - c->recall_first, c);
    }
}

// Returns the notes of the chords up to `a` and up to `b`, not before `first`, that are
// equal when those of `b` are moved. More than LONGEST are not counted.
static int notes_alike(const Chord *a, const Chord *b, const Chord *first, int by) {
    int ret = 0;
    for (; b >= first && ret < LONGEST; a--, b--) {
        if (a->notes != b->notes || !equal(a->ids, moved(b->ids, by))) break;
        ret += a->notes;
    }
    return ret;
}

static int bin_of(int notes) {
    return notes < 8    ? notes
           : notes < 12 ? 8 + (notes - 8) / 2
           : notes < 16 ? 10
           : notes < 24 ? 11
                        : CHORD_LENGTHS - 1;
}

static void note(uint8_t *code, int *longest, ChordIds left, int notes, int R) {
    int count = __builtin_popcountll(left.low) + __builtin_popcountll(left.high);
    uint8_t at = (uint8_t)(bin_of(notes) * CHORD_LEFT + MIN(count, LEFT_MOST));
    for (int q = 0; q < R; q++)
        if (has(left, q) && notes >= longest[q]) {
            longest[q] = notes;
            code[q] = at;
        }
}

bool chords_listen(uint8_t *code, const ChordIndex *x, int span, const Config *c) {
    int R = config_recalled(c), longest[IDS] = {0}, first = 0;
    int start = span > 0 ? x->length - span : 0;
    bool inside = joins(x, c), found = false;
    int g = inside ? x->count - 1 : x->count;
    memset(code, 0, (size_t)R);
    while (first < x->count && x->at[first].place < start) first++;
    ChordIds so_far = inside ? x->at[g].ids : (ChordIds){0};
    for (int h = first + 1; h < g; h++) {
        int by = x->at[g - 1].lowest - x->at[h - 1].lowest;
        ChordIds then = below(moved(x->at[h].ids, by), R);
        ChordIds missing = without(so_far, then), left = without(then, so_far);
        if (missing.low || missing.high || !(left.low || left.high)) continue;
        int notes = notes_alike(&x->at[g - 1], &x->at[h - 1], &x->at[first], by) +
                    (inside ? x->at[g].notes : 0);
        if (notes == 0) continue;
        note(code, longest, left, MIN(notes, LONGEST), R);
        found = true;
    }
    return found;
}

// Returns log of the sum over ids of exp(z + b), where z may be without b.
static real log_sum(const real *z, const real *b, int R) {
    real top = z[0] + b[0], sum = 0;
    for (int q = 1; q < R; q++) top = z[q] + b[q] > top ? z[q] + b[q] : top;
    for (int q = 0; q < R; q++) sum += real_exp(z[q] + b[q] - top);
    return top + (real)log((double)sum);
}

static void terms(real *b, const uint8_t *code, const real *table, real strength,
                  int R) {
    for (int q = 0; q < R; q++) b[q] = strength * CHORD_SCALE * table[code[q]];
}

void chords_add(real *z, const uint8_t *code, const real *table, real strength, int R) {
    static const real none[IDS];
    real b[IDS];
    terms(b, code, table, strength, R);
    real change = log_sum(z, b, R) - log_sum(z, none, R);
    for (int q = 0; q < R; q++) z[q] += b[q] - change;
}

bool chord_acts_init(ChordActs *a, int n, const Config *c) {
    a->code = g_try_new(uint8_t, (size_t)n * (size_t)config_recalled(c));
    a->found = g_try_new(bool, n);
    return a->code && a->found;
}

void chord_acts_free(ChordActs *a) {
    chord_index_free(&a->index);
    g_free(a->code);
    g_free(a->found);
}

void chords_forward(ChordActs *a, real *logits, const real *table, const Token *tokens,
                    int count, int n, int span, const Config *c) {
    size_t R = (size_t)config_recalled(c);
    chord_index_cut(&a->index, 0);
    for (int i = 0; i < n; i++) {
        uint8_t *code = a->code + (size_t)i * R;
        real *z = logits + (size_t)i * (size_t)c->vocabulary + c->recall_first;
        chord_index_set(&a->index, tokens, count - n + i + 1, c);
        a->found[i] = chords_listen(code, &a->index, span, c);
        if (!a->found[i]) continue;
        if (a->z) memcpy(a->z + (size_t)i * R, z, R * sizeof *z);
        chords_add(z, code, table, 1, (int)R);
    }
}

// With p the probabilities among the ids without the term and p' those with it, g the
// gradient of the logits with it, and G its sum over the ids:
//
//     dz_q = g_q - G (p'_q - p_q)         db_q = g_q - G p'_q
void chords_backward(const ChordActs *a, real *dlogits, real *dtable, const real *table,
                     int n, const Config *c) {
    static const real none[IDS];
    int R = config_recalled(c);
    for (int i = 0; i < n; i++) {
        if (!a->found[i]) continue;
        const uint8_t *code = a->code + (size_t)i * (size_t)R;
        const real *z = a->z + (size_t)i * (size_t)R;
        real *g = dlogits + (size_t)i * (size_t)c->vocabulary + c->recall_first;
        real b[IDS], sum = 0;
        terms(b, code, table, 1, R);
        real with = log_sum(z, b, R), before = log_sum(z, none, R);
        for (int q = 0; q < R; q++) sum += g[q];
        for (int q = 0; q < R; q++) {
            real now = sum * real_exp(z[q] + b[q] - with);
            dtable[code[q]] += CHORD_SCALE * (g[q] - now);
            g[q] += sum * real_exp(z[q] - before) - now;
        }
    }
}
