// Training windows. The seed, the step and the index determine a window completely.
//
// A window is either a segment of an epoch (epoch.h) or drawn from anywhere: then a
// piece is drawn with a probability proportional to its length, and the window's end is
// drawn uniformly in the piece. Both ways train openings too, which have fewer inputs
// than the context. The inputs are the tokens before the end, at most M of them. The
// targets are the tokens that follow each of the last n inputs. The part of the piece
// that a window needs may be augmented.
//
// Prefix dropout keeps a random share `keep` of the T - n inputs before the latents. It
// keeps single inputs, as in the paper, or whole spans: when inputs are kept one by
// one, no passage of eight notes survives that the model could learn to return to.
#ifndef MODEL_TRAIN_DATA_BATCH_H
#define MODEL_TRAIN_DATA_BATCH_H

#include "model/layers/cross_attention.h"
#include "model/rng.h"
#include "model/train/data/epoch.h"

// Returns an augmented copy of a part of a piece, as a GArray of Token, or NULL to
// leave the part as it is. On entry *place is the index of a token in the part; on
// return it is the index of the same token in the copy. Called on the thread that
// draws, with a random generator of its own.
typedef GArray *(*BatchAugment)(void *data, const Token *tokens, int count, int *place,
                                Rng *rng);

typedef struct BatchSource {
    const Corpus *corpus; // borrowed
    Split split;
    const Config *config; // borrowed
    double keep;          // share of the prefix that stays, 0-1
    int span;             // in spans of span / 4 to span inputs; 0, 1: one by one
    double bias;          // times ln(1 / keep) is added to the scores of what stays
    BatchAugment augment; // may be NULL
    void *augment_data;
    uint64_t seed;
} BatchSource;

typedef struct BatchWindow {
    Inputs in;            // points into the arrays below
    const Token *targets; // (n), borrowed from `tokens`
    Token *tokens, *kept; // owned
    int *positions;       // owned
} BatchWindow;

// Draws window `index` of `step`. Without a segment (NULL) the window is drawn from
// anywhere.
void batch_draw(const BatchSource *source, BatchWindow *ret, const Segment *segment,
                int64_t step, int index);

// Cuts the window of `piece` whose inputs end before token `end`, 1 <= end < count, and
// keeps the whole prefix. Evaluation uses it.
void window_cut(BatchWindow *ret, const Config *c, const Token *piece, int end);
void window_free(BatchWindow *w);

#endif
