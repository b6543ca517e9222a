// par-midi info describes a model file.
#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/paths.h"
#include "app/commands.h"
#include "app/data/encoding.h"
#include "model/files/model.h"

#include <stdio.h>
#include <string.h>

// Tokens per second of MAESTRO's performances.
#define RATE_FOLDED 40.0
#define RATE_PEDAL  47.0

// Metadata keys of the model's shape, which is shown from the configuration instead.
static const char *const shape_keys[] = {"architecture",  "vocab_size",
                                         "context",       "latents",
                                         "width",         "heads",
                                         "layers",        "mlp_ratio",
                                         "rotary_dims",   "rotary_max_wavelength",
                                         "activation",    "norm_eps",
                                         "tokenizer",     "sha256",
                                         "recall_heads",  "recall_layer",
                                         "recall_first",  "recall_end",
                                         "chord_steps",   "time_first",
                                         "time_end",      "gates",
                                         "values",        "logit_cap",
                                         "header_sha256", NULL};

typedef struct Info {
    const char *path; // borrowed
    Model model;      // owned
    Safetensors file; // owned
    size_t bytes;     // the bytes of the tensors
} Info;

static bool load(Info *info, const char *path, GError **error) {
    info->path = path;
    if (!safetensors_read(path, &info->file, error) ||
        !model_from_safetensors(&info->file, path, &info->model, error))
        return false;
    for (size_t i = 0; i < info->file.tensor_count; i++) {
        const Tensor *t = &info->file.tensors[i];
        info->bytes += tensor_elements(t) * dtype_size(t->dtype);
    }
    return true;
}

static const char *numbers_name(const Info *info) {
    return info->file.tensors[0].dtype == DTYPE_BF16 ? "bf16" : "f32";
}

static const char *tokenizer_of(const Info *info) {
    return info->model.tokenizer ? info->model.tokenizer : "none named";
}

// Returns the context in minutes of music; 0 for a model of ids.
static double context_minutes(const Info *info) {
    const Model *m = &info->model;
    Encoding e;
    if (encoding_from_name(m->tokenizer, m->config.vocabulary, &e) && e.ids) return 0;
    double rate = m->config.vocabulary == VOCABULARY_PEDAL ? RATE_PEDAL : RATE_FOLDED;
    return m->config.context / rate / 60;
}

// Returns the metadata keys that are not about the shape, in alphabetical order.
static GList *other_keys(const Info *info) {
    GList *keys = g_hash_table_get_keys(info->file.metadata), *next;
    for (GList *at = keys; at; at = next) {
        next = at->next;
        if (g_strv_contains(shape_keys, at->data)) keys = g_list_delete_link(keys, at);
    }
    return g_list_sort(keys, (GCompareFunc)strcmp);
}

static void print_text(const Info *info) {
    const Config *c = &info->model.config;
    g_autofree char *name = message_printable(info->path);
    printf("%s: a Perceiver AR of %.1f M parameters (%.1f MB, %s)\n", name,
           (double)info->model.parameters.count / 1e6, (double)info->bytes / 1e6,
           numbers_name(info));
    double minutes = context_minutes(info);
    printf("  context     %d tokens", c->context);
    if (minutes > 0) printf(", about %.1f minutes of music", minutes);
    puts("");
    printf("  latents     %d\n", c->latents);
    printf("  layers      %d, of %d heads, %d wide\n", c->layers, c->heads, c->width);
    if (c->recall_heads)
        printf("  recall      %d heads before layer %d of %d, of tokens %d to %d\n",
               c->recall_heads, c->recall_layer + 1, c->layers, c->recall_first,
               c->recall_end - 1);
    if (c->chord_steps)
        printf("  chords      of notes within %d steps of the first\n", c->chord_steps);
    if (c->gates) puts("  gates       one for each head of a layer");
    if (c->values) puts("  values      a table for each layer, a row for each token");
    if (c->logit_cap) printf("  soft cap    logits are within %d\n", c->logit_cap);
    g_autofree char *tokenizer = message_printable(tokenizer_of(info));
    printf("  tokenizer   %s, %d kinds of tokens\n", tokenizer, c->vocabulary);
    printf("  sha256      %s\n", info->model.hash);
    GList *keys = other_keys(info);
    for (GList *at = keys; at; at = at->next) {
        g_autofree char *key = message_printable(at->data);
        g_autofree char *value = message_printable(
            safetensors_metadata(&info->file, at->data));
        printf("  %-11s %s\n", key, value);
    }
    g_list_free(keys);
}

static void print_json(const Info *info) {
    const Config *c = &info->model.config;
    cJSON *json = cJSON_CreateObject();
    json_add_text(json, "file", info->path);
    cJSON_AddStringToObject(json, "architecture", "perceiver-ar");
    cJSON_AddNumberToObject(json, "parameters", (double)info->model.parameters.count);
    cJSON_AddNumberToObject(json, "bytes", (double)info->bytes);
    cJSON_AddStringToObject(json, "numbers", numbers_name(info));
    const struct Field {
        const char *name;
        int value;
    } fields[] = {{"vocabulary", c->vocabulary},
                  {"context", c->context},
                  {"latents", c->latents},
                  {"width", c->width},
                  {"heads", c->heads},
                  {"layers", c->layers},
                  {"gates", c->gates},
                  {"values", c->values},
                  {"logit_cap", c->logit_cap},
                  {"chord_steps", c->chord_steps},
                  {"recall_heads", c->recall_heads},
                  {"recall_layer", c->recall_layer},
                  {"recall_first", c->recall_first},
                  {"recall_end", c->recall_end}};
    size_t count = G_N_ELEMENTS(fields) - (c->recall_heads ? 0 : 4);
    for (size_t i = 0; i < count; i++)
        cJSON_AddNumberToObject(json, fields[i].name, fields[i].value);
    double minutes = context_minutes(info);
    if (minutes > 0) cJSON_AddNumberToObject(json, "context_minutes", minutes);
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_of(info));
    cJSON_AddStringToObject(json, "sha256", info->model.hash);
    cJSON *metadata = cJSON_AddObjectToObject(json, "metadata");
    GList *keys = other_keys(info);
    for (GList *at = keys; at; at = at->next)
        cJSON_AddStringToObject(metadata, at->data,
                                safetensors_metadata(&info->file, at->data));
    g_list_free(keys);
    json_print(json);
}

int cmd_info(int argc, char **argv) {
    gboolean json = FALSE;
    int status;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
        {0},
    };
    if (!options_parse(&argc, &argv, "[MODEL]",
                       "Describes a model, a file or a name from par-midi models "
                       "(default: the model\n"
                       "that continue uses).",
                       NULL, entries, &status))
        return status;
    if (argc > 2) return message_misuse("only one model can be given");
    GError *error = NULL;
    Info info = {0};
    g_autofree char *path = path_find_model(argc == 2 ? argv[1] : NULL, &error);
    if (!path || !load(&info, path, &error))
        status = message_fail(error);
    else if (json)
        print_json(&info);
    else
        print_text(&info);
    model_free(&info.model);
    safetensors_clear(&info.file);
    return status;
}
