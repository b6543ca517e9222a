#include "tests/test.h"
#include "tests/toy_corpus.h"

#include "model/files/model.h"
#include "model/kernels/bf16.h"
#include "model/train/schedule.h"
#include "model/train/trainer.h"

#include <glib/gstdio.h>

static char *folder;
static Corpus corpus;

static TrainOptions options(int steps) {
    return (TrainOptions){
        .config = {TOY_VOCABULARY, 48, 12, 32, 2, 2, 48, .places = false},
        .tokenizer = "toy",
        .batch = 2,
        .steps = steps,
        .rate = 3e-3,
        .warmup = 5,
        .decay = 0.01,
        .beta2 = 0.98,
        .dropout = 0.1,
        .windows = WINDOWS_EPOCH,
        .keep = 0.7,
        .span = 8,
        .bias = 1,
        .clip = 1,
        .mixed = 1,
        .seed = 11,
        .report_every = 4,
        .validate_every = 10,
        .save_every = 7,
        .validation_windows = 4,
    };
}

typedef struct Watch {
    int64_t stop_at; // 0: never
    TrainStatus last;
    char *trouble; // of the resume, or NULL
    double losses; // of all reports, added
    volatile int stop;
    int draws_left; // stops at the draw after so many; 0: never
} Watch;

static bool watch(void *data, const TrainStatus *s) {
    Watch *w = data;
    w->last = *s;
    w->losses += s->loss;
    return !w->stop_at || s->step < w->stop_at;
}

// Changes nothing.
static GArray *count_draw(void *data, const Token *tokens, int count, int *place,
                          Rng *rng) {
    Watch *w = data;
    if (w->draws_left && --w->draws_left == 0) w->stop = 1;
    return NULL;
}

static char *in_folder(const char *run, const char *file) {
    return g_build_filename(folder, run, file, NULL);
}

static bool train(const char *run, const TrainOptions *o, bool resume, Watch *w,
                  GError **error) {
    char *path = g_build_filename(folder, run, NULL);
    Pool *pool = pool_new(2);
    Trainer *t = trainer_new(o, &corpus, path, count_draw, w, pool, &RANKS_ALONE,
                             error);
    bool ok = t && (!resume || trainer_resume(t, &w->trouble, error)) &&
              trainer_run(t, watch, w, &w->stop, error);
    trainer_free(t);
    pool_free(pool);
    g_free(path);
    return ok;
}

static bool same_tensors(const char *a, const char *b) {
    Safetensors x = {0}, y = {0};
    bool same = safetensors_read(a, &x, NULL) && safetensors_read(b, &y, NULL) &&
                strcmp(x.sha256, y.sha256) == 0;
    safetensors_clear(&x);
    safetensors_clear(&y);
    return same;
}

static bool same_files(const char *run_a, const char *run_b, const char *name) {
    char *a = in_folder(run_a, name), *b = in_folder(run_b, name);
    bool same = same_tensors(a, b);
    g_free(a);
    g_free(b);
    return same;
}

// The metrics without what the clock says.
static char *timeless_metrics(const char *run) {
    char *path = in_folder(run, "metrics.jsonl"), *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    GRegex *clock = g_regex_new(", \"(elapsed|latents_per_second)\": [^,}]*", 0, 0,
                                NULL);
    char *rest = text ? g_regex_replace_literal(clock, text, -1, 0, "", 0, NULL) : NULL;
    g_regex_unref(clock);
    g_free(text);
    g_free(path);
    return rest;
}

TEST(a_pattern_is_learned) {
    Watch w = {0};
    TrainOptions o = options(250);
    o.dropout = 0;
    CHECK(train("pattern", &o, false, &w, NULL));
    // 13 tokens at first, log 13 = 2.56; from 12 latents the pattern is known.
    CHECK(w.last.validation < 0.4);
    CHECK(w.last.best <= w.last.validation);
}

// The model is so wide that products are in bf16. The losses are averaged over the run,
// since at its end the pattern is known and little is left to compare, and over seeds,
// since rounding changes a single run by 1 %.
TEST(mixed_precision_learns_as_well_as_float) {
    enum { SEEDS = SANITIZED ? 1 : 4, STEPS = SANITIZED ? 60 : 300 };
    double losses[2] = {0};
    for (int i = 0; i < 2 * SEEDS; i++) {
        Watch w = {0};
        TrainOptions o = options(STEPS);
        o.config = (Config){TOY_VOCABULARY, 64, 40, 48, 2, 2, 64, .places = false};
        o.mixed = i % 2;
        o.seed = (uint64_t)(11 + i / 2);
        o.report_every = 1;
        o.validate_every = 100;
        o.save_every = STEPS;
        CHECK(train(i % 2 ? "mixed" : "float", &o, false, &w, NULL));
        CHECK(w.last.step == STEPS);
        losses[i % 2] += w.losses / (STEPS * SEEDS);
    }
    CHECK_NEAR(losses[1], losses[0], 0.01 * losses[0]);
    CHECK(losses[1] != losses[0]); // or nothing was in bf16
}

TEST(a_run_that_stops_and_resumes_equals_one_that_does_not) {
    Watch all = {0}, first = {.stop_at = 12}, rest = {0};
    TrainOptions o = options(30);
    CHECK(train("straight", &o, false, &all, NULL));
    CHECK(train("resumed", &o, false, &first, NULL));
    CHECK(first.last.step == 12);
    char *run = g_build_filename(folder, "resumed", NULL);
    TrainOptions again = {0};
    CHECK(train_options_load(&again, run, NULL));
    CHECK(train("resumed", &again, true, &rest, NULL));
    CHECK(same_files("straight", "resumed", "state.safetensors"));
    CHECK(same_files("straight", "resumed", "last.safetensors"));
    CHECK(same_files("straight", "resumed", "best.safetensors"));
    char *a = timeless_metrics("straight"), *b = timeless_metrics("resumed");
    CHECK(a && b && strcmp(a, b) == 0);
    CHECK(all.last.validation == rest.last.validation);
    g_free(a);
    g_free(b);
    g_free(run);
    g_free((char *)again.tokenizer);
}

// A run of constant rate in which everything changes on the way that may.
static TrainOptions changing(int steps) {
    TrainOptions o = options(steps);
    o.schedule = SCHEDULE_CONSTANT;
    o.average = 0.9;
    o.decay_epochs = 3;
    static const char *const changes[] = {"8:batch=4", "14:latents=16", "15:rate=0.004",
                                          "20:dropout=0", "20:keep=1"};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++)
        CHECK(schedule_add_change(&o, changes[i], NULL));
    return o;
}

TEST(a_changing_run_that_stops_and_resumes_equals_one_that_does_not) {
    Watch all = {0}, first = {.stop_at = 16}, rest = {0};
    TrainOptions o = changing(30);
    CHECK(train("changing", &o, false, &all, NULL));
    CHECK(train("changed", &o, false, &first, NULL));
    g_autofree char *run = g_build_filename(folder, "changed", NULL);
    TrainOptions again = {0};
    CHECK(train_options_load(&again, run, NULL));
    CHECK(train("changed", &again, true, &rest, NULL));
    static const char *const files[] = {"state.safetensors", "last.safetensors",
                                        "average.safetensors", "best.safetensors"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        CHECK(same_files("changing", "changed", files[i]));
    g_autofree char *a = timeless_metrics("changing"), *b = timeless_metrics("changed");
    CHECK(a && b && strcmp(a, b) == 0);
    CHECK(isfinite(rest.last.average) && rest.last.average == all.last.average);
    CHECK(rest.last.best == fmin(rest.last.best, rest.last.average));
    g_free((char *)again.tokenizer);
}

// The rate of the last report, from the file.
static double last_rate(const char *run) {
    g_autofree char *text = timeless_metrics(run);
    const char *at = text ? g_strrstr(text, "\"rate\": ") : NULL;
    return at ? g_ascii_strtod(at + strlen("\"rate\": "), NULL) : (double)NAN;
}

static bool cool(const char *run, const char *parent, const TrainOptions *o,
                 int64_t stop_at) {
    g_autofree char *path = g_build_filename(folder, run, NULL);
    g_autofree char *from = g_build_filename(folder, parent, NULL);
    Watch w = {.stop_at = stop_at};
    Pool *pool = pool_new(2);
    Trainer *t = trainer_new(o, &corpus, path, count_draw, &w, pool, &RANKS_ALONE,
                             NULL);
    bool ok = t && trainer_branch(t, from, &w.trouble, NULL) && !w.trouble &&
              trainer_step(t) == 12 && trainer_run(t, watch, &w, &w.stop, NULL);
    trainer_free(t);
    pool_free(pool);
    return ok;
}

TEST(a_cooldown_is_a_run_of_its_own_and_leaves_its_parent_as_it_is) {
    Watch first = {.stop_at = 12}, rest = {0}, straight = {0};
    TrainOptions o = options(24), cooling = o;
    o.schedule = SCHEDULE_CONSTANT;
    CHECK(train("constant", &o, false, &straight, NULL));
    CHECK(train("parent", &o, false, &first, NULL));
    cooling.schedule = SCHEDULE_COOLDOWN;
    cooling.steps = 16;
    CHECK(cool("branch", "parent", &cooling, 0));
    CHECK(last_rate("branch") > 0 && last_rate("branch") < 0.04 * o.rate);
    CHECK(train("parent", &o, true, &rest, NULL));
    CHECK(rest.last.step == 24);
    CHECK(same_files("constant", "parent", "state.safetensors"));

    CHECK(cool("halted", "parent-at-12", &cooling, 0) == false); // no such run
    g_autofree char *branch = g_build_filename(folder, "branch", NULL);
    TrainOptions read = {0};
    CHECK(train_options_load(&read, branch, NULL));
    CHECK(read.schedule == SCHEDULE_COOLDOWN && read.branched == 12 &&
          read.steps == 28);
    g_free((char *)read.tokenizer);
}

TEST(a_cooldown_that_stops_and_resumes_equals_one_that_does_not) {
    Watch first = {.stop_at = 12}, rest = {0};
    TrainOptions o = options(24), cooling = o, again = {0};
    o.schedule = SCHEDULE_CONSTANT;
    CHECK(train("parent-too", &o, false, &first, NULL));
    cooling.schedule = SCHEDULE_COOLDOWN;
    cooling.steps = 16;
    CHECK(cool("cooled", "parent-too", &cooling, 0));
    CHECK(cool("stopped", "parent-too", &cooling, 20));
    g_autofree char *run = g_build_filename(folder, "stopped", NULL);
    CHECK(train_options_load(&again, run, NULL));
    CHECK(train("stopped", &again, true, &rest, NULL));
    CHECK(rest.last.step == 28);
    CHECK(same_files("cooled", "stopped", "state.safetensors"));
    g_free((char *)again.tokenizer);
}

static bool as_straight(const char *run) {
    g_autofree char *a = timeless_metrics("straight"), *b = timeless_metrics(run);
    return a && b && strcmp(a, b) == 0 &&
           same_files("straight", run, "state.safetensors") &&
           same_files("straight", run, "best.safetensors");
}

TEST(a_stop_between_two_windows_drops_the_step_and_nothing_else) {
    Watch first = {.draws_left = 2 * 11 + 1}, rest = {0};
    TrainOptions o = options(30);
    CHECK(train("dropped", &o, false, &first, NULL));
    CHECK(first.stop && first.last.step == 10);
    CHECK(train("dropped", &o, true, &rest, NULL));
    CHECK(as_straight("dropped"));
}

// The first validation has a million windows; the straight run's has four. The stop
// comes at the last window of the tenth step, which is taken, so that validation is
// next.
TEST(a_validation_that_a_stop_cuts_short_is_made_up_for) {
    Watch first = {.draws_left = 2 * 10}, rest = {0};
    TrainOptions o = options(30);
    o.validation_windows = 1000000;
    CHECK(train("cut-short", &o, false, &first, NULL));
    CHECK(first.last.step == 10 && !first.last.validated);
    o.validation_windows = 4;
    CHECK(train("cut-short", &o, true, &rest, NULL));
    CHECK(as_straight("cut-short"));
}

TEST(what_a_killed_run_wrote_after_its_last_save_is_forgotten) {
    // The state is of step 12; the metrics go on as if the run had been killed later.
    Watch first = {.stop_at = 12}, rest = {0};
    TrainOptions o = options(30);
    CHECK(train("killed", &o, false, &first, NULL));
    char *path = in_folder("killed", "metrics.jsonl");
    FILE *file = fopen(path, "a");
    fputs("{\"step\": 16, \"loss\": 9.5}\n{\"step\": 20, \"lo", file);
    fclose(file);
    CHECK(train("killed", &o, true, &rest, NULL));
    char *a = timeless_metrics("straight"), *b = timeless_metrics("killed");
    CHECK(a && b && strcmp(a, b) == 0);
    g_free(a);
    g_free(b);
    g_free(path);
}

TEST(the_same_seed_trains_the_same_model_and_another_seed_another) {
    Watch w = {0};
    TrainOptions o = options(8);
    CHECK(train("seed_a", &o, false, &w, NULL) && train("seed_b", &o, false, &w, NULL));
    o.seed++;
    CHECK(train("seed_c", &o, false, &w, NULL));
    CHECK(same_files("seed_a", "seed_b", "state.safetensors"));
    CHECK(!same_files("seed_a", "seed_c", "state.safetensors"));
}

TEST(a_loss_that_runs_away_stops_the_run_and_the_checkpoint_stands) {
    Watch w = {.stop_at = 8};
    TrainOptions o = options(40);
    CHECK(train("wild", &o, false, &w, NULL));
    char *state = in_folder("wild", "state.safetensors");
    Safetensors before = {0}, after = {0};
    CHECK(safetensors_read(state, &before, NULL));
    o.rate = 1e6;
    w.stop_at = 0;
    o.save_every = 1000;
    GError *error = NULL;
    CHECK(!train("wild", &o, true, &w, &error));
    CHECK(error && strstr(error->message, "the checkpoint before it stands"));
    CHECK(safetensors_read(state, &after, NULL));
    CHECK(before.sha256 && after.sha256 && strcmp(before.sha256, after.sha256) == 0);
    g_clear_error(&error);
    safetensors_clear(&before);
    safetensors_clear(&after);
    g_free(state);
}

// A diverging run of 40 steps that saves at each and reports at none.
static void diverges(const char *run, double rate, double clip) {
    Watch w = {0};
    TrainOptions o = options(40);
    o.rate = rate;
    o.clip = clip;
    o.save_every = 1;
    o.report_every = o.validate_every = 1000;
    g_autoptr(GError) error = NULL;
    CHECK(!train(run, &o, false, &w, &error));
    CHECK(error && strstr(error->message, "the checkpoint before it stands"));
    // If there is a model, it was saved before and is valid.
    g_autofree char *path = in_folder(run, "last.safetensors");
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) return;
    Model m = {0};
    Safetensors s = {0};
    CHECK(model_load(path, &m, NULL) && safetensors_read(path, &s, NULL));
    const char *step = safetensors_metadata(&s, "training_step");
    CHECK(step && strtol(step, NULL, 10) <= 2);
    safetensors_clear(&s);
    model_free(&m);
}

TEST(numbers_that_are_none_stop_the_run_and_are_never_saved) {
    diverges("infinite", 1e40, 1);
    diverges("large", 1e30, 1e9);
}

TEST(a_loss_that_runs_away_is_not_saved_between_two_reports) {
    diverges("away", 1e3, 1);
}

// Spoils a byte of a run's file.
static void damage(const char *run, const char *name, size_t at) {
    g_autofree char *path = in_folder(run, name), *bytes = NULL;
    gsize size = 0;
    CHECK(g_file_get_contents(path, &bytes, &size, NULL));
    bytes[at % size] ^= 16;
    // In place, so that a file with two names would be spoilt under both.
    FILE *file = fopen(path, "r+");
    CHECK(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

TEST(a_damaged_state_is_named_and_the_previous_one_goes_on_to_the_same) {
    Watch first = {.stop_at = 20}, rest = {0};
    TrainOptions o = options(30);
    CHECK(train("damaged", &o, false, &first, NULL));
    damage("damaged", "state.safetensors", 100000);
    CHECK(train("damaged", &o, true, &rest, NULL));
    CHECK(rest.trouble &&
          strstr(rest.trouble, "state.safetensors: the tensors are "
                               "damaged") &&
          g_str_has_suffix(rest.trouble, "previous.safetensors, at step 14"));
    CHECK(same_files("straight", "damaged", "state.safetensors"));
    CHECK(same_files("straight", "damaged", "best.safetensors"));
    g_free(rest.trouble);
}

TEST(a_failed_save_after_a_damaged_state_leaves_the_previous_one) {
    Watch first = {.stop_at = 20}, failed = {0}, rest = {0};
    TrainOptions o = options(30);
    CHECK(train("last-good", &o, false, &first, NULL));
    damage("last-good", "state.safetensors", 100000);
    // A folder in the place of the next save's temporary file.
    g_autofree char *temporary = in_folder("last-good", "state.safetensors.tmp");
    CHECK(g_mkdir(temporary, 0777) == 0);
    CHECK(!train("last-good", &o, true, &failed, NULL));
    CHECK(g_rmdir(temporary) == 0);
    CHECK(train("last-good", &o, true, &rest, NULL));
    CHECK(failed.trouble && rest.trouble && strcmp(failed.trouble, rest.trouble) == 0);
    CHECK(as_straight("last-good"));
    g_free(failed.trouble);
    g_free(rest.trouble);
}

TEST(two_damaged_states_are_a_sentence_and_stay_as_they_are) {
    Watch w = {.stop_at = 20}, again = {0};
    TrainOptions o = options(30);
    CHECK(train("both", &o, false, &w, NULL));
    damage("both", "state.safetensors", 300);
    damage("both", "previous.safetensors", 100000);
    g_autoptr(GError) error = NULL;
    CHECK(!train("both", &o, true, &again, &error));
    CHECK(error && strstr(error->message, "state.safetensors: "));
    CHECK(!again.trouble);
}

TEST(the_saved_model_loads_and_names_its_tokenizer) {
    char *path = in_folder("straight", "best.safetensors");
    Model m = {0};
    CHECK(model_load(path, &m, NULL));
    CHECK(m.tokenizer && strcmp(m.tokenizer, "toy") == 0);
    CHECK(m.config.context == 48 && m.config.latents == 12 && m.config.layers == 2);
    model_free(&m);
    g_free(path);
}

// A unit whose bias is far below zero is 0 everywhere, and no gradient reaches it. If
// all units of a layer are silent, waking them does not change the model's output. Nor
// does a layer that the run adds, whose units are not counted as silent.
TEST(silent_units_are_woken_without_a_change_of_what_the_model_computes) {
    TrainOptions o = options(1);
    o.rate = 0; // the step that is taken changes nothing
    Model from = {.config = o.config};
    Rng rng = rng_new(7, 1);
    parameters_new(&from.parameters, &o.config);
    parameters_initialise(&from.parameters, &o.config, &rng);
    for (int i = 0; i < TOY_VOCABULARY * o.config.width; i++)
        from.parameters.head.weight[i] = (real)(0.3 * rng_normal(&rng));
    int units = MLP_RATIO * o.config.width, woken = 0;
    for (int i = 0; i < units; i++) from.parameters.layers[1].mlp.up.bias[i] = -1000;

    double losses[2];
    for (int wake = 0; wake < 2; wake++) {
        Watch w = {0};
        char *run = in_folder(wake ? "woken" : "asleep", "");
        o.config.layers = from.config.layers + wake;
        Trainer *t = trainer_new(&o, &corpus, run, count_draw, &w, NULL, &RANKS_ALONE,
                                 NULL);
        CHECK(trainer_begin_with(t, &from, wake ? &woken : NULL, NULL));
        CHECK(trainer_run(t, watch, &w, &w.stop, NULL));
        losses[wake] = w.last.validation;
        trainer_free(t);
        g_free(run);
    }
    CHECK(woken == units);
    CHECK_NEAR(losses[1], losses[0], 1e-6);

    Model after;
    char *path = in_folder("woken", "last.safetensors");
    CHECK(model_load(path, &after, NULL));
    double most = 0;
    for (int i = 0; i < units; i++)
        most = MAX(most, fabs((double)after.parameters.layers[1].mlp.up.bias[i]));
    CHECK(most < 1);
    model_free(&after);
    g_free(path);
    parameters_free(&from.parameters);
}

TEST(a_state_of_another_shape_is_refused) {
    TrainOptions o = options(30);
    o.config.width = 16;
    GError *error = NULL;
    Watch w = {0};
    CHECK(!train("straight", &o, true, &w, &error));
    CHECK(error && strstr(error->message, "state.safetensors"));
    g_clear_error(&error);
}

TEST(options_that_make_no_sense_are_refused) {
    char *path = in_folder("straight", "config.json"), *text = NULL;
    char *run = g_build_filename(folder, "straight", NULL);
    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    GString *edited = g_string_new(text);
    g_string_replace(edited, "\"batch\": 2", "\"batch\": -1", 0);
    CHECK(g_file_set_contents(path, edited->str, -1, NULL));
    TrainOptions o = {0};
    GError *error = NULL;
    CHECK(!train_options_load(&o, run, &error));
    CHECK(error && strstr(error->message, "\"batch\" is wrong"));
    g_clear_error(&error);
    g_string_free(edited, TRUE);
    g_free(text);
    g_free(path);
    g_free(run);
}

int main(void) {
    folder = toy_folder();
    toy_corpus_open(&corpus, folder);
    RUN(a_pattern_is_learned);
    if (bf16_here())
        RUN(mixed_precision_learns_as_well_as_float);
    else
        SKIP("this CPU has no bf16 products");
    RUN(a_run_that_stops_and_resumes_equals_one_that_does_not);
    RUN(a_changing_run_that_stops_and_resumes_equals_one_that_does_not);
    RUN(a_cooldown_is_a_run_of_its_own_and_leaves_its_parent_as_it_is);
    RUN(a_cooldown_that_stops_and_resumes_equals_one_that_does_not);
    RUN(a_stop_between_two_windows_drops_the_step_and_nothing_else);
    RUN(a_validation_that_a_stop_cuts_short_is_made_up_for);
    RUN(what_a_killed_run_wrote_after_its_last_save_is_forgotten);
    RUN(the_same_seed_trains_the_same_model_and_another_seed_another);
    RUN(a_loss_that_runs_away_stops_the_run_and_the_checkpoint_stands);
    RUN(numbers_that_are_none_stop_the_run_and_are_never_saved);
    RUN(a_loss_that_runs_away_is_not_saved_between_two_reports);
    RUN(a_damaged_state_is_named_and_the_previous_one_goes_on_to_the_same);
    RUN(a_failed_save_after_a_damaged_state_leaves_the_previous_one);
    RUN(two_damaged_states_are_a_sentence_and_stay_as_they_are);
    RUN(the_saved_model_loads_and_names_its_tokenizer);
    RUN(silent_units_are_woken_without_a_change_of_what_the_model_computes);
    RUN(a_state_of_another_shape_is_refused);
    RUN(options_that_make_no_sense_are_refused);
    corpus_close(&corpus);
    toy_remove(folder);
    g_free(folder);
    return test_end();
}
