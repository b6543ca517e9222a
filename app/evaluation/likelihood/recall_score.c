#include "app/evaluation/likelihood/recall_score.h"

#include "app/base/inputs.h"
#include "app/base/json.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/likelihood/token_nats.h"
#include "midi/analysis/recurrence.h"
#include "midi/tokenizer.h"

#include <math.h>
#include <stdio.h>

// A piece that is being scored. At each token the arrays hold its recurrence or NULL.
typedef struct Scored {
    RecallScore *sum;
    const Config *config;
    const Token *tokens;
    const Recurrence **same, **any; // owned; (count)
} Scored;

static void count(RecallBin *bin, const Recurrence *r, double likely) {
    bin->notes++;
    bin->right += r->right;
    bin->likely += likely;
}

static void add(RecallSide *side, const Config *c, const Recurrence *r, double likely) {
    int i = 0;
    while (i < RECALL_SCORE_LAGS - 1 && r->lag > RECALL_SCORE_FIRST << i) i++;
    count(&side->lags[i], r, likely);
    bool near = r->lag <= c->latents, far = !near && r->lag <= c->context;
    count(near ? &side->near : far ? &side->far : &side->beyond, r, likely);
    if (r->alone && near) count(&side->near_alone, r, likely);
    if (r->alone && far) count(&side->far_alone, r, likely);
}

static void visit(void *data, int place, const real *logits) {
    const Scored *p = data;
    if (!p->same[place] && !p->any[place]) return;
    double likely = exp(-token_nats_of_pitch(logits, p->tokens[place]));
    if (p->same[place]) add(&p->sum->same, p->config, p->same[place], likely);
    if (p->any[place]) add(&p->sum->any, p->config, p->any[place], likely);
}

static const Recurrence **by_place(const GArray *found, guint tokens) {
    const Recurrence **ret = g_new0(const Recurrence *, tokens);
    for (guint i = 0; i < found->len; i++) {
        const Recurrence *r = &g_array_index(found, Recurrence, i);
        ret[r->place] = r;
    }
    return ret;
}

bool recall_score_add(RecallScore *sum, const char *path, EvaluateReport r,
                      GError **error) {
    const Evaluation *e = sum->e;
    Performance music = {0};
    if (!input_read_music(path, &music, error)) return false;
    GArray *tokens = tokenizer_encode(&music, e->encoding.kind);
    const Token *first = (const Token *)(void *)tokens->data;
    GArray *same = recurrences(first, (int)tokens->len, false);
    GArray *any = recurrences(first, (int)tokens->len, true);
    Scored p = {sum, &e->configs[0], first, by_place(same, tokens->len),
                by_place(any, tokens->len)};
    evaluate_each(e->predictors, &e->model.parameters, p.config, first,
                  (int)tokens->len, e->stride, visit, &p, r);
    sum->files++;
    g_free(p.same);
    g_free(p.any);
    g_array_unref(same);
    g_array_unref(any);
    g_array_unref(tokens);
    performance_clear(&music);
    return true;
}

static double share(const RecallBin *b, double of) {
    return b->notes ? of / b->notes : (double)NAN;
}

static void print_bin(const char *name, const RecallBin *same, const RecallBin *any) {
    printf("%-20s", name);
    const RecallBin *bins[] = {same, any};
    for (int i = 0; i < 2; i++)
        if (bins[i]->notes)
            printf("  %7d  %5.3f  %5.3f", bins[i]->notes,
                   share(bins[i], bins[i]->right), share(bins[i], bins[i]->likely));
        else
            printf("  %7d      -      -", 0);
    puts("");
}

void recall_score_print(const RecallScore *s, const GPtrArray *folders) {
    const Config *c = &s->e->configs[0];
    char name[40];
    printf(
        "notes whose %d predecessors were played before; `right`: that what followed "
        "then\nis played again; `model`: what it gives to the pitch that is played\n\n",
        RECURRENCE_NOTES);
    printf("%-20s  %-21s    %s\n", "", "at the same pitch", "at any pitch");
    printf("%-20s  %7s  %5s  %5s  %7s  %5s  %5s\n", "tokens back", "notes", "right",
           "model", "notes", "right", "model");
    g_snprintf(name, sizeof name, "near, up to %d", c->latents);
    print_bin(name, &s->same.near, &s->any.near);
    print_bin("  in no chord", &s->same.near_alone, &s->any.near_alone);
    g_snprintf(name, sizeof name, "far, up to %d", c->context);
    print_bin(name, &s->same.far, &s->any.far);
    print_bin("  in no chord", &s->same.far_alone, &s->any.far_alone);
    print_bin("beyond", &s->same.beyond, &s->any.beyond);
    puts("");
    for (int i = 0; i < RECALL_SCORE_LAGS; i++) {
        if (s->same.lags[i].notes + s->any.lags[i].notes == 0) continue;
        if (i < RECALL_SCORE_LAGS - 1)
            g_snprintf(name, sizeof name, "up to %d", RECALL_SCORE_FIRST << i);
        else
            g_strlcpy(name, "farther", sizeof name);
        print_bin(name, &s->same.lags[i], &s->any.lags[i]);
    }
    printf("%d files; %d left out\n", s->files, s->skipped);
    eval_folders_print(folders);
}

static cJSON *bin_json(const RecallBin *b) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "notes", b->notes);
    if (b->notes) {
        cJSON_AddNumberToObject(json, "right", share(b, b->right));
        cJSON_AddNumberToObject(json, "model", share(b, b->likely));
    }
    return json;
}

static cJSON *side_json(const RecallSide *s) {
    cJSON *json = cJSON_CreateObject(), *lags;
    cJSON_AddItemToObject(json, "near", bin_json(&s->near));
    cJSON_AddItemToObject(json, "near_alone", bin_json(&s->near_alone));
    cJSON_AddItemToObject(json, "far", bin_json(&s->far));
    cJSON_AddItemToObject(json, "far_alone", bin_json(&s->far_alone));
    cJSON_AddItemToObject(json, "beyond", bin_json(&s->beyond));
    lags = cJSON_AddArrayToObject(json, "by_lag");
    for (int i = 0; i < RECALL_SCORE_LAGS; i++) {
        cJSON *bin = bin_json(&s->lags[i]);
        if (i < RECALL_SCORE_LAGS - 1)
            cJSON_AddNumberToObject(bin, "up_to", RECALL_SCORE_FIRST << i);
        cJSON_AddItemToArray(lags, bin);
    }
    return json;
}

void recall_score_print_json(const RecallScore *s, const GPtrArray *folders) {
    const Evaluation *e = s->e;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "same_pitch", side_json(&s->same));
    cJSON_AddItemToObject(json, "any_pitch", side_json(&s->any));
    cJSON_AddNumberToObject(json, "predecessors", RECURRENCE_NOTES);
    cJSON_AddNumberToObject(json, "context", e->configs[0].context);
    cJSON_AddNumberToObject(json, "latents", e->configs[0].latents);
    cJSON_AddNumberToObject(json, "stride", e->stride);
    cJSON_AddNumberToObject(json, "files", s->files);
    cJSON_AddNumberToObject(json, "skipped", s->skipped);
    cJSON_AddStringToObject(json, "model_sha256", e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", e->encoding.name);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    json_print(json);
}
