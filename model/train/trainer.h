// The training loop: draw windows, forward, backward, update; validate, save, report.
//
// A run is a folder:
//   config.json        what was asked for
//   metrics.jsonl      a line is appended for each report and validation
//   curves.svg         the losses as a picture
//   last.safetensors   the newest model
//   best.safetensors   the best on validation
//   average.safetensors  the newest average of the weights, if one is kept
//   state.safetensors  float weights, moments and step: --resume continues from it
//   previous.safetensors  the state before it, used if the newest is damaged
//
// All files but the metrics are replaced as a whole, and metrics later than the state
// are dropped on resuming, so a run that is killed at any moment can be resumed.
// Windows and dropout are functions of (seed, step). In a run of a given number of
// steps the schedule is one too, and a resumed run gives the same bits on the same
// machine. In a run of a given number of minutes the schedule follows the clock.
//
// Several processes (ranks.h) may share each batch. They sum their gradients once per
// step and do everything else in the same way. Up to rounding, the run does not depend
// on their number, and it may be resumed with another number.
#ifndef MODEL_TRAIN_TRAINER_H
#define MODEL_TRAIN_TRAINER_H

#include "model/files/model.h"
#include "model/kernels/pool.h"
#include "model/train/data/batch.h"
#include "model/train/data/copy.h"
#include "model/train/ranks.h"

// The shape of the learning rate; see schedule.h.
typedef enum TrainSchedule {
    SCHEDULE_COSINE,
    SCHEDULE_CONSTANT,
    SCHEDULE_COOLDOWN, // a branch of a constant run
} TrainSchedule;

// Where the windows come from; see batch.h. The names are those of config.json.
typedef enum TrainWindows {
    WINDOWS_ANYWHERE,
    WINDOWS_EPOCH,
} TrainWindows;
extern const char *const train_windows[]; // "anywhere", "epoch"; NULL-terminated

// The settings that may change during a run.
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

enum { TRAIN_CHANGES = 32 }; // the most changes of a run

typedef struct TrainOptions {
    Config config;
    const char *tokenizer; // its name, for the checkpoint; borrowed. COPY_TOKENIZER
                           // trains copy.h's task
    int batch;             // windows in a step (gradients are accumulated)
    int64_t steps;         // the run's length: in steps,
    double minutes;        // or in minutes if not 0
    int muon;              // whether Muon (muon.h) updates the inner matrices
    int schedule;          // a TrainSchedule
    double rate;           // the peak learning rate
    double reading;        // the factor of the rate for recall's tables; 0 means 1
    int64_t warmup;        // steps of linear warm-up
    double decay;          // the weight decay of matrices
    double decay_epochs; // if not 0, the decay is 1 / (rate * this * steps per epoch),
                         // so that weights decay over so many epochs
    double average; // the factor of the weights' average (average.h); 0: no average
    double beta2;   // AdamW's; the paper's 0.999 needs more steps than an hour allows
    double dropout; // on the output of each Attn and MLP
    int windows;    // a TrainWindows
    double keep;    // the share of the prefix that prefix dropout keeps,
    int span;       // in spans of up to so many inputs (batch.h); 0, 1: one by one
    double bias; // the share of ln(1 / keep) that is added to the scores of kept inputs
    double clip; // the largest norm of the gradient
    int mixed;   // products in bf16 if the CPU can (product.h)
    uint64_t seed;
    int report_every, validate_every, save_every; // in steps; 0: chosen automatically
    int validation_windows;  // spread over the split; 0: chosen automatically
    int64_t branched;        // of a cooldown: the step at which it left its parent,
    double branched_elapsed; // after so many seconds of training
    TrainChange changes[TRAIN_CHANGES]; // in the order of their steps
    int change_count;
} TrainOptions;

// Fills in everything but the tokenizer, the vocabulary and the length of the run.
// Presets are tiny, small, base and paper, and copy for that task. Returns false if
// there is no preset of this name.
bool train_preset(TrainOptions *ret, const char *name);
extern const char *const train_presets[]; // those for music; NULL-terminated

// Returns whether the task is the copy task of copy.h.
bool train_copies(const TrainOptions *o);

// Returns the bytes that a run needs at its peak: parameters, gradient, moments and
// activations.
size_t train_memory(const TrainOptions *o);

typedef struct TrainStatus {
    int64_t step, steps;   // `steps` is the option, or estimated from the minutes
    double loss;           // nats per token, the mean since the last report
    double validation;     // nats per token, the newest; NaN before the first
    double average;        // the same for the average of the weights; NaN without one
    double best;           // the lowest validation so far; NaN before the first
    double rate;           // learning rate
    double norm;           // the gradient's norm before clipping
    double latents_second; // positions trained per second since the last report
    double elapsed, left;  // seconds; left is an estimate
    CopyResult copy;       // of the newest validation, if the copy task is trained
    bool validated;        // `validation` is new
    bool saved;            // the run's files are on the disk
} TrainStatus;

// Called at every report, on the training thread. If it returns false, the run is saved
// and ends.
typedef bool (*TrainReport)(void *data, const TrainStatus *status);

typedef struct Trainer Trainer;

// Creates a trainer for the run in the folder `run`, which is created if it is missing.
// `augment` may be NULL, and so may `corpus` for the copy task. All arguments are
// borrowed until trainer_free(). Fails if a rank would have no window.
Trainer *trainer_new(const TrainOptions *o, const Corpus *corpus, const char *run,
                     BatchAugment augment, void *augment_data, Pool *pool,
                     const Ranks *ranks, GError **error);

// Starts from the weights of a model instead of random ones, and saves them, so that a
// run that is killed early can be resumed. The model must have the same shape, except
// that its vocabulary may differ and its layers may be fewer; see parameters_take(). If
// ret_woken is not NULL, units that are silent over the first step's windows are woken
// (wake.h), and *ret_woken is their number. Only rank 0 calls it.
bool trainer_begin_with(Trainer *t, const Model *from, int *ret_woken, GError **error);

// Starts a branch for a cooldown: a separate run that begins with the state of the run
// in the folder `parent`. The parent's files are not changed. Only rank 0 calls it.
bool trainer_branch(Trainer *t, const char *parent, char **ret_trouble, GError **error);

int64_t trainer_step(const Trainer *t); // the number of steps made so far

// Reads the options of a run back from its config.json, for --resume. The tokenizer is
// to be freed with g_free.
bool train_options_load(TrainOptions *ret, const char *run, GError **error);

// Returns whether the run has a state to resume from. Only rank 0 calls it.
bool trainer_has_saved(const Trainer *t);

// Continues from state.safetensors in the run's folder or, if that is damaged or
// missing, from the previous state. In that case *ret_trouble is a sentence that says
// so, to be freed with g_free; otherwise it is NULL. Only rank 0 calls it.
bool trainer_resume(Trainer *t, char **ret_trouble, GError **error);

// Trains to the end, or until `report` returns false or *stop is set; then saves. *stop
// is checked between windows: the current step is dropped, and an interrupted
// validation is repeated when the run is resumed. With several ranks a stop saves only
// the state. All ranks call it, after ranks_agree(); only rank 0 reports. Returns false
// if the loss diverged (the last good checkpoint stays) or a file failed.
bool trainer_run(Trainer *t, TrainReport report, void *data, const volatile int *stop,
                 GError **error);
void trainer_free(Trainer *t); // accepts NULL

#endif
