// One run of `par-midi train`: a new one, one that is resumed, or a cooldown, with its
// options, its folder and its training data.
#ifndef APP_COMMANDS_TRAIN_TRAIN_TASK_H
#define APP_COMMANDS_TRAIN_TRAIN_TASK_H

#include "app/commands/train/train_plan.h"
#include "app/data/train_data.h"

typedef struct TrainTask {
    Ranks ranks;
    TrainArguments arguments;
    TrainOptions options;
    Encoding encoding;
    Model from; // the model of --from; zeroed: none
    char *run;  // owned
    TrainData data;
    int known_changes; // the number of changes when the run was last saved
    Corpus corpus;
    GPtrArray *reasons; // owned; a line for each file left out
    Pool *pool;         // owned, as the trainer: NULL until the corpus is open
    Trainer *trainer;
} TrainTask;

// Rank 0 alone reads, writes and reports.
static inline bool train_task_leads(const TrainTask *t) { return t->ranks.rank == 0; }

// Returns a file of the run's folder, to be freed with g_free.
char *train_task_file(const TrainTask *t, const char *name);

// Finds out how the given folders are encoded; `otherwise` if no tokenizer is chosen.
// Returns 0, or the exit status after a message, as do the next two.
int train_task_encoding(const TrainArguments *a, TokenizerKind otherwise,
                        Encoding *ret);

// Turns the arguments into the options, the folder and the training data of the run.
int train_task_prepare(TrainTask *t);

// Refuses a run that would overwrite the model that it begins with, or the corpus's
// cache, with a file of its folder (trainer.h, train_data.h).
int train_task_check_outputs(TrainTask *t);

// Opens the corpus. The copy task makes its own data, and the corpus stays empty.
bool train_task_open_corpus(TrainTask *t, GError **error);

void train_task_clear(TrainTask *t); // accepts a zeroed task

#endif
