#include "tests/test.h"
#include "tests/toy_corpus.h"

#include "model/train/data/epoch.h"

enum { LATENTS = 8, CONTEXT = 40, MOST = 8 * TOY_LENGTH, EPOCHS = 100 };

static Corpus corpus;

static Epochs epochs(uint64_t seed, int context) {
    return epochs_new(&corpus, SPLIT_TRAIN, context, seed);
}

// Takes one by one up to the end of the epoch; returns how many.
static int take_epoch(Epochs *e, Segment *ret, int latents) {
    double end = floor(epochs_done(e)) + 1;
    int count = 0;
    while (count < MOST && epochs_done(e) < end)
        epochs_take(e, ret + count++, 1, latents);
    return count;
}

// How often each token of each piece is a target.
static void count_targets(int times[TOY_PIECES][TOY_LENGTH], const Segment *s,
                          int count) {
    memset(times, 0, sizeof(int[TOY_PIECES][TOY_LENGTH]));
    for (int i = 0; i < count; i++) {
        CHECK(s[i].n >= 1 && s[i].n <= LATENTS && s[i].n <= s[i].end);
        CHECK(s[i].end < TOY_LENGTH);
        for (int k = 0; k < s[i].n; k++) times[s[i].piece][s[i].end - k]++;
    }
}

TEST(every_token_but_the_first_is_a_target_once_an_epoch) {
    Epochs e = epochs(3, CONTEXT);
    Segment taken[MOST];
    int times[TOY_PIECES][TOY_LENGTH];
    for (int epoch = 0; epoch < 5; epoch++) {
        count_targets(times, taken, take_epoch(&e, taken, LATENTS));
        for (int p = 0; p < TOY_PIECES; p++)
            for (int i = 0; i < TOY_LENGTH; i++)
                CHECK(times[p][i] == (p < 4 && i > 0)); // the others validate
    }
    CHECK(epochs_done(&e) == 5);
    epochs_free(&e);
}

TEST(an_epoch_is_that_of_its_seed_and_unlike_the_one_before) {
    Segment a[MOST], b[MOST], c[MOST], next[MOST];
    Epochs one = epochs(3, CONTEXT), same = epochs(3, CONTEXT),
           other = epochs(4, CONTEXT);
    int count = take_epoch(&one, a, LATENTS);
    take_epoch(&same, b, LATENTS);
    take_epoch(&other, c, LATENTS);
    take_epoch(&one, next, LATENTS);
    size_t size = (size_t)count * sizeof *a;
    CHECK(memcmp(a, b, size) == 0);
    CHECK(memcmp(a, c, size) != 0 && memcmp(a, next, size) != 0);
    epochs_free(&one), epochs_free(&same), epochs_free(&other);
}

// Otherwise a window would read on beyond the end of its piece.
TEST(no_segment_ends_behind_a_piece_that_is_shorter_than_the_latents) {
    enum { LONG = TOY_LENGTH + TOY_LENGTH / 2 };
    Epochs e = epochs(3, CONTEXT);
    Segment taken[MOST];
    for (int epoch = 0; epoch < 100; epoch++) {
        int count = take_epoch(&e, taken, LONG);
        for (int i = 0; i < count; i++) CHECK(taken[i].end < TOY_LENGTH);
    }
    epochs_free(&e);
}

// Records where the first segment of piece 0 ends in each epoch.
TEST(pieces_are_cut_at_another_place_in_each_epoch) {
    Epochs e = epochs(3, CONTEXT);
    Segment taken[MOST];
    bool seen[LATENTS + 1] = {false};
    for (int epoch = 0; epoch < 100; epoch++) {
        int count = take_epoch(&e, taken, LATENTS);
        for (int i = 0; i < count; i++)
            if (taken[i].piece == 0 && taken[i].end == taken[i].n)
                seen[taken[i].end] = true;
    }
    for (int end = 1; end <= LATENTS; end++) CHECK(seen[end]);
    epochs_free(&e);
}

TEST(the_segments_of_all_pieces_are_mixed) {
    Epochs e = epochs(3, CONTEXT);
    Segment taken[MOST];
    int count = take_epoch(&e, taken, LATENTS), neighbours = 0;
    for (int i = 1; i < count; i++) neighbours += taken[i].piece == taken[i - 1].piece;
    CHECK(neighbours < count / 2); // of four pieces a quarter
    epochs_free(&e);
}

TEST(how_many_are_taken_at_a_time_does_not_matter) {
    Epochs one = epochs(3, CONTEXT), seven = epochs(3, CONTEXT);
    for (int i = 0; i < 70; i++) {
        Segment a[7], b[7];
        for (int k = 0; k < 7; k++) epochs_take(&one, &a[k], 1, LATENTS);
        epochs_take(&seven, b, 7, LATENTS);
        CHECK(memcmp(a, b, sizeof a) == 0);
    }
    CHECK(epochs_done(&one) == epochs_done(&seven));
    epochs_free(&one), epochs_free(&seven);
}

TEST(one_window_in_sixteen_begins_at_an_opening_however_short_the_context) {
    Epochs e = epochs(3, 4); // of 45 segments of a piece two or three
    Segment taken[MOST];
    int times[TOY_PIECES][TOY_LENGTH], openings = 0, ends[5] = {0}, count = 0;
    for (int epoch = 0; epoch < 20; epoch++) {
        int now = take_epoch(&e, taken, 2);
        count += now;
        count_targets(times, taken, now);
        for (int i = 1; i < TOY_LENGTH; i++) CHECK(times[0][i] >= 1);
        for (int i = 0; i < now; i++)
            if (taken[i].end <= 4) openings++, ends[taken[i].end]++;
    }
    CHECK(openings * 16 >= count && openings * 14 < count);
    for (int end = 1; end <= 4; end++) CHECK(ends[end] > 0);
    epochs_free(&e);
}

TEST(other_latents_cut_the_rest_of_an_epoch_anew) {
    Epochs e = epochs(3, CONTEXT);
    Segment taken[MOST];
    epochs_take(&e, taken, 21, LATENTS);
    double before = epochs_done(&e);
    epochs_take(&e, taken, 1, 2 * LATENTS);
    CHECK_NEAR(epochs_done(&e), before, 2.0 / 24); // segments of 24 or more
    int count = take_epoch(&e, taken, 2 * LATENTS), longer = 0;
    for (int i = 0; i < count; i++) longer += taken[i].n > LATENTS;
    CHECK(longer > 0 && epochs_done(&e) == 1);
    epochs_free(&e);
}

// Targets of pieces 0 and 1 in an epoch, the mean of EPOCHS.
static void weighed(double weight, double *ret_one, double *ret_other, bool *ret_all) {
    Epochs e = epochs(3, CONTEXT);
    Segment taken[MOST];
    int sum[2][TOY_LENGTH] = {{0}};
    corpus.pieces[1].weight = weight;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        int count = take_epoch(&e, taken, LATENTS);
        for (int i = 0; i < count; i++)
            for (int k = 0; k < taken[i].n && taken[i].piece < 2; k++)
                sum[taken[i].piece][taken[i].end - k]++;
    }
    corpus.pieces[1].weight = 1;
    *ret_one = *ret_other = 0;
    *ret_all = true;
    for (int i = 1; i < TOY_LENGTH; i++) {
        *ret_one += sum[0][i] / (double)EPOCHS;
        *ret_other += sum[1][i] / (double)EPOCHS;
        *ret_all &= sum[1][i] > 0;
    }
    epochs_free(&e);
}

TEST(of_a_weighed_piece_an_epoch_has_its_share_other_tokens_each_time) {
    static const double weights[] = {0, 0.15, 0.5, 1, 2, 2.5};
    for (size_t i = 0; i < G_N_ELEMENTS(weights); i++) {
        double one, other;
        bool all;
        weighed(weights[i], &one, &other, &all);
        CHECK(one == 89);
        CHECK_NEAR(other, weights[i] * 89, 0.05 * 89);
        CHECK(all == (weights[i] > 0.1));
    }
}

int main(void) {
    char *folder = toy_folder();
    toy_corpus_open(&corpus, folder);
    RUN(every_token_but_the_first_is_a_target_once_an_epoch);
    RUN(an_epoch_is_that_of_its_seed_and_unlike_the_one_before);
    RUN(no_segment_ends_behind_a_piece_that_is_shorter_than_the_latents);
    RUN(pieces_are_cut_at_another_place_in_each_epoch);
    RUN(the_segments_of_all_pieces_are_mixed);
    RUN(how_many_are_taken_at_a_time_does_not_matter);
    RUN(one_window_in_sixteen_begins_at_an_opening_however_short_the_context);
    RUN(other_latents_cut_the_rest_of_an_epoch_anew);
    RUN(of_a_weighed_piece_an_epoch_has_its_share_other_tokens_each_time);
    corpus_close(&corpus);
    toy_remove(folder);
    g_free(folder);
    return test_end();
}
