#include "app/commands/train/train_install.h"

#include "app/base/models.h"
#include "app/data/repertoire.h"
#include "model/files/replace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

char *train_model_of(const char *run) {
    static const char *const names[] = {"best.safetensors", "last.safetensors"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = g_build_filename(run, names[i], NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS)) return path;
        g_free(path);
    }
    return NULL;
}

static bool make_folder(const char *path, GError **error) {
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0777) == 0) return true;
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "%s: could not be made: %s", folder, g_strerror(code));
    return false;
}

bool train_install_check(const char *name, GError **error) {
    g_autofree char *path = models_own_path(name);
    g_autofree char *other = models_find(name);
    if (other && strcmp(other, path) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "--install: another model is already named %s: %s", name, other);
        return false;
    }
    return make_folder(path, error) && replace_check(path, error);
}

// An index of other music must not stand beside the new model.
static bool install_index(const char *model, const GByteArray *index, GError **error) {
    g_autofree char *path = repertoire_path(model);
    if (index) return replace_contents(path, index->data, index->len, error);
    g_unlink(path);
    return true;
}

bool train_install(const char *run, const char *name, const GByteArray *index,
                   GError **error) {
    g_autofree char *from = train_model_of(run), *to = models_own_path(name);
    g_autofree char *bytes = NULL;
    gsize size;
    if (!from) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s: has no model yet",
                    run);
        return false;
    }
    return g_file_get_contents(from, &bytes, &size, error) && make_folder(to, error) &&
           replace_contents(to, bytes, size, error) && install_index(to, index, error);
}
