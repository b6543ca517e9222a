// A folder of files as a corpus: finds the files and their splits (dataset_list.h says
// how) and encodes them once, one piece in memory at a time.
//
// The corpus is kept in the user's cache folder under a name made from the folder and
// the encoding's, and used again while paths, splits, sizes and times of the files are
// the same. Its pieces are in bytewise order of their names.
#ifndef APP_DATA_DATASET_H
#define APP_DATA_DATASET_H

#include "app/data/dataset_list.h"
#include "model/train/corpus.h"

typedef struct DatasetReport {
    int files, skipped; // pieces in the corpus; files left out
    bool reused;        // the cache was up to date
    GPtrArray *reasons; // owned; "PATH: byte N: why", a file left out each
    DatasetBasis basis; // what decided the split
} DatasetReport;
void dataset_report_clear(DatasetReport *r); // accepts a zeroed struct

// Opens the corpus of `folder`, building it if need be with a progress line. `cache` is
// the file to keep it in, NULL chooses; what is there but neither a corpus nor empty is
// not replaced. Fails if no file can be used, or if *interrupt_flag() is set while it
// builds; then no half file is left. `report` is to be cleared either way.
bool dataset_open(Corpus *ret, const char *folder, const char *cache,
                  const Encoding *encoding, DatasetReport *report, GError **error);

// The same of files of ids (ids_list.h), all paths together as one corpus.
bool dataset_open_ids(Corpus *ret, char *const *paths, char *const *validation,
                      const char *cache, const Encoding *encoding,
                      DatasetReport *report, GError **error);

#endif
