// The schedule of a run: the learning rate and the settings that apply at each step.
//
//     rate = peak * min(1, (step + 1) / warmup) * shape(done)
//     cosine    0.01 + 0.99 (1 + cos(pi done)) / 2
//     constant  1
//     cooldown  1 - sqrt(done)
//
// `done` is the share of the run that is completed, 0-1. A constant run has no natural
// end; it can be extended whenever there is time. What it has learned shows when the
// rate is lowered. That is done on a branch: a run of its own that begins with the
// state of the constant run (weights and moments) and leaves that run as it is (Haegele
// et al. 2024, "Scaling laws and compute-optimal training beyond fixed training
// durations").
//
// A change gives a setting another value from some step on: for example a growing
// batch, late dropout, or more latents towards the end. The schedule is a function of
// the options and the step (and of the clock, for a run of a given number of minutes),
// so a resumed run has the same one.
#ifndef MODEL_TRAIN_SCHEDULE_H
#define MODEL_TRAIN_SCHEDULE_H

#include "model/train/trainer.h"

// The names of the shapes above, as in config.json; NULL-terminated.
extern const char *const schedule_names[];

// Returns the learning rate for the update after `step` steps, where `now` holds the
// settings of this step and `done` is the completed share of the run.
double schedule_rate(const TrainOptions *now, int64_t step, double done);

// Returns the options that apply at `step`: with all changes up to it made, and with
// the weight decay computed if `decay_epochs` asks for it, for epochs of
// `epoch_tokens`.
TrainOptions schedule_options(const TrainOptions *o, int64_t step,
                              int64_t epoch_tokens);

// Returns the configuration with the largest number of latents that the options ever
// reach.
Config schedule_largest(const TrainOptions *o);

// Returns the smallest batch that the options ever reach. Each process needs one window
// of it.
int schedule_smallest_batch(const TrainOptions *o);

// Reads a change "STEP:NAME=VALUE" and appends it to the options. Fails if the text has
// another form, the setting cannot change, the value is out of bounds, or there are too
// many changes.
bool schedule_add_change(TrainOptions *o, const char *text, GError **error);

// Returns the name of the setting, as config.json has it.
const char *schedule_change_name(const TrainChange *c);

#endif
