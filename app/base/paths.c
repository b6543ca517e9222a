#include "app/base/paths.h"

#include "app/base/models.h"
#include "model/files/replace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MODEL_FILE "model.safetensors"
#define DEMO_FILE  "prompts/chopin-prelude-in-e-minor.mid"

// Returns the path of a regular file of this name in a folder, or NULL.
static char *file_in(const char *folder, const char *name) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) return NULL;
    return g_canonicalize_filename(path, NULL);
}

char **path_data_folders(void) {
    GStrvBuilder *list = g_strv_builder_new();
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program) {
        g_autofree char *beside = g_path_get_dirname(program);
        g_autofree char *shared = g_build_filename(beside, "../share/par-midi", NULL);
        g_strv_builder_add_many(list, beside, shared, NULL);
    }
    g_autofree char *own = g_build_filename(g_get_user_data_dir(), "par-midi", NULL);
    g_strv_builder_add(list, own);
    for (const char *const *at = g_get_system_data_dirs(); *at; at++) {
        g_autofree char *folder = g_build_filename(*at, "par-midi", NULL);
        g_strv_builder_add(list, folder);
    }
    char **ret = g_strv_builder_end(list);
    g_strv_builder_unref(list);
    return ret;
}

static char *find_data(const char *name) {
    g_auto(GStrv) folders = path_data_folders();
    char *path = NULL;
    for (char **at = folders; *at && !path; at++) path = file_in(*at, name);
    return path;
}

// Finds a file with this path or, if there is none, a model with this name.
static char *find_named(const char *wanted, GError **error) {
    bool is_file = g_file_test(wanted, G_FILE_TEST_EXISTS) &&
                   !g_file_test(wanted, G_FILE_TEST_IS_DIR);
    char *path = is_file ? NULL : models_find(wanted);
    if (path) return path;
    bool names_file = is_file || strchr(wanted, G_DIR_SEPARATOR) ||
                      g_str_has_suffix(wanted, MODEL_SUFFIX);
    if (names_file) return g_strdup(wanted);
    g_set_error(
        error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "%s: neither a file nor the name of a model; par-midi models lists them",
        wanted);
    return NULL;
}

char *path_find_model(const char *wanted, GError **error) {
    if (!wanted) wanted = g_getenv("PAR_MIDI_MODEL");
    if (wanted && *wanted) return find_named(wanted, error);
    char *path = find_data(MODEL_FILE);
    if (!path)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "no model found: name one with --model FILE or in $PAR_MIDI_MODEL, "
                    "or train one with par-midi train");
    return path;
}

char *path_find_demo(void) { return find_data(DEMO_FILE); }

bool path_is_stdio(const char *path) { return strcmp(path, "-") == 0; }

const char *path_input_name(const char *path) {
    return path_is_stdio(path) ? "standard input" : path;
}

bool path_write(const char *path, const void *bytes, size_t size, GError **error) {
    if (!path_is_stdio(path)) return replace_contents(path, bytes, size, error);
    if (fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0) return true;
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "standard output: could not be written: %s", g_strerror(code));
    return false;
}

bool path_can_write(const char *path, GError **error) {
    return path_is_stdio(path) || replace_check(path, error);
}
