// Which files a data set has, and the split each is in.
//
// Every *.csv (csv.h) at the top of the folder with columns `split` (train, validation
// or test) and `midi_filename` (or `file`), in any case, gives files and splits;
// MAESTRO's does. Without one every file below the folder whose name the encoding takes
// (for music, MIDI's) is, but for names that begin with a dot, and a hash of its name
// puts 1 in 20 each into validation and test; where that leaves validation empty it
// gets one of the files to train on. A folder that is a link is entered, after all that
// are none, and no folder twice.
//
// The result does not depend on the order in which the system lists a folder.
#ifndef APP_DATA_DATASET_LIST_H
#define APP_DATA_DATASET_LIST_H

#include "app/data/encoding.h"
#include "model/train/corpus.h"

typedef struct DatasetFile {
    char *path;       // owned; to open it by
    const char *name; // in `path`: relative to the folder
    Split split;
    int64_t size, time; // bytes; of its last change, nanoseconds since 1970
} DatasetFile;

// One that is named by itself, to be trained on. NULL: it is no file that can be used,
// and one reason more says why.
DatasetFile *dataset_file_new(const char *path, GPtrArray *reasons);
void dataset_file_free(void *file);

// Gives files the splits of a folder without a CSV.
void dataset_split_by_name(GPtrArray *files);

// What decided the split, made printable.
typedef struct DatasetBasis {
    bool listed;  // CSVs did; of ids_list.h always false
    char *split;  // owned; "by set.csv" or "by a hash of the names"
    char *unread; // owned; "", or "; x.csv is not read: it has no column split" ...
} DatasetBasis;
void dataset_basis_clear(DatasetBasis *b); // accepts a zeroed struct

// The files in bytewise order of their names, as an array that frees them. What is
// listed but left out (it is missing, in two splits, or outside of the folder) is
// appended to `reasons` as "PATH: why". Fails if `folder` is none or nothing is listed;
// *ret_basis is to be cleared either way.
GPtrArray *dataset_list(const char *folder, const Encoding *encoding,
                        GPtrArray *reasons, DatasetBasis *ret_basis, GError **error);

// Appends one line, made printable.
void lines_add(GPtrArray *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
