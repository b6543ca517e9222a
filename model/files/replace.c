#include "model/files/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const char *path, int code, GError **error) {
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "%s: could not be written: %s", path, g_strerror(code));
    return false;
}

// Returns the target of a symbolic link, or NULL with errno.
static char *follow(const char *link) {
    char *real = realpath(link, NULL), *ret = g_strdup(real);
    free(real);
    return ret;
}

static void forget(Replace *r) {
    close(r->folder);
    g_free(r->path);
    g_free(r->temporary);
    *r = (Replace){0};
}

static char *temporary_of(const char *path) { return g_strconcat(path, ".tmp", NULL); }

char *replace_temporary(const char *path) {
    g_autofree char *target = follow(path);
    return temporary_of(target ? target : path);
}

// Finds the file that `path` refers to, its folder, and the temporary file to write.
static bool locate(Replace *r, const char *path, GError **error) {
    *r = (Replace){0};
    struct stat st;
    g_autofree char *target = NULL;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        target = follow(path);
        if (!target || lstat(target, &st) != 0) return fail(path, errno, error);
        path = target;
    }
    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s: could not be written: there is %s of this name", path,
                    S_ISDIR(st.st_mode) ? "a folder" : "a device");
        return false;
    }
    // Open the folder before anything is written, to find out now if it cannot be
    // synced.
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(path, errno, error);
    *r = (Replace){
        .folder = fd, .path = g_strdup(path), .temporary = temporary_of(path)};
    return true;
}

static int open_temporary(const Replace *r, int how) {
    return open(r->temporary, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | how, 0666);
}

bool replace_begin(Replace *r, const char *path, GError **error) {
    if (!locate(r, path, error)) return false;
    int fd = open_temporary(r, O_CREAT | O_TRUNC);
    r->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (r->file) return true;
    fail(r->path, errno, error);
    if (fd >= 0) {
        close(fd);
        unlink(r->temporary);
    }
    forget(r);
    return false;
}

bool replace_check(const char *path, GError **error) {
    Replace r;
    if (!locate(&r, path, error)) return false;
    int fd = open_temporary(&r, O_CREAT | O_EXCL);
    if (fd >= 0)
        unlink(r.temporary);
    else if (errno == EEXIST)
        fd = open_temporary(&r, 0);
    bool ok = fd >= 0 || fail(r.path, errno, error);
    if (fd >= 0) close(fd);
    forget(&r);
    return ok;
}

void replace_abort(Replace *r) {
    if (!r->path) return;
    if (r->file) fclose(r->file);
    unlink(r->temporary);
    forget(r);
}

// Some file systems cannot sync a folder and return EINVAL; that is accepted.
static bool sync_folder(int fd) { return fsync(fd) == 0 || errno == EINVAL; }

// Returns 0 or the errno of the first failure. If the caller wrote to the FILE
// directly, the FILE knows that a write failed but not why.
static int store(Replace *r) {
    int code = r->code;
    errno = EIO;
    if (!code && (ferror(r->file) || fflush(r->file) != 0)) code = errno;
    if (!code && fsync(fileno(r->file)) != 0) code = errno;
    if (fclose(r->file) != 0 && !code) code = errno;
    r->file = NULL;
    if (!code && rename(r->temporary, r->path) != 0) code = errno;
    return code;
}

void replace_write(Replace *r, const void *bytes, size_t size) {
    if (r->code || size == 0) return; // an empty array may have no address
    if (fwrite(bytes, 1, size, r->file) != size) r->code = errno;
}

bool replace_commit(Replace *r, GError **error) {
    int code = store(r);
    if (code) {
        fail(r->path, code, error);
        replace_abort(r);
        return false;
    }
    bool ok = sync_folder(r->folder) || fail(r->path, errno, error);
    forget(r);
    return ok;
}

bool replace_contents(const char *path, const void *bytes, size_t size,
                      GError **error) {
    Replace r;
    if (!replace_begin(&r, path, error)) return false;
    replace_write(&r, bytes, size);
    return replace_commit(&r, error);
}
