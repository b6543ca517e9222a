#include "app/evaluation/music/choice_eval.h"

#include "app/base/inputs.h"
#include "app/base/json.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/music/eval_span.h"
#include "app/evaluation/spread.h"
#include "app/generation/ending.h"
#include "model/files/memory.h"

#include <math.h>
#include <stdio.h>

#define SECOND INT64_C(1000000)
#define FINISH 2000 // steps

static const struct {
    const char *key, *name;
} number_names[CHOICE_NUMBERS] = {
    [CHOICE_SHORT_BEST] = {"short_best", "5 s: after the best take"},
    [CHOICE_SHORT_ONE] = {"short_one", "5 s: after one take"},
    [CHOICE_SHORT_PIANIST] = {"short_pianist", "5 s: after the pianist's"},
    [CHOICE_SHORT_SILENCE] = {"short_silence", "5 s: after silence"},
    [CHOICE_SHORT_ONE_TIME] = {"short_one_time", "5 s: seconds for one take"},
    [CHOICE_SHORT_ALL_TIME] = {"short_all_time", "5 s: seconds for all takes"},
    [CHOICE_LONG_BEST] = {"long_best", "10 s: after the best take"},
    [CHOICE_LONG_ONE] = {"long_one", "10 s: after one take"},
    [CHOICE_LONG_PIANIST] = {"long_pianist", "10 s: after the pianist's"},
    [CHOICE_LONG_SILENCE] = {"long_silence", "10 s: after silence"},
    [CHOICE_LONG_ONE_TIME] = {"long_one_time", "10 s: seconds for one take"},
    [CHOICE_LONG_ALL_TIME] = {"long_all_time", "10 s: seconds for all takes"},
    [CHOICE_END_BEST] = {"end_best", "end of the best take"},
    [CHOICE_END_ONE] = {"end_one", "end of one take"},
    [CHOICE_END_CLOSED] = {"end_closed", "end of a take that is closed"},
    [CHOICE_END_PIANIST] = {"end_pianist", "the pianist's end"},
    [CHOICE_END_DISTANCE] = {"end_distance", "seconds from the moment"},
    [CHOICE_END_RESTED] = {"end_rested", "came to rest by itself"},
};

void choice_eval_init(ChoiceEval *eval) {
    for (int n = 0; n < CHOICE_NUMBERS; n++)
        eval->numbers[n] = g_array_new(FALSE, FALSE, sizeof(double));
}

void choice_eval_clear(ChoiceEval *eval) {
    for (int n = 0; n < CHOICE_NUMBERS; n++) g_array_unref(eval->numbers[n]);
}

static double seconds_since(gint64 begin) {
    return (double)(g_get_monotonic_time() - begin) / 1e6;
}

static GPtrArray *choose(const ChoiceEval *eval, const Prompt *prompt,
                         const Bridge *bridge, Plan plan, int count, double *seconds,
                         GError **error) {
    gint64 begin = g_get_monotonic_time();
    Choice choice = {.weights = eval->weights,
                     .pool = eval->pool,
                     .kind = eval->kind,
                     .prompt = prompt,
                     .bridge = bridge,
                     .plan = plan,
                     .count = count,
                     .stop = eval->stop};
    GPtrArray *takes = choice_make(&choice, error);
    *seconds = seconds_since(begin);
    return takes;
}

static Plan plan_here(const ChoiceEval *eval, int64_t steps, int64_t finish) {
    Plan plan = eval->plan;
    plan.seed += (uint64_t)(eval->pieces * eval->takes);
    plan.steps = steps;
    plan.finish = finish;
    return plan;
}

// Makes the best of all takes in *best. `ret` receives the nats of that take, those of
// one take by itself with the first seed, the seconds for one take, and those for all.
static bool best_and_one(const ChoiceEval *eval, const Prompt *prompt,
                         const Bridge *bridge, Plan plan, double ret[4],
                         ChoiceTake *best, GError **error) {
    GPtrArray *one = choose(eval, prompt, bridge, plan, 1, &ret[2], error), *all = NULL;
    if (one) all = choose(eval, prompt, bridge, plan, eval->takes, &ret[3], error);
    if (all) {
        *best = *(const ChoiceTake *)all->pdata[0];
        best->tokens = NULL;
        ret[0] = best->nats;
        ret[1] = ((const ChoiceTake *)one->pdata[0])->nats;
    }
    bool ok = all && !*eval->stop;
    if (all && !ok) g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "stopped");
    if (one) g_ptr_array_unref(one);
    if (all) g_ptr_array_unref(all);
    return ok;
}

// --- bridges ---

static bool bridge_over(ChoiceEval *eval, const Performance *p, int64_t from,
                        int64_t until, double *ret, GError **error) {
    Bridge b;
    ChoiceTake best;
    double found[4];
    if (!bridge_cut(&b, p, eval->kind, from, until, error)) return false;
    Plan plan = plan_here(eval, bridge_steps(&b), 0);
    Session *judge = session_new(eval->weights, eval->pool);
    bool ok = judge || memory_lacks("generating with this model", error);
    ok = ok && best_and_one(eval, &b.prompt, &b, plan, found, &best, error);
    if (ok) {
        Performance silence = {0};
        bridge_join(&silence, &b, NULL, 0);
        ret[0] = found[0];
        ret[1] = found[1];
        ret[2] = bridge_score(&b, judge, p);
        ret[3] = bridge_score(&b, judge, &silence);
        ret[4] = found[2];
        ret[5] = found[3];
        performance_clear(&silence);
    }
    session_free(judge);
    bridge_clear(&b);
    return ok;
}

// Cuts out a part of the piece, so that it begins at time 0.
static void cut_out(Performance *ret, const Performance *p, int64_t begin,
                    int64_t end) {
    performance_slice(ret, p, begin, end);
    performance_shift(ret, -begin);
}

static bool measure_bridges(ChoiceEval *eval, const Performance *p, double place,
                            double *ret, GError **error) {
    int64_t follows = (BRIDGE_HEARD + 100) * (int64_t)STEP_MICROSECONDS;
    int64_t latest = performance_end(p) - 10 * SECOND - follows;
    int64_t from = eval_span_cut(place, eval->prompt, latest);
    int64_t begin = MAX(0, from - eval->prompt);
    Performance part = {0};
    cut_out(&part, p, begin, from + 10 * SECOND + follows);
    from -= begin;
    bool ok = bridge_over(eval, &part, from, from + 5 * SECOND, ret + CHOICE_SHORT_BEST,
                          error) &&
              bridge_over(eval, &part, from, from + 10 * SECOND, ret + CHOICE_LONG_BEST,
                          error);
    performance_clear(&part);
    return ok;
}

// --- endings ---

static double pianists_end(const ChoiceEval *eval, Session *judge,
                           const Performance *p) {
    GArray *tokens = tokenizer_encode(p, eval->kind);
    double nats = ending_score(judge, tokens);
    g_array_unref(tokens);
    return nats;
}

// Returns the nats of the end of a take that was drawn without a planned end and is
// closed at the moment that was asked for.
static double closed_end(const ChoiceEval *eval, Session *judge, const Prompt *prompt) {
    Continuation c;
    Event event;
    Plan plan = plan_here(eval, FINISH, 0);
    continuation_begin(&c, judge, eval->kind, prompt, &plan);
    while (!*eval->stop && continuation_next(&c, &event)) continue;
    double nats = *eval->stop ? 0 : ending_score(judge, c.tokens);
    continuation_clear(&c);
    return nats;
}

static bool measure_ending(ChoiceEval *eval, const Performance *p, double place,
                           double *ret, GError **error) {
    int64_t latest = performance_end(p) - SECOND;
    int64_t from = eval_span_cut(place, eval->prompt, latest);
    int64_t begin = MAX(0, from - eval->prompt);
    Performance part = {0};
    Prompt prompt;
    ChoiceTake best;
    double found[4];
    cut_out(&part, p, begin, from);
    prompt_cut(&prompt, &part, eval->kind, from - begin);
    performance_clear(&part);
    Plan plan = plan_here(eval, FINISH + ending_window(FINISH), FINISH);
    Session *judge = session_new(eval->weights, eval->pool);
    bool ok = judge || memory_lacks("generating with this model", error);
    ok = ok && best_and_one(eval, &prompt, NULL, plan, found, &best, error);
    if (ok) {
        ret[CHOICE_END_BEST] = found[0];
        ret[CHOICE_END_ONE] = found[1];
        ret[CHOICE_END_CLOSED] = closed_end(eval, judge, &prompt);
        ret[CHOICE_END_PIANIST] = pianists_end(eval, judge, p);
        ret[CHOICE_END_DISTANCE] = fabs(best.seconds - FINISH / 100.0);
        ret[CHOICE_END_RESTED] = best.came_to_rest;
    }
    session_free(judge);
    prompt_clear(&prompt);
    return ok;
}

bool choice_eval_piece(ChoiceEval *eval, const char *path, GError **error) {
    Performance p = {0};
    double found[CHOICE_NUMBERS] = {0}, place = eval_span_place(0, eval->pieces);
    if (!input_read_music(path, &p, error)) return false;
    bool ok = performance_end(&p) >= 45 * SECOND;
    if (!ok)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: is shorter than 45 seconds", path);
    else
        ok = eval->endings ? measure_ending(eval, &p, place, found, error)
                           : measure_bridges(eval, &p, place, found, error);
    performance_clear(&p);
    if (!ok) return false;
    for (int n = 0; n < CHOICE_NUMBERS; n++)
        g_array_append_val(eval->numbers[n], found[n]);
    eval->pieces++;
    return true;
}

static bool is_asked(const ChoiceEval *eval, int n) {
    return (n >= CHOICE_END_BEST) == eval->endings;
}

static double mean(const GArray *values) {
    double sum = 0;
    for (guint i = 0; i < values->len; i++) sum += g_array_index(values, double, i);
    return sum / MAX(1, values->len);
}

void choice_eval_print(const ChoiceEval *eval, const GPtrArray *folders) {
    printf("%-30s %8s %8s %8s %8s\n", "", "mean", "10 %", "median", "90 %");
    for (int n = 0; n < CHOICE_NUMBERS; n++) {
        if (!is_asked(eval, n)) continue;
        Spread s = spread_of(g_array_copy(eval->numbers[n]));
        printf("%-30s %8.3f %8.3f %8.3f %8.3f\n", number_names[n].name,
               mean(eval->numbers[n]), s.low, s.median, s.high);
    }
    printf("\n%d pieces, the best of %d takes; %s\n", eval->pieces, eval->takes,
           eval->endings ? "nats of the end" : "nats for each note of what follows");
    eval_folders_print(folders);
}

void choice_eval_print_json(const ChoiceEval *eval, const GPtrArray *folders) {
    cJSON *json = cJSON_CreateObject();
    for (int n = 0; n < CHOICE_NUMBERS; n++) {
        if (!is_asked(eval, n)) continue;
        Spread s = spread_of(g_array_copy(eval->numbers[n]));
        cJSON *object = cJSON_AddObjectToObject(json, number_names[n].key);
        cJSON_AddNumberToObject(object, "mean", mean(eval->numbers[n]));
        cJSON_AddNumberToObject(object, "p10", s.low);
        cJSON_AddNumberToObject(object, "median", s.median);
        cJSON_AddNumberToObject(object, "p90", s.high);
    }
    cJSON_AddNumberToObject(json, "files", eval->pieces);
    cJSON_AddNumberToObject(json, "takes", eval->takes);
    cJSON_AddStringToObject(json, "model_sha256", eval->weights->model->hash);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    json_print(json);
}
