// The options of `par-midi train`: read, checked and made into the trainer's.
#ifndef APP_COMMANDS_TRAIN_ARGUMENTS_H
#define APP_COMMANDS_TRAIN_ARGUMENTS_H

#include "app/data/augment_range.h"
#include "app/data/encoding.h"
#include "model/train/trainer.h"

// Those that are numbers.
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
    // Owned, as all texts here; NULL: not given.
    char *out, *task, *preset, *tokenizer, *optimizer, *from, *cache, *resume;
    char *install; // a name
    char *schedule, *recall, *windows, *mix, *cooldown;
    char **changes, **validation; // NULL-terminated, or NULL
    char *augment[AUGMENT_SETTINGS];
    bool copy;           // the task is copy.h's, without a folder
    gboolean ids;        // the folders are files of ids, too
    gboolean plain;      // no augmentation
    gboolean only_float; // no bf16 products
    gboolean validate_all;
    gboolean check, json;
    double number[TRAIN_NUMBERS];
} TrainArguments;

// False: *status is the exit status, after a sentence. To be cleared either way.
bool train_arguments_parse(TrainArguments *a, int argc, char **argv, int *status);
void train_arguments_clear(TrainArguments *a);

// The tokenizer asked for, else `otherwise`. Returns 0, or the status after a sentence.
int train_arguments_tokenizer(const TrainArguments *a, TokenizerKind otherwise,
                              TokenizerKind *ret);

// The encoding of files of ids that were found to be numbers of 16 bits or, else,
// bytes. Returns as above.
int train_arguments_ids(const TrainArguments *a, bool wide, Encoding *ret);

// The preset asked for, else the one that the run's length fills on two cores.
const char *train_arguments_preset(const TrainArguments *a);

// The options of a new run: the preset's, changed by what was given; the encoding does
// not matter to copies. With a model to begin with, `from`, its shape, and a third of
// the preset's rate: it has the most of its way behind it. Returns as above.
int train_arguments_options(const TrainArguments *a, const Encoding *encoding,
                            const Config *from, TrainOptions *ret);

// Changes what may change when a run goes on: its length, how often it reports, and
// what is yet to come of --change. Returns 0, or the status after a sentence.
int train_arguments_extend(const TrainArguments *a, TrainOptions *o);

// Makes a constant run's options those of its cooldown: its own length, all of the
// prefix, and what else was given. Returns as above.
int train_arguments_branch(const TrainArguments *a, TrainOptions *o);

// Changes the ranges of the augmentation that were given. Returns as above.
int train_arguments_augment(const TrainArguments *a, AugmentRange *range);

// The weights that were given, of so many folders. Returns as above.
int train_arguments_mix(const TrainArguments *a, double *mix, int folders);

int train_arguments_threads(const TrainArguments *a); // 0: every core

#endif
