#include "midi/smf_write.h"

#include "midi/event.h"
#include "midi/smf_read.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <smf.h>
#include <string.h>
#include <unistd.h>

enum {
    TICK_MICROSECONDS = 50,
    DIVISION = 10000, // ticks a quarter of half a second
    LONGEST_PAUSE = 0x0FFFFFFF,
    LONGEST_FILE = 0x7FFFFF00,
    LONGEST_TEXT = 120,
    HEADERS_SIZE = 14 + 8, // MThd, then MTrk's, whose last 4 bytes are its length
    END_SIZE = 4,          // an end-of-track after no time

    // The time libsmf takes to free a track, and once more to check what it saved,
    // grows with the square of the track's events. So it writes the one track in pieces
    // of this many, which are joined here.
    PIECE_EVENTS = 1000,
};

typedef struct SmfWriter {
    GArray *events; // of Event
    const char *text;
    char *path;        // the temporary that libsmf saves to
    GByteArray *bytes; // the file so far, without its end-of-track
} SmfWriter;

static bool fail(GError **error, const char *what) {
    g_set_error(error, SMF_ERROR, 0, "the MIDI file could not be made: %s", what);
    return false;
}

// In ticks, in an order in which they read back as the same notes: a key comes up
// before it goes down again, but after its own stroke if the note lasts no tick.
static GArray *performance_events(const Performance *p) {
    GArray *events = g_array_new(false, false, sizeof(Event));
    events_add_pedal(events, 0, 0); // in case a sequencer has it down
    for (size_t i = 0; i < p->note_count; i++) {
        Note n = p->notes[i];
        events_add_note(events, n.onset / TICK_MICROSECONDS,
                        n.release / TICK_MICROSECONDS, n.pitch, n.velocity);
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        events_add_pedal(events, p->pedal[i].time / TICK_MICROSECONDS,
                         p->pedal[i].value);
    if (p->pedal_count && p->pedal[p->pedal_count - 1].value >= PEDAL_DOWN)
        events_add_pedal(events, performance_end(p) / TICK_MICROSECONDS, 0);
    events_sort(events);
    return events;
}

static smf_event_t *midi_event(Event e) {
    switch ((EventKind)e.kind) {
    case EVENT_ONSET: return smf_event_new_from_bytes(0x90, e.pitch, e.value);
    case EVENT_PEDAL: return smf_event_new_from_bytes(0xB0, 64, e.value);
    case EVENT_RELEASE:
    case EVENT_INSTANT_RELEASE: break;
    }
    return smf_event_new_from_bytes(0x80, e.pitch, 64);
}

static bool fits(const GArray *events, GError **error) {
    int64_t now = 0;
    for (guint i = 0; i < events->len; i++) {
        int64_t tick = g_array_index(events, Event, i).time;
        if (tick > LONGEST_FILE) return fail(error, "it lasts more than 29 hours");
        if (tick - now > LONGEST_PAUSE)
            return fail(error, "it has a pause of more than 3 hours");
        now = tick;
    }
    return true;
}

static void add_text(smf_track_t *track, int type, const char *text) {
    const char *end; // of the last whole character that fits
    g_utf8_validate_len(text, MIN(strlen(text), LONGEST_TEXT), &end);
    g_autofree char *line = g_strndup(text, (gsize)(end - text));
    if (*line)
        smf_track_add_event_delta_pulses(track, smf_event_new_textual(type, line), 0);
}

static void add_preamble(smf_track_t *track, const char *text) {
    uint8_t tempo[] = {0xFF, 0x51, 3, 0x07, 0xA1, 0x20}; // half a second
    add_text(track, 3, "Piano");
    smf_track_add_event_delta_pulses(
        track, smf_event_new_from_pointer(tempo, sizeof tempo), 0);
    smf_track_add_event_delta_pulses(track, smf_event_new_from_bytes(0xC0, 0, -1), 0);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; *line; line++) add_text(track, 1, *line);
}

static smf_t *piece(const SmfWriter *w, guint from, guint to) {
    smf_t *smf = smf_new();
    smf_track_t *track = smf_track_new();
    if (smf_set_ppqn(smf, DIVISION) != 0) g_assert_not_reached();
    smf_add_track(smf, track);
    if (from == 0) add_preamble(track, w->text);
    int64_t now = from ? g_array_index(w->events, Event, from - 1).time : 0;
    for (guint i = from; i < to; i++) {
        Event e = g_array_index(w->events, Event, i);
        smf_track_add_event_delta_pulses(track, midi_event(e), (int)(e.time - now));
        now = e.time;
    }
    return smf;
}

static bool append_piece(SmfWriter *w, smf_t *smf, GError **error) {
    g_autofree char *saved = NULL;
    gsize size;
    errno = 0;
    if (smf_save(smf, w->path) != 0)
        return fail(error, errno ? g_strerror(errno) : "libsmf refuses it");
    if (!g_file_get_contents(w->path, &saved, &size, error)) return false;
    if (size < HEADERS_SIZE + END_SIZE) return fail(error, "its temporary was cut");
    guint skipped = w->bytes->len ? HEADERS_SIZE : 0;
    g_byte_array_append(w->bytes, (const guint8 *)saved + skipped,
                        (guint)size - skipped - END_SIZE);
    return true;
}

static bool write_pieces(SmfWriter *w, GError **error) {
    bool ok = true;
    for (guint from = 0; ok && from < w->events->len; from += PIECE_EVENTS) {
        smf_t *smf = piece(w, from, MIN(from + PIECE_EVENTS, w->events->len));
        ok = append_piece(w, smf, error);
        smf_delete(smf);
    }
    return ok;
}

static void end_track(GByteArray *bytes) {
    const guint8 end[END_SIZE] = {0x00, 0xFF, 0x2F, 0x00};
    g_byte_array_append(bytes, end, END_SIZE);
    guint32 length = GUINT32_TO_BE(bytes->len - HEADERS_SIZE);
    memcpy(bytes->data + HEADERS_SIZE - 4, &length, 4);
}

static void hush(const char *domain, GLogLevelFlags level, const char *message,
                 void *unused) {}

static bool make_temporary(SmfWriter *w, GError **error) {
    w->path = g_build_filename(g_get_tmp_dir(), "par-midi-XXXXXX", NULL);
    int fd = g_mkstemp(w->path), code = errno;
    if (fd >= 0) {
        close(fd);
        return true;
    }
    g_set_error(error, SMF_ERROR, 0, "%s: no temporary file can be made there: %s",
                g_get_tmp_dir(), g_strerror(code));
    g_free(w->path);
    return false;
}

static bool write_through_libsmf(SmfWriter *w, GError **error) {
    if (!make_temporary(w, error)) return false;
    guint handler = g_log_set_handler("libsmf", G_LOG_LEVEL_MASK, hush, NULL);
    bool ok = write_pieces(w, error);
    g_log_remove_handler("libsmf", handler);
    g_unlink(w->path);
    g_free(w->path);
    return ok;
}

GBytes *smf_write(const Performance *p, const char *text, GError **error) {
    SmfWriter w = {
        .events = performance_events(p), .text = text, .bytes = g_byte_array_new()};
    bool ok = fits(w.events, error) && write_through_libsmf(&w, error);
    if (ok) end_track(w.bytes);
    g_array_unref(w.events);
    if (ok) return g_byte_array_free_to_bytes(w.bytes);
    g_byte_array_unref(w.bytes);
    return NULL;
}
