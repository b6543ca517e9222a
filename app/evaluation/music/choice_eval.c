#include "app/evaluation/music/choice_eval.h"

#include "app/base/inputs.h"
#include "app/base/json.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/interval.h"
#include "app/evaluation/music/eval_span.h"
#include "app/evaluation/spread.h"
#include "app/generation/ending.h"
#include "model/files/memory.h"

#include <math.h>
#include <stdio.h>

#define SECOND INT64_C(1000000)
#define FINISH 2000 // steps

static const char *const lengths[] = {"5 s", "10 s"};
static const char *const length_keys[] = {"short", "long"};
static const char *const spans[] = {"best", "any", "pianist", "silence"};
static const char *const span_names[] = {"the best take", "any take", "the pianist's",
                                         "silence"};
static const char *const scores[] = {"", "_pitches", "_soon"};
static const char *const score_names[] = {"", ", pitches", ", soon"};
static const char *const end_keys[] = {"end_best",    "end_one",      "end_closed",
                                       "end_pianist", "end_distance", "end_rested"};
static const char *const end_names[] = {
    "end of the best take", "end of one take",         "end of a take that is closed",
    "the pianist's end",    "seconds from the moment", "came to rest by itself"};

static int bridge_number(int length, int score, int span) {
    return CHOICE_BRIDGES + (length * CHOICE_SCORES + score) * CHOICE_SPANS + span;
}

static int time_number(int length, bool all) { return CHOICE_TIMES + 2 * length + all; }

// Returns the key of a number in JSON, or its name in the table; to be freed with
// g_free.
static char *number_text(int n, bool key) {
    int end = n - CHOICE_END_BEST;
    if (end >= 0) return g_strdup(key ? end_keys[end] : end_names[end]);
    if (n >= CHOICE_TIMES) {
        int length = (n - CHOICE_TIMES) / 2;
        const char *takes = (n - CHOICE_TIMES) % 2 ? "all" : "one";
        return key ? g_strdup_printf("%s_%s_time", length_keys[length], takes)
                   : g_strdup_printf("%s: seconds for %s", lengths[length],
                                     *takes == 'a' ? "all takes" : "one take");
    }
    int span = n % CHOICE_SPANS, score = n / CHOICE_SPANS % CHOICE_SCORES;
    int length = n / CHOICE_SPANS / CHOICE_SCORES;
    return key ? g_strdup_printf("%s_%s%s", length_keys[length], spans[span],
                                 scores[score])
               : g_strdup_printf("%s: after %s%s", lengths[length], span_names[span],
                                 score_names[score]);
}

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

// All takes, the best first, and how long they took; `one` is that of the first seed,
// made by itself. Both are to be freed.
typedef struct Chosen {
    GPtrArray *one, *all;
    double one_time, all_time;
} Chosen;

static void chosen_clear(Chosen *c) {
    if (c->one) g_ptr_array_unref(c->one);
    if (c->all) g_ptr_array_unref(c->all);
}

static bool choose_both(const ChoiceEval *eval, const Prompt *prompt,
                        const Bridge *bridge, Plan plan, Chosen *ret, GError **error) {
    *ret = (Chosen){0};
    ret->one = choose(eval, prompt, bridge, plan, 1, &ret->one_time, error);
    if (ret->one)
        ret->all = choose(eval, prompt, bridge, plan, eval->takes, &ret->all_time,
                          error);
    if (ret->all && *eval->stop)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "stopped");
    bool ok = ret->all && !*eval->stop;
    if (!ok) chosen_clear(ret);
    return ok;
}

// --- bridges ---

static void put_score(double *ret, int length, int span, BridgeScore s) {
    ret[bridge_number(length, CHOICE_NATS, span)] = s.nats;
    ret[bridge_number(length, CHOICE_PITCHES, span)] = s.pitches;
    ret[bridge_number(length, CHOICE_SOON, span)] = s.soon;
}

static BridgeScore mean_score(const GPtrArray *takes) {
    BridgeScore sum = {0};
    for (guint i = 0; i < takes->len; i++) {
        const ChoiceTake *t = takes->pdata[i];
        sum.nats += t->follows.nats / takes->len;
        sum.pitches += t->follows.pitches / takes->len;
        sum.soon += t->follows.soon / takes->len;
    }
    return sum;
}

static bool bridge_over(ChoiceEval *eval, const Performance *p, int64_t from,
                        int length, double *ret, GError **error) {
    Bridge b;
    Chosen chosen;
    int64_t until = from + (length == CHOICE_SHORT ? 5 : 10) * SECOND;
    if (!bridge_cut(&b, p, eval->kind, from, until, error)) return false;
    Plan plan = plan_here(eval, bridge_steps(&b), 0);
    Session *judge = session_new(eval->weights, eval->pool);
    bool ok = judge || memory_lacks("generating with this model", error);
    ok = ok && choose_both(eval, &b.prompt, &b, plan, &chosen, error);
    if (ok) {
        Performance silence = {0};
        bridge_join(&silence, &b, NULL, 0);
        const ChoiceTake *best = chosen.all->pdata[0];
        put_score(ret, length, CHOICE_BEST, best->follows);
        put_score(ret, length, CHOICE_ANY, mean_score(chosen.all));
        put_score(ret, length, CHOICE_PIANIST, bridge_score(&b, judge, p));
        put_score(ret, length, CHOICE_SILENCE, bridge_score(&b, judge, &silence));
        ret[time_number(length, false)] = chosen.one_time;
        ret[time_number(length, true)] = chosen.all_time;
        performance_clear(&silence);
        chosen_clear(&chosen);
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
    bool ok = bridge_over(eval, &part, from, CHOICE_SHORT, ret, error) &&
              bridge_over(eval, &part, from, CHOICE_LONG, ret, error);
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
    Chosen chosen;
    cut_out(&part, p, begin, from);
    prompt_cut(&prompt, &part, eval->kind, from - begin);
    performance_clear(&part);
    Plan plan = plan_here(eval, FINISH + ending_window(FINISH), FINISH);
    Session *judge = session_new(eval->weights, eval->pool);
    bool ok = judge || memory_lacks("generating with this model", error);
    ok = ok && choose_both(eval, &prompt, NULL, plan, &chosen, error);
    if (ok) {
        const ChoiceTake *best = chosen.all->pdata[0], *one = chosen.one->pdata[0];
        ret[CHOICE_END_BEST] = best->nats;
        ret[CHOICE_END_ONE] = one->nats;
        ret[CHOICE_END_CLOSED] = closed_end(eval, judge, &prompt);
        ret[CHOICE_END_PIANIST] = pianists_end(eval, judge, p);
        ret[CHOICE_END_DISTANCE] = fabs(best->seconds - FINISH / 100.0);
        ret[CHOICE_END_RESTED] = best->came_to_rest;
        chosen_clear(&chosen);
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

// How much fewer nats the best take leaves than what else may stand in the span, piece
// by piece.
static Interval gain(const ChoiceEval *eval, int length, int score, int span) {
    const GArray *best = eval->numbers[bridge_number(length, score, CHOICE_BEST)];
    const GArray *other = eval->numbers[bridge_number(length, score, span)];
    g_autofree double *differences = g_new(double, best->len);
    for (guint i = 0; i < best->len; i++)
        differences[i] = g_array_index(other, double, i) -
                         g_array_index(best, double, i);
    return interval_of(differences, (int)best->len);
}

static void print_differences(const ChoiceEval *eval) {
    printf("\nThe best take leaves fewer nats (95 %% interval of the mean):\n");
    for (int length = 0; length < CHOICE_LENGTHS; length++)
        for (int score = 0; score < CHOICE_SCORES; score++)
            for (int span = CHOICE_ANY; span < CHOICE_SPANS; span++) {
                Interval x = gain(eval, length, score, span);
                printf("%s: than %s%s: %.3f (%.3f to %.3f)\n", lengths[length],
                       span_names[span], score_names[score], x.mean, x.low, x.high);
            }
}

void choice_eval_print(const ChoiceEval *eval, const GPtrArray *folders) {
    printf("%-32s %8s %8s %8s %8s\n", "", "mean", "10 %", "median", "90 %");
    for (int n = 0; n < CHOICE_NUMBERS; n++) {
        if (!is_asked(eval, n)) continue;
        g_autofree char *name = number_text(n, false);
        Spread s = spread_of(g_array_copy(eval->numbers[n]));
        printf("%-32s %8.3f %8.3f %8.3f %8.3f\n", name, mean(eval->numbers[n]), s.low,
               s.median, s.high);
    }
    if (!eval->endings) print_differences(eval);
    printf("\n%d pieces, the best of %d takes; %s\n", eval->pieces, eval->takes,
           eval->endings ? "nats of the end" : "nats for each note of what follows");
    eval_folders_print(folders);
}

void choice_eval_print_json(const ChoiceEval *eval, const GPtrArray *folders) {
    cJSON *json = cJSON_CreateObject();
    for (int n = 0; n < CHOICE_NUMBERS; n++) {
        if (!is_asked(eval, n)) continue;
        Spread s = spread_of(g_array_copy(eval->numbers[n]));
        g_autofree char *key = number_text(n, true);
        cJSON *object = cJSON_AddObjectToObject(json, key);
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
