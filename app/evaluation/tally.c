#include "app/evaluation/tally.h"

#include "app/base/cli.h"
#include "app/base/json.h"
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

void tally_init(Tally *t, const Evaluation *e) {
    *t = (Tally){.e = e, .pieces = cJSON_CreateArray()};
}

void tally_clear(Tally *t) { cJSON_Delete(t->pieces); }

void tally_add(Tally *t, const char *path, const Score *scores, bool say) {
    g_autofree char *name = cli_printable(path);
    cJSON *json = scores_json(t->e, scores);
    cJSON_AddStringToObject(json, "file", name);
    cJSON_AddItemToArray(t->pieces, json);
    for (int i = 0; i < t->e->context_count; i++) score_add(&t->sums[i], &scores[i]);
    t->files++;
    for (int i = 0; i < t->e->context_count && say; i++) {
        Rates r = rates(&scores[i]);
        printf("%.4f nats per token, %.3f per note, %.2f per second", r.token, r.note,
               r.second);
        if (t->e->context_count > 1) printf(", context %d", t->e->configs[i].context);
        printf("  %s\n", name);
    }
}

void tally_print_json(const Tally *t, const GPtrArray *folders) {
    cJSON *json = scores_json(t->e, t->sums);
    cJSON_AddNumberToObject(json, "files", t->files);
    cJSON_AddNumberToObject(json, "skipped", t->skipped);
    cJSON_AddStringToObject(json, "model_sha256", t->e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(t->e->kind));
    if (t->e->context_count == 1) {
        cJSON_AddNumberToObject(json, "context", t->e->configs[0].context);
        cJSON_AddNumberToObject(json, "latents", t->e->configs[0].latents);
    }
    cJSON_AddNumberToObject(json, "stride", t->e->stride);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    cJSON_AddItemToObject(json, "pieces", cJSON_Duplicate(t->pieces, true));
    json_print(json);
}

void tally_print(const Tally *t) {
    if (t->e->context_count == 1) {
        Rates r = rates(t->sums);
        printf("nats per token   %.4f\n", r.token);
        printf("nats per note    %.4f\n", r.note);
        printf("nats per second  %.4f\n", r.second);
    } else {
        puts("context  latents  nats per token  per note  per second");
        for (int i = 0; i < t->e->context_count; i++) {
            Rates r = rates(&t->sums[i]);
            printf("%7d  %7d  %14.4f  %8.3f  %10.2f\n", t->e->configs[i].context,
                   t->e->configs[i].latents, r.token, r.note, r.second);
        }
    }
    printf("%" G_GINT64_FORMAT " tokens, %" G_GINT64_FORMAT
           " notes, %.1f minutes in %d files; %d left out\n",
           t->sums->likelihood.tokens, t->sums->notes, t->sums->seconds / 60, t->files,
           t->skipped);
}
