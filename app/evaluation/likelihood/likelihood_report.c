#include "app/evaluation/likelihood/likelihood_report.h"

#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/data/ids_file.h"
#include "app/evaluation/eval_folder.h"

#include <stdio.h>
#include <string.h>

// A likelihood per unit of what is measured; the first is per token.
typedef struct Rate {
    const char *name, *key; // as text and in JSON
    double value;
} Rate;
enum { RATES = 3 };

static int music_rates(const Score *s, Rate ret[RATES]) {
    double nats = s->likelihood.nats;
    ret[0] = (Rate){"nats per token", "nats_per_token",
                    nats / (double)MAX(1, s->likelihood.tokens)};
    ret[1] = (Rate){"nats per note", "nats_per_note", nats / (double)MAX(1, s->notes)};
    ret[2] = (Rate){"nats per second", "nats_per_second", nats / MAX(1e-6, s->seconds)};
    return 3;
}

static int ids_rates(const Score *s, bool bytes, bool images, Rate ret[RATES]) {
    double nats = s->likelihood.nats / (double)MAX(1, s->likelihood.tokens);
    ret[0] = (Rate){"nats per id", "nats_per_id", nats};
    ret[1] = images  ? (Rate){"bits per dimension", "bits_per_dimension", nats / G_LN2}
             : bytes ? (Rate){"bits per byte", "bits_per_byte", nats / G_LN2}
                     : (Rate){"bits per id", "bits_per_id", nats / G_LN2};
    return 2;
}

// Writes the rates of a score and returns their number. `images` says that all files
// are images.
static int rates(const Evaluation *e, const Score *s, bool images, Rate ret[RATES]) {
    bool bytes = !encoding_is_of_numbers(&e->encoding);
    return e->encoding.ids ? ids_rates(s, bytes, images, ret) : music_rates(s, ret);
}

static void add_rates(cJSON *json, const Evaluation *e, const Score *s, bool images) {
    Rate r[RATES];
    int count = rates(e, s, images, r);
    for (int i = 0; i < count; i++) cJSON_AddNumberToObject(json, r[i].key, r[i].value);
}

// The rates of a single context are members of the object; those of several contexts
// are a list in it.
static cJSON *scores_json(const Evaluation *e, const Score *scores, bool images) {
    cJSON *json = cJSON_CreateObject();
    if (e->context_count == 1) {
        add_rates(json, e, scores, images);
    } else {
        cJSON *list = cJSON_AddArrayToObject(json, "contexts");
        for (int i = 0; i < e->context_count; i++) {
            cJSON *object = cJSON_CreateObject();
            cJSON_AddNumberToObject(object, "context", e->configs[i].context);
            cJSON_AddNumberToObject(object, "latents", e->configs[i].latents);
            add_rates(object, e, &scores[i], images);
            cJSON_AddItemToArray(list, object);
        }
    }
    cJSON_AddNumberToObject(json, e->encoding.ids ? "ids" : "tokens",
                            (double)scores->likelihood.tokens);
    if (e->encoding.ids) return json;
    cJSON_AddNumberToObject(json, "notes", (double)scores->notes);
    cJSON_AddNumberToObject(json, "seconds", scores->seconds);
    return json;
}

void likelihood_report_init(LikelihoodReport *report, const Evaluation *e) {
    *report = (LikelihoodReport){.e = e, .pieces = cJSON_CreateArray()};
}

void likelihood_report_clear(LikelihoodReport *report) { cJSON_Delete(report->pieces); }

static void say_file(const Evaluation *e, const Score *s, int context, bool image,
                     const char *name) {
    Rate r[RATES];
    int count = rates(e, s, image, r);
    for (int i = 0; i < count; i++)
        printf("%s%.4f %s", i ? ", " : "", r[i].value, r[i].name);
    if (e->context_count > 1) printf(", context %d", context);
    printf("  %s\n", name);
}

void likelihood_report_add(LikelihoodReport *report, const char *path,
                           const Score *scores, bool say) {
    const Evaluation *e = report->e;
    bool image = e->encoding.ids && ids_kind(path) == IDS_IMAGE;
    g_autofree char *name = message_printable(path);
    cJSON *json = scores_json(e, scores, image);
    cJSON_AddStringToObject(json, "file", name);
    cJSON_AddItemToArray(report->pieces, json);
    for (int i = 0; i < e->context_count; i++) score_add(&report->sums[i], &scores[i]);
    report->files++;
    report->images += image;
    for (int i = 0; i < e->context_count && say; i++)
        say_file(e, &scores[i], e->configs[i].context, image, name);
}

static bool all_images(const LikelihoodReport *report) {
    return report->images == report->files;
}

void likelihood_report_print_json(const LikelihoodReport *report,
                                  const GPtrArray *folders) {
    cJSON *json = scores_json(report->e, report->sums, all_images(report));
    cJSON_AddNumberToObject(json, "files", report->files);
    cJSON_AddNumberToObject(json, "skipped", report->skipped);
    cJSON_AddStringToObject(json, "model_sha256", report->e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", report->e->encoding.name);
    if (report->e->context_count == 1) {
        cJSON_AddNumberToObject(json, "context", report->e->configs[0].context);
        cJSON_AddNumberToObject(json, "latents", report->e->configs[0].latents);
    }
    cJSON_AddNumberToObject(json, "stride", report->e->stride);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    cJSON_AddItemToObject(json, "pieces", cJSON_Duplicate(report->pieces, true));
    json_print(json);
}

// Prints a column for each rate, as wide as the rate's name.
static void print_contexts(const LikelihoodReport *report) {
    const Evaluation *e = report->e;
    for (int i = 0; i < e->context_count; i++) {
        Rate r[RATES];
        int count = rates(e, &report->sums[i], all_images(report), r);
        if (i == 0) printf("context  latents");
        for (int k = 0; k < count && i == 0; k++) printf("  %s", r[k].name);
        printf("%s%7d  %7d", i == 0 ? "\n" : "", e->configs[i].context,
               e->configs[i].latents);
        for (int k = 0; k < count; k++)
            printf("  %*.4f", (int)strlen(r[k].name), r[k].value);
        puts("");
    }
}

void likelihood_report_print(const LikelihoodReport *report, const GPtrArray *folders) {
    const Evaluation *e = report->e;
    const Score *sum = report->sums;
    Rate r[RATES];
    int count = rates(e, sum, all_images(report), r);
    if (e->context_count > 1) print_contexts(report);
    for (int i = 0; i < count && e->context_count == 1; i++)
        printf("%-*s  %.4f\n", e->encoding.ids ? 18 : 15, r[i].name, r[i].value);
    if (e->encoding.ids)
        printf("%" G_GINT64_FORMAT " ids in %d files; %d left out\n",
               sum->likelihood.tokens, report->files, report->skipped);
    else
        printf("%" G_GINT64_FORMAT " tokens, %" G_GINT64_FORMAT
               " notes, %.1f minutes in %d files; %d left out\n",
               sum->likelihood.tokens, sum->notes, sum->seconds / 60, report->files,
               report->skipped);
    eval_folders_print(folders);
}
