#include "model/replace.h"

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

// The file that a symbolic link stands for, or NULL with errno.
static char *follow(const char *link) {
    char *real = realpath(link, NULL), *ret = g_strdup(real);
    free(real);
    return ret;
}

bool replace_begin(Replace *r, const char *path, GError **error) {
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
    // Opened before anything is written: a folder that cannot be synced is found now.
    g_autofree char *folder = g_path_get_dirname(path);
    int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0) return fail(path, errno, error);

    g_autofree char *temporary = g_strconcat(path, ".tmp", NULL);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                  0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!file) {
        int code = errno;
        if (fd >= 0) {
            close(fd);
            unlink(temporary);
        }
        close(folder_fd);
        return fail(path, code, error);
    }
    *r = (Replace){.file = file,
                   .folder = folder_fd,
                   .path = g_strdup(path),
                   .temporary = g_steal_pointer(&temporary)};
    return true;
}

static void forget(Replace *r) {
    close(r->folder);
    g_free(r->path);
    g_free(r->temporary);
    *r = (Replace){0};
}

void replace_abort(Replace *r) {
    if (!r->path) return;
    if (r->file) fclose(r->file);
    unlink(r->temporary);
    forget(r);
}

// Some file systems cannot sync a folder and say EINVAL; there is no more to be had
// there.
static bool sync_folder(int fd) { return fsync(fd) == 0 || errno == EINVAL; }

// Returns 0, or the errno of what failed first. A FILE that failed under other hands
// than replace_write()'s remembers that it did, but not why.
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
    if (r->code || size == 0) return; // no bytes may have no address
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
