// The path of a take is the performance that is heard with it: the root up to the first
// fork, then each take up to the next fork, and the last take to its end. After a
// bridge it continues as its parent's path does from there
// (app/generation/choice/follows.h).
//
// The tempo and metre that hold at the first fork continue from there; bars that the
// user tapped hold for the whole path.
//
// No note is left without an end at a fork: keys and pedal continue or end as take.h
// says. The path of a generated take on the root equals, to the microsecond, what
// prompt_join() makes of its prompt and tokens; that of a bridge equals what
// bridge_join() makes. Building a path takes one walk over its takes and one sort, and
// one more of each for every bridge.
#ifndef APP_DOCUMENT_DOCUMENT_PATH_H
#define APP_DOCUMENT_DOCUMENT_PATH_H

#include "app/document/document.h"
#include "app/generation/prompt.h"

typedef struct PathSpan {
    int take;
    int64_t from; // microseconds; the span ends where the next begins. A take may have
                  // two spans, one on each side of a bridge
} PathSpan;

typedef struct DocumentPath {
    Performance performance; // owned
    uint8_t *origins;        // owned; the Origin of each of its notes
    GArray *spans;           // owned, PathSpan: the root first
} DocumentPath;

// Builds the path of any take, even of a removed one. `ret` is overwritten.
void document_path(DocumentPath *ret, const Document *d, int take);
void document_path_clear(DocumentPath *p); // accepts a zeroed struct

// Returns which notes the model wrote: an SmfPart for each note
// (midi/smf/smf_write.h), to be freed with g_free.
uint8_t *document_path_parts(const DocumentPath *p);

// Returns the take that is heard at a time on the path.
int document_path_take(const DocumentPath *p, int64_t time);

// The prompt of a new take, and the take's place in the document.
typedef struct DocumentPrompt {
    Prompt prompt; // owned; its times are relative to start.origin
    int parent;    // these three are for document_add_generated()
    int64_t fork;
    TakeStart start;
} DocumentPrompt;

// Cuts the prompt for a continuation from `time` on the path of `take`, or from its end
// if `time` is negative or beyond it. The model receives what is heard from `from` on:
// 0 for everything, or the start of a selection.
void document_prompt(DocumentPrompt *ret, const Document *d, int take, int64_t from,
                     int64_t time, TokenizerKind kind);
void document_prompt_clear(DocumentPrompt *p); // accepts a zeroed struct

// Returns how the takes of the path were made, as the text events of its MIDI file: the
// receipt of each generated take (app/generation/receipt.h), in their order, and for
// each played one a line
//   played=12.5               the seconds where it begins
// With PROMPT_OMIT it is about the last take alone. Returns NULL if there is nothing to
// say. Free with g_free.
char *document_receipt(const Document *d, int take, PromptPart part);

#endif
