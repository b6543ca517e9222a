#include "midi/smf/smf_song.h"

enum { HEADER_SIZE = 14, CHUNK_HEADER = 8, LONGEST_PREFIX = 1024 };

static bool fail(SmfSong *song, size_t at, const char *error) {
    song->error = error;
    song->error_at = at;
    return false;
}

static size_t left(const SmfSong *song) { return song->size - song->at; }

static bool starts_with(const SmfSong *song, const char *magic) {
    size_t length = strlen(magic);
    return song->size >= length && memcmp(song->bytes, magic, length) == 0;
}

static uint32_t little_u32(const uint8_t *p) {
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

// A RIFF file is a tag, its size, "RMID", and chunks with little-endian sizes, padded
// to even lengths. The chunk named "data" is the MIDI file.
static bool enter_riff(SmfSong *song) {
    if (little_u32(song->bytes + 4) > song->size - 8)
        smf_warn(song, SMF_WARN_RIFF_SIZE);
    song->at = 12;
    while (left(song) >= CHUNK_HEADER) {
        uint64_t size = little_u32(song->bytes + song->at + 4);
        bool data = smf_tag_at(song, song->at, "data");
        song->at += CHUNK_HEADER;
        if (data && size > left(song)) smf_warn(song, SMF_WARN_RIFF_SIZE);
        if (data) {
            song->size = song->at + MIN(size, left(song));
            return true;
        }
        size += size & 1;
        if (size > left(song)) break;
        song->at += size;
    }
    return fail(song, song->at, "this RIFF file has no MIDI data");
}

static const char *what_else(const SmfSong *song) {
    static const struct {
        const char *magic, *error;
    } known[] = {
        {"PK\3\4", "this is a zip archive, not a MIDI file"},
        {"\x1f\x8b", "this is a gzip file, not a MIDI file"},
        {"Rar!", "this is a RAR archive, not a MIDI file"},
        {"<", "this is a web page, not a MIDI file"},
        {"SMF2CLIP", "this is a MIDI 2.0 clip, which par-midi does not read"},
        {"MUS\x1a", "this is a DOOM music file, not a MIDI file"},
        {"RIFF", "this is a RIFF file without MIDI data"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (starts_with(song, known[i].magic)) return known[i].error;
    return "there is no MIDI header (MThd)";
}

// The header comes first, but may follow a byte order mark or a MacBinary header.
static bool skip_prefix(SmfSong *song) {
    size_t limit = MIN(song->size, LONGEST_PREFIX);
    for (size_t at = 1; at + HEADER_SIZE <= limit; at++) {
        if (!smf_tag_at(song, at, "MThd") || smf_u32(song->bytes + at + 4) != 6)
            continue;
        smf_warn(song, SMF_WARN_PREFIX);
        song->at = at;
        return true;
    }
    return fail(song, 0, what_else(song));
}

static bool find_header(SmfSong *song) {
    if (song->size == 0) return fail(song, 0, "the file is empty");
    bool riff = song->size >= 12 && starts_with(song, "RIFF") &&
                memcmp(song->bytes + 8, "RMID", 4) == 0;
    if (riff && !enter_riff(song)) return false;
    if (!riff && song->size >= 4 && !starts_with(song, "MThd") && !skip_prefix(song))
        return false;
    if (left(song) < HEADER_SIZE)
        return fail(song, song->size, "the file ends inside the MIDI header");
    if (!smf_tag_at(song, song->at, "MThd"))
        return fail(song, song->at, "there is no MIDI header (MThd)");
    return true;
}

// The division is ticks per quarter or, if the top bit is set, minus the frames per
// second and the ticks per frame.
static bool read_division(SmfSong *song, size_t at) {
    const uint8_t *p = song->bytes + at;
    song->report.division = (int16_t)smf_u16(p);
    song->tempo = tempo_map_new(song->report.division);
    bool usual = p[0] < 0x80 || p[0] == 256 - 24 || p[0] == 256 - 25 ||
                 p[0] == 256 - 29 || p[0] == 256 - 30;
    if (!usual) smf_warn(song, SMF_WARN_SMPTE);
    return song->tempo || fail(song, at, "the time division is zero");
}

static bool read_header(SmfSong *song) {
    const uint8_t *p = song->bytes + song->at;
    size_t length = smf_u32(p + 4);
    if (length < 6 || length > left(song) - CHUNK_HEADER) {
        if (!smf_chunk_at(song, song->at + HEADER_SIZE))
            return fail(song, song->at + 4, "the MIDI header is damaged");
        smf_warn(song, SMF_WARN_HEADER);
        length = 6;
    }
    song->report.format = (int)smf_u16(p + 8);
    song->declared_tracks = (int)smf_u16(p + 10);
    if (song->report.format > 1) smf_warn(song, SMF_WARN_FORMAT);
    if (!read_division(song, song->at + 12)) return false;
    song->at += CHUNK_HEADER + length;
    return true;
}

// Returns where the next track begins, or the end of the file. After as many tracks
// as the header declares, a further one is a remnant of an older, longer version of
// the file.
static size_t next_track(const SmfSong *song, size_t from) {
    if (song->report.tracks >= song->declared_tracks) return song->size;
    const uint8_t *end = song->bytes + song->size;
    for (const uint8_t *p = song->bytes + from; p < end; p++) {
        p = memchr(p, 'M', (size_t)(end - p));
        if (!p) break;
        size_t at = (size_t)(p - song->bytes);
        if (smf_tag_at(song, at, "MTrk")) return at;
    }
    return song->size;
}

static bool printable_tag(const SmfSong *song, size_t at) {
    if (song->size - at < CHUNK_HEADER) return false;
    for (size_t i = at; i < at + 4; i++)
        if (!g_ascii_isprint((char)song->bytes[i])) return false;
    return true;
}

static void skip_alien_chunk(SmfSong *song) {
    size_t length = smf_u32(song->bytes + song->at + 4);
    if (printable_tag(song, song->at) && length <= left(song) - CHUNK_HEADER) {
        song->at += CHUNK_HEADER + length;
        return;
    }
    song->at = next_track(song, song->at + 1);
    smf_warn(song, song->at < song->size ? SMF_WARN_RESYNC : SMF_WARN_TRAILING);
}

// The sequences of format 2 are played one after the other, each with its own tempi.
static void begin_sequence(SmfSong *song) {
    song->origin = song->end;
    SmfEvent tempo = {.tick = (uint32_t)song->origin,
                      .status = SMF_TEMPO,
                      .data = {TEMPO_DEFAULT >> 16, (TEMPO_DEFAULT >> 8) & 0xFF,
                               TEMPO_DEFAULT & 0xFF}};
    g_array_append_val(song->events, tempo);
}

static void read_track(SmfSong *song) {
    size_t length = smf_u32(song->bytes + song->at + 4);
    song->at += CHUNK_HEADER;
    if (length > left(song)) smf_warn(song, SMF_WARN_LENGTH);
    size_t end = song->at + MIN(length, left(song));

    song->report.tracks++;
    if (song->report.format == 2) begin_sequence(song);
    bool ended = smf_track_read(song, end);
    size_t stopped = song->at;
    if (!ended) smf_warn(song, SMF_WARN_NO_END);

    if (stopped < end && smf_chunk_at(song, stopped)) {
        smf_warn(song, SMF_WARN_LENGTH);
        return;
    }
    if (stopped < end && ended) smf_warn(song, SMF_WARN_AFTER_END);
    bool sound = ended && stopped == end && printable_tag(song, end);
    if (end == song->size || smf_chunk_at(song, end) || sound) {
        song->at = end;
        return;
    }
    smf_warn(song, SMF_WARN_LENGTH);
    song->at = next_track(song, stopped);
    if (song->at == song->size) smf_warn(song, SMF_WARN_TRAILING);
}

static void read_chunks(SmfSong *song) {
    while (left(song) >= CHUNK_HEADER) {
        if (smf_tag_at(song, song->at, "MTrk")) {
            read_track(song);
        } else if (smf_tag_at(song, song->at, "MThd")) {
            smf_warn(song, SMF_WARN_SECOND);
            song->at = song->size;
        } else {
            skip_alien_chunk(song);
        }
    }
    if (left(song) > 0) smf_warn(song, SMF_WARN_TRAILING);
}

bool smf_chunks_read(SmfSong *song) {
    if (!find_header(song) || !read_header(song)) return false;
    size_t body = song->at;
    read_chunks(song);
    if (song->report.tracks == 0) return fail(song, body, "there is no track (MTrk)");
    if (song->channel_messages + song->other_events == 0)
        return fail(song, body, "the tracks hold no events");
    if (song->report.tracks != song->declared_tracks) smf_warn(song, SMF_WARN_COUNT);
    if (song->report.format == 0 && song->report.tracks > 1)
        smf_warn(song, SMF_WARN_FORMAT);
    return true;
}
