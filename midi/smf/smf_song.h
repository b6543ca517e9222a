// Shared by the parts of the Standard MIDI File reader; other code uses smf_read.h.
//
//     smf_read.c    reading a file, and the messages about it
//     smf_chunks.c  header and chunks, and resynchronising in damaged files
//     smf_track.c   the events of one track
//     smf_piano.c   the events of all tracks as one piano, in microseconds
#ifndef MIDI_SMF_SMF_SONG_H
#define MIDI_SMF_SMF_SONG_H

#include "midi/smf/smf_read.h"

#include <string.h>

// clang-format off
#define SMF_WARNINGS(X)                                                                \
    X(PREFIX,    "foreign bytes before the header skipped")                            \
    X(RIFF_SIZE, "RIFF sizes are wrong")                                               \
    X(HEADER,    "header length is wrong")                                             \
    X(FORMAT,    "format number is not 0 or 1, or does not fit the tracks")            \
    X(COUNT,     "track count in the header is wrong")                                 \
    X(SMPTE,     "unusual SMPTE frame rate")                                           \
    X(LENGTH,    "track length is wrong")                                              \
    X(RESYNC,    "lost place, resumed at the next track")                              \
    X(TRAILING,  "bytes after the last track ignored")                                 \
    X(NO_END,    "track without end-of-track")                                         \
    X(AFTER_END, "data after end-of-track")                                            \
    X(END_DATA,  "end-of-track with data")                                             \
    X(CUT,       "track ends inside an event")                                         \
    X(VLQ,       "variable-length number longer than 4 bytes")                         \
    X(RUNNING,   "running status used across a meta or system event")                  \
    X(NO_STATUS, "data bytes without status skipped")                                  \
    X(DATA_BIT,  "data byte above 127")                                                \
    X(SYSTEM,    "system message outside sysex ignored")                               \
    X(SYSEX,     "sysex not terminated")                                               \
    X(META,      "meta event with a bad value or length")                              \
    X(LONG,      "time beyond 2^31 ticks or 100 hours cut")                            \
    X(STUCK,     "notes without note-off closed")                                      \
    X(ORPHAN,    "note-offs without note-on ignored")                                  \
    X(SECOND,    "second MIDI file inside ignored")

typedef enum SmfWarning {
#define X(name, text) SMF_WARN_##name,
    SMF_WARNINGS(X)
#undef X
    SMF_WARNING_COUNT
} SmfWarning;
// clang-format on

#define SMF_DRUM_CHANNEL 9 // counted from 0
#define SMF_MAX_TICK     0x7FFFFF00u

// 100 hours, in microseconds: a limit, so that a few bytes of a file cannot make an
// unlimited number of tokens.
#define SMF_MAX_TIME (100 * INT64_C(3600000000))

// An event that a piano needs: note-on, note-off, six controllers (of the three pedals,
// and SmfController), tempo, time or key signature.
typedef struct SmfEvent {
    uint32_t tick;
    // Of a note-on or note-off: index of its SmfKey in SmfSong.keys; of a time
    // signature: its fourth byte.
    uint32_t key;
    uint8_t status;  // including the channel; below 0x80: a meta event, an SmfMeta
    uint8_t data[3]; // as in the file
} SmfEvent;

typedef enum SmfMeta {
    SMF_TEXT = 0x01, // these three are not stored as events
    SMF_NAME = 0x03, // name of the sequence or track
    SMF_END = 0x2F,
    SMF_TEMPO = 0x51,
    SMF_METRE = 0x58,
    SMF_KEY = 0x59,
} SmfMeta;

typedef enum SmfController {
    SMF_ALL_SOUND_OFF = 120,
    SMF_RESET_CONTROLLERS = 121,
    SMF_ALL_NOTES_OFF = 123,
} SmfController;

// One pitch of one source (a channel of a track). Reading the file counts its note-ons
// and note-offs; the other fields belong to smf_piano.c.
typedef struct SmfKey {
    uint32_t ons, offs;  // in the whole file
    uint32_t open;       // note-ons that have not ended yet;
    uint32_t fresh;      // of these, those struck at fresh_tick
    uint32_t fresh_tick; // tick of the newest note-on
    uint32_t ended,
        endings; // notes that all-notes-off ended; such messages handled
} SmfKey;

typedef struct SmfSong {
    const uint8_t *bytes; // borrowed
    size_t size, at;      // only bytes before `size` are read

    SmfReport report;
    int declared_tracks;
    TempoMap *tempo; // owned; has only names until smf_piano_play()

    GArray *events;          // of SmfEvent: track by track, each in order
    GArray *keys;            // of SmfKey: those that have notes
    size_t channel_messages; // number read, including those that are not used
    size_t other_events;     // number of meta and sysex events
    uint64_t origin;         // the tick at which the track begins (not 0 in format 2)
    uint64_t end;            // the last tick of any track

    const char *error; // what is wrong at byte `error_at`; NULL: nothing
    size_t error_at;
} SmfSong;

// Fills in the header's values and the events. Returns false on failure; song->error
// says why.
bool smf_chunks_read(SmfSong *song);

// Reads events from song->at up to the first end-of-track, the first truncated event,
// or `end`, and leaves song->at there. Returns whether there was an end-of-track.
bool smf_track_read(SmfSong *song, size_t end);

// Sorts song->events by time, plays them into an empty `ret`, and fills in song->tempo.
void smf_piano_play(SmfSong *song, Performance *ret);

static inline void smf_warn(SmfSong *song, SmfWarning warning) {
    song->report.warned |= 1u << warning;
}

static inline uint32_t smf_u16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }

static inline uint32_t smf_u24(const uint8_t *p) { return smf_u16(p) << 8 | p[2]; }

static inline uint32_t smf_u32(const uint8_t *p) {
    return smf_u16(p) << 16 | smf_u16(p + 2);
}

static inline bool smf_tag_at(const SmfSong *song, size_t at, const char *tag) {
    return at <= song->size && song->size - at >= 8 &&
           memcmp(song->bytes + at, tag, 4) == 0;
}

// Returns whether an MThd or MTrk chunk begins there.
static inline bool smf_chunk_at(const SmfSong *song, size_t at) {
    return smf_tag_at(song, at, "MTrk") || smf_tag_at(song, at, "MThd");
}

#endif
