#include "app/desktop/playing/learn.h"
#include "app/desktop/writing/steer.h"
#include "tests/test.h"

static const MidiController knob = {1, 21}, fader = {1, 7};

static Learn learn;
static MidiController learned[STEERS];
static double places[STEERS]; // the positions of the dials

static void begin(void) {
    learn = (Learn){0};
    memset(learned, 0, sizeof learned);
    memset(places, 0, sizeof places);
}

// Moves the dial to a position, rounded as the window rounds it.
static LearnNews move(MidiController which, int position) {
    LearnNews n = learn_follow(&learn, learned, places, which, position);
    if (n.kind == LEARN_MOVE)
        places[n.dial] = steer_at(n.dial, steer_said(n.dial, n.at));
    return n;
}

static void teach(Steer dial, MidiController which) {
    learn_begin(&learn, dial);
    CHECK(move(which, 0).kind == LEARN_NEW);
}

TEST(a_controller_moves_a_dial_over_its_whole_range_and_never_backwards) {
    begin();
    for (Steer dial = 0; dial < STEERS; dial++) {
        teach(dial, knob);
        double before = steer_said(dial, -1);
        CHECK(move(knob, 127).at == 1 && move(knob, 0).at == -1);
        for (int position = 0; position <= 127; position++) {
            LearnNews n = move(knob, position);
            double said = steer_said(dial, n.at);
            CHECK(n.kind == LEARN_MOVE && n.dial == dial && said >= before);
            before = said;
        }
        CHECK(before == steer_said(dial, 1));
    }
}

// Compared exactly: a dial in the middle must not change one bit of the model's
// numbers.
TEST(at_64_every_dial_is_exactly_in_its_middle) {
    begin();
    const WriterModel able = {.tokenizer = TOKENIZER_PEDAL, .recalls = true};
    double said[STEERS];
    Plan plan = {0};
    for (Steer dial = 0; dial < STEERS; dial++) {
        teach(dial, knob);
        LearnNews n = move(knob, 64);
        CHECK(n.at == 0);
        said[dial] = steer_said(dial, n.at);
        CHECK(move(knob, 63).at < 0 && move(knob, 65).at > 0);
    }
    steer_plan(said, &able, &plan);
    CHECK(plan.closeness == CONTINUATION_CLOSENESS && plan.sampler.temperature == 1);
    for (Dial dial = 0; dial < DIALS; dial++) CHECK(plan.dials.at[dial] == 0);
}

TEST(the_first_controller_that_is_moved_is_learned_and_the_dial_does_not_jump) {
    begin();
    CHECK(move(knob, 10).kind == LEARN_NOTHING);
    learn_begin(&learn, STEER_PEDAL);
    learn_begin(&learn, STEER_LOUDNESS); // this is the dial that learns
    LearnNews n = move(knob, 127);
    CHECK(n.kind == LEARN_NEW && n.dial == STEER_LOUDNESS);
    CHECK(n.before == -1 && midi_controller_is(learned[STEER_LOUDNESS], knob));
    CHECK(move(fader, 3).kind == LEARN_NOTHING && learned[STEER_PEDAL].channel == 0);
    CHECK(places[STEER_LOUDNESS] == 0);
}

TEST(a_controller_takes_its_dial_over_when_it_reaches_the_dials_place) {
    for (Steer dial = 0; dial < STEERS; dial++) {
        begin();
        places[dial] = 0.5;
        teach(dial, knob); // the controller is at 0
        CHECK(move(knob, 10).kind == LEARN_WAIT && move(knob, 80).kind == LEARN_WAIT);
        CHECK(places[dial] == 0.5);
        CHECK(move(knob, 110).kind == LEARN_MOVE); // past it, if not exactly onto it
        CHECK(places[dial] > 0.5 && move(knob, 0).kind == LEARN_MOVE);
    }
}

TEST(a_dial_that_was_moved_otherwise_waits_for_its_controller_to_come_by) {
    for (Steer dial = 0; dial < STEERS; dial++) {
        begin();
        teach(dial, knob);
        CHECK(move(knob, 100).kind == LEARN_MOVE);
        places[dial] = -0.5; // moved by the mouse
        CHECK(move(knob, 101).kind == LEARN_WAIT && move(knob, 64).kind == LEARN_WAIT);
        CHECK(places[dial] == -0.5);
        CHECK(move(knob, 31).kind == LEARN_MOVE && move(knob, 127).kind == LEARN_MOVE);
    }
}

// A controller that was learned in an earlier session: its position is unknown.
TEST(the_first_movement_after_a_start_moves_a_dial_only_from_its_place) {
    begin();
    learned[STEER_DENSITY] = knob;
    places[STEER_DENSITY] = 1;
    CHECK(move(knob, 20).kind == LEARN_WAIT && places[STEER_DENSITY] == 1);
    begin();
    learned[STEER_DENSITY] = knob;
    places[STEER_DENSITY] = 1;
    CHECK(move(knob, 126).kind == LEARN_MOVE);
}

TEST(the_same_controller_of_another_channel_is_another_one) {
    begin();
    teach(STEER_DENSITY, knob);
    CHECK(move((MidiController){2, knob.number}, 1).kind == LEARN_NOTHING);
}

TEST(no_pedal_is_learned_and_the_dial_waits_for_another_controller) {
    static const int pedals[] = {64, 66, 67};
    begin();
    learn_begin(&learn, STEER_DENSITY);
    for (size_t i = 0; i < G_N_ELEMENTS(pedals); i++)
        CHECK(move((MidiController){1, pedals[i]}, 127).kind == LEARN_PEDAL);
    CHECK(learned[STEER_DENSITY].channel == 0);
    CHECK(move((MidiController){1, 65}, 127).kind == LEARN_NEW);
    CHECK(move((MidiController){1, 64}, 127).kind == LEARN_NOTHING);
}

TEST(a_controller_moves_one_dial_the_last_that_learned_it) {
    begin();
    teach(STEER_DENSITY, knob);
    teach(STEER_REGISTER, fader);
    learn_begin(&learn, STEER_REGISTER);
    LearnNews n = move(knob, 5);
    CHECK(n.kind == LEARN_NEW && n.before == STEER_DENSITY);
    CHECK(learned[STEER_DENSITY].channel == 0 && move(fader, 1).kind == LEARN_NOTHING);
    CHECK(move(knob, 1).dial == STEER_REGISTER);
    learn_begin(&learn, STEER_REGISTER);
    CHECK(move(knob, 5).before == -1); // the dial's own controller again
    CHECK(move(knob, 70).kind == LEARN_MOVE);
}

TEST(a_dial_that_ends_learning_keeps_its_controller_and_one_that_forgets_has_none) {
    begin();
    teach(STEER_CLOSENESS, knob);
    learn_begin(&learn, STEER_CLOSENESS);
    learn_end(&learn);
    CHECK(move(fader, 1).kind == LEARN_NOTHING && move(knob, 64).kind == LEARN_MOVE);
    learn_begin(&learn, STEER_CLOSENESS);
    CHECK(learn_forget(&learn, learned, STEER_CLOSENESS));
    CHECK(!learn_forget(&learn, learned, STEER_CLOSENESS));
    CHECK(move(fader, 1).kind == LEARN_NOTHING && move(knob, 1).kind == LEARN_NOTHING);
}

TEST(the_view_has_the_controller_of_each_dial_and_the_dial_that_learns) {
    begin();
    View view = {0};
    learn_show(&learn, learned, &view);
    for (Steer i = 0; i < STEERS; i++)
        CHECK(!view.generation.steer[i].learns && !view.generation.steer[i].channel);
    teach(STEER_DENSITY, knob);
    learn_begin(&learn, STEER_TEMPERATURE);
    learn_show(&learn, learned, &view);
    CHECK(view.generation.steer[STEER_DENSITY].channel == 1);
    CHECK(view.generation.steer[STEER_DENSITY].controller == 21);
    CHECK(view.generation.steer[STEER_TEMPERATURE].learns &&
          !view.generation.steer[STEER_DENSITY].learns);
}

int main(void) {
    RUN(a_controller_moves_a_dial_over_its_whole_range_and_never_backwards);
    RUN(at_64_every_dial_is_exactly_in_its_middle);
    RUN(the_first_controller_that_is_moved_is_learned_and_the_dial_does_not_jump);
    RUN(a_controller_takes_its_dial_over_when_it_reaches_the_dials_place);
    RUN(a_dial_that_was_moved_otherwise_waits_for_its_controller_to_come_by);
    RUN(the_first_movement_after_a_start_moves_a_dial_only_from_its_place);
    RUN(the_same_controller_of_another_channel_is_another_one);
    RUN(no_pedal_is_learned_and_the_dial_waits_for_another_controller);
    RUN(a_controller_moves_one_dial_the_last_that_learned_it);
    RUN(a_dial_that_ends_learning_keeps_its_controller_and_one_that_forgets_has_none);
    RUN(the_view_has_the_controller_of_each_dial_and_the_dial_that_learns);
    return test_end();
}
