// An epoch: every token of a split is a target once.
//
// Each piece is cut, at an offset drawn afresh for each epoch, into segments of N
// targets; what is left at its ends makes two shorter ones. The segments of all pieces
// are shuffled and taken one after the other, then comes the next epoch. Where fewer
// than 1 in 16 windows would begin at a piece's opening (their inputs being all there
// is before their targets), as when pieces are much longer than the context, more such
// are added, whose targets come twice.
//
// Of a piece whose weight is not 1 that share of the segments is taken, other ones in
// each epoch; of a weight above 1 the rest from cutting it again.
//
// The segments of an epoch are a function of the corpus, the seed, the epoch's number
// and the latents. If these change on the way, the epoch at hand is cut anew, and goes
// on at as much of it as was taken.
#ifndef MODEL_TRAIN_EPOCH_H
#define MODEL_TRAIN_EPOCH_H

#include "model/train/corpus.h"

// A window to be: its targets are n tokens of the piece, the last of them token `end`.
typedef struct Segment {
    int piece, end, n;
} Segment;

typedef struct Epochs {
    const Corpus *corpus; // borrowed
    Split split;
    int context;
    uint64_t seed;
    int64_t number;   // the epoch at hand, from 0
    int latents;      // those it is cut for; 0: it is not cut yet
    GArray *segments; // owned; of Segment, in the order they are taken in
    guint taken;
} Epochs;

// Begins with the first segment of the first epoch. The split must have a share.
Epochs epochs_new(const Corpus *corpus, Split split, int context, uint64_t seed);

// Takes the next `count` segments; ret may be NULL.
void epochs_take(Epochs *e, Segment *ret, int count, int latents);

// How many epochs have been taken: 1.5 is one and half of the next.
double epochs_done(const Epochs *e);

void epochs_free(Epochs *e); // accepts a zeroed struct

#endif
