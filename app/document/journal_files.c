#include "app/document/document_file.h"
#include "app/document/journal.h"
#include "app/document/journal_names.h"

#include <errno.h>
#include <unistd.h>

static int claim(const char *path, GError **error) {
    g_autofree char *folder = g_path_get_dirname(path);
    return journal_claim(folder, path, error);
}

bool journal_discard(const char *path, GError **error) {
    int fd = claim(path, error);
    if (fd < 0) return false;
    bool ok = unlink(path) == 0;
    if (!ok)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "%s: could not be deleted: %s", path, g_strerror(errno));
    close(fd);
    return ok;
}

bool journal_rename(const char *path, const char *name, GError **error) {
    if (!journal_name_check(name, error)) return false;
    int fd = claim(path, error);
    if (fd < 0) return false;
    char *at = g_strdup(path);
    bool crashed = g_str_has_suffix(path, JOURNAL_SUFFIX);
    int code = journal_move(&at, name, crashed ? JOURNAL_SUFFIX : DOCUMENT_SUFFIX,
                            NULL);
    if (code) journal_unnamed(name, code, error);
    g_free(at);
    close(fd);
    return code == 0;
}

bool journal_put_away(const char *path, GError **error) {
    int fd = claim(path, error);
    if (fd < 0) return false;
    g_autofree char *whole = journal_renamed(path, "");
    g_autofree char *stem = g_path_get_basename(whole);
    char *at = g_strdup(path);
    int code = journal_move_beside(&at, stem, DOCUMENT_SUFFIX, NULL);
    if (code)
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "%s: could not be put away: %s", path, g_strerror(code));
    g_free(at);
    close(fd);
    return code == 0;
}
