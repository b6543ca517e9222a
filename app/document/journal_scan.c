#include "app/document/document_file.h"
#include "app/document/journal.h"
#include "app/document/journal_names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *journal_folder(void) {
    return g_build_filename(g_get_user_state_dir(), "par-midi", "sessions", NULL);
}

char *journal_renamed(const char *path, const char *suffix) {
    const char *dot = strrchr(path, '.');
    g_autofree char *stem = g_strndup(path, dot ? (gsize)(dot - path) : strlen(path));
    return g_strconcat(stem, suffix, NULL);
}

static int open_regular(const char *path, struct stat *st) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode)) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

int journal_claim(const char *folder, const char *path, GError **error) {
    struct stat st;
    g_autofree char *in = g_path_get_dirname(path);
    int fd = strcmp(in, folder) == 0 ? open_regular(path, &st) : -1;
    if (fd < 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: is no session of this program", path);
        return -1;
    }
    // A lock that was obtained late may be on a file that another program has put away
    // meanwhile.
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0)
        return fd;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                "%s: is in use by another par-midi", path);
    close(fd);
    return -1;
}

// The lock is released at once, so that it does not hinder a program that restores the
// file.
static bool is_free(int fd) {
    return flock(fd, LOCK_SH | LOCK_NB) == 0 && flock(fd, LOCK_UN) == 0;
}

static void count(JournalSummary *s, const Document *d) {
    for (guint i = 0; i < d->takes->len; i++) {
        const Take *t = document_take(d, (int)i);
        if (!document_is_visible(d, (int)i)) continue;
        s->takes += i > 0;
        if (t->origin != ORIGIN_OPENED) s->notes += t->notes;
    }
}

static JournalSummary *summary(int fd, const char *path, int64_t time) {
    Document d;
    g_autoptr(GError) error = NULL;
    JournalSummary *s = g_new0(JournalSummary, 1);
    s->path = g_strdup(path);
    s->time = time;
    if (document_read(&d, fd, path, &s->trouble, &error)) {
        s->name = g_strdup(document_take(&d, 0)->name);
        count(s, &d);
        document_clear(&d);
    } else {
        s->name = g_strdup("");
        s->trouble = g_strdup(error->message);
    }
    return s;
}

static void free_summary(void *data) {
    JournalSummary *s = data;
    g_free(s->path);
    g_free(s->name);
    g_free(s->trouble);
    g_free(s);
}

static int newest_first(const void *a, const void *b) {
    const JournalSummary *x = *(JournalSummary *const *)a,
                         *y = *(JournalSummary *const *)b;
    if (x->time != y->time) return x->time > y->time ? -1 : 1;
    return strcmp(y->path, x->path);
}

// Calls `look` for every regular file in the folder with this suffix.
static void each_file(const char *folder, const char *suffix, void *data,
                      void look(void *data, int fd, const char *path,
                                const struct stat *st)) {
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        if (!g_str_has_suffix(name, suffix)) continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat st;
        int fd = open_regular(path, &st);
        if (fd < 0) continue;
        look(data, fd, path, &st);
        close(fd);
    }
}

// A program that was stopped right after its start leaves an empty journal.
static bool holds_something(const JournalSummary *s) {
    return s->takes > 0 || s->notes > 0 || s->trouble;
}

static void look_at_journal(void *data, int fd, const char *path,
                            const struct stat *st) {
    if (st->st_size <= HISTORY_HEADER || !is_free(fd)) return;
    JournalSummary *s = summary(fd, path, st->st_mtime);
    if (holds_something(s))
        g_ptr_array_add(data, s);
    else
        free_summary(s);
}

GPtrArray *journal_scan(const char *folder) {
    GPtrArray *found = g_ptr_array_new_with_free_func(free_summary);
    each_file(folder, JOURNAL_SUFFIX, found, look_at_journal);
    g_ptr_array_sort(found, newest_first);
    return found;
}

typedef struct Closed {
    char *path; // owned
    struct timespec time;
} Closed;

static void free_closed(void *data) {
    Closed *c = data;
    g_free(c->path);
    g_free(c);
}

static int newer(const void *a, const void *b) {
    const Closed *x = *(Closed *const *)a, *y = *(Closed *const *)b;
    if (x->time.tv_sec != y->time.tv_sec)
        return x->time.tv_sec > y->time.tv_sec ? -1 : 1;
    return (x->time.tv_nsec < y->time.tv_nsec) - (x->time.tv_nsec > y->time.tv_nsec);
}

static void look_at_closed(void *data, int fd, const char *path,
                           const struct stat *st) {
    Closed *c = g_new(Closed, 1);
    *c = (Closed){g_strdup(path), st->st_mtim};
    g_ptr_array_add(data, c);
}

// Returns an array of Closed *, the newest first.
static GPtrArray *list_closed(const char *folder) {
    GPtrArray *found = g_ptr_array_new_with_free_func(free_closed);
    each_file(folder, DOCUMENT_SUFFIX, found, look_at_closed);
    g_ptr_array_sort(found, newer);
    return found;
}

char *journal_newest(const char *folder) {
    g_autoptr(GPtrArray) found = list_closed(folder);
    return found->len ? g_strdup(((Closed *)found->pdata[0])->path) : NULL;
}

void journal_tidy(const char *folder) {
    g_autoptr(GPtrArray) found = list_closed(folder);
    int64_t oldest = g_get_real_time() / G_USEC_PER_SEC - JOURNAL_DAYS * 86400;
    for (guint i = JOURNAL_CLOSED; i < found->len; i++) {
        const Closed *c = found->pdata[i];
        if (c->time.tv_sec < oldest) journal_discard(c->path, NULL);
    }
}

bool journal_discard(const char *path, GError **error) {
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = journal_claim(folder, path, error);
    if (fd < 0) return false;
    bool ok = unlink(path) == 0;
    if (!ok)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "%s: could not be deleted: %s", path, g_strerror(errno));
    close(fd);
    return ok;
}
