// What a take begins from, and how the two become one performance again.
//
// A performance is cut at a moment. What was struck or pedalled before it is the
// prompt: as tokens for the model, and as it was played, to the microsecond, for the
// listener. What still sounds at the cut is left open in the tokens, with no NOTE_OFF:
// the model says when it ends. That is keys held across the cut; those struck at the
// very end of a piece, as where a file stops with a chord down; and with tokenizer
// `performance`, which folds the pedal into the notes, also strings that ring under the
// pedal.
//
//   performance -> prompt_cut -> tokens -> model -> take -> prompt_join -> performance
#ifndef APP_GENERATION_PROMPT_H
#define APP_GENERATION_PROMPT_H

#include "midi/smf_write.h"
#include "midi/tokenizer.h"

typedef struct Prompt {
    Performance before; // owned; up to the cut, as played
    GArray *tokens;     // owned; SOS and what follows, without EOS
    Decoder decoder;    // after these tokens: what sounds, the pedal, the time
    int64_t cut;        // microseconds
    int64_t step;       // of the cut: nothing new may come before it
} Prompt;

// Cuts `p` at `from` microseconds; at its end if `from` is negative or lies beyond, so
// that silence is never added. An empty performance gives the prompt SOS.
void prompt_cut(Prompt *ret, const Performance *p, TokenizerKind kind, int64_t from);
void prompt_clear(Prompt *p); // accepts a zeroed struct

typedef enum PromptPart {
    PROMPT_INCLUDE, // the prompt, then the take
    PROMPT_OMIT,    // the take alone, the cut being time 0; what was open is left out
} PromptPart;

// Adds to an empty `ret` what `take`, the tokens after the prompt's, makes of it.
// Prompt notes keep their times and velocities; new ones stand on the token clock,
// those of the cut's own step not before the cut. Where the tokens have the pedal up at
// the cut, it is lifted there, and so are the other two, which the model does not know.
// What the take leaves open ends where the take does. The take goes on in the tempo and
// metre that hold at the cut, where the prompt has any.
void prompt_join(Performance *ret, const Prompt *p, PromptPart part, const Token *take,
                 size_t count);

// Which of the notes of `joined` are the prompt's and which the take's: an SmfPart for
// each (midi/smf_write.h), to be freed with g_free.
uint8_t *prompt_parts(const Prompt *p, PromptPart part, const Performance *joined);

#endif
