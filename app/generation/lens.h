// Translates what the model attends to into music: attention on tokens into weights of
// notes, and token indices into moments of the piece.
#ifndef APP_GENERATION_LENS_H
#define APP_GENERATION_LENS_H

#include "midi/tokenizer.h"
#include "model/config.h"
#include "model/real.h"

typedef struct LensNote {
    int64_t step; // the step of its onset
    uint8_t pitch;
    float weight;   // 0-1; 1 for the note with the most attention
    float recalled; // 0-1: its share of what the recall block reads
} LensNote;

// Returns the step of the token at `index`; a negative index has step 0.
int64_t lens_step(const Token *tokens, int count, int index);

// Returns the notes of the tokens as a GArray of LensNote, in order of onset. The
// weight of a note is the sum over its NOTE_ON, VELOCITY and NOTE_OFF. events: (count),
// one per token; weights: (count - first), of the tokens from `first` on; recalled: the
// same shape, or NULL.
GArray *lens_notes(const Token *tokens, const Event *events, int count, int first,
                   const real *weights, const real *recalled);

// Writes the weight and the recalled share of each note of a performance, (note_count)
// each; 0 for notes without data. `origin` is the time of step 0, in microseconds.
void lens_spread(float *weights, float *recalled, const Performance *p,
                 const GArray *notes, int64_t origin);

#endif
