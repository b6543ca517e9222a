// Makes a corpus from a folder of files: finds the files and their splits
// (dataset_list.h) and encodes each once, with one piece in memory at a time.
//
// The corpus is stored in the user's cache folder, under a name made from those of the
// folder and the encoding. It is used again as long as the paths, splits, sizes and
// times of the files are the same. Its pieces are sorted by the bytes of their names.
#ifndef APP_DATA_DATASET_H
#define APP_DATA_DATASET_H

#include "app/data/dataset_list.h"
#include "model/train/data/corpus.h"

typedef struct DatasetReport {
    int files, skipped; // the pieces in the corpus; the files left out
    bool reused;        // the cache was up to date
    GPtrArray *reasons; // owned; "PATH: byte N: why" for each file left out
    DatasetBasis basis; // what decided the split
} DatasetReport;
void dataset_report_clear(DatasetReport *r); // accepts a zeroed struct

// Opens the corpus of `folder`; builds it first, with a progress line, if necessary.
// `cache` is the file that stores it, NULL: the usual one. An existing file that is
// neither a corpus nor empty is not replaced. Fails if no file can be used. Also fails,
// without leaving a partial file, if *interrupt_flag() is set while it is built.
// `report` must be cleared in either case.
bool dataset_open(Corpus *ret, const char *folder, const char *cache,
                  const Encoding *encoding, DatasetReport *report, GError **error);

// Does the same for files of ids (ids_list.h): all paths together are one corpus.
bool dataset_open_ids(Corpus *ret, char *const *paths, char *const *validation,
                      const char *cache, const Encoding *encoding,
                      DatasetReport *report, GError **error);

#endif
