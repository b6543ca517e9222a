#include "app/evaluation/likelihood_report.h"

#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/evaluation/eval_folder.h"

#include <stdio.h>

typedef struct Rates {
    double token, note, second; // nats for each
} Rates;

static Rates rates(const Score *s) {
    double nats = s->likelihood.nats;
    return (Rates){nats / (double)MAX(1, s->likelihood.tokens),
                   nats / (double)MAX(1, s->notes), nats / MAX(1e-6, s->seconds)};
}

static void add_rates(cJSON *json, const Score *s) {
    Rates r = rates(s);
    cJSON_AddNumberToObject(json, "nats_per_token", r.token);
    cJSON_AddNumberToObject(json, "nats_per_note", r.note);
    cJSON_AddNumberToObject(json, "nats_per_second", r.second);
}

// The rates of one context stand in the object, those of several in a list in it.
static cJSON *scores_json(const Evaluation *e, const Score *scores) {
    cJSON *json = cJSON_CreateObject();
    if (e->context_count == 1) {
        add_rates(json, scores);
    } else {
        cJSON *list = cJSON_AddArrayToObject(json, "contexts");
        for (int i = 0; i < e->context_count; i++) {
            cJSON *object = cJSON_CreateObject();
            cJSON_AddNumberToObject(object, "context", e->configs[i].context);
            cJSON_AddNumberToObject(object, "latents", e->configs[i].latents);
            add_rates(object, &scores[i]);
            cJSON_AddItemToArray(list, object);
        }
    }
    cJSON_AddNumberToObject(json, "tokens", (double)scores->likelihood.tokens);
    cJSON_AddNumberToObject(json, "notes", (double)scores->notes);
    cJSON_AddNumberToObject(json, "seconds", scores->seconds);
    return json;
}

void likelihood_report_init(LikelihoodReport *report, const Evaluation *e) {
    *report = (LikelihoodReport){.e = e, .pieces = cJSON_CreateArray()};
}

void likelihood_report_clear(LikelihoodReport *report) { cJSON_Delete(report->pieces); }

void likelihood_report_add(LikelihoodReport *report, const char *path,
                           const Score *scores, bool say) {
    g_autofree char *name = message_printable(path);
    cJSON *json = scores_json(report->e, scores);
    cJSON_AddStringToObject(json, "file", name);
    cJSON_AddItemToArray(report->pieces, json);
    for (int i = 0; i < report->e->context_count; i++)
        score_add(&report->sums[i], &scores[i]);
    report->files++;
    for (int i = 0; i < report->e->context_count && say; i++) {
        Rates r = rates(&scores[i]);
        printf("%.4f nats per token, %.3f per note, %.2f per second", r.token, r.note,
               r.second);
        if (report->e->context_count > 1)
            printf(", context %d", report->e->configs[i].context);
        printf("  %s\n", name);
    }
}

void likelihood_report_print_json(const LikelihoodReport *report,
                                  const GPtrArray *folders) {
    cJSON *json = scores_json(report->e, report->sums);
    cJSON_AddNumberToObject(json, "files", report->files);
    cJSON_AddNumberToObject(json, "skipped", report->skipped);
    cJSON_AddStringToObject(json, "model_sha256", report->e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(report->e->kind));
    if (report->e->context_count == 1) {
        cJSON_AddNumberToObject(json, "context", report->e->configs[0].context);
        cJSON_AddNumberToObject(json, "latents", report->e->configs[0].latents);
    }
    cJSON_AddNumberToObject(json, "stride", report->e->stride);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    cJSON_AddItemToObject(json, "pieces", cJSON_Duplicate(report->pieces, true));
    json_print(json);
}

void likelihood_report_print(const LikelihoodReport *report) {
    if (report->e->context_count == 1) {
        Rates r = rates(report->sums);
        printf("nats per token   %.4f\n", r.token);
        printf("nats per note    %.4f\n", r.note);
        printf("nats per second  %.4f\n", r.second);
    } else {
        puts("context  latents  nats per token  per note  per second");
        for (int i = 0; i < report->e->context_count; i++) {
            Rates r = rates(&report->sums[i]);
            printf("%7d  %7d  %14.4f  %8.3f  %10.2f\n", report->e->configs[i].context,
                   report->e->configs[i].latents, r.token, r.note, r.second);
        }
    }
    printf("%" G_GINT64_FORMAT " tokens, %" G_GINT64_FORMAT
           " notes, %.1f minutes in %d files; %d left out\n",
           report->sums->likelihood.tokens, report->sums->notes,
           report->sums->seconds / 60, report->files, report->skipped);
}
