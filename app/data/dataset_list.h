// Finds the files of a data set and the split of each.
//
// Files and splits come from every *.csv (csv.h) at the top of the folder with columns
// `split` (train, validation or test) and `midi_filename` (or `file`), in upper or
// lower case; MAESTRO has one. Without such a CSV, the data set has every file below
// the folder whose name the encoding accepts (MIDI files, for music), except names that
// begin with a dot. A hash of the name then puts 1 in 20 files into validation and 1 in
// 20 into test; if that leaves validation empty, one of the training files goes there.
// A CSV with columns canonical_composer and canonical_title also gives the pieces their
// titles. Symbolic links to folders are followed after all other folders, and no folder
// is entered twice.
//
// The result does not depend on the order in which the system lists a folder.
#ifndef APP_DATA_DATASET_LIST_H
#define APP_DATA_DATASET_LIST_H

#include "app/data/encoding.h"
#include "model/train/data/corpus.h"

typedef struct DatasetFile {
    char *path;       // owned; the path to open
    const char *name; // the part of `path` that is relative to the folder
    char *title;      // owned; "composer: title" from a CSV, or NULL
    Split split;
    int64_t size, time; // its bytes; its last change, in nanoseconds since 1970
} DatasetFile;

// Returns a file that was named directly, in the training split. If it cannot be used,
// adds a reason and returns NULL.
DatasetFile *dataset_file_new(const char *path, GPtrArray *reasons);
void dataset_file_free(void *file);

// Assigns splits to files as in a folder without a CSV.
void dataset_split_by_name(GPtrArray *files);

// What decided the split, as printable text.
typedef struct DatasetBasis {
    bool listed;  // CSVs decided it; always false for ids_list.h
    char *split;  // owned; "by set.csv" or "by a hash of the names"
    char *unread; // owned; "", or "; x.csv is not read: it has no column split" ...
} DatasetBasis;
void dataset_basis_clear(DatasetBasis *b); // accepts a zeroed struct

// Returns the files in bytewise order of their names, as an array that frees them. For
// each listed file that is left out (because it is missing, in two splits, or outside
// the folder), "PATH: why" is appended to `reasons`. Fails if `folder` is no folder or
// has no files; *ret_basis must be cleared in either case.
GPtrArray *dataset_list(const char *folder, const Encoding *encoding,
                        GPtrArray *reasons, DatasetBasis *ret_basis, GError **error);

// Appends a line to the reasons, with unprintable bytes escaped.
void lines_add(GPtrArray *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
