// The receipt of a take: text events of its MIDI file that say how it was made, in
// enough detail to make it again.
//
//   par-midi=0.1.0            the program's version
//   model=piano.safetensors   the file's name
//   model_hash=5e1f...        sha256 of its tensors
//   weights=int8              the precision in generation: int8 or exact
//   tokenizer=performance-pedal
//   seed=42
//   temperature=1  top_p=0.95  min_p=0  top_k=0        (a line each)
//   pitch_temperature=1  pitch_top_p=1  closeness=1
//   density=2  register=12  loudness=-10  pedal=25   only dials that are not at 0
//   prompt=nocturne.mid       the file's name; the line is missing without a file
//   prompt_seconds=0-12.5     the part of it that the model was given
//   prompt_part=include       whether it is in this file: include or omit
//   until=20                  where a bridge joins what follows (bridge.h), in seconds
//                             of the prompt's file
//   finish=20                 where an ending was to be (ending.h), in seconds after
//                             the cut
//   rank=1  candidates=8  nats=9.87   its rank by nats, and the number of takes made
//   seconds=30                the requested length, if there was one
//   tokens=1409               drawn tokens, without those that close the take
//
// Each line is "key=value", printable, with at most RECEIPT_LINE bytes; longer values
// are cut.
#ifndef APP_GENERATION_RECEIPT_H
#define APP_GENERATION_RECEIPT_H

#include "app/generation/continuation.h"

#define RECEIPT_LINE 120

typedef struct Receipt {
    const char *model, *prompt; // paths, borrowed; prompt may be NULL
    const char *model_hash;     // borrowed
    bool exact;
    TokenizerKind tokenizer;
    Plan plan;
    double prompt_from, prompt_seconds; // the part that the model was given
    PromptPart part;
    int64_t drawn;
    double until;         // seconds; 0: the take is no bridge
    int rank, candidates; // rank is 0 if there was no choice
    double nats;          // by which it was ranked
} Receipt;

// Returns the lines, each ended by a newline; to be freed with g_free.
char *receipt_text(const Receipt *r);

#endif
