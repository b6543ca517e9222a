#include "midi/smf/smf_song.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

GQuark smf_error_quark(void) { return g_quark_from_static_string("smf-error"); }

// Returns a file's name for use in a message: characters that could move the cursor,
// colour the terminal or reverse the text become question marks.
static char *printable(const char *name) {
    char *valid = g_utf8_make_valid(name, -1);
    GString *text = g_string_new(NULL);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(text, g_unichar_isprint(c) ? c : '?');
    }
    g_free(valid);
    return g_string_free(text, false);
}

static bool fail(GError **error, const char *name, const char *what) {
    char *shown = printable(name);
    g_set_error(error, SMF_ERROR, 0, "%s: %s", shown, what);
    g_free(shown);
    return false;
}

static bool fail_at(GError **error, const char *name, size_t at, const char *what) {
    char *sentence = g_strdup_printf("byte %zu: %s", at, what);
    fail(error, name, sentence);
    g_free(sentence);
    return false;
}

static bool fail_too_large(GError **error, const char *name) {
    return fail_at(error, name, SMF_MAX_BYTES, "the file is larger than 64 MiB");
}

// Returns a fragment about what is not played, or "".
static char *left_out(const SmfReport *report) {
    if (report->drums == 0)
        return g_strdup(report->notes ? "" : "holds no piano notes");
    const char *verb = report->drums == 1 ? "was" : "were";
    return report->drums == report->notes
               ? g_strdup_printf(
                     "holds no piano notes (%zu on the drum channel %s left out)",
                     report->drums, verb)
               : g_strdup_printf("%zu note%s on the drum channel left out",
                                 report->drums, report->drums == 1 ? "" : "s");
}

char *smf_report_warnings(const SmfReport *report) {
    static const char *const texts[] = {
#define X(name, text) text,
        SMF_WARNINGS(X)
#undef X
    };
    g_autofree char *missing = left_out(report);
    GString *all = g_string_new(missing);
    for (int i = 0; i < SMF_WARNING_COUNT; i++) {
        if (!(report->warned & 1u << i)) continue;
        if (all->len) g_string_append(all, "; ");
        g_string_append(all, texts[i]);
    }
    return g_string_free(all, all->len == 0);
}

bool smf_parse(const uint8_t *bytes, size_t size, const char *name, Performance *ret,
               SmfReport *report, GError **error) {
    if (size > SMF_MAX_BYTES) return fail_too_large(error, name);
    SmfSong song = {.bytes = bytes, .size = size};
    song.events = g_array_new(false, false, sizeof(SmfEvent));
    song.keys = g_array_new(false, false, sizeof(SmfKey));
    bool ok = smf_chunks_read(&song);
    if (ok) {
        smf_piano_play(&song, ret);
        ret->tempo = g_steal_pointer(&song.tempo);
        if (report) *report = song.report;
    } else {
        fail_at(error, name, song.error_at, song.error);
    }
    g_array_unref(song.events);
    g_array_unref(song.keys);
    tempo_map_unref(song.tempo);
    return ok;
}

// Opens a file without blocking, and only a regular one: a FIFO, a terminal or a device
// may never end.
static int open_regular(const char *path, GError **error) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        fail(error, path, g_strerror(errno));
    } else if (S_ISDIR(status.st_mode)) {
        fail(error, path, "this is a folder, not a MIDI file");
    } else if (!S_ISREG(status.st_mode)) {
        fail(error, path, "this is a device or pipe, not a MIDI file");
    } else if (status.st_size > SMF_MAX_BYTES) {
        fail_too_large(error, path);
    } else {
        return fd;
    }
    if (fd >= 0) close(fd);
    return -1;
}

static GByteArray *read_all(int fd, const char *name, GError **error) {
    GByteArray *bytes = g_byte_array_new();
    uint8_t part[1 << 16];
    ssize_t got = 0;
    while (bytes->len <= SMF_MAX_BYTES) {
        got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        g_byte_array_append(bytes, part, (guint)got);
    }
    if (got >= 0) return bytes; // smf_parse() rejects a file that is too large
    fail(error, name, g_strerror(errno));
    g_byte_array_unref(bytes);
    return NULL;
}

static const char *name_of(const char *path) {
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

bool smf_read(const char *path, Performance *ret, SmfReport *report, GError **error) {
    bool standard_input = strcmp(path, "-") == 0;
    const char *name = name_of(path);
    int fd = standard_input ? STDIN_FILENO : open_regular(path, error);
    if (fd < 0) return false;
    GByteArray *bytes = read_all(fd, name, error);
    if (!standard_input) close(fd);
    if (!bytes) return false;
    bool ok = smf_parse(bytes->data, bytes->len, name, ret, report, error);
    g_byte_array_unref(bytes);
    return ok;
}

bool smf_read_music(const char *path, Performance *ret, SmfReport *report,
                    GError **error) {
    SmfReport found;
    if (!smf_read(path, ret, &found, error)) return false;
    if (report) *report = found;
    if (ret->note_count > 0) return true;
    performance_clear(ret);
    g_autofree char *missing = left_out(&found);
    return fail(error, name_of(path), missing);
}
