#include "app/evaluation/judge_view.h"

#include "app/base/cli.h"
#include "app/base/json.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/verdict.h"

#include <stdio.h>

static const char *const source_keys[SOURCES] = {"takes", "pianist", "elsewhere"};
static const char *const distance_keys[DISTANCES] = {"takes", "elsewhere",
                                                     "other_pieces"};
static const char *const death_keys[DEATHS] = {"die_into_silence", "die_into_a_loop"};
static const char *const death_names[DEATHS] = {"die into silence", "die into a loop"};

static const JudgedPiece *piece_of(const Judge *j, const Sample *s) {
    return j->pieces->pdata[s->piece];
}

static double cut_of(const Judge *j, const Sample *s) {
    return (double)piece_of(j, s)->cut / 1e6;
}

// Tokens drawn, or those of them by which a take was to move on.
static int64_t sum_tokens(const Judge *j, bool stirred) {
    int64_t sum = 0;
    for (guint i = 0; i < j->samples[SOURCE_TAKES]->len; i++) {
        const Sample *s = &g_array_index(j->samples[SOURCE_TAKES], Sample, i);
        sum += stirred ? s->stirred : s->drawn;
    }
    return sum;
}

// --- text ---

static void print_numbers(const Judge *j) {
    printf("%-29s", "");
    for (Source s = 0; s < SOURCES; s++) printf("   %-21s", source_keys[s]);
    printf("\n%-29s", "");
    for (Source s = 0; s < SOURCES; s++)
        printf("   %6s %6s %6s ", "10 %", "median", "90 %");
    puts("outside");
    for (int n = 0; n < verdict_numbers(j); n++) {
        printf("%-29s", verdict_name(n));
        for (Source s = 0; s < SOURCES; s++) {
            Spread x = verdict_spread(j, n, s);
            printf("   %6.2f %6.2f %6.2f ", x.low, x.median, x.high);
        }
        printf("%5.0f %%%s\n", 100 * verdict_outside(j, n),
               verdict_is_odd(j, n) ? " *" : "");
    }
}

static void print_deaths(const Judge *j) {
    for (Death d = 0; d < DEATHS; d++) {
        printf("%-29s", death_names[d]);
        for (Source s = 0; s < SOURCES; s++)
            printf("          %5.1f %%       ", 100 * verdict_dying(j, s, d));
        puts("");
    }
}

static void print_distances(const Judge *j) {
    printf("\n%-29s %8s %12s %15s\n", "distance to pianist, bits", "takes", "elsewhere",
           "other pieces");
    for (Histogram h = 0; h < HISTOGRAMS; h++)
        printf("%-29s %8.3f %12.3f %15.3f\n", histogram_names[h],
               verdict_distance(j, h, DISTANCE_TAKES),
               verdict_distance(j, h, DISTANCE_ELSEWHERE),
               verdict_distance(j, h, DISTANCE_OTHERS));
}

static void print_match(const Judge *j, const Match *m) {
    if (!m->notes) return;
    g_autofree char *name = cli_printable(j->novelty->names->pdata[m->piece]);
    printf(": %d notes after %.1f s are those of %s after %.1f s, %+d semitones",
           m->notes, (double)m->query_onset / 1e6, name, (double)m->onset / 1e6,
           m->transposed);
}

static void print_takes(const Judge *j) {
    puts("");
    for (guint i = 0; i < j->samples[SOURCE_TAKES]->len; i++) {
        const Sample *s = &g_array_index(j->samples[SOURCE_TAKES], Sample, i);
        g_autofree char *name = cli_printable(piece_of(j, s)->path);
        printf("%s after %.1f s, take %d", name, cut_of(j, s), s->take);
        print_match(j, &s->match);
        puts("");
    }
}

void judge_print(const Judge *j, bool every) {
    print_numbers(j);
    print_deaths(j);
    print_distances(j);
    if (every || j->novelty) print_takes(j);
    printf("\n%u takes of %g seconds from %u pieces, %" G_GINT64_FORMAT
           " tokens, %" G_GINT64_FORMAT " of them to move on from a standstill\n",
           j->samples[SOURCE_TAKES]->len, (double)j->plan.steps / 100, j->pieces->len,
           sum_tokens(j, false), sum_tokens(j, true));
}

// --- JSON ---

static void add_plan(const Judge *j, cJSON *json) {
    const Plan *p = &j->plan;
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, p->seed);
    cJSON_AddStringToObject(json, "model_sha256", j->weights->model->hash);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(j->kind));
    cJSON_AddStringToObject(json, "seed", seed); // may be beyond JSON's numbers
    cJSON_AddNumberToObject(json, "temperature", p->sampler.temperature);
    cJSON_AddNumberToObject(json, "top_p", p->sampler.top_p);
    cJSON_AddNumberToObject(json, "min_p", p->sampler.min_p);
    cJSON_AddNumberToObject(json, "seconds", (double)p->steps / 100);
    cJSON_AddNumberToObject(json, "prompt_seconds", (double)j->prompt / 1e6);
    cJSON_AddNumberToObject(json, "files", j->pieces->len);
    cJSON_AddNumberToObject(json, "takes", j->takes);
    cJSON_AddNumberToObject(json, "tokens", (double)sum_tokens(j, false));
    cJSON_AddNumberToObject(json, "tokens_to_move_on", (double)sum_tokens(j, true));
}

static void add_numbers(const Judge *j, cJSON *json) {
    cJSON *all = cJSON_AddObjectToObject(json, "statistics");
    for (int n = 0; n < verdict_numbers(j); n++) {
        cJSON *number = cJSON_AddObjectToObject(all, verdict_key(n));
        for (Source s = 0; s < SOURCES; s++) {
            Spread x = verdict_spread(j, n, s);
            cJSON *object = cJSON_AddObjectToObject(number, source_keys[s]);
            cJSON_AddNumberToObject(object, "p10", x.low);
            cJSON_AddNumberToObject(object, "median", x.median);
            cJSON_AddNumberToObject(object, "p90", x.high);
        }
        cJSON_AddNumberToObject(number, "outside", verdict_outside(j, n));
    }
}

static void add_deaths(const Judge *j, cJSON *json) {
    for (Death d = 0; d < DEATHS; d++) {
        cJSON *object = cJSON_AddObjectToObject(json, death_keys[d]);
        for (Source s = 0; s < SOURCES; s++)
            cJSON_AddNumberToObject(object, source_keys[s], verdict_dying(j, s, d));
    }
}

static void add_distances(const Judge *j, cJSON *json) {
    cJSON *all = cJSON_AddObjectToObject(json, "distances");
    for (Histogram h = 0; h < HISTOGRAMS; h++) {
        cJSON *object = cJSON_AddObjectToObject(all, histogram_keys[h]);
        for (Distance from = 0; from < DISTANCES; from++)
            cJSON_AddNumberToObject(object, distance_keys[from],
                                    verdict_distance(j, h, from));
    }
}

static void add_match(const Judge *j, cJSON *json, const Match *m) {
    cJSON *object = cJSON_AddObjectToObject(json, "longest_match");
    cJSON_AddNumberToObject(object, "notes", m->notes);
    if (!m->notes) return;
    g_autofree char *name = cli_printable(j->novelty->names->pdata[m->piece]);
    cJSON_AddStringToObject(object, "file", name);
    cJSON_AddNumberToObject(object, "file_seconds", (double)m->onset / 1e6);
    cJSON_AddNumberToObject(object, "seconds", (double)m->query_onset / 1e6);
    cJSON_AddNumberToObject(object, "semitones", m->transposed);
}

static cJSON *span_json(const Judge *j, Source source, const Sample *s) {
    cJSON *json = cJSON_CreateObject();
    g_autofree char *name = cli_printable(piece_of(j, s)->path);
    cJSON_AddStringToObject(json, "of", source_keys[source]);
    cJSON_AddStringToObject(json, "file", name);
    cJSON_AddNumberToObject(json, "cut_seconds", cut_of(j, s));
    if (s->take) cJSON_AddNumberToObject(json, "take", s->take);
    for (int n = 0; n < STATISTICS; n++)
        cJSON_AddNumberToObject(json, statistic_keys[n], s->statistics.value[n]);
    if (j->novelty) add_match(j, json, &s->match);
    return json;
}

void judge_print_json(const Judge *j, const GPtrArray *folders) {
    cJSON *json = cJSON_CreateObject();
    add_plan(j, json);
    add_numbers(j, json);
    add_deaths(j, json);
    add_distances(j, json);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    cJSON *spans = cJSON_AddArrayToObject(json, "spans");
    for (Source s = 0; s < SOURCES; s++)
        for (guint i = 0; i < j->samples[s]->len; i++)
            cJSON_AddItemToArray(
                spans, span_json(j, s, &g_array_index(j->samples[s], Sample, i)));
    json_print(json);
}
