#include "app/evaluation/music/music_eval_report.h"

#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/music/form_report.h"
#include "app/evaluation/music/music_stats.h"

#include <math.h>
#include <stdio.h>

static const char *const source_keys[MUSIC_SOURCES] = {"takes", "pianist", "elsewhere"};
static const char *const distance_keys[DISTANCES] = {"takes", "elsewhere",
                                                     "other_pieces"};
static const char *const death_keys[ENDINGS] = {"die_into_silence", "die_into_a_loop"};
static const char *const death_names[ENDINGS] = {"die into silence", "die into a loop"};

static const EvalPiece *piece_of(const MusicEval *eval, const Sample *s) {
    return eval->pieces->pdata[s->piece];
}

static double cut_of(const MusicEval *eval, const Sample *s) {
    return (double)piece_of(eval, s)->cut / 1e6;
}

// Sums the drawn tokens: all, or only those that were drawn to leave a stall.
static int64_t sum_tokens(const MusicEval *eval, bool stirred) {
    int64_t sum = 0;
    for (guint i = 0; i < eval->samples[MUSIC_OF_TAKES]->len; i++) {
        const Sample *s = &g_array_index(eval->samples[MUSIC_OF_TAKES], Sample, i);
        sum += stirred ? s->stirred : s->drawn;
    }
    return sum;
}

// --- text ---

static void print_numbers(const MusicEval *eval) {
    printf("%-29s", "");
    for (MusicSource s = 0; s < MUSIC_SOURCES; s++) printf("   %-21s", source_keys[s]);
    printf("\n%-29s", "");
    for (MusicSource s = 0; s < MUSIC_SOURCES; s++)
        printf("   %6s %6s %6s ", "10 %", "median", "90 %");
    puts("outside");
    for (int n = 0; n < music_stats_numbers(eval); n++) {
        printf("%-29s", music_stats_name(n));
        for (MusicSource s = 0; s < MUSIC_SOURCES; s++) {
            Spread x = music_stats_spread(eval, n, s);
            printf("   %6.2f %6.2f %6.2f ", x.low, x.median, x.high);
        }
        printf("%5.0f %%%s\n", 100 * music_stats_outside(eval, n),
               music_stats_is_odd(eval, n) ? " *" : "");
    }
}

static void print_deaths(const MusicEval *eval) {
    for (Ending d = 0; d < ENDINGS; d++) {
        printf("%-29s", death_names[d]);
        for (MusicSource s = 0; s < MUSIC_SOURCES; s++)
            printf("          %5.1f %%       ", 100 * music_stats_ending(eval, s, d));
        puts("");
    }
}

// Sums the passages that occur in the training set, and their notes.
static void sum_passages(const MusicEval *eval, MusicSource source, int *ret_passages,
                         int *ret_notes) {
    *ret_passages = *ret_notes = 0;
    for (guint i = 0; i < eval->samples[source]->len; i++) {
        const Sample *s = &g_array_index(eval->samples[source], Sample, i);
        *ret_passages += s->passages;
        *ret_notes += s->passage_notes;
    }
}

static void print_passages(const MusicEval *eval) {
    if (!eval->novelty) return;
    printf("%-29s", "passages from memory, notes");
    for (MusicSource s = 0; s < MUSIC_SOURCES; s++) {
        int passages, notes;
        sum_passages(eval, s, &passages, &notes);
        printf("   %6d %6d        ", passages, notes);
    }
    puts("");
}

static void print_distances(const MusicEval *eval) {
    printf("\n%-29s %8s %12s %15s\n", "distance to pianist, bits", "takes", "elsewhere",
           "other pieces");
    for (Histogram h = 0; h < HISTOGRAMS; h++)
        printf("%-29s %8.3f %12.3f %15.3f\n", histogram_names[h],
               music_stats_distance(eval, h, DISTANCE_TAKES),
               music_stats_distance(eval, h, DISTANCE_ELSEWHERE),
               music_stats_distance(eval, h, DISTANCE_OTHERS));
}

static void print_match(const MusicEval *eval, const Match *m) {
    if (!m->notes) return;
    g_autofree char *name = message_printable(eval->novelty->names->pdata[m->piece]);
    printf(": %d notes after %.1f s are those of %s after %.1f s, %+d semitones",
           m->notes, (double)m->query_onset / 1e6, name, (double)m->onset / 1e6,
           m->transposed);
}

static void print_takes(const MusicEval *eval) {
    puts("");
    for (guint i = 0; i < eval->samples[MUSIC_OF_TAKES]->len; i++) {
        const Sample *s = &g_array_index(eval->samples[MUSIC_OF_TAKES], Sample, i);
        g_autofree char *name = message_printable(piece_of(eval, s)->path);
        printf("%s after %.1f s, take %d", name, cut_of(eval, s), s->take);
        print_match(eval, &s->match);
        puts("");
    }
}

void music_eval_print(const MusicEval *eval, bool every, const GPtrArray *folders) {
    print_numbers(eval);
    print_deaths(eval);
    print_passages(eval);
    print_distances(eval);
    form_report_print(eval);
    if (every || eval->novelty) print_takes(eval);
    printf("\n%u takes of %g seconds from %u pieces, %" G_GINT64_FORMAT
           " tokens, %" G_GINT64_FORMAT " of them to move on from a standstill\n",
           eval->samples[MUSIC_OF_TAKES]->len, (double)eval->plan.steps / 100,
           eval->pieces->len, sum_tokens(eval, false), sum_tokens(eval, true));
    eval_folders_print(folders);
}

// --- JSON ---

static void add_plan(const MusicEval *eval, cJSON *json) {
    const Plan *p = &eval->plan;
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, p->seed);
    cJSON_AddStringToObject(json, "model_sha256", eval->weights->model->hash);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(eval->kind));
    cJSON_AddStringToObject(json, "seed", seed); // JSON cannot hold every u64
    cJSON_AddNumberToObject(json, "temperature", p->sampler.temperature);
    cJSON_AddNumberToObject(json, "top_p", p->sampler.top_p);
    cJSON_AddNumberToObject(json, "min_p", p->sampler.min_p);
    cJSON_AddNumberToObject(json, "pitch_temperature", p->sampler.within.temperature);
    cJSON_AddNumberToObject(json, "pitch_top_p", p->sampler.within.top_p);
    cJSON_AddNumberToObject(json, "closeness", p->closeness);
    cJSON_AddNumberToObject(json, "seconds", (double)p->steps / 100);
    cJSON_AddNumberToObject(json, "prompt_seconds", (double)eval->prompt / 1e6);
    cJSON_AddNumberToObject(json, "files", eval->pieces->len);
    cJSON_AddNumberToObject(json, "takes", eval->takes);
    cJSON_AddNumberToObject(json, "tokens", (double)sum_tokens(eval, false));
    cJSON_AddNumberToObject(json, "tokens_to_move_on", (double)sum_tokens(eval, true));
}

static void add_numbers(const MusicEval *eval, cJSON *json) {
    cJSON *all = cJSON_AddObjectToObject(json, "statistics");
    for (int n = 0; n < music_stats_numbers(eval); n++) {
        cJSON *number = cJSON_AddObjectToObject(all, music_stats_key(n));
        for (MusicSource s = 0; s < MUSIC_SOURCES; s++) {
            Spread x = music_stats_spread(eval, n, s);
            cJSON *object = cJSON_AddObjectToObject(number, source_keys[s]);
            cJSON_AddNumberToObject(object, "p10", x.low);
            cJSON_AddNumberToObject(object, "median", x.median);
            cJSON_AddNumberToObject(object, "p90", x.high);
        }
        cJSON_AddNumberToObject(number, "outside", music_stats_outside(eval, n));
    }
}

static void add_deaths(const MusicEval *eval, cJSON *json) {
    for (Ending d = 0; d < ENDINGS; d++) {
        cJSON *object = cJSON_AddObjectToObject(json, death_keys[d]);
        for (MusicSource s = 0; s < MUSIC_SOURCES; s++)
            cJSON_AddNumberToObject(object, source_keys[s],
                                    music_stats_ending(eval, s, d));
    }
}

static void add_distances(const MusicEval *eval, cJSON *json) {
    cJSON *all = cJSON_AddObjectToObject(json, "distances");
    for (Histogram h = 0; h < HISTOGRAMS; h++) {
        cJSON *object = cJSON_AddObjectToObject(all, histogram_keys[h]);
        for (Distance from = 0; from < DISTANCES; from++)
            cJSON_AddNumberToObject(object, distance_keys[from],
                                    music_stats_distance(eval, h, from));
    }
}

static void add_match(const MusicEval *eval, cJSON *json, const Match *m) {
    cJSON *object = cJSON_AddObjectToObject(json, "longest_match");
    cJSON_AddNumberToObject(object, "notes", m->notes);
    if (!m->notes) return;
    json_add_text(object, "piece", eval->novelty->names->pdata[m->piece]);
    cJSON_AddNumberToObject(object, "file_seconds", (double)m->onset / 1e6);
    cJSON_AddNumberToObject(object, "seconds", (double)m->query_onset / 1e6);
    cJSON_AddNumberToObject(object, "semitones", m->transposed);
}

static cJSON *span_json(const MusicEval *eval, MusicSource source, const Sample *s) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "of", source_keys[source]);
    json_add_text(json, "file", piece_of(eval, s)->path);
    cJSON_AddNumberToObject(json, "cut_seconds", cut_of(eval, s));
    if (s->take) cJSON_AddNumberToObject(json, "take", s->take);
    for (int n = 0; n < STATISTICS; n++)
        cJSON_AddNumberToObject(json, statistic_keys[n], s->statistics.value[n]);
    for (int n = 0; source != MUSIC_ELSEWHERE && n < FORM_NUMBERS; n++)
        if (!isnan(s->form[n])) cJSON_AddNumberToObject(json, form_keys[n], s->form[n]);
    if (!eval->novelty) return json;
    add_match(eval, json, &s->match);
    cJSON_AddNumberToObject(json, "passages", s->passages);
    cJSON_AddNumberToObject(json, "passage_notes", s->passage_notes);
    return json;
}

void music_eval_print_json(const MusicEval *eval, const GPtrArray *folders) {
    cJSON *json = cJSON_CreateObject();
    add_plan(eval, json);
    add_numbers(eval, json);
    add_deaths(eval, json);
    add_distances(eval, json);
    cJSON_AddItemToObject(json, "form", form_report_json(eval));
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    cJSON *spans = cJSON_AddArrayToObject(json, "spans");
    for (MusicSource s = 0; s < MUSIC_SOURCES; s++)
        for (guint i = 0; i < eval->samples[s]->len; i++)
            cJSON_AddItemToArray(
                spans, span_json(eval, s, &g_array_index(eval->samples[s], Sample, i)));
    json_print(json);
}
