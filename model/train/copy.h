// The paper's synthetic task (Hawthorne et al. 2022, section 5.1): BOS, H random
// symbols, the same symbols mirrored, EOS. Every symbol of the second half can be known
// from one input of the first, up to the whole context away, and from nothing else.
//
// An input's place is counted so that the mirror stands at the same place at every
// length: what is learned of short copies holds for long ones. The course begins with
// short ones and doubles whenever they have become easy.
#ifndef MODEL_TRAIN_COPY_H
#define MODEL_TRAIN_COPY_H

#include "model/perceiver.h"
#include "model/train/batch.h"

enum { COPY_SYMBOLS = 256, COPY_BOS = COPY_SYMBOLS, COPY_EOS, COPY_VOCABULARY };
#define COPY_TOKENIZER "copy" // what stands in a model's and a run's files

// Where the course stands. Zeroed: at its beginning.
typedef struct CopyCourse {
    int inputs;  // of a copy: 2 H + 1
    double loss; // nats a target, a mean that forgets
} CopyCourse;

// After a step: its mean loss, in nats a target.
void copy_course_go_on(CopyCourse *course, const Config *c, double loss);

// A window on a copy of the course's length: random symbols, an end drawn evenly among
// those where all targets are in the second half.
void copy_draw(const CopyCourse *course, Window *ret, const Config *c, Rng *rng);

// How a model does on copies as long as its context, by windows spread evenly over
// their second halves. `far`: symbols that stand over M/2 inputs away; `without`: how
// many of those it knows with all inputs taken away that are farther than that.
typedef struct CopyScore {
    int64_t targets, right; // symbols; the EOS does not count
    int64_t far, far_right, far_right_without;
    double nats; // summed over the latents, the EOS included
} CopyScore;
// A stop cuts it short.
CopyScore copy_score(Perceiver *net, const Parameters *w, const Config *c, int windows,
                     const volatile int *stop);

#endif
