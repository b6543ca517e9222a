#include "app/evaluation/music/dials_eval.h"

#include "app/base/json.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/music/eval_span.h"
#include "app/evaluation/spread.h"
#include "model/files/memory.h"

#include <stdio.h>

#define MIDDLE 1
#define FLAT   1e9 // seconds; so long that a meter weighs every moment alike

static double stood_at(Dial dial, int step) {
    return dial_kinds[dial].most * (step - MIDDLE) / 2;
}

static double freedom_at(int step) { return 1 + 0.5 * (step - MIDDLE); }

void dials_eval_init(DialsEval *eval) {
    for (int dial = 0; dial < DIALS; dial++)
        for (int step = 0; step < DIALS_EVAL_STEPS; step++)
            eval->samples[dial][step] = g_array_new(FALSE, FALSE, sizeof(DialsSample));
    for (int step = 0; step < DIALS_EVAL_STEPS; step++)
        eval->freedom[step] = g_array_new(FALSE, FALSE, sizeof(FreedomSample));
}

void dials_eval_clear(DialsEval *eval) {
    for (int dial = 0; dial < DIALS; dial++)
        for (int step = 0; step < DIALS_EVAL_STEPS; step++)
            g_array_unref(eval->samples[dial][step]);
    for (int step = 0; step < DIALS_EVAL_STEPS; step++)
        g_array_unref(eval->freedom[step]);
}

// A take, with the levels before the cut, those that were asked for, and those of the
// take after its first DIALS_EVAL_ARRIVES steps.
typedef struct Played {
    double before[DIALS], wanted[DIALS], came[DIALS];
    double token_nats, note_nats, other_nats;
} Played;

static double level(const Meter *m, Dial dial) {
    double ret = dial_kinds[dial].usual;
    meter_level(m, dial, &ret);
    return ret;
}

static void measure_nats(Continuation *c, Played *ret) {
    int from = (int)c->prompt_tokens;
    int count = MIN(from + (int)c->drawn, (int)c->tokens->len) - from;
    double notes = 0, others = 0;
    int note_count = 0;
    g_autofree double *nats = g_new(double, count);
    session_score(c->session, &g_array_index(c->tokens, Token, 0), from, from + count,
                  nats);
    for (int i = 0; i < count; i++) {
        bool note = token_is_note_on(g_array_index(c->tokens, Token, from + i));
        *(note ? &notes : &others) += nats[i];
        note_count += note;
    }
    ret->token_nats = (notes + others) / MAX(1, count);
    ret->note_nats = notes / MAX(1, note_count);
    ret->other_nats = others / MAX(1, count - note_count);
}

// `plan` is the evaluation's with its dials or its freedom moved.
static bool play(const DialsEval *eval, const EvalSpan *e, Plan plan, Played *ret,
                 GError **error) {
    Continuation c;
    Event event;
    plan.seed += (uint64_t)eval->pieces;
    Session *session = session_new(eval->weights, eval->pool);
    if (!session) return memory_lacks("generating with this model", error);
    continuation_begin(&c, session, eval->kind, &e->prompt, &plan);
    Steering begun = c.state.steering;
    Meter behind = {.seconds = FLAT, .step = e->prompt.step + DIALS_EVAL_ARRIVES};
    while (!*eval->stop && continuation_next(&c, &event))
        if (c.state.decoder.step > behind.step || behind.time > 0)
            meter_hear(&behind, &c.state.decoder, event);
    for (int dial = 0; dial < DIALS; dial++) {
        ret->before[dial] = level(&begun.before, dial);
        ret->wanted[dial] = begun.wanted[dial];
        ret->came[dial] = level(&behind, dial);
    }
    if (!*eval->stop) measure_nats(&c, ret);
    continuation_clear(&c);
    session_free(session);
    if (*eval->stop) g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "stopped");
    return !*eval->stop;
}

// All takes of one place. The take without dials is the middle of every dial, so it is
// made once.
typedef struct AllPlayed {
    Played dial[DIALS][DIALS_EVAL_STEPS];
    Played freedom[DIALS_EVAL_STEPS];
} AllPlayed;

static bool play_all(const DialsEval *eval, const EvalSpan *e, AllPlayed *ret,
                     GError **error) {
    Played middle;
    bool ok = play(eval, e, eval->plan, &middle, error);
    for (int step = 0; step < DIALS_EVAL_STEPS; step++) {
        for (Dial dial = 0; dial < DIALS && ok; dial++) {
            Plan plan = eval->plan;
            plan.dials.at[dial] = stood_at(dial, step);
            ret->dial[dial][step] = middle;
            if (step != MIDDLE) ok = play(eval, e, plan, &ret->dial[dial][step], error);
        }
        Plan plan = eval->plan;
        plan.sampler.within.temperature = freedom_at(step);
        ret->freedom[step] = middle;
        if (step != MIDDLE && ok) ok = play(eval, e, plan, &ret->freedom[step], error);
    }
    return ok;
}

bool dials_eval_piece(DialsEval *eval, const char *path, GError **error) {
    EvalSpan e;
    Rng rng = rng_new(eval->plan.seed, (uint64_t)eval->pieces + 1);
    EvalSpanOptions o = {eval->kind, eval->prompt, eval->plan.steps * STEP_MICROSECONDS,
                         eval_span_place(0, eval->pieces)};
    AllPlayed played;
    if (!eval_span_read(&e, path, &o, &rng, error)) return false;
    bool ok = play_all(eval, &e, &played, error);
    for (Dial dial = 0; dial < DIALS && ok; dial++)
        for (int step = 0; step < DIALS_EVAL_STEPS; step++) {
            const Played *p = &played.dial[dial][step];
            DialsSample sample = {p->wanted[dial] - p->before[dial],
                                  p->came[dial] - p->before[dial], p->token_nats};
            g_array_append_val(eval->samples[dial][step], sample);
        }
    for (int step = 0; step < DIALS_EVAL_STEPS && ok; step++) {
        const Played *p = &played.freedom[step];
        FreedomSample sample = {freedom_at(step), p->note_nats, p->other_nats};
        g_array_append_val(eval->freedom[step], sample);
    }
    eval->pieces += ok;
    eval_span_clear(&e);
    return ok;
}

static Spread spread(const GArray *samples, bool asked) {
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < samples->len; i++) {
        const DialsSample *s = &g_array_index(samples, DialsSample, i);
        g_array_append_vals(values, asked ? &s->asked : &s->came, 1);
    }
    return spread_of(values);
}

static double mean_nats(const GArray *samples) {
    double sum = 0;
    for (guint i = 0; i < samples->len; i++)
        sum += g_array_index(samples, DialsSample, i).token_nats;
    return sum / MAX(1, samples->len);
}

static FreedomSample mean_freedom(const GArray *samples) {
    FreedomSample sum = {0};
    for (guint i = 0; i < samples->len; i++) {
        const FreedomSample *s = &g_array_index(samples, FreedomSample, i);
        sum.freedom += s->freedom / samples->len;
        sum.note_nats += s->note_nats / samples->len;
        sum.other_nats += s->other_nats / samples->len;
    }
    return sum;
}

void dials_eval_print(const DialsEval *eval, const GPtrArray *folders) {
    printf("%-10s %6s  %12s  %12s %8s %8s  %14s\n", "", "dial", "asked,median",
           "came: 10 %", "median", "90 %", "nats per token");
    for (Dial dial = 0; dial < DIALS; dial++)
        for (int step = 0; step < DIALS_EVAL_STEPS; step++) {
            const GArray *samples = eval->samples[dial][step];
            Spread s = spread(samples, false);
            printf("%-10s %6.2f  %12.2f  %12.2f %8.2f %8.2f  %14.3f\n",
                   dial_kinds[dial].name, dial_said(dial, stood_at(dial, step)),
                   dial_said(dial, spread(samples, true).median),
                   dial_said(dial, s.low), dial_said(dial, s.median),
                   dial_said(dial, s.high), mean_nats(samples));
        }
    for (int step = 0; step < DIALS_EVAL_STEPS; step++) {
        FreedomSample s = mean_freedom(eval->freedom[step]);
        printf("%-10s %6.2f  nats per NOTE_ON %.3f, per other token %.3f\n", "freedom",
               s.freedom, s.note_nats, s.other_nats);
    }
    printf("\n%d pieces, takes of %g seconds, measured from second %g on\n",
           eval->pieces, (double)eval->plan.steps / 100,
           (double)DIALS_EVAL_ARRIVES / 100);
    eval_folders_print(folders);
}

static cJSON *setting_json(const GArray *samples, Dial dial, int step) {
    Spread s = spread(samples, false);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "dial", dial_said(dial, stood_at(dial, step)));
    cJSON_AddNumberToObject(json, "asked",
                            dial_said(dial, spread(samples, true).median));
    cJSON_AddNumberToObject(json, "p10", dial_said(dial, s.low));
    cJSON_AddNumberToObject(json, "median", dial_said(dial, s.median));
    cJSON_AddNumberToObject(json, "p90", dial_said(dial, s.high));
    cJSON_AddNumberToObject(json, "nats_per_token", mean_nats(samples));
    return json;
}

void dials_eval_print_json(const DialsEval *eval, const GPtrArray *folders) {
    cJSON *json = cJSON_CreateObject();
    for (Dial dial = 0; dial < DIALS; dial++) {
        cJSON *list = cJSON_AddArrayToObject(json, dial_kinds[dial].name);
        for (int step = 0; step < DIALS_EVAL_STEPS; step++)
            cJSON_AddItemToArray(list,
                                 setting_json(eval->samples[dial][step], dial, step));
    }
    cJSON *freedoms = cJSON_AddArrayToObject(json, "freedom");
    for (int step = 0; step < DIALS_EVAL_STEPS; step++) {
        FreedomSample s = mean_freedom(eval->freedom[step]);
        cJSON *object = cJSON_CreateObject();
        cJSON_AddNumberToObject(object, "dial", s.freedom);
        cJSON_AddNumberToObject(object, "nats_per_note_on", s.note_nats);
        cJSON_AddNumberToObject(object, "nats_per_other_token", s.other_nats);
        cJSON_AddItemToArray(freedoms, object);
    }
    cJSON_AddNumberToObject(json, "files", eval->pieces);
    cJSON_AddNumberToObject(json, "seconds", (double)eval->plan.steps / 100);
    cJSON_AddStringToObject(json, "model_sha256", eval->weights->model->hash);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    json_print(json);
}
