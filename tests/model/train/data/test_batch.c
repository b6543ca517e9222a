#include "tests/test.h"
#include "tests/toy_corpus.h"

#include "model/train/data/batch.h"

static const Config config = {TOY_VOCABULARY, 40, 8, 16, 2, 1, 40, .places = false};
static char *folder;
static Corpus corpus;

static BatchSource source(double keep) {
    return (BatchSource){.corpus = &corpus,
                         .split = SPLIT_TRAIN,
                         .config = &config,
                         .keep = keep,
                         .seed = 5};
}

TEST(targets_are_the_tokens_that_follow_the_latents) {
    BatchSource s = source(1);
    for (int i = 0; i < 200; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 1, i);
        CHECK(w.in.n == MIN(8, w.in.keys) && w.in.keys >= 1 && w.in.keys <= 40);
        for (int k = 0; k + 1 < w.in.n; k++)
            CHECK(w.targets[k] == w.in.tokens[w.in.keys - w.in.n + k + 1]);
        window_free(&w);
    }
}

TEST(the_same_seed_step_and_index_draw_the_same_window) {
    BatchSource s = source(0.5);
    int different = 0;
    for (int i = 0; i < 50; i++) {
        BatchWindow a, b, c;
        batch_draw(&s, &a, NULL, 3, i);
        batch_draw(&s, &b, NULL, 3, i);
        batch_draw(&s, &c, NULL, 4, i);
        CHECK(a.in.keys == b.in.keys);
        CHECK(memcmp(a.positions, b.positions, (size_t)a.in.keys * sizeof(int)) == 0);
        CHECK(memcmp(a.tokens, b.tokens, (size_t)a.in.keys * sizeof(Token)) == 0);
        different += a.in.keys != c.in.keys ||
                     memcmp(a.tokens, c.tokens, (size_t)a.in.keys * sizeof(Token)) != 0;
        window_free(&a), window_free(&b), window_free(&c);
    }
    CHECK(different > 25);
}

static void check_keeps_its_share(int span) {
    BatchSource s = source(0.25);
    s.span = span;
    for (int i = 0; i < 200; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 2, i);
        int T = w.positions[w.in.keys - 1] + 1, prefix = T - w.in.n;
        CHECK(w.in.keys == w.in.n + (int)lround(0.25 * prefix));
        for (int k = 0; k < w.in.keys; k++) {
            CHECK(k == 0 || w.positions[k] > w.positions[k - 1]);
            CHECK(w.in.tokens[k] == w.tokens[w.positions[k]]);
            CHECK(k < w.in.keys - w.in.n || w.positions[k] == T - w.in.keys + k);
        }
        window_free(&w);
    }
}

TEST(prefix_dropout_keeps_its_share_and_all_latents_in_place) {
    check_keeps_its_share(1);
    check_keeps_its_share(3);
    check_keeps_its_share(16);
    check_keeps_its_share(1000);
}

// Returns, of the inputs that were kept in the prefix, the share whose successor was
// kept too.
static double kept_with_the_next(const BatchSource *s) {
    int kept = 0, both = 0;
    for (int i = 0; i < 900; i++) {
        BatchWindow w;
        batch_draw(s, &w, NULL, 2, i);
        for (int k = 0; k + 1 < w.in.keys - w.in.n; k++) {
            kept++;
            both += w.positions[k + 1] == w.positions[k] + 1;
        }
        window_free(&w);
    }
    return both / (double)kept;
}

TEST(a_window_hands_on_what_prefix_dropout_left_out) {
    BatchSource s = source(0.25);
    for (int i = 0; i < 100; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 2, i);
        CHECK(w.in.wholes == w.positions[w.in.keys - 1] + 1);
        for (int k = 0; k < w.in.keys; k++)
            CHECK(w.in.whole[w.positions[k]] == w.in.tokens[k]);
        for (int k = 0; k + 1 < w.in.n; k++)
            CHECK(w.in.whole[w.in.wholes - w.in.n + k + 1] == w.targets[k]);
        window_free(&w);
    }
}

TEST(spans_of_the_prefix_stay_together_and_single_inputs_do_not) {
    BatchSource s = source(0.25);
    CHECK(kept_with_the_next(&s) < 0.35);
    s.span = 8;
    CHECK(kept_with_the_next(&s) > 0.75);
}

TEST(every_input_of_the_prefix_stays_as_often_as_any_other) {
    BatchSource s = source(0.25);
    s.span = 8;
    int stayed[32] = {0}, draws = 0;
    for (int i = 0; i < 6000; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 3, i);
        bool full = w.positions[w.in.keys - 1] == 39;
        draws += full;
        for (int k = 0; full && k < w.in.keys - w.in.n; k++) stayed[w.positions[k]]++;
        window_free(&w);
    }
    for (int i = 0; i < 32; i++) CHECK_NEAR(stayed[i] / (double)draws, 0.25, 0.04);
}

static BatchWindow full_window(const BatchSource *s) {
    BatchWindow w = {0};
    int i = 0;
    do {
        window_free(&w);
        batch_draw(s, &w, NULL, 1, i++);
    } while (w.positions[w.in.keys - 1] < config.context - 1);
    return w;
}

TEST(what_stays_of_the_prefix_weighs_as_much_as_all_of_it_if_asked) {
    static const struct {
        double keep, bias, want;
    } cases[] = {{0.25, 0, 1}, {0.25, 1, 4}, {0.25, 0.5, 2}, {0, 1, 1}, {1, 1, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        BatchSource s = source(cases[i].keep);
        s.bias = cases[i].bias;
        BatchWindow w = full_window(&s);
        CHECK_NEAR((double)w.in.bias, log(cases[i].want), 1e-6);
        window_free(&w);
    }
}

// Puts three tokens before all of them.
static GArray *with_three_more(void *data, const Token *tokens, int count, int *place,
                               Rng *rng) {
    GArray *changed = g_array_new(FALSE, FALSE, sizeof(Token));
    g_array_append_vals(changed, (const Token[]){9, 9, 9}, 3);
    g_array_append_vals(changed, tokens, (guint)count);
    *place += 3;
    return changed;
}

TEST(an_augmented_window_has_the_targets_that_its_own_have_become) {
    BatchSource s = source(1), changed = source(1);
    changed.augment = with_three_more;
    for (int i = 0; i < 200; i++) {
        BatchWindow a, b;
        batch_draw(&s, &a, NULL, 1, i);
        batch_draw(&changed, &b, NULL, 1, i);
        CHECK(a.in.n == b.in.n && b.in.keys == MIN(40, a.in.keys + 3));
        CHECK(memcmp(a.targets, b.targets, (size_t)a.in.n * sizeof(Token)) == 0);
        window_free(&a), window_free(&b);
    }
}

// Halves what there is, so that hardly a context's worth is left.
static GArray *halved(void *data, const Token *tokens, int count, int *place,
                      Rng *rng) {
    GArray *changed = g_array_new(FALSE, FALSE, sizeof(Token));
    for (int i = 0; i < count; i += 2) g_array_append_val(changed, tokens[i]);
    *place /= 2;
    return changed;
}

TEST(an_augmented_window_may_be_shorter_down_to_one_input) {
    BatchSource s = source(1);
    s.augment = halved;
    for (int i = 0; i < 400; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 1, i);
        CHECK(w.in.n >= 1 && w.in.n <= 8 && w.in.keys >= w.in.n && w.in.keys <= 40);
        CHECK(w.targets == w.tokens + w.in.keys - w.in.n + 1);
        window_free(&w);
    }
}

TEST(openings_of_pieces_are_drawn_too) {
    BatchSource s = source(1);
    int openings = 0, draws = 900;
    for (int i = 0; i < draws; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 6, i);
        openings += w.in.keys < 8;
        CHECK((w.in.tokens[0] == 2) == (w.in.keys < 40 || w.in.tokens[0] == 2));
        window_free(&w);
    }
    // 7 of the 89 ends of a piece leave fewer inputs than latents.
    CHECK_NEAR(openings / (double)draws, 7 / 89.0, 0.03);
}

TEST(windows_from_anywhere_are_drawn_by_the_weight_of_their_piece) {
    BatchSource s = source(1);
    int first = 0, openings = 0;
    for (int p = 1; p < 4; p++) corpus.pieces[p].weight = 0.2;
    for (int i = 0; i < 4000; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 1, i);
        // After SOS piece p begins with the pattern's token 1 + p, so 5 is in the first
        // piece.
        if (w.tokens[0] == 2) openings++, first += w.tokens[1] == 5;
        window_free(&w);
    }
    for (int p = 1; p < 4; p++) corpus.pieces[p].weight = 1;
    CHECK_NEAR(first / (double)openings, 1 / 1.6, 0.05);
}

TEST(validation_pieces_are_never_drawn_for_training) {
    BatchSource s = source(1);
    s.split = SPLIT_VALIDATION;
    int shared = 0;
    for (int i = 0; i < 100; i++) {
        BatchWindow w;
        batch_draw(&s, &w, NULL, 1, i);
        // Piece p begins with the pattern's token 1 + p after SOS: 4 and 5 are 6
        // and 12.
        if (w.in.tokens[0] == 2 && w.in.keys > 1)
            shared += w.in.tokens[1] != 6 && w.in.tokens[1] != 12;
        window_free(&w);
    }
    CHECK(shared == 0);
}

int main(void) {
    folder = toy_folder();
    toy_corpus_open(&corpus, folder);
    RUN(targets_are_the_tokens_that_follow_the_latents);
    RUN(the_same_seed_step_and_index_draw_the_same_window);
    RUN(prefix_dropout_keeps_its_share_and_all_latents_in_place);
    RUN(a_window_hands_on_what_prefix_dropout_left_out);
    RUN(spans_of_the_prefix_stay_together_and_single_inputs_do_not);
    RUN(every_input_of_the_prefix_stays_as_often_as_any_other);
    RUN(what_stays_of_the_prefix_weighs_as_much_as_all_of_it_if_asked);
    RUN(an_augmented_window_has_the_targets_that_its_own_have_become);
    RUN(an_augmented_window_may_be_shorter_down_to_one_input);
    RUN(openings_of_pieces_are_drawn_too);
    RUN(windows_from_anywhere_are_drawn_by_the_weight_of_their_piece);
    RUN(validation_pieces_are_never_drawn_for_training);
    corpus_close(&corpus);
    toy_remove(folder);
    g_free(folder);
    return test_end();
}
