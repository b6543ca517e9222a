// What the options of `par-midi train` mean: the options of the trainer, and how its
// data are encoded, augmented and mixed.
#ifndef APP_COMMANDS_TRAIN_TRAIN_PLAN_H
#define APP_COMMANDS_TRAIN_TRAIN_PLAN_H

#include "app/commands/train/train_arguments.h"
#include "app/data/encoding.h"
#include "model/train/trainer.h"

// Finds the chosen tokenizer, by default `otherwise`. Returns 0, or the exit status
// after a message, as do all functions below that return an int.
int train_plan_tokenizer(const TrainArguments *a, TokenizerKind otherwise,
                         TokenizerKind *ret);

// Finds the encoding of files of ids: numbers of 16 bits if `wide`, otherwise bytes.
int train_plan_ids(const TrainArguments *a, bool wide, Encoding *ret);

// Returns the chosen preset, by default the one that a run of this length can train on
// two cores.
const char *train_plan_preset(const TrainArguments *a);

// Makes the options of a new run: the preset's, changed by the given options. The copy
// task ignores the encoding. A run that begins with a model, `from`, has that model's
// shape and a third of the preset's rate, since most of the training is already done.
int train_plan_options(const TrainArguments *a, const Encoding *encoding,
                       const Config *from, TrainOptions *ret);

// Changes what may change when a run is resumed: its length, its reports, and later
// changes by --change.
int train_plan_extend(const TrainArguments *a, TrainOptions *o);

// Turns the options of a constant run into those of its cooldown: its own length, the
// whole prefix, and the given options.
int train_plan_branch(const TrainArguments *a, TrainOptions *o);

// Changes the ranges of the augmentation that were given.
int train_plan_augment(const TrainArguments *a, AugmentRange *range);

// Sets the weights that were given for the folders.
int train_plan_mix(const TrainArguments *a, double *mix, int folders);

int train_plan_threads(const TrainArguments *a); // 0: every core

#endif
