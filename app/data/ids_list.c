#include "app/data/ids_list.h"

#include "app/base/messages.h"
#include "app/data/ids_file.h"

#include <string.h>

typedef struct Listing {
    GPtrArray *files;   // owned; of DatasetFile *
    GHashTable *known;  // owned; absolute path to file; borrows both
    GPtrArray *reasons; // borrowed
    GString *basis;     // owned
} Listing;

static DatasetFile *find(const Listing *l, const char *path) {
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    return g_hash_table_lookup(l->known, full);
}

// Adds a file and owns it from then on.
static void add(Listing *l, DatasetFile *f) {
    if (find(l, f->path)) {
        dataset_file_free(f);
        return;
    }
    g_ptr_array_add(l->files, f);
    g_hash_table_insert(l->known, g_canonicalize_filename(f->path, NULL), f);
}

static void add_all(Listing *l, GPtrArray *files) {
    for (guint i = 0; i < files->len; i++) add(l, files->pdata[i]);
    g_ptr_array_set_free_func(files, NULL);
}

static void add_basis(Listing *l, const char *basis) {
    if (strstr(l->basis->str, basis)) return;
    g_string_append_printf(l->basis, "%s%s", l->basis->len ? ", " : "", basis);
}

static bool add_folder(Listing *l, const char *folder, GError **error) {
    Encoding any = encoding_of_bytes();
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = dataset_list(folder, &any, l->reasons, &basis, error);
    if (files) {
        add_all(l, files);
        add_basis(l, basis.split);
    }
    dataset_basis_clear(&basis);
    return files;
}

// A file that was named directly is never left out silently: if it cannot be used, that
// is an error.
static DatasetFile *named(Listing *l, const char *path, GError **error) {
    DatasetFile *f = dataset_file_new(path, l->reasons);
    if (!f)
        g_set_error_literal(error, MODEL_ERROR, 0,
                            l->reasons->pdata[l->reasons->len - 1]);
    return f;
}

static bool add_paths(Listing *l, char *const *paths, GError **error) {
    g_autoptr(GPtrArray) alone = g_ptr_array_new_with_free_func(dataset_file_free);
    for (char *const *p = paths; *p; p++) {
        if (g_file_test(*p, G_FILE_TEST_IS_DIR)) {
            if (!add_folder(l, *p, error)) return false;
            continue;
        }
        DatasetFile *f = named(l, *p, error);
        if (!f) return false;
        g_ptr_array_add(alone, f);
    }
    if (alone->len == 0) return true;
    dataset_split_by_name(alone);
    add_all(l, alone);
    add_basis(l, "by a hash of the names");
    return true;
}

static bool add_validation(Listing *l, char *const *validation, GError **error) {
    for (guint i = 0; i < l->files->len; i++)
        ((DatasetFile *)l->files->pdata[i])->split = SPLIT_TRAIN;
    for (char *const *p = validation; *p; p++) {
        DatasetFile *f = named(l, *p, error);
        if (!f) return false;
        add(l, f);
        find(l, *p)->split = SPLIT_VALIDATION;
    }
    g_string_assign(l->basis, "by --validation");
    return true;
}

static bool are_of_one_kind(const GPtrArray *files, GError **error) {
    for (guint i = 1; i < files->len; i++) {
        const DatasetFile *a = files->pdata[0], *b = files->pdata[i];
        if ((ids_kind(a->path) == IDS_NUMBERS) == (ids_kind(b->path) == IDS_NUMBERS))
            continue;
        g_set_error(error, MODEL_ERROR, 0,
                    "%s and %s: one is a file of ids and one of bytes, and a model is "
                    "of either",
                    a->path, b->path);
        return false;
    }
    return true;
}

// Leaves out images of another size than the first. An image that cannot be read stays
// in the list: reading it will report the error.
static void leave_out_other_images(GPtrArray *files, GPtrArray *reasons) {
    g_autofree char *first = NULL;
    ImageSize all = {0}, own;
    for (guint i = 0; i < files->len; i++) {
        const DatasetFile *f = files->pdata[i];
        if (ids_kind(f->path) != IDS_IMAGE || !ids_image_size(f->path, &own)) continue;
        if (!first) {
            first = g_strdup(f->path);
            all = own;
        }
        if (own.width == all.width && own.height == all.height) continue;
        lines_add(reasons, "%s: is an image of %d x %d, but %s one of %d x %d", f->path,
                  own.width, own.height, first, all.width, all.height);
        g_ptr_array_remove_index(files, i--);
    }
}

bool ids_list_numbers(const GPtrArray *files) {
    const DatasetFile *first = files->len ? files->pdata[0] : NULL;
    return first && ids_kind(first->path) == IDS_NUMBERS;
}

GPtrArray *ids_list(char *const *paths, char *const *validation, GPtrArray *reasons,
                    DatasetBasis *ret_basis, GError **error) {
    *ret_basis = (DatasetBasis){0};
    Listing l = {g_ptr_array_new_with_free_func(dataset_file_free),
                 g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), reasons,
                 g_string_new(NULL)};
    bool ok = add_paths(&l, paths, error) &&
              (!validation || add_validation(&l, validation, error)) &&
              are_of_one_kind(l.files, error);
    g_hash_table_destroy(l.known);
    if (ok) leave_out_other_images(l.files, reasons);
    ret_basis->split = message_printable(l.basis->str);
    ret_basis->unread = g_strdup("");
    g_string_free(l.basis, TRUE);
    if (ok) return l.files;
    g_ptr_array_unref(l.files);
    return NULL;
}
