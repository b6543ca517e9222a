#include "midi/analysis/match.h"

#include "midi/analysis/line.h"

#include <stdlib.h>
#include <string.h>

// The row has one byte per note: SAME + the interval from the previous note, or END for
// the first note of a piece, and one END after the last note. No interval equals END,
// so no match crosses the border of a piece.
enum { END = 0, SAME = 128, HEADS = 1 << 16 };

struct MatchIndex {
    GByteArray *row, *pitches;
    GArray *onsets; // gint32, milliseconds
    GArray *pieces; // guint32, index in the row at which each begins
    // Suffix array: indices into the row, sorted by the bytes from there on.
    guint32 *sorted;
};

MatchIndex *match_new(void) {
    MatchIndex *m = g_new0(MatchIndex, 1);
    m->row = g_byte_array_new();
    m->pitches = g_byte_array_new();
    m->onsets = g_array_new(FALSE, FALSE, sizeof(gint32));
    m->pieces = g_array_new(FALSE, FALSE, sizeof(guint32));
    return m;
}

void match_free(MatchIndex *m) {
    if (!m) return;
    g_byte_array_unref(m->row);
    g_byte_array_unref(m->pitches);
    g_array_unref(m->onsets);
    g_array_unref(m->pieces);
    g_free(m->sorted);
    g_free(m);
}

static guint8 interval(const Note *line, size_t i) {
    return i == 0 ? END : (guint8)(line[i].pitch - line[i - 1].pitch + SAME);
}

bool match_add_line(MatchIndex *m, const Note *line, size_t count) {
    if (count > MATCH_ROOM - m->row->len) return false;
    g_array_append_val(m->pieces, m->row->len);
    for (size_t i = 0; i < count; i++) {
        guint8 step = interval(line, i);
        gint32 onset = (gint32)MIN(line[i].onset / 1000, G_MAXINT32);
        g_byte_array_append(m->row, &step, 1);
        g_byte_array_append(m->pitches, &line[i].pitch, 1);
        g_array_append_val(m->onsets, onset);
    }
    return true;
}

static int64_t onset_at(const MatchIndex *m, guint32 at) {
    return (int64_t)g_array_index(m->onsets, gint32, at) * 1000;
}

Note *match_line(const MatchIndex *m, int piece, size_t *ret_count) {
    const guint32 *begins = &g_array_index(m->pieces, guint32, 0);
    guint from = begins[piece];
    guint end = (guint)piece + 1 < m->pieces->len ? begins[piece + 1] : m->pitches->len;
    Note *line = g_new0(Note, end - from);
    for (guint i = from; i < end; i++)
        line[i - from] = (Note){.onset = onset_at(m, i), .pitch = m->pitches->data[i]};
    *ret_count = end - from;
    return line;
}

typedef struct Sorting {
    const GByteArray *row;
    const volatile int *stop; // atomic; NULL: it is never stopped
} Sorting;

static bool is_stopped(const Sorting *s) {
    return s->stop && g_atomic_int_get(s->stop);
}

// A bucket that is sorted when it is stopped is left in any order, soon.
static int by_what_found_there(const void *a, const void *b, void *data) {
    const guint32 *x = a, *y = b;
    const Sorting *s = data;
    const GByteArray *row = s->row;
    if (is_stopped(s)) return 0;
    guint left = row->len - MAX(*x, *y);
    int order = memcmp(row->data + *x, row->data + *y, MIN(left, MATCH_LONGEST));
    return order ? order : (*x > *y) - (*x < *y);
}

// The first two bytes from an index on, as a big-endian number.
static guint head_at(const GByteArray *row, guint at) {
    return (guint)row->data[at] << 8 | (at + 1 < row->len ? row->data[at + 1] : END);
}

// A counting sort by the first two bytes, and then a sort of each bucket, most of which
// fit into a cache.
bool match_sort(MatchIndex *m, const volatile int *stop) {
    const guint8 end = END;
    g_byte_array_append(m->row, &end, 1);
    guint count = m->row->len;
    Sorting sorting = {m->row, stop};
    g_autofree guint32 *buckets = g_new0(guint32, HEADS + 1);
    for (guint at = 0; at < count; at++) buckets[head_at(m->row, at) + 1]++;
    if (is_stopped(&sorting)) return false;
    for (guint i = 0; i < HEADS; i++) buckets[i + 1] += buckets[i];
    m->sorted = g_new(guint32, count);
    for (guint at = 0; at < count; at++) m->sorted[buckets[head_at(m->row, at)]++] = at;
    for (guint i = 0, from = 0; i < HEADS && !is_stopped(&sorting); from = buckets[i++])
        g_qsort_with_data(m->sorted + from, (int)(buckets[i] - from), sizeof(guint32),
                          by_what_found_there, &sorting);
    return !is_stopped(&sorting);
}

// A sequence of intervals to search for.
typedef struct Query {
    const guint8 *bytes;
    guint count;
} Query;

static guint in_common(const MatchIndex *m, guint32 at, Query q) {
    guint most = MIN(q.count, m->row->len - at), i = 0;
    while (i < most && m->row->data[at + i] == q.bytes[i]) i++;
    return i;
}

// Returns the first index in sorted order whose suffix is not less than the query.
static guint first_after(const MatchIndex *m, Query q) {
    guint low = 0, high = m->row->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        guint32 at = m->sorted[middle];
        guint left = m->row->len - at;
        int order = memcmp(m->row->data + at, q.bytes, MIN(left, q.count));
        if (order < 0 || (order == 0 && left < q.count))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static guint32 longest_at(const MatchIndex *m, Query q, guint *ret_count) {
    guint after = first_after(m, q), before = MAX(after, 1) - 1;
    after = MIN(after, m->row->len - 1);
    guint count = in_common(m, m->sorted[after], q);
    guint other = in_common(m, m->sorted[before], q);
    *ret_count = MAX(count, other);
    return m->sorted[count >= other ? after : before];
}

static int piece_at(const MatchIndex *m, guint32 at) {
    guint low = 0, high = m->pieces->len;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(m->pieces, guint32, middle) <= at)
            low = middle;
        else
            high = middle;
    }
    return (int)low;
}

// Returns the match of `count` intervals at `at` in the row with the notes from
// line[first] on.
static Match match_at(const MatchIndex *m, const Note *line, guint first, guint32 at,
                      guint count) {
    guint32 from = at - 1; // the note before the first interval
    return (Match){.notes = (int)count + 1,
                   .piece = piece_at(m, from),
                   .onset = onset_at(m, from),
                   .query_onset = line[first].onset,
                   .query_last = line[first + count].onset,
                   .transposed = line[first].pitch - m->pitches->data[from]};
}

// The music that is searched for.
typedef struct Search {
    Note *line;    // owned
    guint8 *bytes; // owned; of its intervals
    guint count;
} Search;

static Search search_of(const Performance *p) {
    guint count = (guint)MIN(p->note_count, MATCH_ROOM);
    Search s = {line_of(p), g_new(guint8, count), count};
    for (guint i = 0; i < count; i++) s.bytes[i] = interval(s.line, i);
    return s;
}

static void search_clear(Search *s) {
    g_free(s->line);
    g_free(s->bytes);
}

// Finds the longest match that begins with interval i.
static guint32 search_at(const MatchIndex *m, const Search *s, guint i,
                         guint *ret_count) {
    Query q = {s->bytes + i, MIN(s->count - i, MATCH_LONGEST - 1)};
    return longest_at(m, q, ret_count);
}

Match match_longest(const MatchIndex *m, const Performance *p) {
    Match longest = {0};
    Search s = search_of(p);
    for (guint i = 1; i < s.count && (int)(s.count - i) >= longest.notes; i++) {
        guint found;
        guint32 at = search_at(m, &s, i, &found);
        if (found > 0 && (int)found >= longest.notes)
            longest = match_at(m, s.line, i - 1, at, found);
    }
    search_clear(&s);
    return longest;
}

// The longest match that begins with an interval: its index in the row and its length.
typedef struct Found {
    guint32 at;
    guint count;
} Found;

// Returns how many of the intervals differ from those shortly before them.
static guint distinctive(const guint8 *bytes, guint count) {
    guint ret = 0;
    for (guint i = 0; i < count; i++) {
        guint back = MIN(i, MATCH_FIGURE);
        ret += back == 0 || !memchr(bytes + i - back, bytes[i], back);
    }
    return ret;
}

// Appends the passages among the intervals from..end - 1: the longest one, of equally
// long ones the first, and those on either side of it. Those before it are shorter, so
// the recursion is at most as deep as a match is long.
static void take_passages(const MatchIndex *m, const Search *s, const Found *found,
                          guint from, guint end, guint least, GArray *ret) {
    while (from < end) {
        guint best = from, count = 0;
        for (guint i = from; i < end; i++) {
            guint here = MIN(found[i].count, end - i);
            if (here >= least && here > count &&
                3 * distinctive(s->bytes + i, here) >= 2 * (least + 1))
                best = i, count = here;
        }
        if (count == 0) return;
        Match match = match_at(m, s->line, best - 1, found[best].at, count);
        if (best > from) take_passages(m, s, found, from, best - 1, least, ret);
        g_array_append_val(ret, match);
        from = best + count + 1; // the first interval between notes behind it
    }
}

GArray *match_passages(const MatchIndex *m, const Performance *p, int least) {
    GArray *ret = g_array_new(FALSE, FALSE, sizeof(Match));
    Search s = search_of(p);
    Found *found = g_new0(Found, s.count);
    for (guint i = 1; i < s.count; i++)
        found[i].at = search_at(m, &s, i, &found[i].count);
    take_passages(m, &s, found, 1, s.count, (guint)MAX(least, 2) - 1, ret);
    g_free(found);
    search_clear(&s);
    return ret;
}
