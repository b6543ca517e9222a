#include "app/evaluation/music/eval_span.h"
#include "app/evaluation/music/music_eval.h"
#include "app/evaluation/music/music_stats.h"
#include "midi/smf/smf_write.h"
#include "tests/midi/analysis/match_add.h"
#include "tests/test.h"
#include "tests/tiny_model.h"
#include "tests/toy_corpus.h"

enum { SECOND = 1000000, PIECE = 60 };

static char *folder; // for the files of the tests

static int pitch_of(int note) { return 20 + (int)(rng_hash(1, (uint32_t)note) % 88); }

// Makes a note every 100 ms and a pedal change every second.
static Performance piece(int seconds) {
    Performance p = {0};
    for (int i = 0; i < seconds * 10; i++) {
        int64_t onset = i * SECOND / 10;
        performance_add_note(&p, (Note){onset, onset + 90000, (uint8_t)pitch_of(i),
                                        (uint8_t)(1 + i % 127)});
    }
    for (int i = 0; i < seconds * 2; i++)
        performance_add_pedal(&p, i * SECOND / 2, i % 2 ? 0 : 127);
    performance_finish(&p);
    return p;
}

static char *file_of(const char *name, const Performance *p) {
    char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GBytes) bytes = smf_write(p, NULL, NULL);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    CHECK(g_file_set_contents(path, data, (gssize)size, NULL));
    return path;
}

static char *piece_file(const char *name, int seconds) {
    Performance p = piece(seconds);
    char *path = file_of(name, &p);
    performance_clear(&p);
    return path;
}

// --- spans ---

TEST(a_span_is_the_prompt_what_the_pianist_played_next_and_as_much_elsewhere) {
    g_autofree char *path = piece_file("long.mid", PIECE);
    Rng rng = rng_new(1, 1);
    for (int i = 0; i <= 20; i++) {
        EvalSpanOptions o = {TOKENIZER_PEDAL, 10 * SECOND, 5 * SECOND, i / 20.0};
        EvalSpan e;
        CHECK(eval_span_read(&e, path, &o, &rng, NULL));
        CHECK(e.cut >= 10 * SECOND && e.cut <= (PIECE - 4) * SECOND);
        CHECK(i > 0 || e.cut == 10 * SECOND);
        CHECK(llabs(e.prompt.cut - 10 * SECOND) <= 1);
        // The pianist's notes continue where those of the prompt end.
        int first = (int)((e.cut + SECOND / 10 - 1) / (SECOND / 10));
        size_t last = e.prompt.before.note_count - 1;
        CHECK(e.prompt.before.notes[last].pitch == pitch_of(first - 1));
        CHECK(e.pianist.notes[0].pitch == pitch_of(first));
        // The piece's last note ends later than its last onset.
        CHECK(e.pianist.note_count >= 46 && e.pianist.note_count <= 51);
        CHECK(performance_end(&e.pianist) <= 5 * SECOND);
        CHECK(e.pianist.notes[0].velocity % 4 == 3); // as in tokens
        CHECK(e.has_elsewhere && e.elsewhere.note_count >= 46);
        int here = e.pianist.notes[0].velocity, there = e.elsewhere.notes[0].velocity;
        CHECK(here != there || e.pianist.notes[0].pitch != e.elsewhere.notes[0].pitch);
        eval_span_clear(&e);
    }
}

TEST(a_short_piece_gives_a_short_prompt_and_may_have_no_elsewhere) {
    g_autofree char *path = piece_file("short.mid", 8);
    Rng rng = rng_new(1, 1);
    EvalSpanOptions o = {TOKENIZER_PERFORMANCE, 10 * SECOND, 5 * SECOND, 1};
    EvalSpan e;
    CHECK(eval_span_read(&e, path, &o, &rng, NULL));
    CHECK(e.prompt.cut == e.cut && e.cut > 2 * SECOND && !e.has_elsewhere);
    eval_span_clear(&e);
}

TEST(a_piece_that_is_too_short_or_no_piece_is_refused_by_name) {
    g_autofree char *path = piece_file("tiny.mid", 5);
    g_autofree char *none = g_build_filename(folder, "none.mid", NULL);
    const char *paths[] = {path, none};
    Rng rng = rng_new(1, 1);
    EvalSpanOptions o = {TOKENIZER_PEDAL, 10 * SECOND, 5 * SECOND, 0};
    for (int i = 0; i < 2; i++) {
        EvalSpan e;
        g_autoptr(GError) error = NULL;
        CHECK(!eval_span_read(&e, paths[i], &o, &rng, &error));
        CHECK(g_str_has_prefix(error->message, paths[i]));
    }
}

// --- takes and pianists ---

static const volatile int go_on, stop_now = 2;

static MusicEval eval_of(const Weights *w, const Repertoire *novelty) {
    MusicEval eval = {.weights = w,
                      .novelty = novelty,
                      .stop = &go_on,
                      .kind = TOKENIZER_PEDAL,
                      .plan = {.sampler = {1, 1, 0, 0, {0}}, .seed = 4, .steps = 300},
                      .takes = 2,
                      .prompt = 4 * SECOND};
    music_eval_init(&eval);
    return eval;
}

static const Sample *sample(const MusicEval *eval, MusicSource s, guint i) {
    return &g_array_index(eval->samples[s], Sample, i);
}

TEST(the_same_calls_measure_the_same_and_another_seed_other_takes) {
    g_autofree char *path = piece_file("long.mid", PIECE);
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 1);
    Weights *w = weights_new(&m, true);
    MusicEval evals[3];
    for (int i = 0; i < 3; i++) {
        evals[i] = eval_of(w, NULL);
        if (i == 2) evals[i].plan.seed = 5;
        for (int k = 0; k < 3; k++) CHECK(music_eval_piece(&evals[i], path, NULL));
        CHECK(evals[i].pieces->len == 3);
        CHECK(evals[i].samples[MUSIC_OF_TAKES]->len == 6);
        CHECK(evals[i].samples[MUSIC_OF_PIANIST]->len == 3);
        CHECK(evals[i].samples[MUSIC_ELSEWHERE]->len == 3);
    }
    for (guint i = 0; i < 6; i++) {
        const Sample *a = sample(&evals[0], MUSIC_OF_TAKES, i);
        const Sample *b = sample(&evals[1], MUSIC_OF_TAKES, i);
        const Sample *c = sample(&evals[2], MUSIC_OF_TAKES, i);
        CHECK(a->piece == (int)i / 2 && a->take == (int)i % 2 + 1);
        CHECK(memcmp(&a->statistics, &b->statistics, sizeof a->statistics) == 0);
        CHECK(memcmp(&a->statistics, &c->statistics, sizeof a->statistics) != 0);
    }
    // The pianist plays ten notes a second, wherever the piece is cut.
    CHECK_NEAR(music_stats_spread(&evals[0], STATISTIC_NOTES, MUSIC_OF_PIANIST).median,
               10, 0.4);
    for (int i = 0; i < 3; i++) music_eval_clear(&evals[i]);
    weights_free(w);
    model_free(&m);
}

TEST(cuts_are_spread_over_the_pieces) {
    g_autofree char *path = piece_file("long.mid", PIECE);
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 1);
    Weights *w = weights_new(&m, true);
    MusicEval eval = eval_of(w, NULL);
    eval.plan.steps = 100;
    eval.takes = 1;
    bool in_quarter[4] = {false};
    for (int i = 0; i < 8; i++) {
        CHECK(music_eval_piece(&eval, path, NULL));
        const EvalPiece *p = eval.pieces->pdata[i];
        in_quarter[CLAMP(p->cut * 4 / (PIECE * SECOND), 0, 3)] = true;
    }
    for (int i = 0; i < 4; i++) CHECK(in_quarter[i]);
    music_eval_clear(&eval);
    weights_free(w);
    model_free(&m);
}

TEST(a_stop_leaves_nothing_half_done) {
    g_autofree char *path = piece_file("long.mid", PIECE);
    g_autoptr(GError) error = NULL;
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 1);
    Weights *w = weights_new(&m, true);
    MusicEval eval = eval_of(w, NULL);
    CHECK(music_eval_piece(&eval, path, NULL));
    eval.stop = &stop_now;
    CHECK(!music_eval_piece(&eval, path, &error) && error);
    CHECK(eval.pieces->len == 1 && eval.samples[MUSIC_OF_TAKES]->len == 2);
    CHECK(eval.samples[MUSIC_OF_PIANIST]->len == 1);
    music_eval_clear(&eval);
    weights_free(w);
    model_free(&m);
}

TEST(what_the_training_set_has_is_found_in_what_is_played) {
    Performance p = piece(PIECE), other = {0};
    g_autofree char *path = file_of("long.mid", &p);
    Repertoire n = {match_new(), g_ptr_array_new_with_free_func(g_free)};
    for (int i = 0; i < 30; i++)
        performance_add_note(
            &other, (Note){i * SECOND, i * SECOND + 9, (uint8_t)(i % 2 * 50 + i), 80});
    match_add(n.index, &other);
    match_add(n.index, &p);
    g_ptr_array_add(n.names, g_strdup("other"));
    g_ptr_array_add(n.names, g_strdup("the same"));
    match_sort(n.index, NULL);
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 1);
    Weights *w = weights_new(&m, true);
    MusicEval eval = eval_of(w, &n);
    CHECK(music_eval_piece(&eval, path, NULL));
    Match pianist = sample(&eval, MUSIC_OF_PIANIST, 0)->match;
    Match take = sample(&eval, MUSIC_OF_TAKES, 0)->match;
    CHECK(pianist.piece == 1 && pianist.notes >= 29 && pianist.transposed == 0);
    CHECK(take.notes < pianist.notes); // the model plays at random
    const Sample *played = sample(&eval, MUSIC_OF_PIANIST, 0);
    bool passage = played->passages == 1 && played->passage_notes == pianist.notes;
    CHECK(passage && sample(&eval, MUSIC_OF_TAKES, 0)->passages == 0);
    CHECK(music_stats_numbers(&eval) == MUSIC_STATS_NUMBERS);
    CHECK_NEAR(music_stats_spread(&eval, MUSIC_STATS_MATCH, MUSIC_OF_PIANIST).median,
               pianist.notes, 0);
    music_eval_clear(&eval);
    repertoire_clear(&n);
    weights_free(w);
    model_free(&m);
    performance_clear(&p);
    performance_clear(&other);
}

// --- the results ---

static void add(MusicEval *eval, MusicSource source, int of_piece, double notes,
                int bin) {
    Sample s = {.piece = of_piece};
    s.statistics.value[STATISTIC_NOTES] = notes;
    s.statistics.value[STATISTIC_SILENCE_AT_END] = notes;
    s.statistics.histogram[HISTOGRAM_GAPS][bin] = 1;
    g_array_append_val(eval->samples[source], s);
}

TEST(percentiles_and_what_lies_outside_are_those_of_the_spans) {
    MusicEval eval = eval_of(NULL, NULL);
    for (int i = 0; i <= 10; i++) {
        add(&eval, i % 2 ? MUSIC_OF_PIANIST : MUSIC_ELSEWHERE, 0, i, 0);
        add(&eval, MUSIC_OF_TAKES, 0, i < 5 ? 5 : 50, 0);
    }
    Spread takes = music_stats_spread(&eval, STATISTIC_NOTES, MUSIC_OF_TAKES);
    CHECK(takes.low == 5 && takes.median == 50 && takes.high == 50);
    Spread pianist = music_stats_spread(&eval, STATISTIC_NOTES, MUSIC_OF_PIANIST);
    CHECK_NEAR(pianist.low, 1.8, 1e-9); // the 10th percentile of 1 3 5 7 9
    CHECK_NEAR(pianist.median, 5, 1e-9);
    CHECK_NEAR(pianist.high, 8.2, 1e-9);
    CHECK_NEAR(music_stats_outside(&eval, STATISTIC_NOTES), 6.0 / 11, 1e-9);
    CHECK(music_stats_is_odd(&eval, STATISTIC_NOTES) &&
          !music_stats_is_odd(&eval, STATISTIC_RANGE));
    CHECK_NEAR(music_stats_ending(&eval, MUSIC_OF_TAKES, ENDS_IN_SILENCE), 1, 1e-9);
    CHECK_NEAR(music_stats_ending(&eval, MUSIC_OF_PIANIST, ENDS_IN_SILENCE), 3.0 / 5,
               1e-9);
    CHECK_NEAR(music_stats_ending(&eval, MUSIC_OF_PIANIST, ENDS_IN_LOOP), 0, 1e-9);
    music_eval_clear(&eval);
}

TEST(distances_are_to_the_same_piece_or_to_all_others) {
    MusicEval eval = eval_of(NULL, NULL);
    for (int i = 0; i < 3; i++) { // each piece in a separate bin
        add(&eval, MUSIC_OF_PIANIST, i, 0, i);
        add(&eval, MUSIC_ELSEWHERE, i, 0, i);
        add(&eval, MUSIC_OF_TAKES, i, 0, 9);
    }
    CHECK_NEAR(music_stats_distance(&eval, HISTOGRAM_GAPS, DISTANCE_ELSEWHERE), 0,
               1e-9);
    CHECK_NEAR(music_stats_distance(&eval, HISTOGRAM_GAPS, DISTANCE_OTHERS), 1, 1e-9);
    CHECK_NEAR(music_stats_distance(&eval, HISTOGRAM_GAPS, DISTANCE_TAKES), 1, 1e-9);
    music_eval_clear(&eval);
}

int main(void) {
    folder = toy_folder();
    RUN(a_span_is_the_prompt_what_the_pianist_played_next_and_as_much_elsewhere);
    RUN(a_short_piece_gives_a_short_prompt_and_may_have_no_elsewhere);
    RUN(a_piece_that_is_too_short_or_no_piece_is_refused_by_name);
    RUN(the_same_calls_measure_the_same_and_another_seed_other_takes);
    RUN(cuts_are_spread_over_the_pieces);
    RUN(a_stop_leaves_nothing_half_done);
    RUN(what_the_training_set_has_is_found_in_what_is_played);
    RUN(percentiles_and_what_lies_outside_are_those_of_the_spans);
    RUN(distances_are_to_the_same_piece_or_to_all_others);
    toy_remove(folder);
    g_free(folder);
    return test_end();
}
