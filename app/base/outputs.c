#include "app/base/outputs.h"

#include "app/base/messages.h"
#include "app/base/paths.h"
#include "model/files/replace.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Returns a text that is the same for all names of the same file, or NULL if the file
// could not be lost.
static char *identity(const char *path, int stream) {
    struct stat st;
    if (!path) return NULL;
    if (path_is_stdio(path)) {
        if (fstat(stream, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
    } else if (stat(path, &st) != 0) {
        g_autofree char *whole = g_canonicalize_filename(path, NULL);
        g_autofree char *folder = g_path_get_dirname(whole);
        if (stat(folder, &st) != 0) return g_steal_pointer(&whole);
        g_autofree char *name = g_path_get_basename(whole);
        return g_strdup_printf("%ju %ju/%s", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
                               name);
    }
    return g_strdup_printf("%ju %ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
}

static bool refuse(const char *output, const char *other, bool read, GError **error) {
    const char *name = path_is_stdio(output) ? "standard output" : output;
    if (read)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s: is not written over, for %s is read from it", name,
                    strcmp(output, other) == 0 ? "what it holds"
                                               : path_input_name(other));
    else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s: two outputs cannot both be written there", name);
    return false;
}

// Records that `output`, whose identity is `key`, will be written. Fails if the same
// file is read or written already.
static bool claim(GHashTable *read, GHashTable *written, char *key, const char *output,
                  GError **error) {
    if (!key) return true;
    const char *input = g_hash_table_lookup(read, key);
    bool twice = g_hash_table_contains(written, key);
    if (input || twice) {
        g_free(key);
        return refuse(output, input, input, error);
    }
    g_hash_table_add(written, key);
    return true;
}

bool outputs_are_apart(Paths inputs, Paths outputs, GError **error) {
    g_autoptr(GHashTable)
        read = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable)
        written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < inputs.count; i++) {
        char *key = identity(inputs.paths[i], STDIN_FILENO);
        if (key) g_hash_table_insert(read, key, (void *)inputs.paths[i]);
    }
    for (size_t i = 0; i < outputs.count; i++) {
        const char *path = outputs.paths[i];
        if (!claim(read, written, identity(path, STDOUT_FILENO), path, error))
            return false;
        if (!path || path_is_stdio(path)) continue;
        g_autofree char *passing = replace_temporary(path);
        if (!claim(read, written, identity(passing, STDOUT_FILENO), path, error))
            return false;
    }
    return true;
}

int outputs_check(Paths inputs, Paths outputs) {
    g_autoptr(GError) error = NULL;
    return outputs_are_apart(inputs, outputs, &error)
               ? 0
               : message_misuse("%s", error->message);
}
