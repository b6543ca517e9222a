// What the files of the trainer share. Only they include this header.
//
//   trainer.c         beginning, resuming and branching a run; the loop
//   trainer_step.c    one step: its windows, gradients and update
//   trainer_record.c  what is due after a step: validating, saving, reporting
#ifndef MODEL_TRAIN_TRAINER_PARTS_H
#define MODEL_TRAIN_TRAINER_PARTS_H

#include "model/perceiver.h"
#include "model/train/optimizer/optimizer.h"
#include "model/train/run.h"
#include "model/train/trainer.h"

#define TRAINER_NONE ((double)NAN)

// What the ranks sum at each step besides the gradient. It follows the gradient in
// memory, so that one call sums both.
typedef struct TrainerSums {
    real loss;    // the sum of nats over
    real latents; // so many latents
    real clock;   // rank 0's seconds of training
    real ended;   // 1: rank 0 has ended the run and takes no part in the step
} TrainerSums;
enum { TRAINER_SUMS = sizeof(TrainerSums) / sizeof(real) };

struct Trainer {
    TrainOptions o, now; // the options as given, and as they apply at the current step
    Ranks ranks;
    const Corpus *corpus; // borrowed
    Pool *pool;           // borrowed
    struct {
        BatchSource source;
        Epochs epochs;     // a zeroed struct if windows are drawn from anywhere
        Segment *segments; // owned; those of the last step that took any
        int64_t drawing;   // the number of steps whose segments were taken
    } windows;
    Parameters w, dw, average; // the average may be empty
    Optimizer optimizer;
    Perceiver *net;
    TrainRun run;
    RunState at;
    struct {
        double norm;            // of the last step's gradient
        CopyResult copy;        // the score of the newest validation
        int64_t latents;        // positions trained since the last report
        gint64 reported, saved; // microseconds; saving and validating do not count
    } news;
    struct {
        gint64 sitting; // when this program began to train, microseconds
        double before;  // seconds of training before it
        double clock;   // rank 0's seconds of training at the last step's end
    } time;
};

// Returns whether this is rank 0, which reads, writes, validates and reports; the other
// ranks only take steps.
static inline bool trainer_leads(const Trainer *t) { return t->ranks.rank == 0; }

// ---- trainer.c

// Returns the seconds of training.
double trainer_elapsed(const Trainer *t);
// Returns the completed share of the run, 0-1. For a branch only its own part counts.
double trainer_progress(const Trainer *t);
bool trainer_write_state(Trainer *t, GError **error);

// ---- trainer_step.c

typedef enum TrainerStep {
    STEP_TAKEN,
    STEP_DROPPED, // stopped before the update, so nothing has changed
    STEP_LOST,    // a number was not finite, and nothing has changed
} TrainerStep;

// Takes one optimizer step over a batch, of which each rank has every count-th window.
TrainerStep trainer_take_step(Trainer *t, double rate, const volatile int *stop);
// Adds the gradients of the step's windows, of which each rank has every count-th, and
// what they are to be divided by. Returns false if *stop was set.
bool trainer_gradients(Trainer *t, double *ret_loss, int64_t *ret_latents,
                       const volatile int *stop);
double trainer_epochs(Trainer *t); // so many are done; NaN: windows are from anywhere
// Tells the other ranks that the run has ended. They wait for the sum of the next step.
void trainer_say_ended(Trainer *t, const volatile int *stop);

// ---- trainer_record.c

// Sets the error of a run whose loss has diverged; returns false.
bool trainer_diverged(const Trainer *t, const char *what, GError **error);
bool trainer_validation_due(const Trainer *t);
bool trainer_validate(Trainer *t, const volatile int *stop, GError **error);
bool trainer_save_state(Trainer *t, GError **error); // unless it has diverged
bool trainer_save(Trainer *t, GError **error);       // the models and curves, too
// Does what is due after a step: record metrics, validate, save, report.
bool trainer_record(Trainer *t, double rate, TrainReport report, void *data,
                    const volatile int *stop, bool *going, GError **error);

#endif
