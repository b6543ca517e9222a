#include "app/train_data.h"

#include "model/replace.h"

#define DATA_FILE "data.ini"
#define GROUP     "data"

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
    g_autofree char *folder = g_key_file_get_string(file, GROUP, "folder", NULL);
    ret->folder = folder ? g_strcompress(folder) : NULL;
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
    g_autofree char *folder = g_strescape(d->folder, NULL); // a name is any bytes
    g_key_file_set_string(file, GROUP, "folder", folder);
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
    g_free(d->folder);
    *d = (TrainData){0};
}
