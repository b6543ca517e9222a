// Makes an index of the music that a model was trained on, which is then searched for
// passages that the model plays.
#ifndef APP_DATA_NOVELTY_H
#define APP_DATA_NOVELTY_H

#include "app/data/repertoire.h"
#include "midi/vocabulary.h"
#include "model/train/data/corpus.h"

// Indexes the training splits of folders as training reads them (dataset.h, whose cache
// is used), with progress on stderr. The name of a piece is its title in a CSV file
// (dataset_list.h), or else its file's name. Fails as dataset_open() does, and also if
// a folder has an empty training split or *interrupt_flag() is set.
bool novelty_read(Repertoire *ret, char *const *folders, TokenizerKind kind,
                  GError **error);

// Indexes the training split of the corpus of these folders, which is open, apart from
// pieces of weight 0 (corpus.h). The result can be written (repertoire_bytes()) but not
// searched. It takes some seconds for a large corpus. Fails as novelty_read() does,
// except for the flag.
bool novelty_of_corpus(Repertoire *ret, const Corpus *c, char *const *folders,
                       TokenizerKind kind, GError **error);

// Loads an index from a file, or makes one from a folder.
bool novelty_open(Repertoire *ret, const char *path, TokenizerKind kind,
                  GError **error);

#endif
