#include "model/recall/chords.h"

#include "model/recall/recall_index.h"

#include <stdlib.h>

enum { IDS = CONFIG_CHORD_IDS, LONGEST = 24, LEFT_MOST = CHORD_LEFT - 1, GRAIN = 8 };

static ChordIds id_of(int id) {
    return id < 64 ? (ChordIds){(uint64_t)1 << id, 0}
                   : (ChordIds){0, (uint64_t)1 << (id - 64)};
}

static bool has(ChordIds s, int id) {
    return (id < 64 ? s.low >> id : s.high >> (id - 64)) & 1;
}

static bool equal(ChordIds a, ChordIds b) { return a.low == b.low && a.high == b.high; }

static int size_of(ChordIds s) {
    return __builtin_popcountll(s.low) + __builtin_popcountll(s.high);
}

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

// Notes it for each id of the word, whose bits are the ids from `first` on.
static void note(uint8_t *code, int *longest, uint64_t word, int first, int notes,
                 uint8_t at) {
    for (; word; word &= word - 1) {
        int q = first + __builtin_ctzll(word);
        if (notes < longest[q]) continue;
        longest[q] = notes;
        code[q] = at;
    }
}

// Returns the number of chords that begin before `place`.
static int chords_before(const ChordIndex *x, int place) {
    return x->count == 0
               ? 0
               : recall_places_before(&x->at->place, sizeof *x->at, x->count, place);
}

static ChordState state_of(const ChordIndex *x, int span, const Config *c) {
    int start = span > 0 ? x->length - span : 0;
    ChordState s = {.first = chords_before(x, start), .next = x->count};
    if (joins(x, c)) s.so_far = x->at[--s.next].ids;
    return s;
}

static bool search(uint8_t *code, const Chord *chords, ChordState s, int R) {
    int longest[IDS] = {0}, known = size_of(s.so_far);
    bool found = false;
    memset(code, 0, (size_t)R);
    for (int h = s.first + 1; h < s.next; h++) {
        const Chord *before = &chords[s.next - 1];
        int by = before->lowest - chords[h - 1].lowest;
        ChordIds then = below(moved(chords[h].ids, by), R);
        ChordIds missing = without(s.so_far, then), left = without(then, s.so_far);
        if (size_of(missing) > 0 || size_of(left) == 0) continue;
        int notes = known + notes_alike(before, &chords[h - 1], &chords[s.first], by);
        if (notes == 0) continue;
        notes = MIN(notes, LONGEST);
        uint8_t at = (uint8_t)(bin_of(notes) * CHORD_LEFT +
                               MIN(size_of(left), LEFT_MOST));
        note(code, longest, left.low, 0, notes, at);
        note(code, longest, left.high, 64, notes, at);
        found = true;
    }
    return found;
}

bool chords_listen(uint8_t *code, const ChordIndex *x, int span, const Config *c) {
    return search(code, x->at, state_of(x, span, c), config_recalled(c));
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
    a->states = g_try_new(ChordState, n);
    a->of = g_try_new(int, n);
    a->found = g_try_new(bool, n);
    a->code = g_try_new(uint8_t, (size_t)n * (size_t)config_recalled(c));
    return a->states && a->of && a->found && a->code;
}

void chord_acts_free(ChordActs *a) {
    chord_index_free(&a->index);
    g_free(a->states);
    g_free(a->of);
    g_free(a->found);
    g_free(a->code);
}

static bool same(const ChordState *a, const ChordState *b) {
    return a->first == b->first && a->next == b->next && equal(a->so_far, b->so_far);
}

static void find_states(ChordActs *a, const Token *tokens, int count, int n, int span,
                        const Config *c) {
    chord_index_cut(&a->index, 0);
    a->count = 0;
    for (int i = 0; i < n; i++) {
        chord_index_set(&a->index, tokens, count - n + i + 1, c);
        ChordState s = state_of(&a->index, span, c);
        if (a->count == 0 || !same(&s, &a->states[a->count - 1]))
            a->states[a->count++] = s;
        a->of[i] = a->count - 1;
    }
}

typedef struct Job {
    ChordActs *acts;
    real *logits;
    const real *table;
    const Config *config;
} Job;

static void search_part(void *data, int begin, int end) {
    const Job *j = data;
    ChordActs *a = j->acts;
    int R = config_recalled(j->config);
    for (int i = begin; i < end; i++)
        a->found[i] = search(a->code + (size_t)i * (size_t)R, a->index.at, a->states[i],
                             R);
}

static void add_part(void *data, int begin, int end) {
    const Job *j = data;
    const ChordActs *a = j->acts;
    size_t R = (size_t)config_recalled(j->config);
    for (int i = begin; i < end; i++) {
        int state = a->of[i];
        if (!a->found[state]) continue;
        real *z = j->logits + (size_t)i * (size_t)j->config->vocabulary +
                  j->config->recall_first;
        if (a->z) memcpy(a->z + (size_t)i * R, z, R * sizeof *z);
        chords_add(z, a->code + (size_t)state * R, j->table, 1, (int)R);
    }
}

void chords_forward(Pool *p, ChordActs *a, real *logits, const real *table,
                    const Token *tokens, int count, int n, int span, const Config *c) {
    Job job = {a, logits, table, c};
    find_states(a, tokens, count, n, span, c);
    pool_run(p, a->count, GRAIN, search_part, &job);
    pool_run(p, n, GRAIN, add_part, &job);
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
        if (!a->found[a->of[i]]) continue;
        const uint8_t *code = a->code + (size_t)a->of[i] * (size_t)R;
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
