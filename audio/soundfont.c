#include "audio/soundfont.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIGHT        (8 << 20) // bytes
#define CHUNK_HEADER 12        // four letters, the bytes after these 8, four letters

G_DEFINE_QUARK(soundfont_error, soundfont_error)

static bool fail(const char *path, const char *why, GError **error) {
    g_set_error(error, SOUNDFONT_ERROR, 0, "%s: %s", path, why);
    return false;
}

// Checks for a chunk `id` of this `form` at `*at`, and then moves `*at` to its end.
static bool pass_chunk(int fd, const char *id, const char *form, off_t *at) {
    uint8_t h[CHUNK_HEADER];
    if (pread(fd, h, sizeof h, *at) != (ssize_t)sizeof h || memcmp(h, id, 4) != 0 ||
        memcmp(h + 8, form, 4) != 0)
        return false;
    uint32_t size = h[4] | (uint32_t)h[5] << 8 | (uint32_t)h[6] << 16 |
                    (uint32_t)h[7] << 24;
    *at += 8 + (off_t)size;
    return true;
}

static bool check_open(int fd, const char *path, GError **error) {
    static const char *const parts[] = {"INFO", "sdta", "pdta"};
    struct stat st;
    off_t end = 0, at = CHUNK_HEADER;
    if (fstat(fd, &st) != 0) return fail(path, g_strerror(errno), error);
    if (!S_ISREG(st.st_mode)) return fail(path, "not a regular file", error);
    if (!pass_chunk(fd, "RIFF", "sfbk", &end))
        return fail(path, "not a SoundFont (.sf2 or .sf3)", error);
    if (end > st.st_size) return fail(path, "the SoundFont is cut short", error);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!pass_chunk(fd, "LIST", parts[i], &at) || at > end)
            return fail(path, "the SoundFont is damaged", error);
    return true;
}

bool soundfont_check(const char *path, GError **error) {
    int fd = open(path,
                  O_RDONLY | O_CLOEXEC | O_NONBLOCK); // opening a FIFO must not block
    if (fd < 0) return fail(path, g_strerror(errno), error);
    bool ok = check_open(fd, path, error);
    close(fd);
    return ok;
}

// Names in lower case, the best first: recorded pianos, then the general sets whose
// piano is good, then the small ones.
static const char *const preferred[] = {
    "*salamander*", "*steinway*",          "*yamaha*",    "*grand*",   "*piano*",
    "fluidr3_gm.*", "*musescore*general*", "default-gm*", "timgm6mb*",
};

typedef struct Candidate {
    int folder, rank; // small is good
    char *path;       // owned
} Candidate;

static void candidate_clear(gpointer candidate) {
    g_free(((Candidate *)candidate)->path);
}

static int rank(const char *lower) {
    int i = 0;
    while (i < (int)G_N_ELEMENTS(preferred) &&
           !g_pattern_match_simple(preferred[i], lower))
        i++;
    return i;
}

static void look_in(GArray *found, int folder, const char *path) {
    GDir *dir = g_dir_open(path, 0, NULL);
    if (!dir) return;
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *lower = g_ascii_strdown(name, -1);
        if (!g_str_has_suffix(lower, ".sf2") && !g_str_has_suffix(lower, ".sf3"))
            continue;
        Candidate c = {folder, rank(lower), g_build_filename(path, name, NULL)};
        g_array_append_val(found, c);
    }
    g_dir_close(dir);
}

static void look_under(GArray *found, int folder, const char *data) {
    static const char *const places[] = {"sounds/sf2", "sounds/sf3", "soundfonts"};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_build_filename(data, places[i], NULL);
        look_in(found, folder, path);
    }
}

static gint by_preference(gconstpointer a, gconstpointer b) {
    const Candidate *x = a, *y = b;
    if (x->folder != y->folder) return x->folder - y->folder;
    return x->rank != y->rank ? x->rank - y->rank : strcmp(x->path, y->path);
}

// Removes each link to a file that is a candidate too. Distributions link their piano
// under names like default-GM.sf3.
static void drop_links(GArray *found) {
    g_autoptr(GHashTable)
        files = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);
    for (guint i = 0; i < found->len; i++) {
        const char *path = g_array_index(found, Candidate, i).path;
        char *real = realpath(path, NULL);
        if (real && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            g_hash_table_add(files, real);
        else
            free(real);
    }
    for (guint i = found->len; i-- > 0;) {
        const char *path = g_array_index(found, Candidate, i).path;
        char *real = realpath(path, NULL);
        if (real && g_file_test(path, G_FILE_TEST_IS_SYMLINK) &&
            g_hash_table_contains(files, real))
            g_array_remove_index(found, i);
        free(real);
    }
}

// Returns the variable's value, or `otherwise` if it is not set or empty.
static const char *variable(const char *name, const char *otherwise) {
    const char *value = g_getenv(name);
    return value && *value ? value : otherwise;
}

// Returns all SoundFonts found, in order.
static GArray *candidates(void) {
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Candidate));
    g_array_set_clear_func(found, candidate_clear);
    g_autofree char *home = g_build_filename(g_get_home_dir(), ".local/share", NULL);
    look_under(found, 0, variable("XDG_DATA_HOME", home));
    g_auto(GStrv) shared = g_strsplit(
        variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share"), ":", -1);
    for (char **data = shared; *data; data++) look_under(found, 1, *data);
    g_array_sort(found, by_preference);
    return found;
}

char **soundfont_list(void) {
    GArray *found = candidates();
    drop_links(found);
    char **ret = g_new0(char *, found->len + 1);
    for (guint i = 0; i < found->len; i++)
        ret[i] = g_strdup(g_array_index(found, Candidate, i).path);
    g_array_free(found, TRUE);
    return ret;
}

static bool is_light(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && st.st_size <= LIGHT;
}

char *soundfont_stand_in(const char *path) {
    if (is_light(path)) return NULL;
    GArray *found = candidates();
    const Candidate *best = NULL;
    for (guint i = 0; i < found->len; i++) {
        const Candidate *c = &g_array_index(found, Candidate, i);
        if ((!best || c->rank < best->rank) && is_light(c->path) &&
            soundfont_check(c->path, NULL))
            best = c;
    }
    char *ret = best ? g_strdup(best->path) : NULL;
    g_array_free(found, TRUE);
    return ret;
}

char *soundfont_find(const char *wanted, GError **error) {
    if (!wanted) wanted = variable("SOUNDFONT", NULL);
    if (wanted) return soundfont_check(wanted, error) ? g_strdup(wanted) : NULL;

    GArray *found = candidates();
    char *best = NULL;
    for (guint i = 0; i < found->len && !best; i++) {
        const char *path = g_array_index(found, Candidate, i).path;
        if (soundfont_check(path, NULL)) best = g_strdup(path);
    }
    g_array_free(found, TRUE);
    if (!best)
        g_set_error(
            error, SOUNDFONT_ERROR, 0,
            "no SoundFont found: apt install musescore-general-soundfont-small (or the "
            "smaller timgm6mb-soundfont), or name one in $SOUNDFONT");
    return best;
}
