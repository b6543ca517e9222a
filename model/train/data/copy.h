// The paper's synthetic task (Hawthorne et al. 2022, section 5.1): BOS, H random
// symbols, the same symbols mirrored, EOS. Each symbol of the second half is determined
// by one input of the first half, at a distance of up to the whole context, and by
// nothing else.
//
// Positions are counted so that the mirror axis has the same position at every length:
// what is learned from short copies holds for long ones. Training begins with short
// copies, and their length doubles whenever they have become easy (curriculum
// learning).
#ifndef MODEL_TRAIN_DATA_COPY_H
#define MODEL_TRAIN_DATA_COPY_H

#include "model/perceiver.h"
#include "model/train/data/batch.h"

enum { COPY_SYMBOLS = 256, COPY_BOS = COPY_SYMBOLS, COPY_EOS, COPY_VOCABULARY };
#define COPY_TOKENIZER "copy" // the tokenizer's name in the files of models and runs

// The state of this curriculum. A zeroed struct is its beginning.
typedef struct CopyCourse {
    int inputs;  // the inputs of a copy: 2 H + 1
    double loss; // nats per target, an exponential running mean
} CopyCourse;

// Advances the curriculum after a step whose mean loss is given in nats per target.
void copy_course_go_on(CopyCourse *course, const Config *c, double loss);

// Draws a window on a copy of the curriculum's current length. Its symbols are random,
// and its end is drawn uniformly among those that put every target in the second half.
void copy_draw(const CopyCourse *course, BatchWindow *ret, const Config *c, Rng *rng);

// How well a model copies at the full length of its context, measured by windows spread
// evenly over the second halves. `far` counts symbols whose original is over M/2 inputs
// away; `without` counts those of them that are still predicted correctly when all
// inputs farther away than that are removed.
typedef struct CopyResult {
    int64_t targets, right; // symbols; the EOS is not counted
    int64_t far, far_right, far_right_without;
    double nats; // summed over the latents, including the EOS
} CopyResult;
// Returns early, with a partial score, when *stop is set.
CopyResult copy_measure(Perceiver *net, const Parameters *w, const Config *c,
                        int windows, const volatile int *stop);

#endif
