// Epochs: in an epoch every token of a split is a target once.
//
// Each piece is cut into segments of N targets, at an offset that is drawn anew for
// each epoch; the remainders at its two ends are shorter segments. The segments of all
// pieces are shuffled and taken one after the other, and then the next epoch begins. At
// least 1 in 16 windows begins at the opening of a piece, so that its inputs are
// everything before its targets. If the pieces are so long that there would be fewer,
// openings are added, and their targets occur twice in the epoch.
//
// A piece with a weight below 1 gives that share of its segments, different ones in
// each epoch. A piece with a weight above 1 is cut again for the part above 1.
//
// The segments are a function of the corpus, the seed, the number of the epoch and N.
// If N changes within an epoch, the epoch is cut anew and continues after the share of
// it that was already taken.
#ifndef MODEL_TRAIN_DATA_EPOCH_H
#define MODEL_TRAIN_DATA_EPOCH_H

#include "model/train/data/corpus.h"

// A window to be drawn: its targets are n tokens of the piece, of which token `end` is
// the last.
typedef struct Segment {
    int piece, end, n;
} Segment;

typedef struct Epochs {
    const Corpus *corpus; // borrowed
    Split split;
    int context;
    uint64_t seed;
    int64_t number;   // the number of the current epoch, from 0
    int latents;      // the latents that the epoch is cut for; 0: it is not cut yet
    GArray *segments; // owned; Segment, in the order in which they are taken
    guint taken;
} Epochs;

// Begins with the first segment of the first epoch. The split must have a share.
Epochs epochs_new(const Corpus *corpus, Split split, int context, uint64_t seed);

// Takes the next `count` segments; ret may be NULL.
void epochs_take(Epochs *e, Segment *ret, int count, int latents);

// Returns how many epochs have been taken: 1.5 means one epoch and half of the next.
double epochs_done(const Epochs *e);

void epochs_free(Epochs *e); // accepts a zeroed struct

#endif
