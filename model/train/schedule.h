// What a run does at each of its steps: the learning rate, and which settings hold.
//
//     rate = peak * min(1, (step + 1) / warmup) * shape(done)
//     cosine    0.01 + 0.99 (1 + cos(pi done)) / 2
//     constant  1
//     cooldown  1 - sqrt(done)
//
// `done` is the share of the run that is behind it, 0-1. A constant run has no end by
// nature: it is made longer as often as there is time. What it has learned shows when
// the rate comes down, which is done on a branch, a run of its own that begins with the
// constant one's state, weights and moments, and leaves that as it is (Haegele et al.
// 2024, "Scaling laws and compute-optimal training beyond fixed training durations").
//
// A change gives a setting another value from a step on: a batch that grows, dropout
// that comes late, more latents towards the end. All of this is a function of the
// options and the step (with a length in minutes: and the clock), so a run that is
// resumed has the same.
#ifndef MODEL_TRAIN_SCHEDULE_H
#define MODEL_TRAIN_SCHEDULE_H

#include "model/train/trainer.h"

// The names of the shapes above, as in config.json; NULL-terminated.
extern const char *const schedule_names[];

// The learning rate of a run whose settings are `now`, before its update number `step`.
double schedule_rate(const TrainOptions *now, int64_t step, double done);

// The options as they hold at `step`: every change up to there made, and the decay by
// its rule where that is asked for (`decay_epochs`), of an epoch of so many tokens.
TrainOptions schedule_options(const TrainOptions *o, int64_t step,
                              int64_t epoch_tokens);

// The shape with the most latents that the options ever come to.
Config schedule_largest(const TrainOptions *o);

// The fewest windows a step that the options ever come to: each process needs one.
int schedule_smallest_batch(const TrainOptions *o);

// Reads "STEP:NAME=VALUE", NAME being one of the settings that may change, and appends
// it. Fails if it is not of that form, out of bounds, or one too many.
bool schedule_add_change(TrainOptions *o, const char *text, GError **error);

// The setting's name; for config.json.
const char *schedule_change_name(const TrainChange *c);

#endif
