// A prompt is what a take continues. This file cuts it from a performance and joins
// prompt and take into one performance again.
//
// A performance is cut at some moment. Everything struck or pedalled before it is the
// prompt: as tokens for the model, and as it was played, to the microsecond, for the
// listener. Notes that still sound at the cut have no NOTE_OFF in the tokens: the model
// decides when they end. These are keys held across the cut; keys struck at the very
// end of a piece, as in a file that stops with a chord held; and with the tokenizer
// `performance`, which turns the pedal into longer notes, also strings that sound under
// the pedal.
//
//   performance -> prompt_cut -> tokens -> model -> take -> prompt_join -> performance
#ifndef APP_GENERATION_PROMPT_H
#define APP_GENERATION_PROMPT_H

#include "midi/smf/smf_write.h"
#include "midi/tokenizer.h"

typedef struct Prompt {
    Performance before; // owned; up to the cut, as played
    GArray *tokens;     // owned; SOS and the music, without EOS
    Decoder decoder;    // the decoder's state after these tokens
    int64_t cut;        // microseconds
    int64_t step;       // the step of the cut; the take may not begin earlier
} Prompt;

// Cuts `p` at `from` microseconds, or at its end if `from` is negative or later than
// that, so that no silence is added. The prompt of an empty performance is SOS alone.
void prompt_cut(Prompt *ret, const Performance *p, TokenizerKind kind, int64_t from);
void prompt_clear(Prompt *p); // accepts a zeroed struct

typedef enum PromptPart {
    PROMPT_INCLUDE, // the prompt, then the take
    PROMPT_OMIT, // the take alone; the cut is time 0, and notes open there are left out
} PromptPart;

// Writes prompt and take to `ret`, which must be empty; `take` holds the tokens after
// the prompt's. Prompt notes keep their times and velocities. New notes have the times
// of their tokens, but none comes before the cut. If the pedal is up in the tokens at
// the cut, it is lifted there; so are the other two pedals, which the model does not
// know. Notes that the take leaves open end where the take does. The tempo and metre
// that hold at the cut, if the prompt has any, hold for the take.
void prompt_join(Performance *ret, const Prompt *p, PromptPart part, const Token *take,
                 size_t count);

// Returns which notes of `joined` belong to the prompt and which to the take: an
// SmfPart for each (midi/smf/smf_write.h), to be freed with g_free.
uint8_t *prompt_parts(const Prompt *p, PromptPart part, const Performance *joined);

#endif
