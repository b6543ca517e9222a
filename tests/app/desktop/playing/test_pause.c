#include "tests/test.h"

#include "app/desktop/playing/duet.h"

#define SECOND INT64_C(1000000)

#define MS     1000

static int64_t play(Pause *p, int64_t at, int strokes, int64_t gap) {
    for (int i = 0; i < strokes; i++, at += gap) {
        pause_press(p, 60 + i % 12, at);
        pause_release(p, 60 + i % 12, at + gap / 2);
    }
    return at;
}

TEST(nobody_pauses_who_has_not_played) {
    Pause p;
    pause_init(&p, 1.5);
    CHECK(pause_due(&p) == -1);
    play(&p, 1000 * MS, 1, 200 * MS);
    CHECK(pause_due(&p) == 1100 * MS + 1500 * MS);
    pause_yield(&p);
    CHECK(pause_due(&p) == -1);
}

TEST(a_held_key_is_no_pause) {
    Pause p;
    pause_init(&p, 1.5);
    pause_press(&p, 60, 1000 * MS);
    pause_press(&p, 64, 1000 * MS);
    pause_release(&p, 60, 1500 * MS);
    CHECK(pause_due(&p) == -1);
    pause_release_all(&p, 9000 * MS);
    CHECK(pause_due(&p) > 9000 * MS);
}

TEST(who_plays_slowly_is_given_more_time) {
    Pause slow, fast;
    pause_init(&slow, 1.5);
    pause_init(&fast, 1.5);
    play(&slow, 1000 * MS, 30, 900 * MS);
    play(&fast, 1000 * MS, 30, 120 * MS);
    CHECK(pause_length(&fast) == 750 * MS);
    CHECK(pause_length(&slow) > 2000 * MS && pause_length(&slow) <= 3000 * MS);
}

TEST(chords_do_not_make_a_player_fast) {
    Pause p;
    pause_init(&p, 1.5);
    for (int i = 0; i < 30; i++)
        for (int k = 0; k < 4; k++) {
            int64_t at = 1000 * MS + i * 800 * MS + k * 5 * MS;
            pause_press(&p, 60 + k, at);
            pause_release(&p, 60 + k, at + 100 * MS);
        }
    CHECK(pause_length(&p) > 1800 * MS);
}

TEST(an_answer_is_as_long_as_the_phrase_and_no_word_or_speech) {
    CHECK(duet_answer(12 * SECOND) == 12 * SECOND);
    CHECK(duet_answer(0) == 4 * SECOND && duet_answer(SECOND) == 4 * SECOND);
    CHECK(duet_answer(600 * SECOND) == 60 * SECOND);
}

int main(void) {
    RUN(nobody_pauses_who_has_not_played);
    RUN(a_held_key_is_no_pause);
    RUN(who_plays_slowly_is_given_more_time);
    RUN(chords_do_not_make_a_player_fast);
    RUN(an_answer_is_as_long_as_the_phrase_and_no_word_or_speech);
    return test_end();
}
