// What `par-midi train` says: what it is about to do, how it goes, how it ended.
#ifndef APP_COMMANDS_TRAIN_VIEW_H
#define APP_COMMANDS_TRAIN_VIEW_H

#include "app/base/progress.h"
#include "app/data/dataset.h"
#include "model/train/trainer.h"

typedef struct TrainView {
    const char *run; // borrowed
    Progress progress;
    TrainStatus last; // the newest; step 0: none yet
} TrainView;

// On stderr: the corpus; and the model, the memory it takes, for how long and by whom.
void train_announce_corpus(const char *folder, const Corpus *corpus,
                           const Encoding *encoding, const DatasetReport *report);
void train_announce(const TrainOptions *o, const char *run, const Ranks *ranks);

// The trainer's reports: one line redrawn on a terminal, where validations stay, and
// plain lines elsewhere. `data` is a TrainView.
void train_view_begin(TrainView *v, const char *run);
bool train_view_show(void *data, const TrainStatus *s);
void train_view_end(TrainView *v);

// On stdout: how the run ended, what its best model is and how to use it, by its name
// if it was installed under one, else NULL.
void train_conclude(const TrainView *v, const TrainOptions *o, int signal,
                    const char *installed);

#endif
