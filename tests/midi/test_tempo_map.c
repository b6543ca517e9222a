#include "midi/tempo_map.h"
#include "tests/tempo_maps.h"
#include "tests/test.h"

enum { SECOND = 1000000, MAPS = 300 };

static const int smpte[] = {-24 * 256 + 4, -25 * 256 + 40, -29 * 256 + 80,
                            -30 * 256 + 255};

// Makes any map that a file can have: tempi from 1 microsecond per quarter to the
// slowest.
static TempoMap *random_map(GRand *random, int i) {
    int division = i % 5 ? g_rand_int_range(random, 1, 32768) : smpte[i / 5 % 4];
    TempoMap *m = tempo_map_new(division);
    int64_t tick = 0;
    for (int left = g_rand_int_range(random, 0, 40); left > 0; left--) {
        tick += g_rand_int_range(random, 0, left % 2 ? 3 : 100000);
        int most = left % 3 ? 1000000 : TEMPO_MOST;
        tempo_map_add_tempo(m, tick, (uint32_t)g_rand_int_range(random, 1, most));
        if (left % 4 == 0) tempo_map_add_metre(m, (Metre){tick, 3, 2, 24, 8});
        if (left % 5 == 0) tempo_map_add_key(m, (KeySignature){tick, -3, true});
    }
    return m;
}

TEST(every_moment_that_a_tick_gives_goes_back_to_that_very_microsecond) {
    GRand *random = g_rand_new_with_seed(1);
    for (int i = 0; i < MAPS; i++) {
        TempoMap *m = random_map(random, i);
        for (int j = 0; j < 1000; j++) {
            int64_t tick = g_rand_int_range(random, 0, j % 2 ? 2000000 : 2000);
            int64_t time = tempo_map_time(m, tick);
            if (time > TEMPO_MAP_LATEST) continue;
            CHECK(tempo_map_time(m, tempo_map_tick(m, time)) == time);
        }
        tempo_map_unref(m);
    }
    g_rand_free(random);
}

TEST(other_moments_go_to_the_nearest_tick_and_keep_their_order) {
    GRand *random = g_rand_new_with_seed(2);
    for (int i = 0; i < MAPS; i++) {
        TempoMap *m = random_map(random, i);
        int64_t time = 0, last = 0;
        for (int j = 0; j < 500; j++) {
            time += g_rand_int_range(random, 0, j % 2 ? 3 : 100000);
            int64_t tick = tempo_map_tick(m, time);
            int64_t off = ABS(tempo_map_time(m, tick) - time);
            CHECK(tick >= last);
            // Both times are rounded down to a microsecond, so a neighbour may seem to
            // be nearer by one.
            CHECK(off <= ABS(tempo_map_time(m, tick + 1) - time) + 1);
            CHECK(tick == 0 || off <= ABS(tempo_map_time(m, tick - 1) - time) + 1);
            last = tick;
        }
        tempo_map_unref(m);
    }
    g_rand_free(random);
}

TEST(time_is_the_sum_of_ticks_and_tempi_rounded_once) {
    TempoMap *m = tempo_map_new(7);
    tempo_map_add_tempo(m, 3, 1000000);
    CHECK(tempo_map_time(m, 1) == 500000 / 7);
    CHECK(tempo_map_time(m, 3) == 3 * 500000 / 7);
    CHECK(tempo_map_time(m, 5) == (3 * 500000 + 2 * 1000000) / 7);
    CHECK(tempo_map_tick(m, (3 * 500000 + 2 * 1000000) / 7) == 5);
    tempo_map_unref(m);
}

TEST(smpte_counts_frames_and_heeds_no_tempo) {
    TempoMap *m = tempo_map_new(-25 * 256 + 40), *drop = tempo_map_new(-29 * 256 + 100);
    tempo_map_add_tempo(m, 0, 1000);
    CHECK(tempo_map_time(m, 1000) == SECOND && m->tempi->len == 1);
    CHECK(tempo_map_time(drop, 3000) == 1001000);
    tempo_map_unref(m);
    tempo_map_unref(drop);
    CHECK(!tempo_map_new(0) && !tempo_map_new(-25 * 256) && !tempo_map_new(40000));
}

TEST(at_one_tick_the_last_change_holds) {
    TempoMap *m = tempo_map_new(100);
    tempo_map_add_tempo(m, 0, 1);
    tempo_map_add_tempo(m, 0, 200000);
    tempo_map_add_metre(m, (Metre){8, 3, 2, 24, 8});
    tempo_map_add_metre(m, (Metre){8, 6, 3, 36, 8});
    tempo_map_add_key(m, (KeySignature){8, 1, false});
    tempo_map_add_key(m, (KeySignature){8, -2, true});
    CHECK(m->tempi->len == 1 && tempo_map_time(m, 100) == 200000);
    CHECK(m->metres->len == 1 && g_array_index(m->metres, Metre, 0).beats == 6);
    CHECK(m->keys->len == 1 && g_array_index(m->keys, KeySignature, 0).sharps == -2);
    tempo_map_unref(m);
}

TEST(a_slice_says_at_its_beginning_what_holds_there) {
    TempoMap *m = tempo_map_new(480);
    tempo_map_set_title(m, "Waltz", 5);
    tempo_map_add_metre(m, (Metre){0, 3, 2, 24, 8});
    tempo_map_add_key(m, (KeySignature){0, -3, false});
    tempo_map_add_tempo(m, 960, 250000);  // at 1 s
    tempo_map_add_tempo(m, 2880, 600000); // at 2 s
    tempo_map_add_metre(m, (Metre){2880, 4, 2, 24, 8});
    TempoMap *last = tempo_map_slice(m, 3 * SECOND / 2, 2 * SECOND);
    CHECK(last->tempi->len == 2 && tempo_map_time(last, 960) == SECOND / 2);
    CHECK(tempo_map_time(last, 1440) == SECOND / 2 + 600000);
    CHECK(last->metres->len == 2 && g_array_index(last->metres, Metre, 0).tick == 0);
    CHECK(g_array_index(last->metres, Metre, 1).tick == 960 && last->keys->len == 1);
    CHECK(strcmp(last->title, "Waltz") == 0);
    TempoMap *first = tempo_map_slice(m, 0, 2 * SECOND - 1);
    CHECK(first->tempi->len == 2 && first->metres->len == 1);
    CHECK(tempo_map_time(first, 2880 + 480) == 2 * SECOND + 250000); // in that tempo
    TempoMap *all = tempo_map_slice(m, 0, G_MAXINT64);
    CHECK(equal_tempo_maps(all, m) && !equal_tempo_maps(first, m));
    tempo_map_unref(all);
    tempo_map_unref(first);
    tempo_map_unref(last);
    tempo_map_unref(m);
}

TEST(a_finer_map_has_the_same_moments_at_so_many_times_the_ticks) {
    GRand *random = g_rand_new_with_seed(3);
    for (int i = 0; i < MAPS; i++) {
        TempoMap *m = random_map(random, i);
        TempoMap *finer = tempo_map_finer(m, 1 + i % 7);
        int times = (int)(finer->ticks / m->ticks);
        CHECK(finer->division >= INT16_MIN && finer->division <= INT16_MAX);
        CHECK(times == 1 + i % 7 || finer->ticks > (m->division < 0 ? 2000 : 16383));
        for (int j = 0; j < 100; j++) {
            int64_t tick = g_rand_int_range(random, 0, 2000000);
            if (tempo_map_time(m, tick) > TEMPO_MAP_LATEST) continue;
            CHECK(tempo_map_time(finer, times * tick) == tempo_map_time(m, tick));
        }
        tempo_map_unref(finer);
        tempo_map_unref(m);
    }
    g_rand_free(random);
}

TEST(names_are_joined_once_each_and_cut_between_characters) {
    TempoMap *m = tempo_map_new(480);
    tempo_map_add_name(m, "Right\0hidden", 12);
    tempo_map_add_name(m, "", 0);
    tempo_map_add_name(m, "Left", 4);
    tempo_map_add_name(m, "Right", 5);
    CHECK(strcmp(m->names, "Right, Left") == 0);
    tempo_map_add_name(m, "Right, Left", 11); // the name of the track in an export
    CHECK(strcmp(m->names, "Right, Left") == 0);
    GString *accents = g_string_new("a");
    for (int i = 0; i < 100; i++) g_string_append(accents, "\xC3\xA9");
    tempo_map_set_title(m, accents->str, accents->len);
    CHECK(strlen(m->title) == 119);
    tempo_map_set_title(m, "second", 6);
    CHECK(strlen(m->title) == 119);
    g_string_free(accents, true);
    tempo_map_unref(m);
}

TEST(what_lies_beyond_all_time_is_left_out) {
    TempoMap *m = tempo_map_new(1);
    tempo_map_add_tempo(m, 0, TEMPO_MOST);
    tempo_map_add_tempo(m, TEMPO_MAP_TICKS, 1);
    tempo_map_add_metre(m, (Metre){TEMPO_MAP_TICKS, 3, 2, 24, 8});
    CHECK(m->tempi->len == 1 && m->metres->len == 0);
    CHECK(tempo_map_time(m, TEMPO_MAP_TICKS) > TEMPO_MAP_LATEST);
    CHECK(tempo_map_tick(m, TEMPO_MAP_LATEST) ==
          (TEMPO_MAP_LATEST + TEMPO_MOST / 2) / TEMPO_MOST);
    tempo_map_unref(m);
}

int main(void) {
    RUN(every_moment_that_a_tick_gives_goes_back_to_that_very_microsecond);
    RUN(other_moments_go_to_the_nearest_tick_and_keep_their_order);
    RUN(time_is_the_sum_of_ticks_and_tempi_rounded_once);
    RUN(smpte_counts_frames_and_heeds_no_tempo);
    RUN(at_one_tick_the_last_change_holds);
    RUN(a_slice_says_at_its_beginning_what_holds_there);
    RUN(a_finer_map_has_the_same_moments_at_so_many_times_the_ticks);
    RUN(names_are_joined_once_each_and_cut_between_characters);
    RUN(what_lies_beyond_all_time_is_left_out);
    return test_end();
}
