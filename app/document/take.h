// A take: a continuation from some time of the piece, and how it was made.
//
// It is a list of events in order of time, on the clock of the whole piece, that only
// ever grows. A generated take receives tokens and keeps them, so that its export is
// what `par-midi continue` would have written; its events are the decoded tokens
// (midi/tokenizer.h), none of them before the fork. A take that was played receives
// events.
//
// What happens to notes of the parent that sound at the fork: in a generated take, the
// keys that the prompt left open stay down until the take releases them, and the pedal
// stays as the prompt left it. In a played take all keys are released at the fork and
// the pedal is lifted. Notes that the take leaves open end with the take.
#ifndef APP_DOCUMENT_TAKE_H
#define APP_DOCUMENT_TAKE_H

#include "app/generation/continuation.h"
#include "midi/event.h"

// No event and no fork lies beyond 1000 hours, in microseconds.
#define TAKE_LATEST INT64_C(3600000000000)

typedef enum Origin {
    ORIGIN_OPENED, // from a file
    ORIGIN_PLAYED, // by hand
    ORIGIN_GENERATED,
} Origin;

// The state where the model took over: what Prompt.decoder knows at the cut.
typedef struct TakeStart {
    int64_t origin; // microseconds; where the prompt begins, step 0 of its tokens
    int64_t step;
    uint8_t velocity; // of the next note, unless a token sets it
    bool pedal;       // down
    bool held[128];   // the keys that are down
} TakeStart;

TakeStart take_start(const Decoder *decoder, int64_t origin);

// What a generated take was made with, for its receipt (app/generation/receipt.h).
typedef struct Recipe {
    TokenizerKind tokenizer;
    Plan plan;
    char *model;      // the file's name
    char *model_hash; // the hash that `par-midi info` prints
    // Only of a bridge (app/generation/choice/bridge.h) or, without `until`, of an
    // ending (app/generation/ending.h), otherwise 0:
    double until;         // seconds; where the bridge joins what follows
    int rank, candidates; // it was number `rank` of so many by `nats`
    double nats;
} Recipe;

// What a generated take has beside its events.
typedef struct Generated {
    Recipe recipe; // strings owned
    TakeStart start;
    GArray *tokens;  // owned, uint16_t
    Decoder decoder; // the decoder's state after the first `decoded` tokens
    guint decoded;
    int64_t drawn; // tokens without the closing ones; 0 until finished
} Generated;

typedef struct Take {
    int number; // its number in the document, in order of creation; the root is 0
    int parent; // the parent's number; -1 for the root
    int64_t fork;
    int64_t until; // of a bridge: from here on the parent's path is heard; otherwise 0
    Origin origin;
    char *name;          // owned; "" until it is given one
    bool removed;        // hidden by the user or by an undo, but kept
    bool finished;       // it does not grow any more
    int depth;           // the number of its parents, up to the root
    int64_t end;         // its end, >= fork, microseconds
    size_t notes;        // the number of its notes
    GArray *events;      // owned, Event with times in microseconds; NULL for the root
    Generated generated; // of a generated take
} Take;

// Creates a take without events. `recipe`, whose texts are copied, and `start` are used
// for generated takes only.
Take *take_new(Origin origin, int64_t fork, const Recipe *recipe,
               const TakeStart *start);
void take_free(Take *t); // accepts NULL

// Returns whether these events may be added: they are in order of time, none is before
// the present end or beyond TAKE_LATEST, and pitches and values are in range.
bool take_accepts(const Take *t, const Event *events, size_t count);
void take_add_events(Take *t, const Event *events, size_t count); // accepted ones

// Returns when an event of a generated take is heard. `time` counts from step 0 of the
// tokens, which is at `origin` of the piece. Nothing is heard before the fork.
int64_t take_time(int64_t origin, int64_t fork, int64_t time);

// Adds tokens. Any are allowed; those that make no sense change nothing. `events` holds
// the event of each if the caller has decoded them already (continuation_events()); if
// it is NULL, they are decoded here.
void take_add_tokens(Take *t, const uint16_t *tokens, const Event *events,
                     size_t count);

// Returns how many of the tokens of a growing take are final. A VELOCITY or TIME_SHIFT
// at the end may be withdrawn when the continuation is stopped, so only final tokens
// are added to a document.
size_t take_settled(const Token *tokens, size_t count);

#endif
