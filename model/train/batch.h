// Training windows, the same for the same seed, step and index.
//
// They are an epoch's segments (epoch.h), or from anywhere: a piece is drawn by its
// length and the window's end uniformly in it. Either way openings, with fewer inputs
// than the context, are trained too. The inputs are the up to M tokens before the end,
// the targets the next tokens of the last n; what of the piece is needed for them may
// be augmented.
//
// Of the T - n inputs before the latents a random `keep` share stays (prefix dropout):
// single inputs, as in the paper, or whole spans, since of a passage of eight notes
// kept one by one nothing is left that could be returned to.
#ifndef MODEL_TRAIN_BATCH_H
#define MODEL_TRAIN_BATCH_H

#include "model/cross_attention.h"
#include "model/rng.h"
#include "model/train/epoch.h"

// Returns a part of a piece changed, as a GArray of Token, or NULL to leave it; *place
// is the index of a token, and becomes that of what it has become. Called with a
// generator of its own, from the thread that draws.
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

typedef struct Window {
    Inputs in;            // points into the arrays below
    const Token *targets; // (n), borrowed from `tokens`
    Token *tokens, *kept; // owned
    int *positions;       // owned
} Window;

// Draws window `index` of `step` (any numbers that name it); segment NULL: from
// anywhere.
void batch_draw(const BatchSource *source, Window *ret, const Segment *segment,
                int64_t step, int index);

// The window of `piece` whose inputs end before token `end` (1 <= end < count), all of
// the prefix kept: what evaluation uses.
void window_cut(Window *ret, const Config *c, const Token *piece, int end);
void window_free(Window *w);

#endif
