// Reads and writes the files in a run's folder. See trainer.h for the list.
#ifndef MODEL_TRAIN_RUN_H
#define MODEL_TRAIN_RUN_H

#include "model/train/optimizer/optimizer.h"
#include "model/train/trainer.h"

// The progress of a run, apart from its weights and moments.
typedef struct RunState {
    int64_t step;
    double elapsed; // seconds of training, summed over all starts of the program
    double best, validation;     // nats per token; NaN before the first validation
    double average;              // the newest validation of the weights' average
    double loss_sum;             // the sum of losses since the last report, over
    int64_t loss_count;          // so many latents
    int64_t reported, validated; // the steps of the last report and validation
    CopyCourse course;
} RunState;

// One line of metrics.jsonl. Numbers that are NaN are left out.
typedef struct Metric {
    int64_t step;
    double loss, validation, average, rate, norm, latents_second, elapsed;
    double epoch; // how many epochs are done (epoch.h)
} Metric;

// The tensors that the state file holds. All are borrowed.
typedef struct RunTensors {
    Parameters *weights, *average; // the average is a zeroed struct if none is kept
    Optimizer *optimizer;
} RunTensors;

typedef struct TrainRun {
    char *folder;       // owned
    GArray *metrics;    // owned; Metric, as in metrics.jsonl
    bool state_damaged; // until the next save, only the previous state is good
} TrainRun;

// Opens the folder of a run, and creates it if it is missing.
bool run_open(TrainRun *ret, const char *folder, GError **error);

// Reads the metrics up to `step`, where the run continues. Later lines, which a killed
// run wrote after its last save, are removed from the file too.
bool run_forget(TrainRun *r, int64_t step, GError **error);
void run_close(TrainRun *r);

bool run_write_options(const TrainRun *r, const TrainOptions *o, GError **error);
bool run_add_metric(TrainRun *r, const Metric *m, GError **error);
bool run_write_curves(const TrainRun *r, GError **error);
bool run_write_model(const TrainRun *r, const char *name, const TrainOptions *o,
                     const Parameters *w, const RunState *at, double validation,
                     GError **error);

// Returns whether there is a saved state, good or damaged.
bool run_has_state(const TrainRun *r);

// Writes the state. The state that was there becomes the previous one, unless
// run_read_state() found it damaged. There is a good state on the disk at every moment.
bool run_write_state(TrainRun *r, RunTensors tensors, const RunState *at,
                     GError **error);
// Reads the newest state or, if it is damaged, the previous one. In that case
// *ret_trouble is a sentence that says so, to be freed with g_free; otherwise it is
// NULL.
bool run_read_state(TrainRun *r, RunTensors ret, RunState *at, char **ret_trouble,
                    GError **error);

#endif
