#include "app/document/journal.h"

#include "app/document/document_file.h"
#include "app/document/journal_names.h"
#include "thread/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

struct Journal {
    char *path; // owned
    int fd;
    size_t followed; // bytes of the document's history that were handed over
    bool worth;      // the document is worth keeping; so is one with a name
    GThread *thread;
    Monitor monitor;     // protects what follows
    GByteArray *pending; // owned; not yet taken by the writer
    bool hurry;          // the writer must write and sync everything now
    bool closing;
    int code; // the errno of the last failure, or 0
};

typedef struct JournalWriter {
    int fd;
    GByteArray *backlog; // owned; not yet written
    off_t end;           // the bytes already written
    bool dirty;          // bytes are written that were not synced yet
    int64_t due;         // the time of the next sync or retry
    int code;
} JournalWriter;

// Writes at a fixed offset, so that a retry overwrites what a failed attempt left.
static int write_all(int fd, const uint8_t *bytes, size_t size, off_t at) {
    while (size > 0) {
        ssize_t n = pwrite(fd, bytes, size, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : EIO;
        bytes += n;
        size -= (size_t)n;
        at += n;
    }
    return 0;
}

static void work(JournalWriter *w, bool hurry) {
    int64_t now = g_get_monotonic_time();
    bool due = hurry || now >= w->due;
    if (w->backlog->len > 0 && (due || !w->code)) {
        w->code = write_all(w->fd, w->backlog->data, w->backlog->len, w->end);
        if (w->code || !w->dirty) w->due = now + JOURNAL_SYNC;
        if (!w->code) {
            w->end += w->backlog->len;
            g_byte_array_set_size(w->backlog, 0);
            w->dirty = true;
        }
    }
    if (w->dirty && due && w->backlog->len == 0) {
        w->code = fdatasync(w->fd) == 0 ? 0 : errno;
        w->dirty = false;
    }
}

static void *write_on(void *data) {
    Journal *j = data;
    JournalWriter w = {.fd = j->fd, .backlog = g_byte_array_new()};
    monitor_lock(&j->monitor);
    do {
        bool idle = w.backlog->len == 0 && !w.dirty, waits = true;
        while (waits && j->pending->len == 0 && !j->hurry)
            if (idle)
                monitor_wait(&j->monitor);
            else
                waits = monitor_wait_until(&j->monitor, w.due);
        // While the disk fails, new bytes must not cause an early retry.
        while (w.code && w.backlog->len > 0 && !j->hurry &&
               monitor_wait_until(&j->monitor, w.due)) {
        }
        g_byte_array_append(w.backlog, j->pending->data, j->pending->len);
        g_byte_array_set_size(j->pending, 0);
        bool hurry = j->hurry;
        monitor_unlock(&j->monitor);
        work(&w, hurry);
        monitor_lock(&j->monitor);
        j->code = w.code;
        if (hurry) {
            j->hurry = false;
            monitor_changed(&j->monitor);
        }
    } while (!j->closing || j->hurry);
    monitor_unlock(&j->monitor);
    g_byte_array_unref(w.backlog);
    return NULL;
}

static bool fail(const char *path, const char *what, int code, GError **error) {
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s: %s",
                path, what, g_strerror(code));
    return false;
}

static const char unwritten[] = "what happens cannot be kept safe";

static int create(const char *folder, char **ret_path) {
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *date = g_date_time_format(now, "%Y-%m-%d-%H%M%S");
    for (int i = 0; i < 1000; i++) {
        g_autofree char *stem = g_strdup_printf("%s/%s-%d", folder, date, i);
        g_autofree char *closed = g_strconcat(stem, DOCUMENT_SUFFIX, NULL);
        g_autofree char *path = g_strconcat(stem, JOURNAL_SUFFIX, NULL);
        if (g_file_test(closed, G_FILE_TEST_EXISTS)) continue;
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0 && errno == EEXIST) continue;
        if (fd >= 0) *ret_path = g_steal_pointer(&path);
        return fd;
    }
    errno = EEXIST;
    return -1;
}

bool journal_open(Journal **ret, const char *folder, GError **error) {
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return fail(folder, unwritten, errno, error);
    char *path = NULL;
    int fd = create(folder, &path);
    if (fd < 0) return fail(folder, unwritten, errno, error);
    int locked;
    do // a program that looks for journals holds the lock for a moment
        locked = flock(fd, LOCK_EX);
    while (locked != 0 && errno == EINTR);
    if (locked != 0) {
        fail(path, unwritten, errno, error);
        unlink(path);
        close(fd);
        g_free(path);
        return false;
    }
    Journal *j = g_new0(Journal, 1);
    j->path = path;
    j->fd = fd;
    j->pending = g_byte_array_new();
    monitor_init(&j->monitor);
    j->thread = g_thread_new("journal", write_on, j);
    *ret = j;
    return true;
}

bool journal_worth(const Document *d) {
    const Take *root = document_take(d, 0);
    return d->takes->len > 1 || d->bars.tempo ||
           (root->origin == ORIGIN_PLAYED && root->notes > 0);
}

void journal_follow(Journal *j, const Document *d) {
    size_t size = d->history.bytes->len;
    if (!j || j->followed == size) return;
    j->worth = journal_worth(d);
    monitor_lock(&j->monitor);
    g_byte_array_append(j->pending, d->history.bytes->data + j->followed,
                        (guint)(size - j->followed));
    monitor_changed(&j->monitor);
    monitor_unlock(&j->monitor);
    j->followed = size;
}

// Makes the writer write everything at once. Returns the errno of a failure, or 0.
static int hurry(Journal *j, bool closing) {
    monitor_lock(&j->monitor);
    j->hurry = true;
    j->closing = closing;
    monitor_changed(&j->monitor);
    while (j->hurry) monitor_wait(&j->monitor);
    int code = j->code;
    monitor_unlock(&j->monitor);
    return code;
}

bool journal_sync(Journal *j, GError **error) {
    int code = hurry(j, false);
    return code == 0 || fail(j->path, unwritten, code, error);
}

char *journal_trouble(Journal *j) {
    if (!j) return NULL;
    monitor_lock(&j->monitor);
    int code = j->code;
    monitor_unlock(&j->monitor);
    if (!code) return NULL;
    return g_strdup_printf("%s: %s: %s", j->path, unwritten, g_strerror(code));
}

// The file is renamed or deleted before the lock is released, so that no other program
// can take it in between. Returns 0 or an errno.
static int put_away(Journal *j) {
    g_autofree char *name = journal_name_of(j->path);
    if (!j->worth && !name) return unlink(j->path) == 0 ? 0 : errno;
    g_autofree char *whole = journal_renamed(j->path, "");
    g_autofree char *stem = g_path_get_basename(whole);
    return journal_move_beside(&j->path, stem, DOCUMENT_SUFFIX, NULL);
}

static void end(Journal *j) {
    close(j->fd);
    g_byte_array_unref(j->pending);
    monitor_clear(&j->monitor);
    g_free(j->path);
    g_free(j);
}

bool journal_close(Journal *j, GError **error) {
    if (!j) return true;
    int code = hurry(j, true);
    g_thread_join(j->thread);
    bool ok = code == 0 || fail(j->path, unwritten, code, error);
    int away = ok ? put_away(j) : 0;
    if (away) ok = fail(j->path, "it could not be put away", away, error);
    end(j);
    return ok;
}

// Gives up a journal that could not be begun, and deletes its file.
static void abandon(Journal *j) {
    hurry(j, true);
    g_thread_join(j->thread);
    unlink(j->path);
    end(j);
}

const char *journal_path(const Journal *j) { return j->path; }

char *journal_name(const Journal *j) { return j ? journal_name_of(j->path) : NULL; }

bool journal_set_name(Journal *j, const char *name, GError **error) {
    if (!journal_name_check(name, error)) return false;
    int code = journal_move(&j->path, name, JOURNAL_SUFFIX, NULL);
    return code == 0 || journal_unnamed(name, code, error);
}

// Begins a journal and waits until all of the document is on the disk.
static Journal *begin_with(const char *folder, const Document *d, GError **error) {
    Journal *j;
    if (!journal_open(&j, folder, error)) return NULL;
    journal_follow(j, d);
    if (journal_sync(j, error)) return j;
    abandon(j);
    return NULL;
}

bool journal_copy(Journal **ret, const Document *d, const char *folder,
                  const char *name, GError **error) {
    if (!journal_name_check(name, error)) return false;
    Journal *j = begin_with(folder, d, error);
    if (!j) return false;
    if (!journal_set_name(j, name, error)) {
        abandon(j);
        return false;
    }
    *ret = j;
    return true;
}

static void put_aside(const char *path) {
    g_autofree char *whole = journal_renamed(path, "");
    g_autofree char *stem = g_path_get_basename(whole);
    char *at = g_strdup(path);
    (void)!journal_move_beside(&at, stem, JOURNAL_DAMAGED, NULL);
    g_free(at);
}

// Gives the journal the old file's name and removes the old file or, if it was damaged,
// puts it aside. If that fails, the old file will be offered again, and nothing is
// lost.
static void take_over(Journal *j, const char *path, bool damaged) {
    g_autofree char *name = journal_name_of(path);
    if (damaged) put_aside(path);
    if (name)
        (void)!journal_move_beside(&j->path, name, JOURNAL_SUFFIX,
                                   damaged ? NULL : path);
    else if (!damaged)
        unlink(path);
}

bool journal_restore(Journal **ret, Document *ret_document, const char *folder,
                     const char *path, char **ret_trouble, GError **error) {
    int old = journal_claim(folder, path, error);
    if (old < 0) return false;
    Document d;
    char *trouble;
    bool ok = document_read(&d, old, path, &trouble, error);
    Journal *j = ok ? begin_with(folder, &d, error) : NULL;
    if (j) {
        take_over(j, path, trouble != NULL);
        *ret = j;
        *ret_document = d;
        *ret_trouble = trouble;
    } else if (ok) {
        g_free(trouble);
        document_clear(&d);
    }
    close(old);
    return j != NULL;
}
