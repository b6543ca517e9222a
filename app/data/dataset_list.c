#include "app/data/dataset_list.h"

#include "app/base/csv.h"
#include "app/base/messages.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define HELD_OUT 20 // 1 file in so many goes into validation, and 1 into test

typedef struct Listing {
    const char *folder;
    const Encoding *encoding; // borrowed
    GHashTable *files;        // owned; name to DatasetFile *, which is owned
    GPtrArray *reasons;       // borrowed
    GHashTable *folders; // owned; device and inode of the folders that were entered
    GPtrArray *links;    // owned; names of links to folders
} Listing;

void lines_add(GPtrArray *lines, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(lines, message_printable(line));
}

void dataset_file_free(void *data) {
    DatasetFile *f = data;
    g_free(f->path);
    g_free(f->title);
    g_free(f);
}

// Returns the name without "." and doubled slashes, or NULL if it leads out of the
// folder.
static char *inside(const char *name) {
    if (g_path_is_absolute(name)) return NULL;
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    GString *clean = g_string_new(NULL);
    for (char **part = parts; *part; part++) {
        if (strcmp(*part, "..") == 0) return (void)g_string_free(clean, TRUE), NULL;
        if (**part == 0 || strcmp(*part, ".") == 0) continue;
        if (clean->len) g_string_append_c(clean, '/');
        g_string_append(clean, *part);
    }
    return g_string_free(clean, clean->len == 0);
}

// Adds a file, or returns NULL if it is left out. A file that is listed in two splits
// gets the split SPLITS.
static DatasetFile *add(Listing *l, const char *name, Split split) {
    g_autofree char *clean = inside(name);
    if (!clean) {
        lines_add(l->reasons, "%s: lies outside of %s", name, l->folder);
        return NULL;
    }
    DatasetFile *f = g_hash_table_lookup(l->files, clean);
    if (f) {
        if (f->split != split) f->split = SPLITS;
        return f;
    }
    f = g_new0(DatasetFile, 1);
    f->path = g_build_filename(l->folder, clean, NULL);
    f->name = f->path + strlen(f->path) - strlen(clean);
    f->split = split;
    g_hash_table_insert(l->files, (void *)f->name, f);
    return f;
}

static int column(const GPtrArray *row, const char *name) {
    for (guint i = 0; i < row->len; i++)
        if (g_ascii_strcasecmp(g_strstrip(row->pdata[i]), name) == 0) return (int)i;
    return -1;
}

// The columns of a CSV that describe a file; negative if the CSV does not have one.
typedef struct Columns {
    int split, name, composer, title;
} Columns;

static char *field(const GPtrArray *row, int at) {
    return at >= 0 && at < (int)row->len ? g_strstrip(row->pdata[at]) : NULL;
}

static void take_row(Listing *l, const GPtrArray *row, Columns c, const char *csv,
                     int number) {
    Split split;
    char *composer = field(row, c.composer), *title = field(row, c.title);
    g_autofree char *lower = g_ascii_strdown(field(row, c.split), -1);
    if (!split_from_name(lower, &split)) {
        lines_add(l->reasons, "%s: row %d: there is no split \"%s\"", csv, number,
                  field(row, c.split));
        return;
    }
    DatasetFile *f = add(l, field(row, c.name), split);
    if (f && !f->title && composer && title)
        f->title = g_strdup_printf("%s: %s", composer, title);
}

// Adds the files of a CSV. Returns NULL, or why it is no list of files, to be freed
// with g_free.
static char *take_csv(Listing *l, const char *path) {
    g_autofree char *bytes = NULL;
    GError *error = NULL;
    gsize size;
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) return g_strdup("it is no file");
    if (!g_file_get_contents(path, &bytes, &size, &error)) {
        char *why = g_strdup(error->message);
        g_error_free(error);
        return why;
    }
    g_autofree char *text = csv_text(bytes, size, &size);
    if (!text) return g_strdup("it is no text");
    Csv csv;
    csv_init(&csv, text, size);
    g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
    if (!csv_row(&csv, row)) return g_strdup("it is empty");
    Columns c = {column(row, "split"), column(row, "midi_filename"),
                 column(row, "canonical_composer"), column(row, "canonical_title")};
    if (c.name < 0) c.name = column(row, "file");
    if (c.split < 0 || c.name < 0)
        return g_strconcat("it has no column ", c.split < 0 ? "split" : "",
                           c.split < 0 && c.name < 0 ? " and no " : "",
                           c.name < 0 ? "midi_filename or file" : "", NULL);
    for (int number = 2; csv_row(&csv, row); number++) {
        if (MAX(c.split, c.name) >= (int)row->len)
            lines_add(l->reasons, "%s: row %d names no file and split", path, number);
        else
            take_row(l, row, c, path, number);
    }
    return NULL;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Returns the names in a folder, except those that begin with a dot: editors, version
// control and macOS (._name.mid) use such names for their own files.
static GPtrArray *names_in(const char *folder, GError **error) {
    GDir *dir = g_dir_open(folder, 0, error);
    if (!dir) return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        if (*name != '.') g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_bytes);
    return names;
}

static bool ends_in(const char *name, const char *suffix) {
    size_t n = strlen(name), s = strlen(suffix);
    return n > s && g_ascii_strcasecmp(name + n - s, suffix) == 0;
}

// Remembers a folder. Returns false if it was entered before.
static bool is_new(Listing *l, const struct stat *st) {
    return g_hash_table_add(
        l->folders,
        g_strdup_printf("%ju %ju", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino));
}

// Adds the files in the folder `below`, a path relative to the listing's folder. Links
// to folders are collected for later.
static void walk(Listing *l, const char *below) {
    g_autofree char *folder = g_build_filename(l->folder, below, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = names_in(folder, &error);
    if (!names) lines_add(l->reasons, "%s: %s", folder, error->message);
    for (guint i = 0; names && i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *name = g_build_filename(below, names->pdata[i], NULL);
        struct stat st;
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
                g_ptr_array_add(l->links, g_steal_pointer(&name));
            else if (is_new(l, &st))
                walk(l, name);
        } else if (encoding_takes(l->encoding, name)) {
            add(l, name, SPLIT_TRAIN);
        }
    }
}

// Adds all files below the folder. A folder behind a link is entered under the link's
// name.
static void walk_all(Listing *l) {
    struct stat st;
    if (stat(l->folder, &st) == 0) is_new(l, &st);
    walk(l, "");
    for (guint i = 0; i < l->links->len; i++) { // walking may add links
        const char *name = l->links->pdata[i];
        g_autofree char *path = g_build_filename(l->folder, name, NULL);
        if (stat(path, &st) != 0)
            lines_add(l->reasons, "%s: %s", path, g_strerror(errno));
        else if (!is_new(l, &st))
            lines_add(l->reasons, "%s: is a link to a folder that is listed already",
                      path);
        else
            walk(l, name);
    }
}

static uint64_t name_hash(const char *name) {
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    sum[15] = 0;
    return g_ascii_strtoull(sum, NULL, 16);
}

void dataset_split_by_name(GPtrArray *files) {
    DatasetFile *least = NULL;
    int validation = 0, train = 0;
    for (guint i = 0; i < files->len; i++) {
        DatasetFile *f = files->pdata[i];
        uint64_t hash = name_hash(f->name);
        f->split = hash % HELD_OUT == 0   ? SPLIT_VALIDATION
                   : hash % HELD_OUT == 1 ? SPLIT_TEST
                                          : SPLIT_TRAIN;
        validation += f->split == SPLIT_VALIDATION;
        train += f->split == SPLIT_TRAIN;
        if (f->split == SPLIT_TRAIN && (!least || hash < name_hash(least->name)))
            least = f;
    }
    if (validation == 0 && train > 1) least->split = SPLIT_VALIDATION;
    for (guint i = 0; train == 0 && i < files->len; i++)
        ((DatasetFile *)files->pdata[i])->split = SPLIT_TRAIN;
}

static bool usable(DatasetFile *f, GPtrArray *reasons) {
    struct stat st;
    const char *why = NULL;
    if (f->split == SPLITS)
        why = "is listed in two splits";
    else if (stat(f->path, &st) != 0)
        why = g_strerror(errno);
    else if (!S_ISREG(st.st_mode))
        why = "is not a file";
    if (why) {
        lines_add(reasons, "%s: %s", f->path, why);
        return false;
    }
    f->size = st.st_size;
    f->time = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    return true;
}

DatasetFile *dataset_file_new(const char *path, GPtrArray *reasons) {
    DatasetFile *f = g_new(DatasetFile, 1);
    *f = (DatasetFile){.path = g_strdup(path)};
    const char *slash = strrchr(f->path, '/');
    f->name = slash ? slash + 1 : f->path;
    if (usable(f, reasons)) return f;
    dataset_file_free(f);
    return NULL;
}

static int by_name(const void *a, const void *b) {
    const DatasetFile *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

// Moves the usable files from the table to an array, in order.
static GPtrArray *take_files(Listing *l) {
    g_autoptr(GPtrArray) listed = g_ptr_array_new();
    GHashTableIter iter;
    gpointer file;
    g_hash_table_iter_init(&iter, l->files);
    while (g_hash_table_iter_next(&iter, NULL, &file)) g_ptr_array_add(listed, file);
    g_hash_table_remove_all(l->files);
    g_ptr_array_sort(listed, by_name);
    GPtrArray *files = g_ptr_array_new_with_free_func(dataset_file_free);
    for (guint i = 0; i < listed->len; i++) {
        if (usable(listed->pdata[i], l->reasons))
            g_ptr_array_add(files, listed->pdata[i]);
        else
            dataset_file_free(listed->pdata[i]);
    }
    return files;
}

void dataset_basis_clear(DatasetBasis *b) {
    g_free(b->split);
    g_free(b->unread);
    *b = (DatasetBasis){0};
}

// Reads every CSV among the names.
static void take_csvs(Listing *l, const GPtrArray *names, DatasetBasis *ret) {
    GString *split = g_string_new("by "), *unread = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(l->folder, names->pdata[i], NULL);
        if (!ends_in(path, ".csv")) continue;
        const char *name = names->pdata[i];
        g_autofree char *why = take_csv(l, path);
        if (why)
            g_string_append_printf(unread, "; %s is not read: %s", name, why);
        else
            g_string_append_printf(split, "%s%s", ret->listed ? ", " : "", name);
        ret->listed = ret->listed || !why;
    }
    if (!ret->listed) g_string_append(split, "a hash of the names");
    ret->split = message_printable(split->str);
    ret->unread = message_printable(unread->str);
    g_string_free(split, TRUE);
    g_string_free(unread, TRUE);
}

GPtrArray *dataset_list(const char *folder, const Encoding *encoding,
                        GPtrArray *reasons, DatasetBasis *ret_basis, GError **error) {
    *ret_basis = (DatasetBasis){0};
    g_autoptr(GPtrArray) names = names_in(folder, NULL);
    if (!names) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR,
                    "%s: is not a folder that can be read", folder);
        return NULL;
    }
    Listing l = {folder,
                 encoding,
                 g_hash_table_new(g_str_hash, g_str_equal),
                 reasons,
                 g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                 g_ptr_array_new_with_free_func(g_free)};
    take_csvs(&l, names, ret_basis);
    if (!ret_basis->listed) walk_all(&l);
    GPtrArray *files = take_files(&l);
    if (!ret_basis->listed) dataset_split_by_name(files);
    g_hash_table_destroy(l.files);
    g_hash_table_destroy(l.folders);
    g_ptr_array_unref(l.links);
    if (files->len > 0) return files;
    g_ptr_array_unref(files);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s: holds no %s%s%s%s",
                folder, encoding->what, reasons->len ? " that can be used (" : "",
                reasons->len ? (char *)reasons->pdata[0] : "", reasons->len ? ")" : "");
    return NULL;
}
