// The options of `par-midi train`, read and checked.
#ifndef APP_COMMANDS_TRAIN_TRAIN_ARGUMENTS_H
#define APP_COMMANDS_TRAIN_TRAIN_ARGUMENTS_H

#include "app/commands/train/train_numbers.h"
#include "app/data/augment_range.h"

#include <glib.h>

typedef struct TrainArguments {
    char **folders; // NULL: not given
    // Owned, as are all texts here; NULL: not given.
    char *out, *task, *preset, *tokenizer, *optimizer, *from, *cache, *resume;
    char *install;    // the name to install the model under
    char *repertoire; // the index to write
    char *schedule, *recall, *chords, *gates, *values, *windows, *mix, *cooldown;
    char **changes, **validation; // NULL-terminated, or NULL
    char *augment[AUGMENT_SETTINGS];
    bool copy;           // the copy task (copy.h), without a folder
    gboolean ids;        // the data are files of ids
    gboolean plain;      // no augmentation
    gboolean only_float; // no bf16 products
    gboolean validate_all;
    gboolean wake; // revive the silent units of --from
    gboolean check, json;
    double number[TRAIN_NUMBERS];
} TrainArguments;

// Reads the options. Returns false after a message, with the exit status in *status.
// Must be cleared in either case.
bool train_arguments_parse(TrainArguments *a, int argc, char **argv, int *status);
void train_arguments_clear(TrainArguments *a);
bool train_arguments_given(const TrainArguments *a, TrainNumber n);

#endif
