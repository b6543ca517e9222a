#include "app/desktop/writing/steer.h"
#include "tests/test.h"

// The dials of the window, all at their highest.
static void turn_up(double said[STEERS]) {
    for (Steer i = 0; i < STEERS; i++) said[i] = steer_said(i, 1);
}

TEST(the_value_that_is_shown_is_that_of_the_position) {
    for (Steer i = 0; i < STEERS; i++)
        for (int at = -1; at <= 1; at++)
            CHECK_NEAR(steer_at(i, steer_said(i, at)), at, 1e-9);
}

TEST(a_plan_is_made_before_the_model_is_known_too) {
    double said[STEERS];
    Plan plan = {.steps = 100};
    turn_up(said);
    steer_plan(said, NULL, &plan);
    CHECK(plan.steps == 100 && plan.closeness == 1);
    CHECK(plan.sampler.temperature == said[STEER_TEMPERATURE]);
}

TEST(what_a_model_lacks_is_not_steered) {
    double said[STEERS];
    turn_up(said);
    for (int i = 0; i < 2; i++) {
        WriterModel m = {.tokenizer = i ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE,
                         .recalls = i};
        Plan plan = {0};
        steer_plan(said, &m, &plan);
        CHECK((plan.dials.at[DIAL_PEDAL] != 0) == i);
        CHECK((plan.closeness != 1) == i);
        CHECK(plan.dials.at[DIAL_DENSITY] != 0);
    }
}

int main(void) {
    RUN(the_value_that_is_shown_is_that_of_the_position);
    RUN(a_plan_is_made_before_the_model_is_known_too);
    RUN(what_a_model_lacks_is_not_steered);
    return test_end();
}
