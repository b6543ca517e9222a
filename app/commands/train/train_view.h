// What `par-midi train` prints: its plan, its progress and its result.
#ifndef APP_COMMANDS_TRAIN_TRAIN_VIEW_H
#define APP_COMMANDS_TRAIN_TRAIN_VIEW_H

#include "app/base/progress.h"
#include "app/data/dataset.h"
#include "model/train/trainer.h"

typedef struct TrainView {
    const char *run; // borrowed
    Progress progress;
    TrainStatus last; // the newest report; step 0: none yet
} TrainView;

// Prints the corpus, the model, its memory, the length of the run and the ranks to
// stderr.
void train_announce_corpus(const char *folder, const Corpus *corpus,
                           const Encoding *encoding, const DatasetReport *report);
void train_announce(const TrainOptions *o, const char *run, const Ranks *ranks);
void train_announce_woken(int woken, const Config *c); // `c`: the --from model's shape

// Prints the trainer's reports: on a terminal one line that is redrawn, with a lasting
// line for each validation; elsewhere plain lines. `data` is a TrainView.
void train_view_begin(TrainView *v, const char *run);
bool train_view_show(void *data, const TrainStatus *s);
void train_view_end(TrainView *v);

// Prints to stdout how the run ended, where its best model is, and how to use it.
// `installed` is the name it was installed under, or NULL.
void train_conclude(const TrainView *v, const TrainOptions *o, int signal,
                    const char *installed);

#endif
