#include "app/desktop/settings.h"

#include "app/desktop/settings_table.h"
#include "model/files/replace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool parse(GKeyFile *ret, const char *bytes, size_t size, GError **error) {
    GKeyFileFlags flags = G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS;
    return size == 0 || g_key_file_load_from_data(ret, bytes, size, flags, error);
}

// Returns all settings in the form of a file.
static GKeyFile *texts(Settings *settings) {
    GKeyFile *ret = g_key_file_new();
    settings_table_write(ret, settings);
    return ret;
}

void settings_parse(Settings *ret, const char *bytes, size_t size, const char *name,
                    char **ret_trouble) {
    *ret = (Settings){.opened = g_ptr_array_new_with_free_func(g_free)};
    *ret_trouble = NULL;
    settings_table_reset(ret);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *wrong = NULL;
    if (!parse(file, bytes, size, &error))
        *ret_trouble = g_strdup_printf("%s: is no settings file, so all settings "
                                       "begin anew: %s",
                                       name, error->message);
    else
        wrong = settings_table_read(ret, file);
    if (wrong)
        *ret_trouble = g_strdup_printf("%s: no sensible value, so the usual one: %s",
                                       name, wrong);
    ret->known = texts(ret);
}

static bool read_file(const char *path, char **ret, gsize *ret_size, GError **error) {
    GStatBuf st;
    bool wrong = g_stat(path, &st) == 0 &&
                 (!S_ISREG(st.st_mode) || st.st_size > SETTINGS_MAX_BYTES);
    if (!wrong) return g_file_get_contents(path, ret, ret_size, error);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "no file, or one of more than %d bytes", SETTINGS_MAX_BYTES);
    return false;
}

void settings_load(Settings *ret, const char *path, char **ret_trouble) {
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_autoptr(GError) error = NULL;
    if (read_file(path, &bytes, &size, &error)) {
        settings_parse(ret, bytes, size, path, ret_trouble);
        return;
    }
    settings_parse(ret, NULL, 0, path, ret_trouble);
    if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) return;
    *ret_trouble = g_strdup_printf("%s: could not be read, so all settings begin anew: "
                                   "%s",
                                   path, error->message);
}

void settings_clear(Settings *settings) {
    settings_table_clear(settings);
    g_clear_pointer(&settings->known, g_key_file_free);
    g_clear_pointer(&settings->opened, g_ptr_array_unref);
    *settings = (Settings){0};
}

static void put_first(Settings *s, const char *path) {
    GPtrArray *paths = g_ptr_array_new();
    g_ptr_array_add(paths, g_strdup(path));
    for (char **old = s->files.recent; *old; old++)
        if (paths->len < SETTINGS_RECENT && strcmp(*old, path) != 0)
            g_ptr_array_add(paths, g_strdup(*old));
    g_ptr_array_add(paths, NULL);
    g_strfreev(s->files.recent);
    s->files.recent = (char **)g_ptr_array_free(paths, false);
}

// Reads the current contents of the file. A file that is not a settings file is moved
// aside, because its author may still want it; if that fails it is left alone.
static bool read_again(GKeyFile *ret, const char *path, GError **error) {
    g_autofree char *bytes = NULL, *beside = g_strconcat(path, ".unreadable", NULL);
    gsize size = 0;
    g_autoptr(GError) trouble = NULL;
    if (read_file(path, &bytes, &size, &trouble) && parse(ret, bytes, size, &trouble))
        return true;
    if (g_error_matches(trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT)) return true;
    if (rename(path, beside) == 0) return true;
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "%s: can neither be read (%s) nor be moved aside (%s), so no settings "
                "are saved",
                path, trouble->message, g_strerror(code));
    return false;
}

// Adds the files that another window has opened in the meantime.
static void merge_recent(Settings *settings, GKeyFile *file) {
    Settings theirs = {0};
    bool any = g_key_file_has_key(file, "files", "recent", NULL);
    if (settings->opened->len == 0 || !any) return;
    settings_table_reset(&theirs);
    g_free(settings_table_read(&theirs, file));
    g_strfreev(settings->files.recent);
    settings->files.recent = g_steal_pointer(&theirs.files.recent);
    settings_table_clear(&theirs);
    for (guint i = 0; i < settings->opened->len; i++)
        put_first(settings, settings->opened->pdata[i]);
}

// Writes the values that changed since `before`, and those that the file lacks.
static void write_changes(GKeyFile *file, GKeyFile *before, GKeyFile *now) {
    g_auto(GStrv) groups = g_key_file_get_groups(now, NULL);
    for (char **group = groups; *group; group++) {
        g_auto(GStrv) keys = g_key_file_get_keys(now, *group, NULL, NULL);
        for (char **key = keys; *key; key++) {
            g_autofree char *old = g_key_file_get_value(before, *group, *key, NULL);
            g_autofree char *text = g_key_file_get_value(now, *group, *key, NULL);
            if (strcmp(old, text) != 0 || !g_key_file_has_key(file, *group, *key, NULL))
                g_key_file_set_value(file, *group, *key, text);
        }
    }
}

bool settings_save(Settings *settings, const char *path, GError **error) {
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "%s: could not be made: %s", folder, g_strerror(code));
        return false;
    }
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!read_again(file, path, error)) return false;
    merge_recent(settings, file);
    g_autoptr(GKeyFile) now = texts(settings);
    write_changes(file, settings->known, now);
    gsize size;
    g_autofree char *bytes = g_key_file_to_data(file, &size, NULL);
    if (!replace_contents(path, bytes, size, error)) return false;
    g_key_file_free(settings->known);
    settings->known = g_steal_pointer(&now);
    g_ptr_array_set_size(settings->opened, 0);
    return true;
}

char *settings_path(void) {
    return g_build_filename(g_get_user_config_dir(), "par-midi", "settings.ini", NULL);
}

void settings_set(char **text, const char *value) {
    char *copy = g_strdup(value);
    g_free(*text);
    *text = copy;
}

void settings_add_recent(Settings *s, const char *path) {
    put_first(s, path);
    g_ptr_array_add(s->opened, g_strdup(path));
}

char **settings_recent(const Settings *s) {
    GPtrArray *there = g_ptr_array_new();
    for (char **path = s->files.recent; *path; path++)
        if (g_file_test(*path, G_FILE_TEST_IS_REGULAR))
            g_ptr_array_add(there, g_strdup(*path));
    g_ptr_array_add(there, NULL);
    return (char **)g_ptr_array_free(there, false);
}
