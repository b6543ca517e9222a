// A corpus: the tokens of many pieces in one file, built piece by piece in fixed memory
// and mapped for training.
//
//    0   "PARTOKS1"
//    8   u32 vocabulary     12   u32 pieces
//   16   u64 tokens         24   u64 offset of the index
//   32   fingerprint of what it was built from, 32 bytes
//   64   the tokens, u16 each, little-endian as all numbers here
//  index an entry a piece: u64 first token, u32 tokens, u32 split;
//        then the pieces' names, each ended by a zero byte
#ifndef MODEL_TRAIN_DATA_CORPUS_H
#define MODEL_TRAIN_DATA_CORPUS_H

#include "model/config.h"

#include <stddef.h>

typedef enum Split { SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST, SPLITS } Split;

extern const char *const split_names[SPLITS]; // "train", "validation", "test"
bool split_from_name(const char *name, Split *ret);

typedef struct CorpusPiece {
    const char *name;       // borrowed from the corpus, as are the tokens
    const uint16_t *tokens; // SOS ... EOS
    int count;
    Split split;
    double weight; // an epoch draws this share: 0.5 is half, 2 is all twice
} CorpusPiece;

// Returns how many of its tokens are drawn in an epoch: its length times its weight.
int64_t piece_share(const CorpusPiece *p);

// The piece's tokens as a GArray of Token, to be freed with g_array_unref.
GArray *piece_tokens(const CorpusPiece *p);

typedef struct Corpus {
    int vocabulary;
    CorpusPiece *pieces; // owned
    int piece_count;
    int64_t tokens[SPLITS]; // of all pieces in a split
    GPtrArray *files;       // owned; the mapped files
} Corpus;

#define CORPUS_MAGIC       "PARTOKS1"
#define CORPUS_FINGERPRINT 32

// Maps a corpus file. Fails if the file is missing or damaged, or if its fingerprint is
// another one; a `fingerprint` of NULL accepts any.
bool corpus_open(Corpus *ret, const char *path, const uint8_t *fingerprint,
                 GError **error);
void corpus_close(Corpus *c); // accepts a zeroed struct

// Sets the weight of all pieces, which is 1 after opening.
void corpus_weigh(Corpus *c, double weight);

// Appends the pieces of another corpus with the same vocabulary: those of the training
// split, and with `all` those of the other splits too. Takes ownership of `more`.
void corpus_join(Corpus *c, Corpus *more, bool all);

// Returns how many tokens of a split an epoch draws.
int64_t corpus_share(const Corpus *c, Split split);

// Builds a corpus file. The file appears, complete, when it is committed.
// corpus_abort() accepts NULL.
typedef struct CorpusWriter CorpusWriter;
CorpusWriter *corpus_begin(const char *path, int vocabulary, const uint8_t *fingerprint,
                           GError **error);
bool corpus_add(CorpusWriter *w, const char *name, Split split, const Token *tokens,
                int count, GError **error);
bool corpus_commit(CorpusWriter *w, GError **error); // frees w
void corpus_abort(CorpusWriter *w);                  // frees w

#endif
