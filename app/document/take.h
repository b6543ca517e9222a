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

// 1000 hours, in microseconds. No event and no fork lies beyond.
#define TAKE_LATEST INT64_C(3600000000000)

typedef enum Origin {
    ORIGIN_OPENED, // from a file
    ORIGIN_PLAYED, // by hand
    ORIGIN_GENERATED,
} Origin;

// Where the model took over: what Prompt.decoder knows at the cut.
typedef struct TakeStart {
    int64_t origin; // microseconds; step 0 of its tokens: where the prompt begins
    int64_t step;
    uint8_t velocity; // of the next note, if no token says so
    bool pedal;       // down
    bool held[128];   // keys that are open
} TakeStart;

TakeStart take_start(const Decoder *decoder, int64_t origin);

// What a generated take was made with, for its receipt (app/generation/receipt.h).
typedef struct Recipe {
    TokenizerKind tokenizer;
    Plan plan;
    char *model;      // the file's name
    char *model_hash; // as info prints it
    // Of a bridge (app/generation/bridge.h), 0 of other takes:
    double until;         // seconds: where it joins what follows
    int rank, candidates; // the how manieth of how many it was, and by what
    double nats;
} Recipe;

typedef struct Take {
    int number; // its place in the document, by age; the root is 0
    int parent; // number; -1: this is the root
    int64_t fork;
    int64_t until; // a bridge: what is heard from here on is the parent's path; or 0
    Origin origin;
    char *name;     // owned; "" until it is given one
    bool removed;   // by the user or by an undo; it is kept all the same
    bool finished;  // grows no more
    int depth;      // of parents
    int64_t end;    // up to where it goes, >= fork, microseconds
    size_t notes;   // keys struck
    GArray *events; // owned, Event of microseconds; NULL of the root
    // Of generated takes:
    Recipe recipe; // strings owned
    TakeStart start;
    GArray *tokens;  // owned, uint16_t
    Decoder decoder; // after the first `decoded` of them
    guint decoded;
    int64_t drawn; // tokens but the closing ones, known when it is finished; or 0
} Take;

// Creates a take without events. `recipe`, whose texts are copied, and `start` are used
// for generated takes only.
Take *take_new(Origin origin, int64_t fork, const Recipe *recipe,
               const TakeStart *start);
void take_free(Take *t); // accepts NULL

// Whether these events may follow: in order of time, none before the end so far or
// beyond TAKE_LATEST, pitches and values in range.
bool take_accepts(const Take *t, const Event *events, size_t count);
void take_add_events(Take *t, const Event *events, size_t count); // accepted ones

// Returns when an event of a generated take is heard: `time` is its own, from step 0 of
// the tokens, which is `origin` of the piece. Nothing is heard before the fork.
int64_t take_time(int64_t origin, int64_t fork, int64_t time);

// Adds tokens. Any are allowed; those that make no sense change nothing. `events` holds
// the event of each, from whoever has decoded them already (continuation_events());
// NULL if no one has, and then they are decoded here.
void take_add_tokens(Take *t, const uint16_t *tokens, const Event *events,
                     size_t count);

// Returns how many of the tokens of a growing take are final. A VELOCITY or TIME_SHIFT
// at the end may be taken back when the continuation is stopped, so only final tokens
// are added to a document.
size_t take_settled(const Token *tokens, size_t count);

#endif
