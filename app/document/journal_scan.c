#include "app/document/journal.h"

#include "app/document/document_file.h"
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

static int open_regular(const char *path, struct stat *st) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode)) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

// Returns whether no program has locked the file. The lock taken here is released at
// once, so that another program can restore the file.
static bool is_free(int fd) {
    return flock(fd, LOCK_SH | LOCK_NB) == 0 && flock(fd, LOCK_UN) == 0;
}

static void count(JournalSummary *s, const Document *d) {
    s->bars = d->bars.tempo > 0;
    for (guint i = 0; i < d->takes->len; i++) {
        const Take *t = document_take(d, (int)i);
        if (!document_is_visible(d, (int)i)) continue;
        s->takes += i > 0;
        if (t->origin != ORIGIN_OPENED) s->notes += t->notes;
        s->length = MAX(s->length, t->end);
    }
}

static void read_into(JournalSummary *s, int fd) {
    Document d;
    g_autoptr(GError) error = NULL;
    if (document_read(&d, fd, s->path, &s->trouble, &error)) {
        s->name = g_strdup(document_take(&d, 0)->name);
        count(s, &d);
        document_clear(&d);
    } else {
        s->name = g_strdup("");
        s->trouble = g_strdup(error->message);
    }
}

static JournalSummary *glance(const char *path, int64_t time) {
    JournalSummary *s = g_new0(JournalSummary, 1);
    s->path = g_strdup(path);
    s->session = journal_name_of(path);
    s->time = time;
    return s;
}

void journal_summary_read(JournalSummary *s) {
    struct stat st;
    int fd = open_regular(s->path, &st);
    if (fd < 0) { // another program put it away meanwhile
        s->name = g_strdup("");
        return;
    }
    s->time = st.st_mtime;
    s->in_use = !is_free(fd);
    read_into(s, fd);
    close(fd);
}

JournalSummary *journal_summary_of(const char *path) {
    JournalSummary *s = glance(path, 0);
    journal_summary_read(s);
    return s;
}

JournalSummary *journal_summary_copy(const JournalSummary *s) {
    JournalSummary *copy = g_new(JournalSummary, 1);
    *copy = *s;
    copy->path = g_strdup(s->path);
    copy->session = g_strdup(s->session);
    copy->name = g_strdup(s->name);
    copy->trouble = g_strdup(s->trouble);
    return copy;
}

void journal_summary_free(JournalSummary *s) {
    if (!s) return;
    g_free(s->path);
    g_free(s->session);
    g_free(s->name);
    g_free(s->trouble);
    g_free(s);
}

static void free_summary(void *data) { journal_summary_free(data); }

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

bool journal_summary_worth(const JournalSummary *s) {
    return s->session || s->takes > 0 || s->notes > 0 || s->bars || s->trouble;
}

static void look_at_journal(void *data, int fd, const char *path,
                            const struct stat *st) {
    if (st->st_size <= HISTORY_HEADER || !is_free(fd)) return;
    JournalSummary *s = glance(path, st->st_mtime);
    read_into(s, fd);
    if (journal_summary_worth(s))
        g_ptr_array_add(data, s);
    else
        journal_summary_free(s);
}

GPtrArray *journal_scan(const char *folder) {
    GPtrArray *found = g_ptr_array_new_with_free_func(free_summary);
    each_file(folder, JOURNAL_SUFFIX, found, look_at_journal);
    g_ptr_array_sort(found, newest_first);
    return found;
}

static void look_at_any(void *data, int fd, const char *path, const struct stat *st) {
    if (st->st_size <= HISTORY_HEADER) return;
    JournalSummary *s = glance(path, st->st_mtime);
    s->in_use = !is_free(fd);
    g_ptr_array_add(data, s);
}

GPtrArray *journal_list(const char *folder) {
    GPtrArray *found = g_ptr_array_new_with_free_func(free_summary);
    each_file(folder, JOURNAL_SUFFIX, found, look_at_any);
    each_file(folder, DOCUMENT_SUFFIX, found, look_at_any);
    g_ptr_array_sort(found, newest_first);
    return found;
}

typedef struct Newest {
    char *path; // owned
    struct timespec time;
} Newest;

static bool is_later(struct timespec a, struct timespec b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static void look_at_closed(void *data, int fd, const char *path,
                           const struct stat *st) {
    Newest *newest = data;
    (void)fd;
    if (newest->path && !is_later(st->st_mtim, newest->time)) return;
    g_free(newest->path);
    *newest = (Newest){g_strdup(path), st->st_mtim};
}

char *journal_newest(const char *folder) {
    Newest newest = {0};
    each_file(folder, DOCUMENT_SUFFIX, &newest, look_at_closed);
    return newest.path;
}
