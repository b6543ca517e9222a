#include "midi/smf/smf_read.h"
#include "midi/smf/smf_write.h"
#include "tests/sound.h"
#include "tests/streams.h"
#include "tests/tempo_maps.h"
#include "tests/test.h"

#include <signal.h>
#include <sys/resource.h>

enum { SECOND = 1000000, STREAMS = SANITIZED ? 200 : 1000 };

static void add(Performance *p, int64_t onset, int64_t release, uint8_t pitch) {
    performance_add_note(p, (Note){onset, release, pitch, 64});
}

// Writes the performance and reads it again; our own files must be valid.
static Performance reread(const Performance *p, const char *text) {
    Performance again = {0};
    SmfReport report = {0};
    g_autoptr(GError) error = NULL;
    GBytes *bytes = smf_write(p, text, &error);
    if (error) fprintf(stderr, "%s\n", error->message);
    CHECK(bytes != NULL);
    if (!bytes) return again;
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    CHECK(smf_parse(data, size, "export", &again, &report, NULL));
    CHECK(report.warned == 0 && report.format == 1 && report.tracks == 2);
    CHECK(report.notes == p->note_count && report.division == 10000);
    g_bytes_unref(bytes);
    return again;
}

static bool survives(Performance *p) {
    performance_finish(p);
    Performance again = reread(p, NULL);
    bool equal = performance_equal(p, &again);
    performance_clear(&again);
    performance_clear(p);
    return equal;
}

TEST(an_empty_performance_is_an_empty_file) {
    Performance p = {0};
    CHECK(survives(&p));
}

TEST(notes_and_pedal_come_back_as_they_were) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 127);
    add(&p, 0, SECOND, 60);
    add(&p, 50, 100, 61);
    performance_add_pedal(&p, SECOND, 30);
    CHECK(survives(&p));
}

TEST(a_key_struck_again_at_its_release_is_two_notes) {
    Performance p = {0};
    add(&p, 0, SECOND, 60);
    add(&p, SECOND, 2 * SECOND, 60);
    CHECK(survives(&p));
}

TEST(a_note_of_no_length_is_kept) {
    Performance p = {0};
    add(&p, 0, 0, 60);
    add(&p, SECOND, SECOND, 61);
    add(&p, SECOND, 2 * SECOND, 62);
    add(&p, 2 * SECOND, 2 * SECOND, 62);
    CHECK(survives(&p));
}

TEST(a_lift_and_press_at_one_moment_keep_their_order) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 127);
    performance_add_pedal(&p, SECOND, 0);
    performance_add_pedal(&p, SECOND, 127);
    performance_add_pedal(&p, 2 * SECOND, 0);
    CHECK(survives(&p));
}

TEST(pauses_of_hours_are_kept) {
    Performance p = {0};
    for (int64_t i = 0; i < 8; i++)
        add(&p, i * 13000 * SECOND, i * 13000 * SECOND + 50, 60);
    CHECK(survives(&p));
    add(&p, INT64_C(40000) * SECOND, INT64_C(40001) * SECOND,
        60); // longer than a single delta time in a file
    CHECK(survives(&p));
}

TEST(without_a_map_times_go_to_the_nearest_50_microseconds) {
    Performance p = {0};
    add(&p, 80, 269, 60);
    performance_finish(&p);
    Performance again = reread(&p, NULL);
    CHECK(again.note_count == 1 && again.notes[0].onset == 100);
    CHECK(again.notes[0].release == 250);
    performance_clear(&again);
    performance_clear(&p);
}

TEST(a_pedal_still_down_is_lifted_at_the_end) {
    Performance p = {0};
    performance_add_pedal(&p, 0, 100);
    add(&p, 0, SECOND, 60);
    performance_finish(&p);
    Performance again = reread(&p, NULL);
    CHECK(again.pedal_count == 2 && again.pedal[1].time == SECOND);
    CHECK(again.pedal[1].value == 0);
    performance_clear(&again);
    performance_clear(&p);
}

static bool holds(GBytes *bytes, const char *what, size_t count) {
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    return memmem(data, size, what, count) != NULL;
}

TEST(a_file_has_a_track_of_tempi_and_one_of_a_piano_with_the_pedal_up) {
    Performance p = {0};
    GBytes *bytes = smf_write(&p, NULL, NULL);
    const char want[] = "MThd\0\0\0\6\0\1\0\2\x27\x10MTrk\0\0\0\x0B"
                        "\0\xFF\x51\3\7\xA1\x20\0\xFF\x2F\0MTrk\0\0\0\x14"
                        "\0\xFF\3\5Piano\0\xC0\0\0\xB0\x40\0\0\xFF\x2F";
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    CHECK(size == sizeof want && memcmp(data, want, size) == 0);
    g_bytes_unref(bytes);
}

TEST(text_becomes_a_text_event_a_line) {
    Performance p = {0};
    GBytes *bytes = smf_write(&p, "made by par-midi\n\nseed 7\n", NULL);
    CHECK(holds(bytes, "\0\xFF\1\x10made by par-midi\0\xFF\1\6seed 7\0", 31));
    g_bytes_unref(bytes);
}

TEST(a_long_line_is_cut_between_characters) {
    Performance p = {0};
    g_autofree char *ascii = g_strnfill(1000, 'a');
    GString *accents = g_string_new("a");
    for (int i = 0; i < 500; i++) g_string_append(accents, "\xC3\xA9");
    const char *const texts[] = {ascii, accents->str};
    const int lengths[] = {120, 119};
    for (int i = 0; i < 2; i++) {
        GBytes *bytes = smf_write(&p, texts[i], NULL);
        g_autofree char *event = g_strdup_printf("\xFF\1%c%.*s", lengths[i], lengths[i],
                                                 texts[i]);
        CHECK(holds(bytes, event, strlen(event)));
        performance_clear(&p);
        g_bytes_unref(bytes);
    }
    Performance again = reread(&p, "\xFF\xFE not text\x01");
    performance_clear(&again);
    g_string_free(accents, true);
}

static bool refused(Performance *p, const char *message) {
    g_autoptr(GError) error = NULL;
    performance_finish(p);
    GBytes *bytes = smf_write(p, NULL, &error);
    performance_clear(p);
    return !bytes && strcmp(error->message, message) == 0;
}

TEST(what_no_file_can_hold_is_refused) {
    Performance p = {0};
    add(&p, INT64_C(120000) * SECOND, INT64_C(120001) * SECOND, 60);
    CHECK(refused(&p, "the MIDI file could not be made: it lasts more than 29 hours"));
    // The ticks are 16 ms and above two thousand million; four times as many would be
    // too many.
    p.tempo = tempo_map_new(1000);
    tempo_map_add_tempo(p.tempo, 0, 1000);
    tempo_map_add_tempo(p.tempo, 2000000000, 16000000);
    add(&p, 2000 * (int64_t)SECOND + 8000, 2001 * (int64_t)SECOND, 60);
    GBytes *bytes = smf_write(&p, NULL, NULL);
    CHECK(bytes && holds(bytes, "\0\1\0\2\3\xE8MTrk", 10));
    g_bytes_unref(bytes);
    performance_clear(&p);
}

TEST(long_performances_are_joined_from_pieces_without_a_seam) {
    Performance p = {0};
    for (int64_t i = 0; i < 40000; i++)
        add(&p, i * 70000, i * 70000 + 200000, (uint8_t)(20 + i * 7 % 88));
    performance_finish(&p);
    int64_t start = g_get_monotonic_time();
    Performance again = reread(&p, "a long one");
    int64_t elapsed = g_get_monotonic_time() - start;
    fprintf(stderr, "80000 events: %d ms\n", (int)(elapsed / 1000));
    CHECK(elapsed < 10 * G_USEC_PER_SEC);
    CHECK(performance_equal(&p, &again));
    performance_clear(&again);
    performance_clear(&p);
}

TEST(tokens_come_back_the_same_through_a_file) {
    GRand *random = g_rand_new_with_seed(9);
    for (int i = 0; i < STREAMS; i++) {
        TokenizerKind kind = i % 2 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
        GArray *tokens = stream_random(kind, random, i % 500);
        Performance p = {0};
        tokenizer_decode(&p, stream_tokens(tokens), tokens->len);
        Performance again = reread(&p, NULL);
        GArray *tokens_again = tokenizer_encode(&again, kind);
        CHECK(stream_equal(tokens, tokens_again));
        g_array_unref(tokens_again);
        performance_clear(&again);
        performance_clear(&p);
        g_array_unref(tokens);
    }
    g_rand_free(random);
}

// Makes tempi that change often, from very fast to very slow, and metres and keys.
static TempoMap *random_map(GRand *random, int division) {
    TempoMap *m = tempo_map_new(division);
    int64_t tick = 0;
    for (int left = g_rand_int_range(random, 0, 30); left > 0; left--) {
        tick += g_rand_int_range(random, 1, 3000);
        tempo_map_add_tempo(m, tick,
                            (uint32_t)g_rand_int_range(random, 10000, 3000000));
        if (left % 3 == 0)
            tempo_map_add_metre(m, (Metre){tick, (uint8_t)(1 + left), 3, 36, 8});
        if (left % 4 == 0)
            tempo_map_add_key(m, (KeySignature){tick, (int8_t)(left % 15 - 7), true});
    }
    tempo_map_set_title(m, "\xCE\x94 waltz", 8);
    tempo_map_add_name(m, "Right\xE9", 6); // no UTF-8
    return m;
}

static void add_random(Performance *p, GRand *random) {
    int64_t tick = 0;
    for (int i = 0; i < 300; i++) {
        tick += g_rand_int_range(random, 0, 300);
        int64_t off = tick + g_rand_int_range(random, 0, 900);
        performance_add_note(p,
                             (Note){.onset = tempo_map_time(p->tempo, tick),
                                    .release = tempo_map_time(p->tempo, off),
                                    .pitch = (uint8_t)g_rand_int_range(random, 40, 80),
                                    .velocity = (uint8_t)(1 + i % 127)});
        if (i % 3 == 0)
            performance_add_pedal(p, tempo_map_time(p->tempo, tick + i % 50),
                                  (uint8_t)(g_rand_int(random) % 128));
        if (i % 5 == 0)
            performance_move_pedal(p, tempo_map_time(p->tempo, tick + i % 40),
                                   i % 2 ? PEDAL_SOFT : PEDAL_SOSTENUTO,
                                   (uint8_t)(g_rand_int(random) % 128));
    }
    performance_move_pedal(p, tempo_map_time(p->tempo, tick + 1000), PEDAL_SOFT, 0);
    performance_move_pedal(p, tempo_map_time(p->tempo, tick + 900), PEDAL_SOSTENUTO, 0);
    performance_add_pedal(p, tempo_map_time(p->tempo, tick + 1000), 0);
    performance_finish(p);
}

// Returns the file as if pianist and model had played in turns.
static bool comes_back(const Performance *p, const uint8_t *parts) {
    GBytes *bytes = smf_write_parts(p, parts, "text", NULL);
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    Performance again = {0};
    SmfReport report;
    bool ok = smf_parse(data, size, "export", &again, &report, NULL) &&
              performance_equal(p, &again) && report.warned == 0 &&
              report.division == p->tempo->division;
    for (guint i = 0; ok && i < again.tempo->tempi->len; i++)
        ok = tempo_map_time(again.tempo, i * 1000) ==
             tempo_map_time(p->tempo, i * 1000);
    performance_clear(&again);
    g_bytes_unref(bytes);
    return ok;
}

TEST(what_stands_on_a_files_ticks_comes_back_to_the_microsecond) {
    GRand *random = g_rand_new_with_seed(4);
    const int divisions[] = {
        1, 24, 96, 384, 480, 960, 10000, 32767, -25 * 256 + 40, -29 * 256 + 4};
    for (int i = 0; i < 300; i++) {
        Performance p = {0};
        p.tempo = random_map(random, divisions[i % G_N_ELEMENTS(divisions)]);
        add_random(&p, random);
        CHECK(comes_back(&p, NULL));
        // In turns, one part holds the pedal and keys while the other takes over.
        g_autofree uint8_t *parts = g_new0(uint8_t, p.note_count);
        for (size_t n = 0; n < p.note_count; n++) parts[n] = n / 20 % 2;
        if (i % 2) parts[0] = 1;
        CHECK(comes_back(&p, NULL) && comes_back(&p, parts));
        performance_clear(&p);
    }
    g_rand_free(random);
}

TEST(tempi_bars_keys_and_names_are_written_as_they_were_read) {
    GRand *random = g_rand_new_with_seed(5);
    for (int i = 0; i < 50; i++) {
        Performance p = {0};
        p.tempo = random_map(random, 480);
        add(&p, tempo_map_time(p.tempo, 96), tempo_map_time(p.tempo, 960), 60);
        GBytes *bytes = smf_write(&p, NULL, NULL);
        gsize size;
        const uint8_t *data = g_bytes_get_data(bytes, &size);
        Performance again = {0};
        CHECK(smf_parse(data, size, "export", &again, NULL, NULL));
        CHECK(equal_tempo_maps(again.tempo, p.tempo));
        performance_clear(&again);
        performance_clear(&p);
        g_bytes_unref(bytes);
    }
    g_rand_free(random);
}

TEST(what_was_written_has_a_track_of_its_own) {
    Performance p = {0};
    const uint8_t parts[] = {SMF_GIVEN, SMF_WRITTEN};
    add(&p, 0, SECOND, 60);
    add(&p, SECOND, 2 * SECOND, 72);
    GBytes *bytes = smf_write_parts(&p, parts, NULL, NULL);
    CHECK(holds(bytes, "MThd\0\0\0\6\0\1\0\3", 12));
    CHECK(holds(bytes, "\5Piano\0\xC0\0\0\xB0\x40\0\0\x90\x3C\x40", 17));
    CHECK(holds(bytes,
                "\x0C"
                "Continuation\0\xC1\0\0\xB1\x40\0",
                20));
    CHECK(holds(bytes, "\x91\x48\x40", 3) && !holds(bytes, "\x90\x48\x40", 3));
    g_bytes_unref(bytes);
    performance_clear(&p);
}

TEST(a_pedal_held_while_the_other_part_takes_over_is_held_in_both) {
    Performance p = {0};
    const uint8_t parts[] = {SMF_GIVEN, SMF_WRITTEN};
    performance_add_pedal(&p, 0, 100);
    add(&p, 0, SECOND, 60);
    add(&p, SECOND, 3 * SECOND, 72);
    performance_add_pedal(&p, 2 * SECOND, 30);
    performance_add_pedal(&p, 3 * SECOND, 0);
    performance_finish(&p);
    GBytes *bytes = smf_write_parts(&p, parts, NULL, NULL);
    CHECK(holds(bytes, "\xB0\x40\x64", 3) && holds(bytes, "\xB1\x40\x64", 3));
    CHECK(holds(bytes, "\xB1\x40\x1E", 3) && !holds(bytes, "\xB0\x40\x1E", 3));
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    Performance again = {0};
    CHECK(smf_parse(data, size, "export", &again, NULL, NULL) &&
          performance_equal(&p, &again));
    performance_clear(&again);
    performance_clear(&p);
    g_bytes_unref(bytes);
}

TEST(tokens_come_back_the_same_through_ticks_of_any_file) {
    GRand *random = g_rand_new_with_seed(6);
    const int divisions[] = {1, 24, 96, 480, 1000, -24 * 256 + 1, -25 * 256 + 40};
    for (int i = 0; i < 140; i++) {
        GArray *tokens = stream_random(TOKENIZER_PEDAL, random, i * 3);
        Performance p = {0}, again = {0};
        tokenizer_decode(&p, stream_tokens(tokens), tokens->len);
        p.tempo = random_map(random, divisions[i % G_N_ELEMENTS(divisions)]);
        GBytes *bytes = smf_write(&p, NULL, NULL);
        gsize size;
        const uint8_t *data = g_bytes_get_data(bytes, &size);
        CHECK(smf_parse(data, size, "export", &again, NULL, NULL));
        GArray *tokens_again = tokenizer_encode(&again, TOKENIZER_PEDAL);
        CHECK(stream_equal(tokens, tokens_again));
        g_array_unref(tokens_again);
        g_array_unref(tokens);
        g_bytes_unref(bytes);
        performance_clear(&again);
        performance_clear(&p);
    }
    g_rand_free(random);
}

TEST(a_full_disk_is_an_error_in_one_sentence) {
    struct rlimit before, full;
    getrlimit(RLIMIT_FSIZE, &before);
    full = (struct rlimit){10, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &full);
    Performance p = {0};
    g_autoptr(GError) error = NULL;
    GBytes *bytes = smf_write(&p, NULL, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!bytes && error);
    CHECK(error && strcmp(error->message, "the MIDI file could not be made: File too "
                                          "large") == 0);
}

int main(void) {
    RUN(an_empty_performance_is_an_empty_file);
    RUN(notes_and_pedal_come_back_as_they_were);
    RUN(a_key_struck_again_at_its_release_is_two_notes);
    RUN(a_note_of_no_length_is_kept);
    RUN(a_lift_and_press_at_one_moment_keep_their_order);
    RUN(pauses_of_hours_are_kept);
    RUN(without_a_map_times_go_to_the_nearest_50_microseconds);
    RUN(a_pedal_still_down_is_lifted_at_the_end);
    RUN(a_file_has_a_track_of_tempi_and_one_of_a_piano_with_the_pedal_up);
    RUN(text_becomes_a_text_event_a_line);
    RUN(a_long_line_is_cut_between_characters);
    RUN(what_no_file_can_hold_is_refused);
    RUN(long_performances_are_joined_from_pieces_without_a_seam);
    RUN(tokens_come_back_the_same_through_a_file);
    RUN(what_stands_on_a_files_ticks_comes_back_to_the_microsecond);
    RUN(tempi_bars_keys_and_names_are_written_as_they_were_read);
    RUN(what_was_written_has_a_track_of_its_own);
    RUN(a_pedal_held_while_the_other_part_takes_over_is_held_in_both);
    RUN(tokens_come_back_the_same_through_ticks_of_any_file);
    RUN(a_full_disk_is_an_error_in_one_sentence);
    return test_end();
}
