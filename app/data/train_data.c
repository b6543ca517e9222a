#include "app/data/train_data.h"

#include "model/files/replace.h"

#define DATA_FILE "data.ini"
#define GROUP     "data"

void train_data_set_folders(TrainData *d, char **folders) {
    guint count = g_strv_length(folders);
    if (!d->mix || g_strv_length(d->folders) != count) {
        d->mix = g_renew(double, d->mix, count);
        for (guint i = 0; i < count; i++) d->mix[i] = 1;
    }
    g_strfreev(d->folders);
    d->folders = folders;
}

// Reads a list of paths, which are escaped since they may contain any bytes. Returns
// NULL if the file has no such list.
static char **read_paths(GKeyFile *file, const char *key) {
    char **paths = g_key_file_get_string_list(file, GROUP, key, NULL, NULL);
    for (char **p = paths; p && *p; p++) {
        char *plain = g_strcompress(*p);
        g_free(*p);
        *p = plain;
    }
    return paths;
}

static void write_paths(GKeyFile *file, const char *key, char *const *paths) {
    g_autoptr(GPtrArray) escaped = g_ptr_array_new_with_free_func(g_free);
    for (; *paths; paths++) g_ptr_array_add(escaped, g_strescape(*paths, NULL));
    g_key_file_set_string_list(file, GROUP, key, (const char *const *)escaped->pdata,
                               escaped->len);
}

// Old runs have a single `folder` instead of a list.
static void read_folders(TrainData *ret, GKeyFile *file) {
    gsize weights;
    char **folders = read_paths(file, "folders");
    g_autofree char *folder = g_key_file_get_string(file, GROUP, "folder", NULL);
    if (!folders && folder) {
        folders = g_new0(char *, 2);
        folders[0] = g_strcompress(folder);
    }
    if (!folders) return;
    train_data_set_folders(ret, folders);
    g_autofree double *mix = g_key_file_get_double_list(file, GROUP, "mix", &weights,
                                                        NULL);
    for (guint i = 0; mix && weights == g_strv_length(folders) && i < weights; i++)
        ret->mix[i] = mix[i] >= TRAIN_DATA_LEAST ? MIN(mix[i], TRAIN_DATA_MOST) : 0;
    ret->validate_all = g_key_file_get_boolean(file, GROUP, "validate_all", NULL);
}

bool train_data_read(TrainData *ret, const char *run, GError **error) {
    g_autofree char *path = g_build_filename(run, DATA_FILE, NULL);
    g_autoptr(GKeyFile) file = g_key_file_new();
    GError *wrong = NULL;
    *ret = (TrainData){.augment = true, .range = augment_range_usual};
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &wrong)) {
        if (g_error_matches(wrong, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            g_error_free(wrong);
            return true;
        }
        g_propagate_prefixed_error(error, wrong, "%s: ", path);
        return false;
    }
    read_folders(ret, file);
    ret->validation = read_paths(file, "validation");
    ret->tokens = g_key_file_get_int64(file, GROUP, "tokens", NULL);
    ret->augment = g_key_file_get_boolean(file, GROUP, "augment", NULL);
    for (AugmentSetting s = 0; s < AUGMENT_SETTINGS; s++) {
        const char *name = augment_setting_names[s];
        g_autofree char *text = g_key_file_get_string(file, GROUP, name, NULL);
        if (!text || augment_range_set(&ret->range, s, text)) continue;
        g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                    "%s: \"%s\" is no range of \"%s\"", path, text, name);
        return false;
    }
    return true;
}

bool train_data_write(const TrainData *d, const char *run, GError **error) {
    g_autoptr(GKeyFile) file = g_key_file_new();
    write_paths(file, "folders", d->folders);
    if (d->validation) write_paths(file, "validation", d->validation);
    g_key_file_set_double_list(file, GROUP, "mix", d->mix, g_strv_length(d->folders));
    g_key_file_set_boolean(file, GROUP, "validate_all", d->validate_all);
    g_key_file_set_int64(file, GROUP, "tokens", d->tokens);
    g_key_file_set_boolean(file, GROUP, "augment", d->augment);
    for (AugmentSetting s = 0; s < AUGMENT_SETTINGS; s++) {
        g_autofree char *range = augment_range_text(&d->range, s);
        g_key_file_set_string(file, GROUP, augment_setting_names[s], range);
    }
    gsize size;
    g_autofree char *text = g_key_file_to_data(file, &size, NULL);
    g_autofree char *path = g_build_filename(run, DATA_FILE, NULL);
    return replace_contents(path, text, size, error);
}

void train_data_clear(TrainData *d) {
    g_strfreev(d->folders);
    g_strfreev(d->validation);
    g_free(d->mix);
    *d = (TrainData){0};
}
