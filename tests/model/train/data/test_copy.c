#include "tests/test.h"

#include "model/train/data/copy.h"

static const Config config = {COPY_VOCABULARY, 1000, 32, 16, 2, 1, 1000,
                              .places = true};
enum { LENGTHS = 4 };
static const int lengths[LENGTHS] = {64, 65, 500, 1000};

static BatchWindow draw(int inputs, int index) {
    BatchWindow w;
    Rng rng = rng_new(4, (uint64_t)index);
    copy_draw(&(CopyCourse){.inputs = inputs}, &w, &config, &rng);
    return w;
}

TEST(the_second_half_mirrors_the_first_between_bos_and_eos) {
    for (int i = 0; i < 100; i++) {
        int inputs = lengths[i % LENGTHS], H = (inputs - 1) / 2;
        BatchWindow w = draw(inputs, i);
        CHECK(w.tokens[0] == COPY_BOS && w.tokens[2 * H + 1] == COPY_EOS);
        for (int k = 1; k <= H; k++) {
            CHECK(w.tokens[k] >= 0 && w.tokens[k] < COPY_SYMBOLS);
            CHECK(w.tokens[2 * H + 1 - k] == w.tokens[k]);
        }
        window_free(&w);
    }
}

TEST(all_targets_are_in_the_second_half_and_each_is_drawn) {
    int H = 31, seen[2 * 31 + 2] = {0};
    for (int i = 0; i < 2000; i++) {
        BatchWindow w = draw(2 * H + 1, i);
        int first = (int)(w.targets - w.tokens);
        CHECK(w.in.n == 32 && first == w.in.keys - w.in.n + 1);
        CHECK(first > H && first + w.in.n <= 2 * H + 2);
        for (int k = 0; k < w.in.n; k++) seen[first + k]++;
        window_free(&w);
    }
    for (int t = H + 1; t < 2 * H + 2; t++) CHECK(seen[t] > 0);
}

TEST(the_mirror_stands_at_the_same_place_at_every_length) {
    for (int i = 0; i < LENGTHS; i++) {
        BatchWindow w = draw(lengths[i], i);
        int H = (lengths[i] - 1) / 2;
        CHECK(w.positions[H] == (config.context - 1) / 2);
        CHECK(w.positions[0] >= 0 && w.positions[w.in.keys - 1] < config.context);
        window_free(&w);
    }
}

TEST(the_course_doubles_when_copies_are_easy_up_to_the_context) {
    CopyCourse course = {0};
    for (int i = 0; i < 100; i++) copy_course_go_on(&course, &config, 3);
    CHECK(course.inputs < 100);
    int last = course.inputs;
    for (int i = 0; i < 1000; i++) {
        copy_course_go_on(&course, &config, 0.01);
        CHECK(course.inputs == last || course.inputs == MIN(2 * last, config.context));
        last = course.inputs;
    }
    CHECK(last == config.context);
}

TEST(a_model_that_knows_nothing_scores_as_by_chance) {
    Parameters w;
    Pool *pool = pool_new(1);
    CHECK(parameters_new(&w, &config));
    memset(w.memory, 0, w.count * sizeof(real));
    Perceiver *net = perceiver_new(&config, pool, config.context, config.latents);
    CopyResult s = copy_measure(net, &w, &config, 20, &(volatile int){0});
    CHECK(s.targets >= 20 * 31 && s.targets <= 20 * 32);
    CHECK(s.far > s.targets / 3 && s.far < s.targets);
    CHECK(s.right < s.targets / 50 && s.far_right_without < s.far / 50);
    CHECK_NEAR(s.nats / (double)(20 * 32), log(COPY_VOCABULARY), 1e-5);
    perceiver_free(net);
    parameters_free(&w);
    pool_free(pool);
}

int main(void) {
    RUN(the_second_half_mirrors_the_first_between_bos_and_eos);
    RUN(all_targets_are_in_the_second_half_and_each_is_drawn);
    RUN(the_mirror_stands_at_the_same_place_at_every_length);
    RUN(the_course_doubles_when_copies_are_easy_up_to_the_context);
    RUN(a_model_that_knows_nothing_scores_as_by_chance);
    return test_end();
}
