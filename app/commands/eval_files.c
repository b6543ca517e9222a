#include "app/commands/eval_files.h"

#include "app/base/messages.h"
#include "app/data/dataset_list.h"
#include "app/evaluation/eval_folder.h"

// Returns the split to measure; SPLITS means all files. Without a CSV only a hash of
// the names would decide, which a user would not expect of his own folder, so all files
// are measured.
static Split chosen_split(const EvalArguments *a, const DatasetBasis *basis) {
    Split split = basis->listed ? SPLIT_VALIDATION : SPLITS;
    if (a->split) split_from_name(a->split, &split);
    return split;
}

static EvalFolder *describe(const char *folder, Split split, const DatasetBasis *basis,
                            int files) {
    bool all = split == SPLITS;
    EvalFolder *f = g_new0(EvalFolder, 1);
    *f = (EvalFolder){g_strdup(folder), all ? EVAL_ALL : split_names[split],
                      g_strconcat(all ? "for no CSV splits them" : "split ",
                                  all ? "" : basis->split, basis->unread, NULL),
                      files};
    return f;
}

static bool list_folder(const EvalArguments *a, const char *folder, GPtrArray *paths,
                        GPtrArray *folders, GError **error) {
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    DatasetBasis basis;
    // Both encodings of music, and both of ids, accept the same files.
    Encoding encoding = a->ids ? encoding_of_bytes()
                               : encoding_of_music(TOKENIZER_PEDAL);
    g_autoptr(GPtrArray)
        files = dataset_list(folder, &encoding, reasons, &basis, error);
    for (guint i = 0; files && i < reasons->len; i++)
        message_warn("left out: %s", (char *)reasons->pdata[i]);
    guint before = paths->len;
    Split split = chosen_split(a, &basis);
    for (guint i = 0; files && i < files->len; i++) {
        const DatasetFile *f = files->pdata[i];
        if (split == SPLITS || f->split == split)
            g_ptr_array_add(paths, g_strdup(f->path));
    }
    int count = (int)(paths->len - before);
    if (count > 0)
        g_ptr_array_add(folders, describe(folder, split, &basis, count));
    else if (files)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: has no file for %s, split %s%s", folder, split_names[split],
                    basis.split, basis.unread);
    dataset_basis_clear(&basis);
    return count > 0;
}

// Keeps `limit` of the files, spread evenly: the first ones would be by one composer or
// from one year.
static GPtrArray *thin_out(GPtrArray *paths, int limit) {
    GPtrArray *some = g_ptr_array_new_with_free_func(g_free);
    for (guint64 i = 0; i < (guint64)limit; i++) {
        gpointer *path = &paths->pdata[i * paths->len / (guint64)limit];
        g_ptr_array_add(some, g_steal_pointer(path));
    }
    g_ptr_array_unref(paths);
    return some;
}

GPtrArray *eval_files(const EvalArguments *a, GPtrArray *folders, GError **error) {
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (char **path = a->paths; *path; path++) {
        if (!g_file_test(*path, G_FILE_TEST_IS_DIR)) {
            g_ptr_array_add(paths, g_strdup(*path));
        } else if (!list_folder(a, *path, paths, folders, error)) {
            g_ptr_array_unref(paths);
            return NULL;
        }
    }
    return (guint)a->pieces < paths->len ? thin_out(paths, a->pieces) : paths;
}
