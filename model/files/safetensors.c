#include "model/files/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/files/replace.h"
#include "model/files/safetensors_header.h"

#define MAX_HEADER 100000000 // bytes; the format's own limit

G_DEFINE_QUARK(safetensors_error, safetensors_error)

size_t tensor_elements(const Tensor *t) {
    size_t count = 1;
    for (int d = 0; d < t->dims; d++) count *= (size_t)t->shape[d];
    return count;
}

bool tensor_to_float(const Tensor *t, float *ret) {
    size_t count = tensor_elements(t);
    const uint8_t *from = t->data;
    if (t->dtype == DTYPE_F32) {
        if (count) memcpy(ret, from, count * sizeof *ret);
        return true;
    }
    if (t->dtype == DTYPE_BF16) { // the upper half of a float
        for (size_t i = 0; i < count; i++) {
            uint32_t bits = (uint32_t)(from[2 * i] | from[2 * i + 1] << 8) << 16;
            memcpy(&ret[i], &bits, sizeof bits);
        }
        return true;
    }
    if (t->dtype != DTYPE_F64) return false;
    for (size_t i = 0; i < count; i++) {
        double x;
        memcpy(&x, from + i * sizeof x, sizeof x);
        ret[i] = (float)x;
    }
    return true;
}

void safetensors_clear(Safetensors *s) {
    if (s->metadata) g_hash_table_destroy(s->metadata);
    if (s->by_name) g_hash_table_destroy(s->by_name);
    if (s->names) g_string_chunk_free(s->names);
    g_free(s->tensors);
    g_free(s->sha256);
    g_free(s->bytes);
    *s = (Safetensors){0};
}

const char *safetensors_metadata(const Safetensors *s, const char *key) {
    return s->metadata ? g_hash_table_lookup(s->metadata, key) : NULL;
}

const Tensor *safetensors_find(const Safetensors *s, const char *name) {
    return s->by_name ? g_hash_table_lookup(s->by_name, name) : NULL;
}

// The bytes that have not been read yet: in a file or in memory.
typedef struct Source {
    int fd;              // -1: the bytes are in memory
    const uint8_t *next; // in memory
    uint64_t left;
} Source;

// Takes the next `size` bytes; the caller has compared them with those left.
static bool take(Source *from, void *ret, size_t size, GError **error) {
    from->left -= size;
    if (from->fd < 0) {
        if (size) memcpy(ret, from->next, size);
        from->next += size;
        return true;
    }
    for (uint8_t *to = ret; size > 0;) {
        ssize_t got = read(from->fd, to, MIN(size, 1 << 30));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(error, "%s", g_strerror(errno));
        if (got == 0) return fail(error, "the file was cut while it was read");
        to += got;
        size -= (size_t)got;
    }
    return true;
}

static bool check_sums(const Safetensors *s, char *text, size_t size, GError **error) {
    const char *want = safetensors_metadata(s, TENSOR_SUM);
    const char *want_header = safetensors_metadata(s, HEADER_SUM);
    if (!want && !want_header) return true;
    if (!want || !want_header)
        return fail(error, "one of its two checksums is missing");
    g_autofree char *got_header = header_sum(text, size);
    if (strcmp(want_header, got_header) != 0)
        return fail(error, "the header is damaged: its checksum differs");
    if (strcmp(want, s->sha256) != 0)
        return fail(error, "the tensors are damaged: their checksum differs");
    return true;
}

// Reads the remaining bytes, which header_read() has checked to be those of the
// tensors.
static bool load_tensors(Source *from, Safetensors *s, GError **error) {
    uint64_t size = from->left;
    if (size > G_MAXSSIZE || (size && !(s->bytes = g_try_malloc((gsize)size))))
        return fail(error, "too large for this machine's memory");
    if (!take(from, s->bytes, (size_t)size, error)) return false;
    size_t offset = 0;
    for (size_t i = 0; i < s->tensor_count; i++) {
        s->tensors[i].data = s->bytes ? s->bytes + offset : NULL;
        offset += tensor_bytes(&s->tensors[i]);
    }
    s->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, s->bytes, (gsize)size);
    return true;
}

static bool load(Source *from, Safetensors *s, GError **error) {
    uint8_t length[8];
    if (from->left < sizeof length)
        return fail(error, "byte 0: too short for a safetensors file");
    if (!take(from, length, sizeof length, error)) return false;
    uint64_t size = 0;
    for (int i = 7; i >= 0; i--) size = size << 8 | length[i];
    if (size > MAX_HEADER || size > from->left)
        return fail(error, "byte 0: a header of %" G_GUINT64_FORMAT " bytes, %s", size,
                    size > from->left ? "the file ends before" : "more than 100 MB");

    g_autofree char *text = g_try_malloc((gsize)size + 1);
    if (!text) return fail(error, "too large for this machine's memory");
    text[size] = '\0';
    return take(from, text, (size_t)size, error) &&
           header_read(text, (size_t)size, from->left, s, error) &&
           load_tensors(from, s, error) && check_sums(s, text, (size_t)size, error);
}

static bool load_whole(Source *from, const char *name, Safetensors *ret,
                       GError **error) {
    Safetensors s = {0};
    if (load(from, &s, error)) {
        *ret = s;
        return true;
    }
    safetensors_clear(&s);
    g_prefix_error(error, "%s: ", name);
    return false;
}

bool safetensors_parse(const uint8_t *bytes, size_t size, const char *name,
                       Safetensors *ret, GError **error) {
    Source from = {-1, bytes, size};
    return load_whole(&from, name, ret, error);
}

static bool read_regular(int fd, const char *path, Safetensors *ret, GError **error) {
    struct stat st;
    if (fstat(fd, &st) != 0) return fail(error, "%s: %s", path, g_strerror(errno));
    if (!S_ISREG(st.st_mode)) return fail(error, "%s: not a regular file", path);
    Source from = {.fd = fd, .left = (uint64_t)st.st_size};
    return load_whole(&from, path, ret, error);
}

bool safetensors_read(const char *path, Safetensors *ret, GError **error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not hang it
    if (fd < 0) return fail(error, "%s: %s", path, g_strerror(errno));
    bool ok = read_regular(fd, path, ret, error);
    close(fd);
    return ok;
}

static char *sum_tensors(const Tensor *tensors, size_t count) {
    GChecksum *all = g_checksum_new(G_CHECKSUM_SHA256);
    for (size_t i = 0; i < count; i++)
        g_checksum_update(all, tensors[i].data, (gssize)tensor_bytes(&tensors[i]));
    char *digits = g_strdup(g_checksum_get_string(all));
    g_checksum_free(all);
    return digits;
}

bool safetensors_write(const char *path, const char *const *metadata,
                       const Tensor *tensors, size_t count, GError **error) {
    Replace r;
    if (!replace_begin(&r, path, error)) return false;
    g_autofree char *sum = sum_tensors(tensors, count);
    GString *text = header_write(metadata, tensors, count, sum);
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)((uint64_t)text->len >> 8 * i);
    replace_write(&r, length, sizeof length);
    replace_write(&r, text->str, text->len);
    for (size_t i = 0; i < count; i++)
        replace_write(&r, tensors[i].data, tensor_bytes(&tensors[i]));
    g_string_free(text, TRUE);
    return replace_commit(&r, error);
}
