// The options of `par-midi train`, read, checked and converted to those of the trainer.
#ifndef APP_COMMANDS_TRAIN_TRAIN_ARGUMENTS_H
#define APP_COMMANDS_TRAIN_TRAIN_ARGUMENTS_H

#include "app/data/augment_range.h"
#include "app/data/encoding.h"
#include "model/train/trainer.h"

// The options with numbers as values.
typedef enum TrainNumber {
    TRAIN_STEPS,
    TRAIN_MINUTES,
    TRAIN_BATCH,
    TRAIN_RATE,
    TRAIN_WARMUP,
    TRAIN_DECAY,
    TRAIN_DECAY_EPOCHS,
    TRAIN_AVERAGE,
    TRAIN_BETA2,
    TRAIN_DROPOUT,
    TRAIN_KEEP,
    TRAIN_SPAN,
    TRAIN_BIAS,
    TRAIN_CONTEXT,
    TRAIN_LATENTS,
    TRAIN_WIDTH,
    TRAIN_HEADS,
    TRAIN_LAYERS,
    TRAIN_CAP,
    TRAIN_SEED,
    TRAIN_VOCABULARY,
    TRAIN_THREADS,
    TRAIN_VALIDATE_EVERY,
    TRAIN_SAVE_EVERY,
    TRAIN_REPORT_EVERY,
    TRAIN_NUMBERS,
} TrainNumber;

typedef struct TrainArguments {
    char **folders; // NULL: not given
    // Owned, as are all texts here; NULL: not given.
    char *out, *task, *preset, *tokenizer, *optimizer, *from, *cache, *resume;
    char *install;    // the name to install the model under
    char *repertoire; // the index to write
    char *schedule, *recall, *gates, *values, *windows, *mix, *cooldown;
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

// Finds the chosen tokenizer, by default `otherwise`. Returns 0, or the exit status
// after a message, as do all functions below that return an int.
int train_arguments_tokenizer(const TrainArguments *a, TokenizerKind otherwise,
                              TokenizerKind *ret);

// Finds the encoding of files of ids: numbers of 16 bits if `wide`, otherwise bytes.
int train_arguments_ids(const TrainArguments *a, bool wide, Encoding *ret);

// Returns the chosen preset, by default the one that a run of this length can train on
// two cores.
const char *train_arguments_preset(const TrainArguments *a);

// Makes the options of a new run: the preset's, changed by the given options. The copy
// task ignores the encoding. A run that begins with a model, `from`, has that model's
// shape and a third of the preset's rate, since most of the training is already done.
int train_arguments_options(const TrainArguments *a, const Encoding *encoding,
                            const Config *from, TrainOptions *ret);

// Changes what may change when a run is resumed: its length, its reports, and later
// changes by --change.
int train_arguments_extend(const TrainArguments *a, TrainOptions *o);

// Turns the options of a constant run into those of its cooldown: its own length, the
// whole prefix, and the given options.
int train_arguments_branch(const TrainArguments *a, TrainOptions *o);

// Changes the ranges of the augmentation that were given.
int train_arguments_augment(const TrainArguments *a, AugmentRange *range);

// Sets the weights that were given for the folders.
int train_arguments_mix(const TrainArguments *a, double *mix, int folders);

int train_arguments_threads(const TrainArguments *a); // 0: every core

#endif
