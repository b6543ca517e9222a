#include "tests/test.h"

#include "model/train/optimizer/average.h"
#include "model/train/schedule.h"

#include <math.h>

static TrainOptions options(TrainSchedule schedule) {
    return (TrainOptions){.config = {.context = 64, .latents = 16},
                          .schedule = schedule,
                          .batch = 4,
                          .rate = 0.01,
                          .warmup = 10,
                          .decay = 0.1,
                          .keep = 0.25};
}

TEST(the_rate_warms_up_in_a_straight_line) {
    TrainOptions o = options(SCHEDULE_CONSTANT);
    CHECK_NEAR(schedule_rate(&o, 0, 0), 0.001, 1e-12);
    CHECK_NEAR(schedule_rate(&o, 4, 0), 0.005, 1e-12);
    CHECK_NEAR(schedule_rate(&o, 9, 0), 0.01, 1e-12);
}

TEST(a_constant_rate_stays_to_the_end) {
    TrainOptions o = options(SCHEDULE_CONSTANT);
    CHECK(schedule_rate(&o, 1000, 1) == 0.01);
}

TEST(a_cosine_ends_at_a_hundredth) {
    TrainOptions o = options(SCHEDULE_COSINE);
    CHECK_NEAR(schedule_rate(&o, 1000, 0.5), 0.01 * (0.01 + 0.99 / 2), 1e-12);
    CHECK_NEAR(schedule_rate(&o, 1000, 1), 0.0001, 1e-12);
}

TEST(a_cooldown_goes_down_by_the_root_to_nothing) {
    TrainOptions o = options(SCHEDULE_COOLDOWN);
    CHECK(schedule_rate(&o, 1000, 0) == 0.01);
    CHECK_NEAR(schedule_rate(&o, 1000, 0.25), 0.005, 1e-12);
    CHECK(schedule_rate(&o, 1000, 1) == 0);
}

TEST(a_change_holds_from_its_step_on) {
    TrainOptions o = options(SCHEDULE_CONSTANT);
    CHECK(schedule_add_change(&o, "100:batch=8", NULL));
    CHECK(schedule_add_change(&o, "100:rate=0.014", NULL));
    CHECK(schedule_add_change(&o, "200:latents=32", NULL));
    CHECK(schedule_add_change(&o, "300:dropout=0.1", NULL));
    CHECK(schedule_add_change(&o, "300:keep=1", NULL));
    TrainOptions before = schedule_options(&o, 99, 0),
                 at = schedule_options(&o, 100, 0), late = schedule_options(&o, 300, 0);
    CHECK(before.batch == 4 && before.rate == 0.01);
    CHECK(at.batch == 8 && at.rate == 0.014 && at.config.latents == 16);
    CHECK(late.config.latents == 32 && late.dropout == 0.1 && late.keep == 1);
    CHECK(schedule_largest(&o).latents == 32);
}

TEST(decay_by_epochs_follows_rate_batch_and_latents) {
    TrainOptions o = options(SCHEDULE_CONSTANT);
    o.decay_epochs = 0.5;
    CHECK(schedule_add_change(&o, "100:batch=8", NULL));
    // 6,400 tokens are 100 steps of 4 windows of 16 latents: 1 / (0.01 0.5 100) = 2,
    // of which more than all cannot be taken.
    CHECK(schedule_options(&o, 0, 6400).decay == 1);
    CHECK_NEAR(schedule_options(&o, 0, 64000).decay, 0.2, 1e-12);
    CHECK_NEAR(schedule_options(&o, 100, 64000).decay, 0.4, 1e-12);
    o.decay_epochs = 0;
    CHECK(schedule_options(&o, 100, 64000).decay == 0.1);
}

TEST(what_is_no_change_is_refused_with_a_sentence) {
    static const char *const wrong[] = {
        "",
        "batch=4",
        "10:batch",
        "10=batch:4",
        "x:batch=4",
        "-1:batch=4",
        "10:width=512",
        "10:batch=0",
        "10:batch=1.5",
        "10:dropout=1",
        "10:keep=nan",
        "10:batch=4x",
        "10:latents=65", // more than the context
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        TrainOptions o = options(SCHEDULE_CONSTANT);
        g_autoptr(GError) error = NULL;
        CHECK(!schedule_add_change(&o, wrong[i], &error));
        CHECK(error && strstr(error->message, "is no change"));
        CHECK(o.change_count == 0);
    }
}

TEST(changes_come_in_the_order_of_their_steps) {
    TrainOptions o = options(SCHEDULE_CONSTANT);
    CHECK(schedule_add_change(&o, "100:batch=8", NULL));
    CHECK(!schedule_add_change(&o, "99:batch=8", NULL));
}

TEST(the_average_is_that_of_the_formula) {
    enum { COUNT = 5, STEPS = 40 };
    real a[COUNT], w[COUNT];
    double plain[COUNT];
    for (int i = 0; i < COUNT; i++) plain[i] = (double)(a[i] = (real)i);
    for (int64_t step = 1; step <= STEPS; step++) {
        double f = fmin(0.7, (1.0 + (double)step) / (10.0 + (double)step));
        for (int i = 0; i < COUNT; i++) {
            w[i] = (real)sin((double)(i + step));
            plain[i] += (1 - f) * ((double)w[i] - plain[i]);
        }
        average_update(NULL, a, w, COUNT, 0.7, step);
    }
    for (int i = 0; i < COUNT; i++) CHECK_NEAR((double)a[i], plain[i], 1e-5);
}

int main(void) {
    RUN(the_rate_warms_up_in_a_straight_line);
    RUN(a_constant_rate_stays_to_the_end);
    RUN(a_cosine_ends_at_a_hundredth);
    RUN(a_cooldown_goes_down_by_the_root_to_nothing);
    RUN(a_change_holds_from_its_step_on);
    RUN(decay_by_epochs_follows_rate_batch_and_latents);
    RUN(what_is_no_change_is_refused_with_a_sentence);
    RUN(changes_come_in_the_order_of_their_steps);
    RUN(the_average_is_that_of_the_formula);
    return test_end();
}
