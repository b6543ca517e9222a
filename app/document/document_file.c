#include "app/document/document_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// Applies one operation. Fails if the bytes are no operation, or if the operation makes
// no sense in this document.
static bool redo(Document *d, const uint8_t *bytes, size_t size, GError **error) {
    Operation o;
    bool ok = operation_decode(&o, bytes, size);
    if (ok)
        ok = document_apply(d, &o, error);
    else
        g_set_error(error, DOCUMENT_ERROR, 0, "it is not known here");
    operation_clear(&o);
    return ok;
}

static char *trouble_of(HistoryEnd end, const char *name, size_t at, size_t left,
                        const GError *why) {
    const char *lost = "what follows is left out";
    if (end == HISTORY_GOES_ON)
        return g_strdup_printf("%s: byte %zu: this operation makes no sense: %s; %s",
                               name, at, why->message, lost);
    if (end == HISTORY_CUT)
        return g_strdup_printf("%s: byte %zu: the file ends within a record; "
                               "its last %zu bytes are left out",
                               name, at, left);
    if (end == HISTORY_DAMAGED)
        return g_strdup_printf("%s: byte %zu: the file is damaged; %s", name, at, lost);
    return NULL;
}

bool document_parse(Document *ret, const uint8_t *bytes, size_t size, const char *name,
                    char **ret_trouble, GError **error) {
    HistoryReader reader;
    if (!history_open(&reader, bytes, size, name, error)) return false;
    Document d = {0};
    g_autoptr(GError) why = NULL;
    const uint8_t *recorded;
    size_t count, at;
    HistoryEnd end;
    do {
        at = reader.at;
        end = history_next(&reader, &recorded, &count);
    } while (end == HISTORY_GOES_ON && redo(&d, recorded, count, &why));

    char *trouble = trouble_of(end, name, at, size - at, why);
    if (!d.takes) {
        if (trouble)
            g_set_error_literal(error, DOCUMENT_ERROR, 0, trouble);
        else
            g_set_error(error, DOCUMENT_ERROR, 0, "%s: the session is empty", name);
        g_free(trouble);
        document_clear(&d);
        return false;
    }
    *ret = d;
    *ret_trouble = trouble;
    return true;
}

static bool fail(const char *path, int code, GError **error) {
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "%s: could not be read: %s", path, g_strerror(code));
    return false;
}

bool document_read(Document *ret, int fd, const char *path, char **ret_trouble,
                   GError **error) {
    struct stat st;
    if (fstat(fd, &st) != 0) return fail(path, errno, error);
    if (!S_ISREG(st.st_mode))
        return fail(path, S_ISDIR(st.st_mode) ? EISDIR : ENODEV, error);
    if (st.st_size > HISTORY_MAX_BYTES) return fail(path, EFBIG, error);
    g_autofree uint8_t *bytes = g_malloc((size_t)st.st_size + 1);
    size_t size = 0;
    while (size < (size_t)st.st_size) { // the file may be cut off meanwhile
        ssize_t n = pread(fd, bytes + size, (size_t)st.st_size - size, (off_t)size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail(path, errno, error);
        if (n == 0) break;
        size += (size_t)n;
    }
    return document_parse(ret, bytes, size, path, ret_trouble, error);
}

// O_NONBLOCK, so that opening a pipe does not wait; a pipe is refused afterwards.
bool document_load(Document *ret, const char *path, char **ret_trouble,
                   GError **error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(path, errno, error);
    bool ok = document_read(ret, fd, path, ret_trouble, error);
    close(fd);
    return ok;
}
