#include "midi/analysis/recurrence.h"

#include "midi/analysis/line.h"
#include "midi/tokenizer.h"

typedef struct LineNote {
    int pitch, place;
    int64_t onset; // of its chord
} LineNote;

// Returns the line of the tokens' notes, each with the index of its NOTE_ON. Notes of
// one pitch have the same order in the line and in the tokens.
static GArray *line_with_places(const Token *tokens, int count) {
    GArray *ret = g_array_new(false, false, sizeof(LineNote)), *places[128];
    for (int p = 0; p < 128; p++) places[p] = g_array_new(false, false, sizeof(int));
    Performance music = {0};
    g_autoptr(GArray) events = tokenizer_events(tokens, (size_t)count);
    for (int i = 0; i < count; i++) {
        Event e = g_array_index(events, Event, i);
        if (e.kind != EVENT_ONSET) continue;
        performance_add_note(&music, (Note){e.time, e.time, e.pitch, e.value});
        g_array_append_val(places[e.pitch], i);
    }
    Note *line = line_of(&music);
    guint next[128] = {0};
    for (size_t i = 0; i < music.note_count; i++) {
        int pitch = line[i].pitch;
        LineNote n = {pitch, g_array_index(places[pitch], int, next[pitch]++),
                      line[i].onset};
        g_array_append_val(ret, n);
    }
    for (int p = 0; p < 128; p++) g_array_unref(places[p]);
    g_free(line);
    performance_clear(&music);
    return ret;
}

// Packs the RECURRENCE_NOTES notes before `at` into a number, one byte each: their
// pitches, or the intervals between them.
static gint64 key_of(const LineNote *line, int at, bool transposed) {
    guint64 key = 0;
    for (int i = at - RECURRENCE_NOTES + (transposed ? 1 : 0); i < at; i++) {
        int x = transposed ? line[i].pitch - line[i - 1].pitch : line[i].pitch;
        key = key << 8 | (guint8)x;
    }
    return (gint64)key;
}

// Returns the pitch of note `at`, or its interval from the previous note.
static int follows(const LineNote *line, int at, bool transposed) {
    return line[at].pitch - (transposed ? line[at - 1].pitch : 0);
}

static bool is_alone(const LineNote *line, int at, int count) {
    return (at == 0 || line[at - 1].onset != line[at].onset) &&
           (at == count - 1 || line[at + 1].onset != line[at].onset);
}

GArray *recurrences(const Token *tokens, int count, bool transposed) {
    GArray *ret = g_array_new(false, false, sizeof(Recurrence));
    GArray *notes = line_with_places(tokens, count);
    const LineNote *line = (const LineNote *)(void *)notes->data;
    GHashTable *last = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (int at = RECURRENCE_NOTES; at < (int)notes->len; at++) {
        gint64 key = key_of(line, at, transposed);
        int before = GPOINTER_TO_INT(g_hash_table_lookup(last, &key)); // 0: none
        Recurrence r = {line[at].place, line[at].place - line[before].place,
                        follows(line, at, transposed) ==
                            (before ? follows(line, before, transposed) : 0),
                        is_alone(line, at, (int)notes->len)};
        if (before && r.lag > 0) g_array_append_val(ret, r);
        g_hash_table_replace(last, g_memdup2(&key, sizeof key), GINT_TO_POINTER(at));
    }
    g_hash_table_unref(last);
    g_array_unref(notes);
    return ret;
}
