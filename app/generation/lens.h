// What the model listens to, in music: from weights on tokens to weights on notes, and
// from places in the tokens to moments of the piece.
#ifndef APP_GENERATION_LENS_H
#define APP_GENERATION_LENS_H

#include "midi/tokenizer.h"
#include "model/config.h"
#include "model/real.h"

typedef struct LensNote {
    int64_t step; // of its onset, as the tokens have it
    uint8_t pitch;
    float weight;   // 0-1; the most listened to has 1
    float recalled; // 0-1: the share that what it recalls has of it
} LensNote;

// The step at which the token at `index` stands; tokens before 0 at 0.
int64_t lens_step(const Token *tokens, int count, int index);

// Notes of tokens [first, count), each with what its stroke, velocity and release are
// given together; events: (count), of each token; weights: (count - first). `recalled`,
// as many, is NULL if nothing is. In order of onset. A GArray of LensNote.
GArray *lens_notes(const Token *tokens, const Event *events, int count, int first,
                   const real *weights, const real *recalled);

// The shares that a performance's notes have: weights and recalled, (note_count), 0
// where nothing is known. `origin`: the moment of step 0, microseconds.
void lens_spread(float *weights, float *recalled, const Performance *p,
                 const GArray *notes, int64_t origin);

#endif
