// The receipt of a take: text events of its MIDI file that say how it was made, in
// enough detail to make it again.
//
//   par-midi=0.1.0            the program's version
//   model=piano.safetensors   the file's name
//   model_hash=5e1f...        sha256 of its tensors
//   weights=int8              as generation read them, or exact
//   tokenizer=performance-pedal
//   seed=42
//   temperature=1  top_p=0.95  min_p=0  top_k=0        (a line each)
//   pitch_temperature=1  pitch_top_p=1  closeness=1
//   density=2  register=12  loudness=-10  pedal=25   the dials that are off the middle
//   prompt=nocturne.mid       the file's name; no such line without a file
//   prompt_seconds=0-12.5     what of it the model was given
//   prompt_part=include       or omit: whether it is in this file
//   until=20                  where a bridge joins what follows (bridge.h), in the
//                             prompt
//   finish=20                 when an ending was asked for (ending.h), after the cut
//   rank=1  candidates=8  nats=9.87   its rank among the takes made, and by what
//   seconds=30                the length asked for, if it was
//   tokens=1409               drawn, without those that close the take
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
    int rank, candidates; // 0: it was not chosen
    double nats;          // by which it was chosen
} Receipt;

// Returns the lines, each ended by a newline; to be freed with g_free.
char *receipt_text(const Receipt *r);

#endif
