// data.ini in a run's folder: what it is trained on, which config.json does not have,
// since model/ knows of no folders and no MIDI.
#ifndef APP_TRAIN_DATA_H
#define APP_TRAIN_DATA_H

#include "app/augment_range.h"

typedef struct TrainData {
    char *folder;   // owned; its path is absolute; NULL: not known
    int64_t tokens; // of all splits, when the run began; 0: not known
    bool augment;
    AugmentRange range; // of the augmentation
} TrainData;

// A run may have no such file; one that cannot be read is an error. To be cleared
// either way.
bool train_data_read(TrainData *ret, const char *run, GError **error);
bool train_data_write(const TrainData *d, const char *run, GError **error);
void train_data_clear(TrainData *d); // accepts a zeroed struct

#endif
