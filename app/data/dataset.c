#include "app/data/dataset.h"

#include "app/base/interrupt.h"
#include "app/base/progress.h"
#include "app/data/ids_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ENCODING "2" // to be raised when the same files give other tokens

typedef struct Building {
    const char *folder, *cache; // borrowed
    const Encoding *encoding;   // borrowed
    const GPtrArray *files;     // borrowed; of DatasetFile *
    uint8_t fingerprint[CORPUS_FINGERPRINT];
    DatasetReport *report; // borrowed
} Building;

void dataset_report_clear(DatasetReport *r) {
    if (r->reasons) g_ptr_array_unref(r->reasons);
    dataset_basis_clear(&r->basis);
    *r = (DatasetReport){0};
}

static void take_fingerprint(Building *b) {
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *key = encoding_key(b->encoding);
    g_autofree char *start = g_strdup_printf("%s %s\n", key, ENCODING);
    g_checksum_update(sum, (const guchar *)start, -1);
    for (guint i = 0; i < b->files->len; i++) {
        const DatasetFile *f = b->files->pdata[i];
        g_autofree char *line = g_strdup_printf(
            "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %s", f->size, f->time,
            (int)f->split, f->name);
        // The terminating zero byte, which no name contains, is included as a
        // separator.
        g_checksum_update(sum, (const guchar *)line, (gssize)strlen(line) + 1);
    }
    gsize size = sizeof b->fingerprint;
    g_checksum_get_digest(sum, b->fingerprint, &size);
    g_checksum_free(sum);
}

// Returns the piece's tokens, or NULL after adding a reason.
static GArray *read_piece(const Building *b, const DatasetFile *f) {
    g_autoptr(GError) error = NULL;
    GArray *tokens = encoding_read(b->encoding, f->path, &error);
    if (!tokens) lines_add(b->report->reasons, "%s", error->message);
    return tokens;
}

static bool stopped(const char *folder, GError **error) {
    if (!*interrupt_flag()) return false;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR, "stopped while reading %s",
                folder);
    return true;
}

static bool add_pieces(const Building *b, CorpusWriter *writer, Progress *progress,
                       GError **error) {
    for (guint i = 0; i < b->files->len; i++) {
        const DatasetFile *f = b->files->pdata[i];
        if (stopped(b->folder, error)) return false;
        progress_show(progress, (double)i / b->files->len, NULL);
        GArray *tokens = read_piece(b, f);
        if (!tokens) continue;
        bool ok = corpus_add(writer, f->name, f->split,
                             (const Token *)(void *)tokens->data, (int)tokens->len,
                             error);
        g_array_unref(tokens);
        if (!ok) return false;
        b->report->files++;
    }
    if (b->report->files > 0) return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: none of its %u %s can be used (%s)", b->folder, b->files->len,
                b->encoding->what, (char *)b->report->reasons->pdata[0]);
    return false;
}

static bool build(const Building *b, GError **error) {
    CorpusWriter *writer = corpus_begin(b->cache, b->encoding->vocabulary,
                                        b->fingerprint, error);
    if (!writer) return false;
    Progress progress;
    progress_begin(&progress, "reading files");
    bool ok = add_pieces(b, writer, &progress, error);
    progress_end(&progress);
    if (ok) return corpus_commit(writer, error);
    corpus_abort(writer);
    return false;
}

// Adds the reasons why files of the list are not in the corpus. They are not stored in
// the cache, so these few files are read again.
static void explain(const Building *b, const Corpus *corpus) {
    int next = 0;
    for (guint i = 0; i < b->files->len; i++) {
        const DatasetFile *f = b->files->pdata[i];
        if (next < corpus->piece_count &&
            strcmp(f->name, corpus->pieces[next].name) == 0) {
            next++;
            continue;
        }
        GArray *tokens = read_piece(b, f);
        if (tokens) g_array_unref(tokens);
    }
}

// Two programs that start at the same time would write the same file, so one locks the
// cache's folder until it is done. Returns a descriptor whose closing releases the
// lock, or -1 if locking is impossible here.
static int wait_for_others(const Building *b) {
    g_autofree char *home = g_path_get_dirname(b->cache);
    int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Progress progress;
    progress_begin(&progress, "waiting");
    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
           !*interrupt_flag()) {
        progress_line(&progress, "waiting for another par-midi that reads files");
        g_usleep(100000);
    }
    progress_end(&progress);
    return fd;
}

// Returns whether a file may be replaced: a corpus, even a damaged one, and an empty
// file may.
static bool gives_way(const char *path, GError **error) {
    char head[sizeof CORPUS_MAGIC - 1];
    FILE *file = fopen(path, "rb");
    if (!file && errno == ENOENT) return true;
    size_t size = file ? fread(head, 1, sizeof head, file) : 0;
    bool ok = file && (size == 0 || (size == sizeof head &&
                                     memcmp(head, CORPUS_MAGIC, sizeof head) == 0));
    if (file) fclose(file);
    if (!ok)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s: is no corpus of tokens and is not replaced by one", path);
    return ok;
}

static bool open_or_build(Corpus *ret, const Building *b, GError **error) {
    int lock = wait_for_others(b);
    Corpus corpus;
    b->report->reused = corpus_open(&corpus, b->cache, b->fingerprint, NULL);
    bool ok = b->report->reused ||
              (!stopped(b->folder, error) && gives_way(b->cache, error) &&
               build(b, error) &&
               corpus_open(&corpus, b->cache, b->fingerprint, error));
    if (lock >= 0) close(lock);
    if (!ok) return false;
    if (b->report->reused) explain(b, &corpus);
    b->report->files = corpus.piece_count;
    *ret = corpus;
    return true;
}

// `key` identifies the training data, and `folder` is its name for the user.
static char *choose_cache(const char *folder, const char *key, GError **error) {
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
    g_autofree char *base = g_path_get_basename(folder);
    g_autofree char *name = g_strdup_printf("%s-%.12s.tokens", base, sum);
    g_autofree char *home = g_build_filename(g_get_user_cache_dir(), "par-midi", NULL);
    if (g_mkdir_with_parents(home, 0777) == 0)
        return g_build_filename(home, name, NULL);
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                "%s: cannot be made: %s (--cache FILE puts the corpus elsewhere)", home,
                g_strerror(errno));
    return NULL;
}

// Returns the encoding's name and then the absolute paths, a line each.
static char *cache_key(const Encoding *e, char *const *paths) {
    g_autofree char *name = encoding_key(e);
    GString *key = g_string_new(name);
    for (char *const *p = paths; *p; p++) {
        g_autofree char *path = g_canonicalize_filename(*p, NULL);
        g_string_append_printf(key, "%c%s", p == paths ? ' ' : '\n', path);
    }
    return g_string_free(key, FALSE);
}

// Opens the corpus of the listed files. `files` is NULL if listing failed; then the
// error is set already.
static bool open_listed(Corpus *ret, char *const *paths, const GPtrArray *files,
                        const char *cache, const Encoding *encoding,
                        DatasetReport *report, GError **error) {
    if (!files) return false;
    g_autofree char *key = cache_key(encoding, paths);
    g_autofree char *chosen = cache ? g_strdup(cache)
                                    : choose_cache(paths[0], key, error);
    if (!chosen) return false;
    Building b = {paths[0], chosen, encoding, files, {0}, report};
    take_fingerprint(&b);
    bool ok = open_or_build(ret, &b, error);
    report->skipped = (int)report->reasons->len;
    return ok;
}

bool dataset_open(Corpus *ret, const char *folder, const char *cache,
                  const Encoding *encoding, DatasetReport *report, GError **error) {
    *report = (DatasetReport){.reasons = g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GPtrArray)
        files = dataset_list(folder, encoding, report->reasons, &report->basis, error);
    char *const paths[] = {(char *)folder, NULL};
    return open_listed(ret, paths, files, cache, encoding, report, error);
}

bool dataset_open_ids(Corpus *ret, char *const *paths, char *const *validation,
                      const char *cache, const Encoding *encoding,
                      DatasetReport *report, GError **error) {
    *report = (DatasetReport){.reasons = g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GPtrArray)
        files = ids_list(paths, validation, report->reasons, &report->basis, error);
    return open_listed(ret, paths, files, cache, encoding, report, error);
}
