#include "app/settings.h"

#include "app/settings_table.h"
#include "model/replace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void settings_parse(Settings *ret, const char *bytes, size_t size, const char *name,
                    char **ret_trouble) {
    *ret = (Settings){.file = g_key_file_new()};
    *ret_trouble = NULL;
    settings_table_reset(ret);
    g_autoptr(GError) error = NULL;
    GKeyFileFlags flags = G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS;
    if (size > 0 && !g_key_file_load_from_data(ret->file, bytes, size, flags, &error)) {
        *ret_trouble = g_strdup_printf("%s: is no settings file, so all settings "
                                       "begin anew: %s",
                                       name, error->message);
        ret->unreadable = true;
        g_key_file_free(ret->file);
        ret->file = g_key_file_new();
        return;
    }
    g_autofree char *wrong = settings_table_read(ret, ret->file);
    if (wrong)
        *ret_trouble = g_strdup_printf("%s: no sensible value, so the usual one: %s",
                                       name, wrong);
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
    ret->unreadable = true;
    *ret_trouble = g_strdup_printf("%s: could not be read, so all settings begin anew: "
                                   "%s",
                                   path, error->message);
}

void settings_clear(Settings *settings) {
    settings_table_clear(settings);
    if (settings->file) g_key_file_free(settings->file);
    *settings = (Settings){0};
}

bool settings_save(Settings *settings, const char *path, GError **error) {
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "%s: could not be made: %s", folder, g_strerror(code));
        return false;
    }
    settings_table_write(settings->file, settings);
    gsize size;
    g_autofree char *bytes = g_key_file_to_data(settings->file, &size, NULL);
    g_autofree char *beside = g_strconcat(path, ".unreadable", NULL);
    if (settings->unreadable) (void)!rename(path, beside);
    settings->unreadable = false;
    return replace_contents(path, bytes, size, error);
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
    GPtrArray *paths = g_ptr_array_new();
    g_ptr_array_add(paths, g_strdup(path));
    for (char **old = s->recent; *old; old++)
        if (paths->len < SETTINGS_RECENT && strcmp(*old, path) != 0)
            g_ptr_array_add(paths, g_strdup(*old));
    g_ptr_array_add(paths, NULL);
    g_strfreev(s->recent);
    s->recent = (char **)g_ptr_array_free(paths, false);
}

char **settings_recent(const Settings *s) {
    GPtrArray *there = g_ptr_array_new();
    for (char **path = s->recent; *path; path++)
        if (g_file_test(*path, G_FILE_TEST_IS_REGULAR))
            g_ptr_array_add(there, g_strdup(*path));
    g_ptr_array_add(there, NULL);
    return (char **)g_ptr_array_free(there, false);
}
