#include "app/data/ids_file.h"

#include "app/base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_MOST 4096 // bytes of an image's header, its comments included
#define SIDE_MOST   (1 << 16)

IdsKind ids_kind(const char *path) {
    const char *dot = strrchr(path, '.');
    if (dot && g_ascii_strcasecmp(dot, ".ids") == 0) return IDS_NUMBERS;
    if (dot && g_ascii_strcasecmp(dot, ".ppm") == 0) return IDS_IMAGE;
    return IDS_BYTES;
}

static bool fail(GError **error, const char *path, const char *what) {
    g_set_error(error, MODEL_ERROR, 0, "%s: %s", path_input_name(path), what);
    return false;
}

static bool fail_at(GError **error, const char *path, size_t at, const char *what) {
    g_set_error(error, MODEL_ERROR, 0, "%s: byte %zu: %s", path_input_name(path), at,
                what);
    return false;
}

// --- images ---

typedef struct Header {
    ImageSize size;
    size_t raster;     // the byte where the samples begin
    size_t at;         // the byte of what is wrong
    const char *wrong; // what is wrong, or NULL
} Header;

static bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Returns where the next number may begin: after white space and comments.
static size_t skip(const uint8_t *bytes, size_t size, size_t i) {
    while (i < size && (is_space(bytes[i]) || bytes[i] == '#')) {
        if (bytes[i] == '#')
            while (i < size && bytes[i] != '\n') i++;
        else
            i++;
    }
    return i;
}

// Reads a number. Returns -1 if there is none.
static int take_number(const uint8_t *bytes, size_t size, size_t *at) {
    size_t begin = *at;
    int value = 0;
    for (; *at < size && g_ascii_isdigit(bytes[*at]); ++*at)
        value = MIN(value * 10 + (bytes[*at] - '0'), SIDE_MOST + 1);
    return *at == begin ? -1 : value;
}

static const char *wrong_number(int which, int number) {
    if (number < 0) return "the image's header lacks one of its three numbers";
    if (which < 2)
        return number > 0 && number <= SIDE_MOST
                   ? NULL
                   : "the image's width or height is out of range";
    if (number > 255) return "the image has samples of 16 bits, only 8 can be read";
    return number < 255 ? "the image's samples do not go up to 255" : NULL;
}

static Header read_header(const uint8_t *bytes, size_t size) {
    Header h = {.wrong = "is no image of the kind P6"};
    if (size < 3 || memcmp(bytes, "P6", 2) != 0 ||
        !(is_space(bytes[2]) || bytes[2] == '#'))
        return h;
    int numbers[3];
    size_t end = MIN(size, HEADER_MOST), at = 2;
    for (int i = 0; i < 3; i++) {
        at = h.at = skip(bytes, end, at);
        numbers[i] = take_number(bytes, end, &at);
        if ((h.wrong = wrong_number(i, numbers[i]))) return h;
    }
    h.at = at;
    if (at >= size || !is_space(bytes[at])) h.wrong = "the image's header does not end";
    h.size = (ImageSize){numbers[0], numbers[1]};
    h.raster = at + 1;
    return h;
}

static size_t samples(ImageSize s) { return 3 * (size_t)s.width * (size_t)s.height; }

static bool parse_image(const uint8_t **bytes, size_t *size, const char *path,
                        ImageSize *ret, GError **error) {
    Header h = read_header(*bytes, *size);
    if (h.wrong) return fail_at(error, path, h.at, h.wrong);
    size_t held = *size - h.raster;
    if (held != samples(h.size)) {
        g_set_error(error, MODEL_ERROR, 0,
                    "%s: byte %zu: %zu samples follow, an image of %d x %d has %zu",
                    path_input_name(path), h.raster, held, h.size.width, h.size.height,
                    samples(h.size));
        return false;
    }
    *ret = h.size;
    *bytes += h.raster;
    *size = held;
    return true;
}

// --- reading ---

static void append(GArray *tokens, Token t) { g_array_append_val(tokens, t); }

static bool append_numbers(GArray *tokens, const uint8_t *bytes, size_t size,
                           const char *path, int vocabulary, GError **error) {
    if (size % 2) return fail_at(error, path, size - 1, "half a number of 16 bits");
    for (size_t i = 0; i < size; i += 2) {
        int id = bytes[i] | bytes[i + 1] << 8;
        if (id >= vocabulary) {
            g_set_error(error, MODEL_ERROR, 0,
                        "%s: byte %zu: the id %d is beyond a vocabulary of %d",
                        path_input_name(path), i, id, vocabulary);
            return false;
        }
        append(tokens, id);
    }
    return true;
}

bool ids_parse(const uint8_t *bytes, size_t size, const char *path, int vocabulary,
               Ids *ret, GError **error) {
    Ids ids = {.kind = ids_kind(path)};
    if (size == 0) return fail(error, path, "is empty");
    if (size > IDS_MOST_BYTES)
        return fail(error, path, "is larger than 256 MiB; cut it into several files");
    if (ids.kind == IDS_IMAGE && !parse_image(&bytes, &size, path, &ids.image, error))
        return false;
    Token end = ids.kind == IDS_NUMBERS ? vocabulary : IDS_BYTES_VOCABULARY;
    ids.tokens = g_array_sized_new(FALSE, FALSE, sizeof(Token), (guint)size + 2);
    append(ids.tokens, end);
    bool ok = true;
    if (ids.kind == IDS_NUMBERS)
        ok = append_numbers(ids.tokens, bytes, size, path, vocabulary, error);
    else
        for (size_t i = 0; i < size; i++) append(ids.tokens, bytes[i]);
    append(ids.tokens, end);
    if (ok)
        *ret = ids;
    else
        ids_clear(&ids);
    return ok;
}

// Opens a file without waiting, since a FIFO or a device might never be ready.
static int open_file(const char *path, GError **error) {
    if (path_is_stdio(path)) return STDIN_FILENO;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        fail(error, path, g_strerror(errno));
    else if (!S_ISREG(status.st_mode))
        fail(error, path, "is not a file");
    else
        return fd;
    if (fd >= 0) close(fd);
    return -1;
}

// Reads up to `most` bytes and one more, which shows that there are too many.
static GByteArray *read_bytes(const char *path, size_t most, GError **error) {
    int fd = open_file(path, error);
    if (fd < 0) return NULL;
    GByteArray *bytes = g_byte_array_new();
    uint8_t part[1 << 16];
    ssize_t got = 0;
    while (bytes->len <= most) {
        got = read(fd, part, MIN(sizeof part, most + 1 - bytes->len));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        g_byte_array_append(bytes, part, (guint)got);
    }
    int code = errno;
    if (!path_is_stdio(path)) close(fd);
    if (got >= 0) return bytes;
    fail(error, path, g_strerror(code));
    g_byte_array_unref(bytes);
    return NULL;
}

bool ids_read(const char *path, int vocabulary, Ids *ret, GError **error) {
    GByteArray *bytes = read_bytes(path, IDS_MOST_BYTES, error);
    if (!bytes) return false;
    bool ok = ids_parse(bytes->data, bytes->len, path, vocabulary, ret, error);
    g_byte_array_unref(bytes);
    return ok;
}

void ids_clear(Ids *ids) {
    if (ids->tokens) g_array_unref(ids->tokens);
    *ids = (Ids){0};
}

bool ids_image_size(const char *path, ImageSize *ret) {
    GByteArray *bytes = read_bytes(path, HEADER_MOST, NULL);
    if (!bytes) return false;
    Header h = read_header(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    if (!h.wrong) *ret = h.size;
    return !h.wrong;
}

// --- writing ---

GByteArray *ids_write(IdsKind kind, ImageSize image, const Token *ids, size_t count) {
    GByteArray *bytes = g_byte_array_new();
    if (kind == IDS_IMAGE) {
        g_autofree char *head = g_strdup_printf("P6\n%d %d\n255\n", image.width,
                                                image.height);
        g_byte_array_append(bytes, (const guint8 *)head, (guint)strlen(head));
    }
    for (size_t i = 0; i < count; i++) {
        const guint8 id[2] = {(guint8)ids[i], (guint8)(ids[i] >> 8)};
        g_byte_array_append(bytes, id, kind == IDS_NUMBERS ? 2 : 1);
    }
    return bytes;
}
