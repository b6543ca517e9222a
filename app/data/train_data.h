// data.ini in a run's folder: what it is trained on, which config.json does not have,
// since model/ knows of no folders and no MIDI.
#ifndef APP_DATA_TRAIN_DATA_H
#define APP_DATA_TRAIN_DATA_H

#include "app/data/augment_range.h"

// What a weight that is not 0 can be.
#define TRAIN_DATA_LEAST 0.001
#define TRAIN_DATA_MOST  1000

typedef struct TrainData {
    char **folders;    // owned, NULL-terminated; absolute paths; NULL: not known. Of
                       // ids (ids_list.h) files, too
    char **validation; // owned; of ids: files to validate on; NULL: none are named
    double *mix;       // owned; the weight of each one's pieces (corpus.h)
    bool validate_all; // on every folder, not on the first alone
    int64_t tokens;    // of all splits, when the run began; 0: not known
    bool augment;
    AugmentRange range; // of the augmentation
} TrainData;

// A run may have no such file; one that cannot be read is an error. To be cleared
// either way.
bool train_data_read(TrainData *ret, const char *run, GError **error);
bool train_data_write(const TrainData *d, const char *run, GError **error);

// Takes over new paths; the weights stay if there are as many, else become 1.
void train_data_set_folders(TrainData *d, char **folders);

void train_data_clear(TrainData *d); // accepts a zeroed struct

#endif
