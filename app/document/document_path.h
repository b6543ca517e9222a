// The performance that is heard along a take: the root up to the first fork, then each
// take up to the next, and the last as far as it goes.
//
// From the first fork on, the tempo and metre that hold there go on.
//
// At a fork nothing hangs: keys and pedal go on or end as app/document/take.h says. The
// path of a generated take upon the root is, to the microsecond, what prompt_join()
// makes of its prompt and tokens. A path costs a walk over its takes and one sort.
#ifndef APP_DOCUMENT_DOCUMENT_PATH_H
#define APP_DOCUMENT_DOCUMENT_PATH_H

#include "app/document/document.h"
#include "app/generation/prompt.h"

typedef struct PathSpan {
    int take;
    int64_t from; // microseconds; it goes up to where the next begins
} PathSpan;

typedef struct DocumentPath {
    Performance performance; // owned
    uint8_t *origins;        // owned; the Origin of each of its notes
    GArray *spans;           // owned, PathSpan: the root first
} DocumentPath;

// The path of any take, a removed one included. `ret` is overwritten.
void document_path(DocumentPath *ret, const Document *d, int take);
void document_path_clear(DocumentPath *p); // accepts a zeroed struct

// Which of its notes the model wrote: an SmfPart for each (midi/smf_write.h), to be
// freed with g_free.
uint8_t *document_path_parts(const DocumentPath *p);

// The take that is heard at a moment of the path.
int document_path_take(const DocumentPath *p, int64_t time);

// What a new take begins from, and where it belongs.
typedef struct DocumentPrompt {
    Prompt prompt; // owned; for the model: its times begin at start.origin
    int parent;    // these three are for document_add_generated()
    int64_t fork;
    TakeStart start;
} DocumentPrompt;

// Cuts the prompt for going on from `time` on the path of `take`, from its end if that
// is negative or beyond. The model is given what is heard from `from` on: 0 for all, or
// where a selection begins.
void document_prompt(DocumentPrompt *ret, const Document *d, int take, int64_t from,
                     int64_t time, TokenizerKind kind);
void document_prompt_clear(DocumentPrompt *p); // accepts a zeroed struct

// How the takes of the path were made, as text events of its MIDI file: the receipt of
// each (app/generation/receipt.h), in their order; of what was played a line
//   played=12.5               the seconds where it begins
// PROMPT_OMIT: of the take alone. NULL if there is nothing to say. Free with g_free.
char *document_receipt(const Document *d, int take, PromptPart part);

#endif
