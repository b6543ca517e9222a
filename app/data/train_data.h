// The file data.ini in a run's folder says what the run is trained on. This is not in
// config.json, since model/ knows no folders and no MIDI.
#ifndef APP_DATA_TRAIN_DATA_H
#define APP_DATA_TRAIN_DATA_H

#include "app/data/augment_range.h"

// The smallest and largest weight other than 0.
#define TRAIN_DATA_LEAST 0.001
#define TRAIN_DATA_MOST  1000

typedef struct TrainData {
    char **folders;    // owned, NULL-terminated; absolute paths; NULL: unknown. For ids
                       // (ids_list.h) they may be files too
    char **validation; // owned; for ids: the validation files; NULL: none are named
    double *mix;       // owned; the weight of the pieces of each folder (corpus.h)
    bool validate_all; // validate on every folder, not on the first alone
    int64_t tokens;    // of all splits, when the run began; 0: unknown
    bool augment;
    AugmentRange range; // the ranges of the augmentation
} TrainData;

// Reads the file. A run without the file is no error; a file that cannot be read is.
// `ret` must be cleared in either case.
bool train_data_read(TrainData *ret, const char *run, GError **error);
bool train_data_write(const TrainData *d, const char *run, GError **error);

// Sets new paths. The weights stay if there are as many paths as before; otherwise each
// becomes 1.
void train_data_set_folders(TrainData *d, char **folders);

void train_data_clear(TrainData *d); // accepts a zeroed struct

#endif
