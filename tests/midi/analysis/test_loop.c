#include "midi/analysis/line.h"
#include "midi/analysis/loop.h"
#include "tests/test.h"

static LoopPassage push(Loop *l, const int *symbols, int count, int *onset) {
    for (int i = 0; i < count; i++) loop_push(l, symbols[i], (*onset)++);
    return loop_now(l);
}

TEST(a_block_of_any_length_is_found_when_it_was_played_so_often) {
    for (int block = 1; block <= LOOP_BLOCK; block++) {
        Loop l = {0};
        int before[] = {-1, -2, -3}, symbols[LOOP_BLOCK], onset = 0;
        for (int i = 0; i < block; i++) symbols[i] = i;
        push(&l, before, 3, &onset);
        for (int times = 1; times < LOOP_TIMES; times++)
            CHECK(push(&l, symbols, block, &onset).notes == 0);
        CHECK(push(&l, symbols, block - 1, &onset).notes == 0);
        LoopPassage now = push(&l, symbols + block - 1, 1, &onset);
        CHECK(now.block == block && now.notes == LOOP_TIMES * block);
        CHECK(now.begin == 3 && now.end == 2 + LOOP_TIMES * block);
        CHECK(now.next == 0);
    }
}

TEST(another_note_ends_a_loop_at_once) {
    Loop l = {0};
    int block[] = {5, 7}, other = 6, onset = 0;
    for (int i = 0; i < 10; i++) push(&l, block, 2, &onset);
    CHECK(loop_now(&l).notes == 20);
    CHECK(push(&l, &other, 1, &onset).notes == 0);
    CHECK(push(&l, block, 2, &onset).notes == 0);
}

TEST(of_a_block_and_its_multiples_the_shortest_is_meant) {
    Loop l = {0};
    int block[] = {1, 2, 3}, onset = 0;
    for (int i = 0; i < 40; i++) push(&l, block, 3, &onset);
    CHECK(loop_now(&l).block == 3 && loop_now(&l).notes == 120);
    CHECK(loop_now(&l).begin == 0 && loop_now(&l).end == 119);
}

TEST(what_would_go_on_with_a_loop_is_known) {
    Loop l = {0};
    int block[] = {1, 2, 3}, onset = 0;
    for (int i = 0; i < 40; i++) push(&l, block, 3, &onset);
    for (int i = 0; i < 7; i++) {
        CHECK(loop_now(&l).next == block[i % 3]);
        push(&l, block + i % 3, 1, &onset);
    }
}

TEST(what_never_comes_again_is_no_loop) {
    Loop l = {0};
    for (int i = 0; i < 1000; i++) {
        loop_push(&l, i, i);
        CHECK(loop_now(&l).notes == 0);
    }
}

// --- the line of notes that it reads ---

static Performance chords(const int64_t *spread) {
    static const uint8_t pitches[] = {64, 60, 67, 72, 48, 55};
    Performance p = {0};
    for (int i = 0; i < 6; i++) {
        int64_t onset = i / 3 * 1000000 + spread[i];
        performance_add_note(&p, (Note){onset, onset + 500000, pitches[i], 80});
    }
    performance_finish(&p);
    return p;
}

TEST(a_chord_is_the_same_line_however_it_is_spread) {
    const int64_t spreads[][6] = {
        {0}, {0, 10000, 20000, 5000, 30000, 0}, {30000, 0, 10000, 0, 0, 30000}};
    static const uint8_t want[] = {60, 64, 67, 48, 55, 72};
    for (int s = 0; s < 3; s++) {
        Performance p = chords(spreads[s]);
        Note *line = line_of(&p);
        for (int i = 0; i < 6; i++) CHECK(line[i].pitch == want[i]);
        CHECK(line[0].onset == line[2].onset && line[2].onset < line[3].onset);
        g_free(line);
        performance_clear(&p);
    }
}

TEST(notes_that_follow_each_other_are_no_chord) {
    Performance p = {0};
    for (int i = 0; i < 8; i++)
        performance_add_note(&p,
                             (Note){i * 20000, i * 20000 + 9, (uint8_t)(80 - i), 80});
    performance_finish(&p);
    Note *line = line_of(&p);
    // The second note is near enough to the first to be its pair; the third is not.
    for (int i = 0; i < 8; i++) CHECK(line[i].onset == i / 2 * 40000);
    g_free(line);
    performance_clear(&p);
}

TEST(the_line_of_nothing_is_nothing) {
    Performance p = {0};
    Note *line = line_of(&p);
    CHECK(line == NULL);
    g_free(line);
}

int main(void) {
    RUN(a_block_of_any_length_is_found_when_it_was_played_so_often);
    RUN(another_note_ends_a_loop_at_once);
    RUN(of_a_block_and_its_multiples_the_shortest_is_meant);
    RUN(what_would_go_on_with_a_loop_is_known);
    RUN(what_never_comes_again_is_no_loop);
    RUN(a_chord_is_the_same_line_however_it_is_spread);
    RUN(notes_that_follow_each_other_are_no_chord);
    RUN(the_line_of_nothing_is_nothing);
    return test_end();
}
