#include "midi/smf/smf_read.h"
#include "tests/tempo_maps.h"
#include "tests/test.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(GByteArray *file, uint32_t number, int bytes) {
    while (bytes-- > 0) {
        uint8_t byte = (uint8_t)(number >> 8 * bytes);
        g_byte_array_append(file, &byte, 1);
    }
}

static GByteArray *header(int format, int tracks, int division) {
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)"MThd", 4);
    put(file, 6, 4);
    put(file, (uint32_t)format, 2);
    put(file, (uint32_t)tracks, 2);
    put(file, (uint32_t)division & 0xFFFF, 2);
    return file;
}

static void add_track(GByteArray *file, const char *events, size_t size) {
    g_byte_array_append(file, (const guint8 *)"MTrk", 4);
    put(file, (uint32_t)size + 4, 4);
    g_byte_array_append(file, (const guint8 *)events, (guint)size);
    g_byte_array_append(file, (const guint8 *)"\x00\xFF\x2F\x00", 4);
}

// Adds a track of these bytes and an end-of-track.
#define TRACK(file, events) add_track(file, events, sizeof(events) - 1)

typedef struct Song {
    Performance p;
    SmfReport report;
    char *error; // NULL if the file was read
} Song;

static Song parse(GByteArray *file) {
    Song song = {0};
    g_autoptr(GError) error = NULL;
    if (!smf_parse(file->data, file->len, "song.mid", &song.p, &song.report, &error))
        song.error = g_strdup(error->message);
    g_byte_array_unref(file);
    return song;
}

static void clear(Song *song) {
    performance_clear(&song->p);
    g_free(song->error);
}

static bool has(const Song *song, size_t i, int64_t onset, int64_t release, int pitch,
                int velocity) {
    if (song->error || i >= song->p.note_count) return false;
    Note n = song->p.notes[i];
    return n.onset == onset && n.release == release && n.pitch == pitch &&
           n.velocity == velocity;
}

static bool pedals(const Song *song, size_t i, int64_t time, int value) {
    if (song->error || i >= song->p.pedal_count) return false;
    return song->p.pedal[i].time == time && song->p.pedal[i].value == value;
}

TEST(a_note_lasts_from_its_note_on_to_its_note_off) {
    GByteArray *file = header(0, 1, 500); // a tick is a millisecond
    TRACK(file, "\x0A\x90\x3C\x40\x64\x80\x3C\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 1 && has(&song, 0, 10000, 110000, 60, 64));
    CHECK(song.report.notes == 1 && song.report.warned == 0);
    CHECK(song.report.format == 0 && song.report.tracks == 1);
    CHECK(song.report.division == 500);
    CHECK(smf_report_warnings(&song.report) == NULL);
    clear(&song);
}

TEST(a_note_of_velocity_zero_is_a_note_off) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x64\x3C\x00\x00\x3E\x41\x64\x3E\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 2 && song.report.notes == 2);
    CHECK(has(&song, 0, 0, 100000, 60, 64) && has(&song, 1, 100000, 200000, 62, 65));
    clear(&song);
}

TEST(time_is_summed_exactly_and_rounded_down_once) {
    GByteArray *file = header(0, 1, 480); // a tick is 1041 2/3 microseconds
    TRACK(file, "\x01\x90\x3C\x40\x01\x80\x3C\x00\x00\x90\x3C\x40\x01\x80\x3C\x00");
    Song song = parse(file);
    CHECK(has(&song, 0, 1041, 2083, 60, 64) && has(&song, 1, 2083, 3125, 60, 64));
    clear(&song);
}

TEST(a_tempo_counts_for_all_tracks_from_its_tick_on) {
    GByteArray *file = header(1, 2, 100);
    TRACK(file, "\x64\xFF\x51\x03\x0F\x42\x40\x64\xFF\x51\x03\x00\x27\x10");
    TRACK(file, "\x32\x90\x3C\x40\x81\x48\x80\x3C\x00");
    Song song = parse(file);
    // 100 ticks last half a second, the next 100 one second, and 50 more 5 ms.
    CHECK(has(&song, 0, 250000, 1505000, 60, 64));
    clear(&song);
}

TEST(tempi_signatures_and_names_are_kept_on_their_ticks) {
    GByteArray *file = header(1, 3, 480);
    TRACK(file, "\0\xFF\x03\5Waltz\0\xFF\x51\3\x0A\x2C\x2B"
                "\0\xFF\x58\4\3\2\x18\x08\0\xFF\x59\2\xFD\1"
                "\x83\x60\xFF\x51\3\7\xA1\x20");
    TRACK(file, "\0\xFF\x03\5Right\0\x90\x3C\x40\x64\x80\x3C\0");
    TRACK(file, "\0\xFF\x03\5Drums\0\x99\x3C\x40\x64\xFF\x58\4\6\3\x24\7");
    Song song = parse(file);
    TempoMap *want = tempo_map_new(480);
    tempo_map_add_tempo(want, 0, 666667);
    tempo_map_add_tempo(want, 480, 500000);
    tempo_map_add_metre(want, (Metre){0, 3, 2, 24, 8});
    tempo_map_add_metre(want, (Metre){100, 6, 3, 36, 7});
    tempo_map_add_key(want, (KeySignature){0, -3, true});
    tempo_map_set_title(want, "Waltz", 5);
    tempo_map_add_name(want, "Right", 5);
    CHECK(equal_tempo_maps(song.p.tempo, want));
    tempo_map_unref(want);
    clear(&song);
}

TEST(the_soft_and_the_sostenuto_pedal_are_read_like_the_other) {
    GByteArray *file = header(0, 1, 500); // a tick is a millisecond
    TRACK(file, "\0\xB0\x43\x40\1\xB1\x43\x50\1\xB0\x42\x7F\1\xB1\x43\0"
                "\1\xB0\x79\0\1\xB9\x42\x7F\1\xB3\x42\x7F");
    Song song = parse(file);
    static const PedalMove want[] = {
        {0, PEDAL_SOFT, 64},          {1000, PEDAL_SOFT, 80},
        {2000, PEDAL_SOSTENUTO, 127}, {3000, PEDAL_SOFT, 64},
        {4000, PEDAL_SOSTENUTO, 0},   {4000, PEDAL_SOFT, 0}};
    CHECK(song.p.move_count == G_N_ELEMENTS(want) && song.p.pedal_count == 0);
    for (size_t i = 0; i < song.p.move_count && i < G_N_ELEMENTS(want); i++)
        CHECK(song.p.moves[i].time == want[i].time &&
              song.p.moves[i].pedal == want[i].pedal &&
              song.p.moves[i].value == want[i].value);
    clear(&song);
}

TEST(signatures_that_are_none_are_left_out) {
    GByteArray *file = header(0, 1, 480);
    TRACK(file, "\0\xFF\x58\4\0\2\x18\x08\0\xFF\x58\4\4\x08\x18\x08"
                "\0\xFF\x59\2\x08\0\0\xFF\x59\2\0\2\0\xFF\x51\3\0\0\0");
    Song song = parse(file);
    CHECK(song.p.tempo && song.p.tempo->metres->len == 0);
    CHECK(song.p.tempo->keys->len == 0 && song.p.tempo->tempi->len == 1);
    clear(&song);
}

TEST(smpte_time_heeds_no_tempo) {
    GByteArray *file = header(0, 1, (256 - 25) << 8 | 40); // a tick is a millisecond
    TRACK(file, "\x00\xFF\x51\x03\x0F\x42\x40\x0A\x90\x3C\x40\x64\x80\x3C\x00");
    Song song = parse(file);
    CHECK(has(&song, 0, 10000, 110000, 60, 64) && song.report.warned == 0);
    clear(&song);

    file = header(0, 1, (256 - 29) << 8 | 100); // 3000 ticks in 1.001 seconds
    TRACK(file, "\x00\x90\x3C\x40\x97\x38\x80\x3C\x00");
    song = parse(file);
    CHECK(has(&song, 0, 0, 1001000, 60, 64) && song.report.warned == 0);
    clear(&song);
}

TEST(all_tracks_and_channels_but_the_drums_are_one_piano) {
    GByteArray *file = header(1, 2, 500);
    TRACK(file, "\x00\x90\x3C\x40\x00\x99\x28\x40\x64\x80\x3C\x00\x00\x89\x28\x00");
    TRACK(file, "\x0A\x95\x3E\x40\x64\x85\x3E\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 2 && song.report.notes == 3 && song.report.tracks == 2);
    CHECK(has(&song, 0, 0, 100000, 60, 64) && has(&song, 1, 10000, 110000, 62, 64));
    clear(&song);
}

TEST(a_note_on_strikes_a_key_anew_that_is_up_when_no_channel_holds_it) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x0A\x91\x3C\x50\x0A\x80\x3C\x00\x0A\x81\x3C\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 2 && song.report.warned == 0);
    CHECK(has(&song, 0, 0, 10000, 60, 64) && has(&song, 1, 10000, 30000, 60, 80));
    clear(&song);
}

TEST(a_key_handed_over_to_another_track_is_held_on) {
    GByteArray *file = header(1, 2, 500);
    TRACK(file, "\x0A\x90\x3C\x40\x0A\x80\x3C\x00");
    TRACK(file, "\x00\x90\x3C\x50\x0A\x80\x3C\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 2 && song.report.warned == 0);
    CHECK(has(&song, 0, 0, 10000, 60, 80) && has(&song, 1, 10000, 20000, 60, 64));
    clear(&song);
}

TEST(a_note_off_at_the_moment_of_a_note_on_ends_the_older_note) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x0A\x90\x3C\x50\x00\x80\x3C\x00\x0A\x80\x3C\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 2 && song.report.warned == 0);
    CHECK(has(&song, 0, 0, 10000, 60, 64) && has(&song, 1, 10000, 20000, 60, 80));
    clear(&song);
}

TEST(where_note_offs_are_missing_one_ends_all_but_what_is_struck_with_it) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x0A\x3C\x41\x0A\x3C\x42\x00\x80\x3C\x00"
                "\x0A\x80\x3C\x00\x0A\x90\x3E\x40\x0A\x80\x3E\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 4);
    CHECK(has(&song, 1, 10000, 20000, 60, 65) && has(&song, 2, 20000, 30000, 60, 66));
    CHECK(has(&song, 3, 40000, 50000, 62, 64));
    g_autofree char *warnings = smf_report_warnings(&song.report);
    CHECK(strcmp(warnings, "notes without note-off closed") == 0);
    clear(&song);
}

// CC 123 and CC 120 with two keys, one of which another channel holds too.
TEST(all_notes_off_ends_the_notes_of_its_channel_in_every_track) {
    for (int i = 0; i < 2; i++) {
        char track[] = "\x0A\xB0\x7B\x00";
        if (i) track[2] = 120;
        GByteArray *file = header(1, 2, 500);
        TRACK(file, "\x00\x90\x3C\x40\x00\x3E\x40\x00\x91\x3E\x40\x14\x81\x3E\x00"
                    "\x00\x80\x3C\x00\x00\x80\x3E\x00");
        add_track(file, track, 4);
        Song song = parse(file);
        CHECK(song.p.note_count == 2 && song.report.warned == 0);
        CHECK(has(&song, 0, 0, 10000, 60, 64) && has(&song, 1, 0, 20000, 62, 64));
        clear(&song);
    }
}

TEST(a_reset_of_controllers_lifts_the_pedal_of_its_channel) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\xB0\x40\x7F\x00\xB1\x40\x50\x0A\xB0\x79\x00\x0A\xB1\x79\x00");
    Song song = parse(file);
    CHECK(song.p.pedal_count == 3 && pedals(&song, 0, 0, 127));
    CHECK(pedals(&song, 1, 10000, 80) && pedals(&song, 2, 20000, 0));
    clear(&song);
}

TEST(the_drum_channel_has_neither_keys_nor_pedal) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\xB9\x40\x7F\x00\x99\x3C\x40\x00\x90\x3C\x40\x0A\xB9\x7B\x00"
                "\x0A\x80\x3C\x00\x0A\x89\x3C\x00");
    Song song = parse(file);
    CHECK(song.p.note_count == 1 && has(&song, 0, 0, 20000, 60, 64));
    CHECK(song.p.pedal_count == 0 && song.report.warned == 0);
    clear(&song);
}

TEST(keys_and_pedal_still_down_are_let_go_at_the_end) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x00\xB0\x40\x7F\x64\xFF\x01\x00");
    Song song = parse(file);
    CHECK(has(&song, 0, 0, 100000, 60, 64));
    CHECK(song.p.pedal_count == 2 && pedals(&song, 1, 100000, 0));
    g_autofree char *warnings = smf_report_warnings(&song.report);
    CHECK(strcmp(warnings, "notes without note-off closed") == 0);
    clear(&song);
}

TEST(the_pedal_is_the_highest_of_the_channels_pedals) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\xB0\x40\x50\x0A\xB1\x40\x7F\x0A\xB1\x40\x00\x0A\xB0\x40\x00");
    Song song = parse(file);
    CHECK(song.p.pedal_count == 4);
    CHECK(pedals(&song, 0, 0, 80) && pedals(&song, 1, 10000, 127));
    CHECK(pedals(&song, 2, 20000, 80) && pedals(&song, 3, 30000, 0));
    clear(&song);
}

TEST(the_sequences_of_format_2_follow_one_another_at_their_own_tempi) {
    GByteArray *file = header(2, 2, 500);
    TRACK(file, "\x00\xFF\x51\x03\x0F\x42\x40\x00\x90\x3C\x40\x64\x80\x3C\x00");
    TRACK(file, "\x00\x90\x3E\x40\x64\x80\x3E\x00");
    Song song = parse(file);
    CHECK(has(&song, 0, 0, 200000, 60, 64) && has(&song, 1, 200000, 300000, 62, 64));
    clear(&song);
}

TEST(running_status_is_said_to_be_wrong_only_where_it_crosses_a_meta_event) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x00\xFF\x01\x01x\x64\x80\x3C\x00\x00\x3D\x00"
                "\x00\x90\x3D\x40\x00\x3D\x00");
    Song song = parse(file);
    g_autofree char *warnings = smf_report_warnings(&song.report);
    CHECK(strcmp(warnings, "note-offs without note-on ignored") == 0);
    clear(&song);
    file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x00\xFF\x01\x01x\x64\x3C\x00");
    song = parse(file);
    g_autofree char *crossed = smf_report_warnings(&song.report);
    CHECK(strcmp(crossed, "running status used across a meta or system event") == 0);
    CHECK(has(&song, 0, 0, 100000, 60, 64));
    clear(&song);
}

TEST(no_file_lasts_longer_than_100_hours) {
    GByteArray *file = header(0, 1, 1); // a tick is up to 16.8 seconds
    TRACK(file,
          "\x00\xFF\x51\x03\xFF\xFF\xFF\x00\x90\x3C\x40\xFF\xFF\xFF\x7F\x80\x3C\x00");
    Song song = parse(file);
    CHECK(has(&song, 0, 0, 100 * INT64_C(3600000000), 60, 64));
    CHECK(song.report.warned != 0);
    clear(&song);
}

TEST(what_is_left_out_is_said) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x00\x90\x3C\x40\x00\x99\x28\x40\x64\x80\x3C\x00\x00\x89\x28\x00");
    Song song = parse(file);
    CHECK(song.report.drums == 1 && song.report.warned == 0);
    g_autofree char *one = smf_report_warnings(&song.report);
    CHECK(strcmp(one, "1 note on the drum channel left out") == 0);
    clear(&song);
    file = header(0, 1, 500);
    TRACK(file, "\x00\x99\x28\x40\x00\x99\x29\x40\x64\x89\x28\x00\x00\x89\x29\x00");
    song = parse(file);
    g_autofree char *all = smf_report_warnings(&song.report);
    CHECK(strcmp(all, "holds no piano notes (2 on the drum channel were left out)") ==
          0);
    clear(&song);
    file = header(0, 1, 500);
    TRACK(file, "\x00\xB0\x40\x7F");
    song = parse(file);
    g_autofree char *none = smf_report_warnings(&song.report);
    CHECK(strcmp(none, "holds no piano notes") == 0);
    clear(&song);
}

TEST(where_music_is_wanted_a_file_without_piano_notes_is_an_error) {
    const char *drums = PAR_SOURCE_ROOT
        "/tests/golden/field/all_on_the_drum_channel.mid";
    const char *piano = PAR_SOURCE_ROOT "/tests/golden/field/drums_have_a_pedal.mid";
    Performance p = {0};
    SmfReport report = {0};
    g_autoptr(GError) error = NULL;
    CHECK(smf_read_music(piano, &p, &report, &error) && !error);
    CHECK(p.note_count == 1 && report.notes == 2);
    performance_clear(&p);
    CHECK(!smf_read_music(drums, &p, NULL, &error) && !p.notes);
    CHECK(g_str_has_suffix(error->message, "drum_channel.mid: holds no piano notes (16 "
                                           "on the drum channel were left out)"));
}

static bool refused(GByteArray *file, const char *message) {
    Song song = parse(file);
    bool as_said = song.error && strcmp(song.error, message) == 0;
    if (!as_said) fprintf(stderr, "%s\n", song.error ? song.error : "was read");
    as_said = as_said && song.p.notes == NULL && song.report.tracks == 0;
    clear(&song);
    return as_said;
}

TEST(what_cannot_be_read_is_refused_with_name_and_byte) {
    CHECK(refused(g_byte_array_new(), "song.mid: byte 0: the file is empty"));
    GByteArray *text = g_byte_array_new();
    g_byte_array_append(text, (const guint8 *)"<html></html>\n", 14);
    CHECK(refused(text, "song.mid: byte 0: this is a web page, not a MIDI file"));
    GByteArray *cut = header(0, 1, 480);
    g_byte_array_set_size(cut, 10);
    CHECK(refused(cut, "song.mid: byte 10: the file ends inside the MIDI header"));
    GByteArray *timeless = header(0, 1, 0);
    TRACK(timeless, "");
    CHECK(refused(timeless, "song.mid: byte 12: the time division is zero"));
    CHECK(refused(header(0, 1, 480), "song.mid: byte 14: there is no track (MTrk)"));
}

static char *folder; // for files

static char *message_for(const char *path) {
    Performance p = {0};
    g_autoptr(GError) error = NULL;
    bool ok = smf_read(path, &p, NULL, &error);
    performance_clear(&p);
    return ok ? g_strdup("") : g_strdup(error->message);
}

static bool says(const char *name, const char *what) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *message = message_for(path);
    if (g_str_has_prefix(message, path) && g_str_has_suffix(message, what)) return true;
    fprintf(stderr, "%s\n", message);
    return false;
}

static char *place(const char *name) { return g_build_filename(folder, name, NULL); }

TEST(what_is_no_regular_file_is_refused_without_waiting) {
    g_autofree char *fifo = place("fifo.mid"), *zero = place("zero.mid");
    CHECK(mkfifo(fifo, 0600) == 0);
    CHECK(symlink("/dev/zero", zero) == 0);
    CHECK(says("fifo.mid", ": this is a device or pipe, not a MIDI file"));
    CHECK(says("zero.mid", ": this is a device or pipe, not a MIDI file"));
    CHECK(says(".", ": this is a folder, not a MIDI file"));
    CHECK(says("missing.mid", ": No such file or directory"));
}

TEST(a_file_of_more_than_64_mib_is_refused) {
    g_autofree char *path = place("large.mid");
    CHECK(g_file_set_contents(path, "MThd", 4, NULL));
    CHECK(truncate(path, SMF_MAX_BYTES + 1) == 0);
    CHECK(says("large.mid", ": byte 67108864: the file is larger than 64 MiB"));
}

TEST(an_error_is_one_printable_line_whatever_the_name) {
    g_autofree char *path = place("a\nb\x1B[2J\xFF\xE2\x80\xAE%s%n.mid");
    CHECK(g_file_set_contents(path, "", 0, NULL));
    g_autofree char *message = message_for(path);
    CHECK(g_utf8_validate(message, -1, NULL));
    for (const char *c = message; *c; c = g_utf8_next_char(c))
        CHECK(g_unichar_isprint(g_utf8_get_char(c)));
    CHECK(strstr(message, "a?b?[2J") && strstr(message, "?%s%n.mid: byte 0: "));
}

TEST(a_file_is_read_from_its_path_and_from_standard_input) {
    GByteArray *file = header(0, 1, 500);
    TRACK(file, "\x0A\x90\x3C\x40\x64\x80\x3C\x00");
    g_autofree char *path = place("good.mid");
    CHECK(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
    g_byte_array_unref(file);
    CHECK(freopen(path, "r", stdin) != NULL);
    const char *const paths[] = {path, "-"};
    for (int i = 0; i < 2; i++) {
        Song song = {0};
        CHECK(smf_read(paths[i], &song.p, &song.report, NULL));
        CHECK(has(&song, 0, 10000, 110000, 60, 64));
        clear(&song);
    }
}

static GByteArray *million_notes(void) {
    static const uint8_t note[8] = {1, 0x90, 60, 64, 1, 0x80, 60, 0};
    GByteArray *file = header(0, 1, 480);
    GByteArray *events = g_byte_array_new();
    for (int i = 0; i < 1000000; i++) g_byte_array_append(events, note, 8);
    add_track(file, (const char *)events->data, events->len);
    g_byte_array_unref(events);
    return file;
}

TEST(a_million_notes_are_read_at_once) {
    GByteArray *file = million_notes();
    int64_t start = g_get_monotonic_time();
    Song song = parse(file);
    int64_t elapsed = g_get_monotonic_time() - start;
    fprintf(stderr, "a million notes: %d ms\n", (int)(elapsed / 1000));
    CHECK(song.p.note_count == 1000000);
    CHECK(elapsed < 10 * G_USEC_PER_SEC); // quadratic time would take hours
    clear(&song);
}

static void check_invariants(const Performance *p) {
    int64_t last = 0, released[128] = {0};
    for (size_t i = 0; i < p->note_count; i++) {
        Note n = p->notes[i];
        CHECK(n.pitch < 128 && n.velocity >= 1 && n.velocity <= 127);
        CHECK(n.onset >= last && n.release >= n.onset && n.onset >= released[n.pitch]);
        last = n.onset;
        released[n.pitch] = n.release;
    }
    uint8_t value = 0;
    for (size_t i = 0; i < p->pedal_count; i++) {
        CHECK(p->pedal[i].value != value && p->pedal[i].value < 128);
        value = p->pedal[i].value;
    }
}

TEST(damaged_bytes_give_a_performance_or_an_error) {
    GRand *random = g_rand_new_with_seed(8);
    for (int i = 0; i < 20000; i++) {
        GByteArray *file = header(1, 2, 480);
        TRACK(file,
              "\x00\xFF\x51\x03\x07\xA1\x20\x00\xF0\x03\x43\x12\xF7\x81\x00\xB0\x40"
              "\x7F\x00\x90\x3C\x40\x60\x3C\x00\x00\xF2\x10\x20");
        TRACK(file, "\x00\xC0\x05\x00\x91\x3E\x40\x00\xFF\x2F\x00\x60\x81\x3E\x40");
        for (int k = g_rand_int_range(random, 0, 6); k > 0; k--) {
            guint at = (guint)g_rand_int_range(random, 0, (gint)file->len);
            file->data[at] = (guint8)g_rand_int_range(random, 0, 256);
        }
        if (i % 3 == 0)
            g_byte_array_set_size(
                file, (guint)g_rand_int_range(random, 0, (gint)file->len + 1));
        Song song = parse(file);
        check_invariants(&song.p);
        CHECK(!song.error || song.p.notes == NULL);
        clear(&song);
    }
    g_rand_free(random);
}

// A line of the generator of cases: "file, verdict, notes or -, why".
static bool as_expected(const char *line) {
    g_auto(GStrv) want = g_strsplit(line, "\t", 4);
    if (g_strv_length(want) != 4) return true;
    g_autofree char *path = place(want[0]);
    Performance p = {0};
    SmfReport report = {0};
    g_autoptr(GError) error = NULL;
    bool ok = smf_read(path, &p, &report, &error);
    performance_clear(&p);
    const char *verdict = !ok ? "reject" : report.warned ? "warn" : "accept";
    bool count = strcmp(want[2], "-") == 0 || report.notes == (size_t)atoi(want[2]);
    if (strcmp(verdict, want[1]) == 0 && count) return true;
    g_autofree char *warnings = ok ? smf_report_warnings(&report) : NULL;
    fprintf(stderr, "%s: %s with %zu notes (%s), want %s with %s: %s\n", want[0],
            verdict, report.notes, warnings ? warnings : "", want[1], want[2], want[3]);
    return false;
}

static char *expectations; // NULL: the generator is missing

TEST(every_generated_bad_file_is_judged_as_expected) {
    g_auto(GStrv) lines = g_strsplit(expectations, "\n", -1);
    int cases = 0;
    for (char **line = lines + 1; *lines && *line; line++, cases++)
        CHECK(as_expected(*line));
    CHECK(cases >= 181);
}

static void run(const char *const *argv) {
    g_spawn_sync(NULL, (char **)argv, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                     G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, NULL, NULL, NULL, NULL);
}

static void generate_bad_files(void) {
    const char *generator = PAR_SOURCE_ROOT "/../shared/badmidi/gen_badmidi.py";
    g_autofree char *table = place("EXPECTED.tsv");
    run((const char *const[]){"python3", generator, folder, NULL});
    g_file_get_contents(table, &expectations, NULL, NULL);
}

int main(void) {
    folder = g_dir_make_tmp("par-midi-smf-XXXXXX", NULL);
    RUN(a_note_lasts_from_its_note_on_to_its_note_off);
    RUN(a_note_of_velocity_zero_is_a_note_off);
    RUN(time_is_summed_exactly_and_rounded_down_once);
    RUN(a_tempo_counts_for_all_tracks_from_its_tick_on);
    RUN(tempi_signatures_and_names_are_kept_on_their_ticks);
    RUN(the_soft_and_the_sostenuto_pedal_are_read_like_the_other);
    RUN(signatures_that_are_none_are_left_out);
    RUN(smpte_time_heeds_no_tempo);
    RUN(all_tracks_and_channels_but_the_drums_are_one_piano);
    RUN(a_note_on_strikes_a_key_anew_that_is_up_when_no_channel_holds_it);
    RUN(a_key_handed_over_to_another_track_is_held_on);
    RUN(a_note_off_at_the_moment_of_a_note_on_ends_the_older_note);
    RUN(where_note_offs_are_missing_one_ends_all_but_what_is_struck_with_it);
    RUN(all_notes_off_ends_the_notes_of_its_channel_in_every_track);
    RUN(a_reset_of_controllers_lifts_the_pedal_of_its_channel);
    RUN(the_drum_channel_has_neither_keys_nor_pedal);
    RUN(keys_and_pedal_still_down_are_let_go_at_the_end);
    RUN(the_pedal_is_the_highest_of_the_channels_pedals);
    RUN(the_sequences_of_format_2_follow_one_another_at_their_own_tempi);
    RUN(running_status_is_said_to_be_wrong_only_where_it_crosses_a_meta_event);
    RUN(no_file_lasts_longer_than_100_hours);
    RUN(what_is_left_out_is_said);
    RUN(where_music_is_wanted_a_file_without_piano_notes_is_an_error);
    RUN(what_cannot_be_read_is_refused_with_name_and_byte);
    RUN(what_is_no_regular_file_is_refused_without_waiting);
    RUN(a_file_of_more_than_64_mib_is_refused);
    RUN(an_error_is_one_printable_line_whatever_the_name);
    RUN(a_file_is_read_from_its_path_and_from_standard_input);
    RUN(a_million_notes_are_read_at_once);
    RUN(damaged_bytes_give_a_performance_or_an_error);
    generate_bad_files();
    if (expectations)
        RUN(every_generated_bad_file_is_judged_as_expected);
    else
        SKIP("no generator of bad files in this checkout");
    g_free(expectations);
    run((const char *const[]){"rm", "-rf", "--", folder, NULL});
    g_free(folder);
    return test_end();
}
