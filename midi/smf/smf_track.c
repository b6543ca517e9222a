#include "midi/smf/smf_song.h"

#include <stdlib.h>

// Microseconds per quarter; a faster tempo cannot be music.
enum { FASTEST_TEMPO = 10000 };

typedef struct Track {
    SmfSong *song;
    const uint8_t *bytes;
    size_t at, end;
    uint64_t tick;
    uint8_t running;     // running status, for data bytes without a status; 0: none
    bool interrupted;    // a meta or system event interrupted the running status
    bool sysex_open;     // its last packet has not come yet
    bool ended;          // there was an end-of-track
    bool after_end;      // reading on after it
    const uint8_t *name; // the first name that is not empty
    size_t name_size;
    uint32_t key[16][128]; // 1 + the index of SmfSong.keys; 0: no note yet
} Track;

typedef enum Outcome {
    READ,
    CUT, // the event is truncated
    END,
} Outcome;

static void warn(Track *t, SmfWarning warning) { smf_warn(t->song, warning); }

static Outcome cut(Track *t) {
    warn(t, SMF_WARN_CUT);
    return CUT;
}

static bool is_status(const Track *t) { return t->bytes[t->at] & 0x80; }

static int data_bytes(uint8_t status) {
    bool one = (status & 0xE0) == 0xC0; // program change, channel pressure
    return one ? 1 : 2;
}

// Reads a variable-length number of at most 4 bytes.
static Outcome read_number(Track *t, uint32_t *ret) {
    uint32_t number = 0;
    for (int i = 0; i < 4; i++) {
        if (t->at >= t->end) return cut(t);
        uint8_t byte = t->bytes[t->at++];
        number = number << 7 | (byte & 0x7F);
        if (byte & 0x80) continue;
        *ret = number;
        return READ;
    }
    warn(t, SMF_WARN_VLQ);
    return CUT;
}

// Reads a length and checks that so many bytes follow; t->at is then at the first
// of them.
static Outcome read_length(Track *t, uint32_t *ret) {
    if (read_number(t, ret) == CUT) return CUT;
    return *ret > t->end - t->at ? cut(t) : READ;
}

static Outcome read_status(Track *t, uint8_t *ret) {
    if (t->at >= t->end) return cut(t);
    if (!is_status(t) && t->running) {
        if (t->interrupted) warn(t, SMF_WARN_RUNNING);
        *ret = t->running;
        return READ;
    }
    while (!is_status(t)) {
        warn(t, SMF_WARN_NO_STATUS);
        if (++t->at >= t->end) return CUT;
    }
    *ret = t->bytes[t->at++];
    return READ;
}

static void keep(Track *t, SmfEvent event, const uint8_t *data, size_t count) {
    event.tick = (uint32_t)MIN(t->song->origin + t->tick, SMF_MAX_TICK);
    memcpy(event.data, data, count);
    g_array_append_val(t->song->events, event);
}

static uint32_t key_of(Track *t, int channel, int pitch) {
    uint32_t *key = &t->key[channel][pitch];
    if (!*key) {
        SmfKey untouched = {0};
        g_array_append_val(t->song->keys, untouched);
        *key = t->song->keys->len;
    }
    return *key - 1;
}

static void keep_note(Track *t, uint8_t status, const uint8_t *data) {
    SmfEvent event = {.status = status, .key = key_of(t, status & 0x0F, data[0])};
    SmfKey *key = &g_array_index(t->song->keys, SmfKey, event.key);
    bool on = (status & 0xF0) == 0x90 && data[1] > 0;
    key->ons += on;
    key->offs += !on;
    t->song->report.notes += on;
    t->song->report.drums += on && (status & 0x0F) == SMF_DRUM_CHANNEL;
    keep(t, event, data, 2);
}

static bool moves_keys_or_pedal(uint8_t controller) {
    return pedal_of_controller(controller) < PEDALS ||
           controller == SMF_ALL_SOUND_OFF || controller == SMF_RESET_CONTROLLERS ||
           controller == SMF_ALL_NOTES_OFF;
}

static Outcome read_channel_message(Track *t, uint8_t status) {
    t->running = status;
    t->interrupted = false;
    size_t count = (size_t)data_bytes(status);
    if (t->end - t->at < count) return cut(t);
    uint8_t data[2] = {t->bytes[t->at], count == 2 ? t->bytes[t->at + 1] : 0};
    t->at += count;
    t->song->channel_messages++;

    int kind = status & 0xF0;
    if ((data[0] | data[1]) & 0x80) {
        warn(t, SMF_WARN_DATA_BIT);
        if (data[0] & 0x80 || kind != 0x90) return READ;
        data[1] = 127; // better too loud than lost
    }
    if (kind == 0x80 || kind == 0x90) keep_note(t, status, data);
    if (kind == 0xB0 && moves_keys_or_pedal(data[0]))
        keep(t, (SmfEvent){.status = status}, data, 2);
    return READ;
}

static bool meta_is_sound(uint8_t type, const uint8_t *data, uint32_t length) {
    switch (type) {
    case SMF_TEMPO: return length == 3 && smf_u24(data) >= FASTEST_TEMPO;
    case SMF_METRE: return length == 4 && data[0] > 0 && data[1] < 8;
    case SMF_KEY: return length == 2 && abs((int8_t)data[0]) <= 7 && data[1] <= 1;
    default: return type < 0x80;
    }
}

static Outcome read_event(Track *t);

// Returns whether music follows an end-of-track: whole events up to the end of the
// chunk, or so many of them that they cannot be leftover bytes.
static bool music_follows(const Track *t) {
    enum { ENOUGH_MESSAGES = 16, MOST_EVENTS = 64 };
    const uint32_t harmless = 1u << SMF_WARN_RUNNING | 1u << SMF_WARN_META |
                              1u << SMF_WARN_END_DATA | 1u << SMF_WARN_SYSEX;
    SmfSong scratch = {.bytes = t->bytes, .size = t->song->size};
    scratch.events = g_array_new(false, false, sizeof(SmfEvent));
    scratch.keys = g_array_new(false, false, sizeof(SmfKey));
    Track trial = *t;
    memset(trial.key, 0, sizeof trial.key);
    trial.song = &scratch;
    trial.after_end = true;

    Outcome outcome = READ;
    for (int i = 0; i < MOST_EVENTS && outcome == READ && trial.at < trial.end &&
                    scratch.channel_messages < ENOUGH_MESSAGES;
         i++)
        outcome = read_event(&trial);
    g_array_unref(scratch.events);
    g_array_unref(scratch.keys);
    return outcome != CUT && !(scratch.report.warned & ~harmless) &&
           scratch.channel_messages > 0;
}

static Outcome end_track(Track *t) {
    if (t->at >= t->end || smf_chunk_at(t->song, t->at)) return END;
    if (!t->after_end && !music_follows(t)) return END;
    t->after_end = true;
    warn(t, SMF_WARN_AFTER_END);
    return READ;
}

static Outcome read_meta(Track *t) {
    if (t->at >= t->end) return cut(t);
    uint8_t type = t->bytes[t->at++];
    if (type == SMF_END) t->ended = true;
    uint32_t length;
    if (read_length(t, &length) == CUT) return CUT;
    const uint8_t *data = t->bytes + t->at;
    t->at += length;
    t->song->other_events++;

    if (type == SMF_END) {
        if (length > 0) warn(t, SMF_WARN_END_DATA);
        return end_track(t);
    }
    if (!meta_is_sound(type, data, length)) warn(t, SMF_WARN_META);
    if (type == SMF_TEMPO && length == 3 && smf_u24(data) > 0)
        keep(t, (SmfEvent){.status = type}, data, 3);
    if (type == SMF_METRE && meta_is_sound(type, data, length))
        keep(t, (SmfEvent){.status = type, .key = data[3]}, data, 3);
    if (type == SMF_KEY && meta_is_sound(type, data, length))
        keep(t, (SmfEvent){.status = type}, data, 2);
    if (type == SMF_NAME && !t->name_size) {
        t->name = data;
        t->name_size = length;
    }
    return READ;
}

// Sysex may come in packets, the first after F0, the others after F7; F7 ends the last.
// par-midi plays none of it.
static Outcome skip_sysex(Track *t, uint8_t status) {
    uint32_t length;
    if (read_length(t, &length) == CUT) return CUT;
    bool whole = length > 0 && t->bytes[t->at + length - 1] == 0xF7;
    if (status == 0xF0) {
        if (t->sysex_open) warn(t, SMF_WARN_SYSEX);
        t->sysex_open = length > 0 && !whole;
    } else if (whole) {
        t->sysex_open = false;
    }
    t->at += length;
    t->song->other_events++;
    return READ;
}

// F1-F6 and F8-FE are messages of a MIDI cable and should not occur in a file.
static Outcome skip_system_message(Track *t, uint8_t status) {
    warn(t, SMF_WARN_SYSTEM);
    int count = status == 0xF2 ? 2 : status == 0xF1 || status == 0xF3 ? 1 : 0;
    for (; count > 0; count--, t->at++) {
        if (t->at >= t->end) return cut(t);
        if (is_status(t)) break;
    }
    return READ;
}

static Outcome read_event(Track *t) {
    uint32_t delta;
    uint8_t status;
    if (read_number(t, &delta) == CUT) return CUT;
    t->tick += delta;
    if (read_status(t, &status) == CUT) return CUT;
    if (status < 0xF0) return read_channel_message(t, status);
    t->interrupted = true;
    if (status == 0xFF) return read_meta(t);
    if (status == 0xF0 || status == 0xF7) return skip_sysex(t, status);
    return skip_system_message(t, status);
}

static size_t piano_notes(const SmfSong *song) {
    return song->report.notes - song->report.drums;
}

static void keep_name(const Track *t, bool has_notes) {
    const char *name = (const char *)t->name;
    if (!name) return;
    if (t->song->report.tracks == 1)
        tempo_map_set_title(t->song->tempo, name, t->name_size);
    if (has_notes) tempo_map_add_name(t->song->tempo, name, t->name_size);
}

bool smf_track_read(SmfSong *song, size_t end) {
    size_t notes = piano_notes(song);
    Track t = {.song = song, .bytes = song->bytes, .at = song->at, .end = end};
    Outcome outcome = READ;
    while (outcome == READ && t.at < end) {
        song->at = t.at;
        outcome = read_event(&t);
    }
    if (outcome != CUT) song->at = t.at;

    keep_name(&t, piano_notes(song) > notes);
    if (t.sysex_open) warn(&t, SMF_WARN_SYSEX);
    uint64_t last = song->origin + t.tick;
    if (last > SMF_MAX_TICK) warn(&t, SMF_WARN_LONG);
    song->end = MAX(song->end, MIN(last, SMF_MAX_TICK));
    return t.ended;
}
