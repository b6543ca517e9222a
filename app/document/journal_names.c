#include "app/document/journal_names.h"

#include "app/document/document_file.h"
#include "app/document/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// A file's name has at most 255 bytes, with the suffix and perhaps a number.
#define NAME_MOST 200

// Returns whether a stem has the form of a session without a name, the moment it began.
static bool is_moment(const char *stem) {
    static const char like[] = "0000-00-00-000000-0";
    size_t i = 0;
    for (; like[i]; i++)
        if (like[i] == '0' ? !g_ascii_isdigit(stem[i]) : stem[i] != like[i])
            return false;
    return strspn(stem + i, "0123456789") == strlen(stem + i);
}

static const char *objection(const char *name) {
    if (!*name || g_ascii_isspace(*name) || g_ascii_isspace(name[strlen(name) - 1]))
        return "A session's name begins and ends with a letter or a sign.";
    if (!g_utf8_validate(name, -1, NULL)) return "A session's name is UTF-8 text.";
    if (strchr(name, '/')) return "A session's name has no / in it.";
    if (*name == '.') return "A session's name does not begin with a dot.";
    for (const char *at = name; *at; at = g_utf8_next_char(at))
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return "A session's name has no control characters.";
    if (is_moment(name)) return "That is what a session without a name is called.";
    return NULL;
}

bool journal_name_check(const char *name, GError **error) {
    const char *why = objection(name);
    if (why)
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, why);
    else if (strlen(name) > NAME_MOST)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG,
                    "A session's name has at most %d bytes.", NAME_MOST);
    return !why && strlen(name) <= NAME_MOST;
}

bool journal_unnamed(const char *name, int code, GError **error) {
    if (code == EEXIST)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "There is a session called \"%s\" already.", name);
    else
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "The session could not be called \"%s\": %s.", name,
                    g_strerror(code));
    return false;
}

char *journal_name_of(const char *path) {
    g_autofree char *whole = journal_renamed(path, "");
    char *stem = g_path_get_basename(whole);
    if (is_moment(stem)) g_clear_pointer(&stem, g_free);
    return stem;
}

char *journal_renamed(const char *path, const char *suffix) {
    const char *dot = strrchr(path, '.');
    g_autofree char *stem = g_strndup(path, dot ? (gsize)(dot - path) : strlen(path));
    return g_strconcat(stem, suffix, NULL);
}

static bool is_there(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0;
}

// Renames a file to a name that must be free. Some file systems have no hard links.
static int take(const char *path, const char *to) {
    if (link(path, to) == 0) return unlink(path) == 0 ? 0 : errno;
    if (errno != EPERM && errno != EOPNOTSUPP) return errno;
    if (is_there(to)) return EEXIST;
    return rename(path, to) == 0 ? 0 : errno;
}

int journal_move(char **path, const char *stem, const char *suffix,
                 const char *replaced) {
    bool closed = strcmp(suffix, DOCUMENT_SUFFIX) == 0;
    g_autofree char *folder = g_path_get_dirname(*path);
    g_autofree char *whole = g_build_filename(folder, stem, NULL);
    g_autofree char *to = g_strconcat(whole, suffix, NULL);
    g_autofree char *other = g_strconcat(
        whole, closed ? JOURNAL_SUFFIX : DOCUMENT_SUFFIX, NULL);
    if (strcmp(to, *path) == 0) return 0;
    bool over = g_strcmp0(to, replaced) == 0;
    int code = over ? (rename(*path, to) == 0 ? 0 : errno) : take(*path, to);
    // This is checked after the renaming, when no other program can close a session of
    // that name any more.
    if (!code && g_strcmp0(other, replaced) != 0 && is_there(other))
        code = rename(to, *path) == 0 ? EEXIST : errno;
    if (code) return code;
    if (replaced && !over) unlink(replaced);
    g_free(*path);
    *path = g_steal_pointer(&to);
    return 0;
}

int journal_move_beside(char **path, const char *stem, const char *suffix,
                        const char *replaced) {
    int code = journal_move(path, stem, suffix, replaced);
    for (int n = 2; code == EEXIST && n < 1000; n++) {
        g_autofree char *next = g_strdup_printf("%s %d", stem, n);
        code = journal_move(path, next, suffix, replaced);
    }
    return code;
}

int journal_claim(const char *folder, const char *path, GError **error) {
    struct stat st;
    g_autofree char *in = g_path_get_dirname(path);
    int fd = -1;
    if (strcmp(in, folder) == 0)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: is no session of this program", path);
        if (fd >= 0) close(fd);
        return -1;
    }
    bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    for (int i = 0; !locked && i < 20; i++) { // a reader may lock it briefly
        g_usleep(1000);
        locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    }
    // Another program may have put the file away before we obtained the lock.
    if (locked && fstat(fd, &st) == 0 && st.st_nlink > 0) return fd;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                "%s: is in use by another par-midi", path);
    close(fd);
    return -1;
}
