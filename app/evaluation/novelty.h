// An index of the music that a model was trained on, to search it for passages that the
// model plays.
#ifndef APP_EVALUATION_NOVELTY_H
#define APP_EVALUATION_NOVELTY_H

#include "midi/analysis/match.h"
#include "midi/vocabulary.h"

#include <glib.h>

typedef struct Novelty {
    MatchIndex *index; // owned; of the pieces' notes
    GPtrArray *names;  // owned; of the files, as Match.piece counts them
} Novelty;

// Indexes the training split of a folder as training reads it (dataset.h, whose cache
// is used), with progress on stderr. Fails as dataset_open() does, or if the split is
// empty or *interrupt_flag() is set.
bool novelty_open(Novelty *ret, const char *folder, TokenizerKind kind, GError **error);
void novelty_close(Novelty *n); // accepts a zeroed struct

#endif
