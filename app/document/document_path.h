// The path of a take is the performance that is heard with it: the root up to the first
// fork, then each take up to the next fork, and the last take to its end. After a
// bridge it goes on as its parent's path does from there (app/generation/follows.h).
//
// The tempo and metre that hold at the first fork continue from there; bars that were
// tapped are those of the whole path.
//
// No note hangs at a fork: keys and pedal continue or end as take.h says. The path of a
// generated take on the root is, to the microsecond, what prompt_join() makes of its
// prompt and tokens, that of a bridge what bridge_join() does. To build a path takes
// one walk over its takes and one sort, and one more for each bridge.
#ifndef APP_DOCUMENT_DOCUMENT_PATH_H
#define APP_DOCUMENT_DOCUMENT_PATH_H

#include "app/document/document.h"
#include "app/generation/prompt.h"

typedef struct PathSpan {
    int take;
    int64_t from; // microseconds; it goes up to where the next begins. Around a bridge
                  // a take may have two
} PathSpan;

typedef struct DocumentPath {
    Performance performance; // owned
    uint8_t *origins;        // owned; the Origin of each of its notes
    GArray *spans;           // owned, PathSpan: the root first
} DocumentPath;

// Builds the path of any take, even of a removed one. `ret` is overwritten.
void document_path(DocumentPath *ret, const Document *d, int take);
void document_path_clear(DocumentPath *p); // accepts a zeroed struct

// Returns which of its notes the model wrote: an SmfPart for each (midi/smf_write.h),
// to be freed with g_free.
uint8_t *document_path_parts(const DocumentPath *p);

// Returns the take that is heard at a time on the path.
int document_path_take(const DocumentPath *p, int64_t time);

// What a new take starts from, and where it belongs.
typedef struct DocumentPrompt {
    Prompt prompt; // owned; for the model: its times begin at start.origin
    int parent;    // these three are for document_add_generated()
    int64_t fork;
    TakeStart start;
} DocumentPrompt;

// Cuts the prompt for a continuation from `time` on the path of `take`, or from its end
// if `time` is negative or beyond it. The model is given what is heard from `from` on:
// 0 for everything, or the start of a selection.
void document_prompt(DocumentPrompt *ret, const Document *d, int take, int64_t from,
                     int64_t time, TokenizerKind kind);
void document_prompt_clear(DocumentPrompt *p); // accepts a zeroed struct

// How the takes of the path were made, as text events of its MIDI file: the receipt of
// each (app/generation/receipt.h), in their order; of what was played a line
//   played=12.5               the seconds where it begins
// PROMPT_OMIT: of the take alone. NULL if there is nothing to say. Free with g_free.
char *document_receipt(const Document *d, int take, PromptPart part);

#endif
