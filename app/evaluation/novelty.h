// Makes an index of the music that a model was trained on, to search it for passages
// that the model plays.
#ifndef APP_EVALUATION_NOVELTY_H
#define APP_EVALUATION_NOVELTY_H

#include "app/generation/repertoire.h"
#include "midi/vocabulary.h"

// Indexes the training splits of folders as training reads them (dataset.h, whose cache
// is used), with progress on stderr. A piece is called as a CSV calls it
// (dataset_list.h), or else by its file's name. Fails as dataset_open() does, or if the
// split of one is empty or *interrupt_flag() is set.
bool novelty_read(Repertoire *ret, char *const *folders, TokenizerKind kind,
                  GError **error);

// Loads the file of an index, or indexes a folder.
bool novelty_open(Repertoire *ret, const char *path, TokenizerKind kind,
                  GError **error);

#endif
