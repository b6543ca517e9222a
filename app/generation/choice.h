// Makes several takes of one plan and ranks them by likelihood. The best bridge is the
// one after which the model finds what follows likeliest (bridge.h); the best ending is
// the one whose end it finds likeliest (ending.h).
#ifndef APP_GENERATION_CHOICE_H
#define APP_GENERATION_CHOICE_H

#include "app/generation/bridge.h"

// A finished take. Likelihoods are those of the model itself, without the dials.
typedef struct ChoiceTake {
    uint64_t seed;
    GArray *tokens; // owned; Token, the closing ones included
    int64_t drawn, stirred;
    double seconds;    // of music
    bool came_to_rest; // of an ending; false: it had to be closed
    double nats;       // the fewer, the better: of a bridge for each note of what
                       // follows, of an ending of its end
} ChoiceTake;

typedef struct Choice {
    const Weights *weights; // borrowed, as all here
    Pool *pool;
    TokenizerKind kind;
    const Prompt *prompt;
    const Bridge *bridge; // NULL: an ending
    Plan plan;            // of the first; the others have the seeds that follow
    int count;
    const volatile int *stop;
    void (*report)(void *data, double done); // 0-1; may be NULL
    void *data;
} Choice;

// Returns the takes, the best first, as a GPtrArray of ChoiceTake that frees them.
// There are fewer if it was stopped. Returns NULL, with an error, if none was finished.
GPtrArray *choice_make(const Choice *choice, GError **error);

#endif
