#include "midi/smf/smf_save.h"

#include "midi/smf/smf_read.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <smf.h>
#include <string.h>
#include <unistd.h>

enum {
    LONGEST_PAUSE = 0x0FFFFFFF,
    LONGEST_FILE = 0x7FFFFF00,
    HEADERS_SIZE = 14 + 8, // MThd, then the header of MTrk
    END_SIZE = 4,          // an end-of-track with a time of 0

    // The time that libsmf takes to free a track, and to check what it saved, grows
    // with the square of the number of events. So libsmf writes each track in pieces of
    // this many messages, which are joined here.
    PIECE_MESSAGES = 1000,
};

typedef struct SmfMessage {
    int64_t tick;
    guint at, size; // the message's bytes
} SmfMessage;

typedef struct Saving {
    const SmfTrack *tracks; // borrowed, as is the map
    guint count;
    const TempoMap *tempo;
    char *path;       // the temporary that libsmf saves to
    GByteArray *file; // written so far
} Saving;

void smf_track_init(SmfTrack *t) {
    t->messages = g_array_new(false, false, sizeof(SmfMessage));
    t->bytes = g_byte_array_new();
}

void smf_track_clear(SmfTrack *t) {
    g_array_unref(t->messages);
    g_byte_array_unref(t->bytes);
}

void smf_track_add(SmfTrack *t, int64_t tick, const void *bytes, guint size) {
    SmfMessage message = {tick, t->bytes->len, size};
    g_byte_array_append(t->bytes, bytes, size);
    g_array_append_val(t->messages, message);
}

static int by_tick(const void *a, const void *b) {
    const SmfMessage *x = a, *y = b;
    return (x->tick > y->tick) - (x->tick < y->tick);
}

void smf_track_sort(SmfTrack *t) { g_array_sort(t->messages, by_tick); }

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(GError **error, const char *format, ...) {
    va_list list;
    va_start(list, format);
    g_autofree char *what = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error(error, SMF_ERROR, 0, "the MIDI file could not be made: %s", what);
    return false;
}

static bool fits(const Saving *w, GError **error) {
    const int64_t hour = INT64_C(3600000000);
    for (guint i = 0; i < w->count; i++) {
        const GArray *messages = w->tracks[i].messages;
        if (messages->len == 0) continue;
        if (g_array_index(messages, SmfMessage, messages->len - 1).tick > LONGEST_FILE)
            return fail(error, "it lasts more than %d hours",
                        (int)(tempo_map_time(w->tempo, LONGEST_FILE) / hour));
    }
    return true;
}

// Adds a message after `ticks`. A pause that is too long for one message is filled with
// empty texts.
static void add_message(smf_track_t *track, int64_t ticks, const uint8_t *bytes,
                        guint size) {
    uint8_t nothing[] = {0xFF, 0x01, 0};
    for (; ticks > LONGEST_PAUSE; ticks -= LONGEST_PAUSE)
        smf_track_add_event_delta_pulses(
            track, smf_event_new_from_pointer(nothing, sizeof nothing), LONGEST_PAUSE);
    smf_track_add_event_delta_pulses(
        track, smf_event_new_from_pointer((void *)bytes, (int)size), (int)ticks);
}

static smf_t *piece(const SmfTrack *t, guint from, guint to) {
    smf_t *smf = smf_new();
    smf_track_t *track = smf_track_new();
    smf_add_track(smf, track);
    int64_t now = from ? g_array_index(t->messages, SmfMessage, from - 1).tick : 0;
    for (guint i = from; i < to; i++) {
        SmfMessage m = g_array_index(t->messages, SmfMessage, i);
        add_message(track, m.tick - now, t->bytes->data + m.at, m.size);
        now = m.tick;
    }
    return smf;
}

// Appends a piece without libsmf's headers and end, because a track has many pieces.
static bool append_piece(Saving *w, smf_t *smf, GError **error) {
    g_autofree char *saved = NULL;
    gsize size;
    errno = 0;
    if (smf_save(smf, w->path) != 0)
        return fail(error, "%s", errno ? g_strerror(errno) : "libsmf refuses it");
    if (!g_file_get_contents(w->path, &saved, &size, error)) return false;
    if (size < HEADERS_SIZE + END_SIZE) return fail(error, "its temporary was cut");
    g_byte_array_append(w->file, (const guint8 *)saved + HEADERS_SIZE,
                        (guint)size - HEADERS_SIZE - END_SIZE);
    return true;
}

static void put(Saving *w, const char *tag, guint32 length) {
    guint32 big = GUINT32_TO_BE(length);
    g_byte_array_append(w->file, (const guint8 *)tag, 4);
    g_byte_array_append(w->file, (const guint8 *)&big, 4);
}

static bool write_track(Saving *w, const SmfTrack *t, GError **error) {
    const guint8 end[END_SIZE] = {0x00, 0xFF, 0x2F, 0x00};
    put(w, "MTrk", 0);
    guint begin = w->file->len;
    bool ok = true;
    for (guint from = 0; ok && from < t->messages->len; from += PIECE_MESSAGES) {
        smf_t *smf = piece(t, from, MIN(from + PIECE_MESSAGES, t->messages->len));
        ok = append_piece(w, smf, error);
        smf_delete(smf);
    }
    g_byte_array_append(w->file, end, END_SIZE);
    guint32 length = GUINT32_TO_BE(w->file->len - begin);
    memcpy(w->file->data + begin - 4, &length, 4);
    return ok;
}

static bool write_tracks(Saving *w, GError **error) {
    guint16 count = 0;
    for (guint i = 0; i < w->count; i++)
        if (w->tracks[i].messages->len > 0) count++;
    guint16 header[] = {GUINT16_TO_BE(1), GUINT16_TO_BE(count),
                        GUINT16_TO_BE((guint16)w->tempo->division)};
    put(w, "MThd", sizeof header);
    g_byte_array_append(w->file, (const guint8 *)header, sizeof header);
    bool ok = true;
    for (guint i = 0; ok && i < w->count; i++)
        if (w->tracks[i].messages->len > 0) ok = write_track(w, &w->tracks[i], error);
    return ok;
}

static void hush(const char *domain, GLogLevelFlags level, const char *message,
                 void *unused) {}

static bool make_temporary(Saving *w, GError **error) {
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

static bool write_through_libsmf(Saving *w, GError **error) {
    if (!make_temporary(w, error)) return false;
    guint handler = g_log_set_handler("libsmf", G_LOG_LEVEL_MASK, hush, NULL);
    bool ok = write_tracks(w, error);
    g_log_remove_handler("libsmf", handler);
    g_unlink(w->path);
    g_free(w->path);
    return ok;
}

GBytes *smf_save_tracks(const SmfTrack *tracks, guint count, const TempoMap *tempo,
                        GError **error) {
    Saving w = {tracks, count, tempo, NULL, g_byte_array_new()};
    bool ok = fits(&w, error) && write_through_libsmf(&w, error);
    if (ok) return g_byte_array_free_to_bytes(w.file);
    g_byte_array_unref(w.file);
    return NULL;
}
