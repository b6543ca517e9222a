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

bool match_add(MatchIndex *m, const Performance *p) {
    if (p->note_count > MATCH_ROOM - m->row->len) return false;
    g_array_append_val(m->pieces, m->row->len);
    Note *line = line_of(p);
    for (size_t i = 0; i < p->note_count; i++) {
        guint8 step = interval(line, i);
        gint32 onset = (gint32)MIN(line[i].onset / 1000, G_MAXINT32);
        g_byte_array_append(m->row, &step, 1);
        g_byte_array_append(m->pitches, &line[i].pitch, 1);
        g_array_append_val(m->onsets, onset);
    }
    g_free(line);
    return true;
}

static int by_what_stands_there(const void *a, const void *b, void *data) {
    const guint32 *x = a, *y = b;
    const GByteArray *row = data;
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
void match_sort(MatchIndex *m) {
    const guint8 end = END;
    g_byte_array_append(m->row, &end, 1);
    guint count = m->row->len;
    g_autofree guint32 *buckets = g_new0(guint32, HEADS + 1);
    for (guint at = 0; at < count; at++) buckets[head_at(m->row, at) + 1]++;
    for (guint i = 0; i < HEADS; i++) buckets[i + 1] += buckets[i];
    m->sorted = g_new(guint32, count);
    for (guint at = 0; at < count; at++) m->sorted[buckets[head_at(m->row, at)]++] = at;
    for (guint i = 0, from = 0; i < HEADS; from = buckets[i++])
        g_qsort_with_data(m->sorted + from, (int)(buckets[i] - from), sizeof(guint32),
                          by_what_stands_there, m->row);
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
    int64_t onset = (int64_t)g_array_index(m->onsets, gint32, from) * 1000;
    return (Match){.notes = (int)count + 1,
                   .piece = piece_at(m, from),
                   .onset = onset,
                   .query_onset = line[first].onset,
                   .transposed = line[first].pitch - m->pitches->data[from]};
}

Match match_longest(const MatchIndex *m, const Performance *p) {
    Match longest = {0};
    guint count = (guint)MIN(p->note_count, MATCH_ROOM);
    Note *line = line_of(p);
    guint8 *bytes = g_new(guint8, count);
    for (guint i = 0; i < count; i++) bytes[i] = interval(line, i);
    for (guint i = 1; i < count && (int)(count - i) >= longest.notes; i++) {
        Query q = {bytes + i, MIN(count - i, MATCH_LONGEST - 1)};
        guint found;
        guint32 at = longest_at(m, q, &found);
        if (found > 0 && (int)found >= longest.notes)
            longest = match_at(m, line, i - 1, at, found);
    }
    g_free(bytes);
    g_free(line);
    return longest;
}
