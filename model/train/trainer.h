// The training loop: draw, forward, backward, update; validate, save, report.
//
// A run is a folder:
//   config.json        what was asked for
//   metrics.jsonl      a line per report and per validation, appended
//   curves.svg         the losses as a picture
//   last.safetensors   the newest model
//   best.safetensors   the best on validation
//   average.safetensors  the newest average of the weights, where one is kept
//   state.safetensors  float weights, moments, step: what --resume goes on from
//   previous.safetensors  the state before, for when that one is damaged
//
// All but the metrics are replaced as a whole, and metrics later than the state are
// forgotten, so a run that is killed at any moment can be resumed. Windows and dropout
// are functions of (seed, step), and in a run of so many steps the schedule is too:
// resuming is then bit for bit on the same machine. In a run of so many minutes the
// schedule follows the clock.
//
// Several processes (ranks.h) share each batch and add up their gradients in one sum a
// step; everything else about a step all of them do alike. The run is the same but for
// rounding, whatever their number, and may go on with another.
#ifndef MODEL_TRAIN_TRAINER_H
#define MODEL_TRAIN_TRAINER_H

#include "model/files/model.h"
#include "model/kernels/pool.h"
#include "model/train/batch.h"
#include "model/train/copy.h"
#include "model/train/ranks.h"

// How the learning rate goes: schedule.h.
typedef enum TrainSchedule {
    SCHEDULE_COSINE,
    SCHEDULE_CONSTANT,
    SCHEDULE_COOLDOWN, // a branch of a constant run
} TrainSchedule;

// Where the windows come from: batch.h. The names are those of config.json.
typedef enum TrainWindows {
    WINDOWS_ANYWHERE,
    WINDOWS_EPOCH,
} TrainWindows;
extern const char *const train_windows[]; // "anywhere", "epoch"; NULL-terminated

// The settings that may take another value on the way.
typedef enum TrainSetting {
    TRAIN_SETTING_BATCH,
    TRAIN_SETTING_LATENTS,
    TRAIN_SETTING_RATE,
    TRAIN_SETTING_DROPOUT,
    TRAIN_SETTING_KEEP,
    TRAIN_SETTINGS,
} TrainSetting;

typedef struct TrainChange {
    int64_t step; // from here on
    TrainSetting setting;
    double value;
} TrainChange;

enum { TRAIN_CHANGES = 32 }; // at most

typedef struct TrainOptions {
    Config config;
    const char *tokenizer; // its name, for the checkpoint; borrowed. COPY_TOKENIZER
                           // trains copy.h's task
    int batch;             // windows in a step (gradients are accumulated)
    int64_t steps;         // the run's length: in steps,
    double minutes;        // or in minutes if not 0
    int muon;              // whether the inner matrices have muon.h's updates
    int schedule;          // a TrainSchedule
    double rate;           // the peak learning rate
    double reading;        // of recall's tables, in times the rate; 0: once
    int64_t warmup;        // steps of linear warm-up
    double decay;          // of the weights in matrices
    double decay_epochs;   // not 0: decay = 1 / (rate * this * steps an epoch) instead,
                           // so that weights forget over so many epochs
    double average;        // factor of the weights' average (average.h); 0: none
    double beta2;   // AdamW's; the paper's 0.999 wants more steps than an hour has
    double dropout; // on the output of each Attn and MLP
    int windows;    // a TrainWindows
    double keep;    // share of the prefix that prefix dropout keeps,
    int span;       // in spans of up to so many inputs (batch.h); 0, 1: one by one
    double bias;    // share of ln(1 / keep) added to the scores of what is kept
    double clip;    // gradient norm
    int mixed;      // products in bf16 where the CPU can; see product.h
    uint64_t seed;
    int report_every, validate_every, save_every; // steps; 0: choose
    int validation_windows;                       // spread over the split; 0: choose
    int64_t branched;        // of a cooldown: the step at which it left its run,
    double branched_elapsed; // after so many seconds of training
    TrainChange changes[TRAIN_CHANGES]; // in the order of their steps
    int change_count;
} TrainOptions;

// Presets: tiny, small, base, paper; and copy, for that task. False: no such name.
// Fills all but the tokenizer, vocabulary and length of the run.
bool train_preset(TrainOptions *ret, const char *name);
extern const char *const train_presets[]; // those for music; NULL-terminated

// Whether the task is copy.h's.
bool train_copies(const TrainOptions *o);

// Bytes that a run needs at its peak: parameters, gradient, moments and activations.
size_t train_memory(const TrainOptions *o);

typedef struct TrainStatus {
    int64_t step, steps;   // steps: as asked, or as estimated from the minutes
    double loss;           // nats a token, mean since the last report
    double validation;     // nats a token, newest; NaN before the first
    double average;        // the same of the average of the weights; NaN without one
    double best;           // the lowest validation so far; NaN before the first
    double rate;           // learning rate
    double norm;           // of the gradient, before clipping
    double latents_second; // trained positions a second since the last report
    double elapsed, left;  // seconds; left is an estimate
    CopyScore copy;        // at the newest validation, where that is the task
    bool validated;        // `validation` is new
    bool saved;            // the run's files are on the disk
} TrainStatus;

// Called at every report, on the training thread. False stops the run: it saves and
// ends.
typedef bool (*TrainReport)(void *data, const TrainStatus *status);

typedef struct Trainer Trainer;

// `run` is created, or for a resume found; `augment` may be NULL, and `corpus` where
// copies are the task. Everything handed over is borrowed until trainer_free(). Fails
// if a rank would have no window.
Trainer *trainer_new(const TrainOptions *o, const Corpus *corpus, const char *run,
                     BatchAugment augment, void *augment_data, Pool *pool,
                     const Ranks *ranks, GError **error);

// Begins with the weights of a model of the same shape but for the vocabulary
// (parameters_take()) instead of random ones, and saves that: a run that is killed soon
// has it again. Rank 0's to do.
bool trainer_begin_with(Trainer *t, const Model *from, GError **error);

// Begins where the run in the folder `parent` stands, as trainer_resume() would, in a
// run of its own: a cooldown's branch. The parent's files stay as they are. Rank 0's.
bool trainer_branch(Trainer *t, const char *parent, char **ret_trouble, GError **error);

int64_t trainer_step(const Trainer *t); // how many steps it has made

// Reads what a run was asked for back from its config.json, for --resume; tokenizer is
// to be freed with g_free.
bool train_options_load(TrainOptions *ret, const char *run, GError **error);

// Whether the run has a state to resume from. Rank 0's to ask.
bool trainer_has_saved(const Trainer *t);

// Continues from state.safetensors in the run's folder or, if that is damaged or
// missing, from the previous one: then *ret_trouble is a sentence that says so, to be
// freed, else NULL. Rank 0's to do.
bool trainer_resume(Trainer *t, char **ret_trouble, GError **error);

// Trains to the end, or until `report` or `*stop` says so; then saves. A stop is heard
// between two windows: the step at hand is dropped, a validation is made up for when
// the run goes on. Of several ranks a stop saves only the state. All call it, having
// agreed; rank 0 alone reports. False: the loss diverged (the last good checkpoint
// stays) or a file failed.
bool trainer_run(Trainer *t, TrainReport report, void *data, const volatile int *stop,
                 GError **error);
void trainer_free(Trainer *t); // accepts NULL

#endif
