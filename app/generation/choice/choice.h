// Makes several takes of one plan and ranks them by likelihood. The best bridge is the
// take after which the model finds the following music likeliest (bridge.h). The best
// ending is the take whose end it finds likeliest (ending.h).
#ifndef APP_GENERATION_CHOICE_CHOICE_H
#define APP_GENERATION_CHOICE_CHOICE_H

#include "app/generation/choice/bridge.h"

// A finished take. Likelihoods are those of the model itself, without the dials.
typedef struct ChoiceTake {
    uint64_t seed;
    GArray *tokens; // owned; Token, including those that close the take
    int64_t drawn, stirred;
    double seconds;    // its length
    bool came_to_rest; // only for an ending; false: the program closed the take
    double nats; // lower is better. Bridge: nats per note of what follows; ending: nats
                 // of its end
    BridgeScore follows; // only for a bridge
} ChoiceTake;

typedef struct Choice {
    const Weights *weights; // borrowed, as are all pointers here
    Pool *pool;
    TokenizerKind kind;
    const Prompt *prompt;
    const Bridge *bridge; // NULL: the takes are endings
    Plan plan;            // of the first take; the others have the next seeds
    int count;
    const volatile int *stop;
    const volatile int *enough; // so many takes, the first, are enough by now; at least
                                // 1. NULL: `count`
    void (*report)(void *data, double done); // 0-1; may be NULL
    void *data;
} Choice;

// Returns the takes, the best first, as a GPtrArray of ChoiceTake that frees them.
// There are fewer than `count` if *stop was set, or if fewer are enough. Returns NULL,
// with an error, if no take was finished.
GPtrArray *choice_make(const Choice *choice, GError **error);

#endif
