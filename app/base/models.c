#include "app/base/models.h"

#include "app/base/paths.h"
#include "model/files/model.h"

#include <math.h>
#include <string.h>

#define SHIPPED "model"
#define FOLDER  "models"

char *models_name(const char *path) {
    char *name = g_path_get_basename(path);
    if (g_str_has_suffix(name, MODEL_SUFFIX))
        name[strlen(name) - strlen(MODEL_SUFFIX)] = '\0';
    return name;
}

char *models_own_path(const char *name) {
    g_autofree char *file = g_strconcat(name, MODEL_SUFFIX, NULL);
    return g_build_filename(g_get_user_data_dir(), "par-midi", FOLDER, file, NULL);
}

// Adds a model if its file exists and no earlier model has its name.
static void add(GPtrArray *paths, GHashTable *names, const char *path) {
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) return;
    if (g_hash_table_add(names, models_name(path)))
        g_ptr_array_add(paths, g_canonicalize_filename(path, NULL));
}

static int by_name(gconstpointer a, gconstpointer b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_folder(GPtrArray *paths, GHashTable *names, const char *data) {
    g_autofree char *shipped = g_build_filename(data, SHIPPED MODEL_SUFFIX, NULL);
    add(paths, names, shipped);
    g_autofree char *folder = g_build_filename(data, FOLDER, NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    const char *file;
    while (dir && (file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, MODEL_SUFFIX) && *file != '.')
            g_ptr_array_add(files, g_build_filename(folder, file, NULL));
    g_ptr_array_sort(files, by_name);
    for (guint i = 0; i < files->len; i++) add(paths, names, files->pdata[i]);
}

char **models_paths(void) {
    g_auto(GStrv) folders = path_data_folders();
    g_autoptr(GHashTable)
        names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *paths = g_ptr_array_new();
    for (char **at = folders; *at; at++) add_folder(paths, names, *at);
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

char *models_find(const char *wanted) {
    if (strchr(wanted, G_DIR_SEPARATOR)) return NULL;
    g_autofree char *bare = models_name(wanted);
    g_auto(GStrv) paths = models_paths();
    for (char **at = paths; *at; at++) {
        g_autofree char *name = models_name(*at);
        if (strcmp(name, bare) == 0) return g_strdup(*at);
    }
    return NULL;
}

// ---- the card

// Returns the value of `license` in the block at the head of a card, or NULL.
static char *license_in(const char *text) {
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    if (!lines[0] || strcmp(g_strchomp(lines[0]), "---") != 0) return NULL;
    for (char **at = lines + 1; *at && strcmp(g_strchomp(*at), "---") != 0; at++) {
        if (!g_str_has_prefix(*at, "license:")) continue;
        char *value = g_strstrip(*at + strlen("license:"));
        return *value ? g_strdup(value) : NULL;
    }
    return NULL;
}

static char *license_beside(const char *path) {
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = models_name(path);
    g_autofree char *own = g_strconcat(name, ".md", NULL);
    const char *const cards[] = {own,
                                 strcmp(name, SHIPPED) == 0 ? "MODEL_CARD.md" : NULL};
    for (int i = 0; i < 2 && cards[i]; i++) {
        g_autofree char *card = g_build_filename(folder, cards[i], NULL), *text = NULL;
        if (g_file_get_contents(card, &text, NULL, NULL)) return license_in(text);
    }
    return NULL;
}

static char *licence_of(const Safetensors *file, const char *path) {
    const char *text = safetensors_metadata(file, "license");
    if (!text) text = safetensors_metadata(file, "licence");
    return text ? g_strdup(text) : license_beside(path);
}

static ModelCard describe(const Safetensors *file, const Model *model,
                          const char *path) {
    const char *nats = safetensors_metadata(file, "validation_nats");
    ModelCard ret = {.name = models_name(path),
                     .path = g_strdup(path),
                     .tokenizer = g_strdup(model->tokenizer),
                     .licence = licence_of(file, path),
                     .parameters = (double)model->parameters.count,
                     .context = model->config.context,
                     .nats = nats ? g_ascii_strtod(nats, NULL) : (double)NAN};
    for (size_t i = 0; i < file->tensor_count; i++) {
        const Tensor *t = &file->tensors[i];
        ret.bytes += tensor_elements(t) * dtype_size(t->dtype);
    }
    return ret;
}

bool model_card_load(const char *path, Model *ret_model, ModelCard *ret,
                     GError **error) {
    Safetensors file = {0};
    bool ok = safetensors_read(path, &file, error) &&
              model_from_safetensors(&file, path, ret_model, error);
    if (ok) *ret = describe(&file, ret_model, path);
    safetensors_clear(&file);
    return ok;
}

void model_card_read(const char *path, ModelCard *ret) {
    g_autoptr(GError) error = NULL;
    Model model;
    if (model_card_load(path, &model, ret, &error))
        model_free(&model);
    else
        *ret = (ModelCard){.name = models_name(path),
                           .path = g_strdup(path),
                           .trouble = g_strdup(error->message)};
}

char *model_card_text(const ModelCard *c) {
    if (c->trouble) return g_strdup_printf("cannot be read: %s", c->trouble);
    g_autofree char *nats = isfinite(c->nats)
                                ? g_strdup_printf("%.3f nats per token", c->nats)
                                : g_strdup("nats not known");
    return g_strdup_printf("%.1f M parameters, %.1f MB, context %d, %s, %s",
                           c->parameters / 1e6, (double)c->bytes / 1e6, c->context,
                           nats, c->licence ? c->licence : "licence not said");
}

void model_card_clear(ModelCard *c) {
    g_free(c->name);
    g_free(c->path);
    g_free(c->trouble);
    g_free(c->tokenizer);
    g_free(c->licence);
    *c = (ModelCard){0};
}
