// Several takes of one prompt that are generated together, one token of each at a time,
// on as many threads as the pool has (session_share_out()). The takes of a thread read
// the weights from memory once, and the prompt is computed once for all. Each take is
// the one that its seed gives when it is made alone.
#ifndef APP_GENERATION_TAKES_H
#define APP_GENERATION_TAKES_H

#include "app/generation/continuation.h"

// The most takes at a time. More are not faster, so a caller makes larger numbers in
// groups.
enum { TAKES_MOST = 8 };

typedef struct Takes {
    int count;
    Pool *pool; // borrowed
    Continuation take[TAKES_MOST];
    Session *session[TAKES_MOST]; // owned
    bool goes_on[TAKES_MOST];
} Takes;

// Computes the prompt and begins `count` takes, at most TAKES_MOST, with the seeds
// plan->seed, plan->seed + 1 and so on. Returns false, with `t` zeroed, if there is no
// memory. The prompt, weights and pool are borrowed.
bool takes_begin(Takes *t, const Weights *w, Pool *pool, TokenizerKind kind,
                 const Prompt *prompt, const Plan *plan, int count);
void takes_clear(Takes *t); // accepts a zeroed struct

// Adds one token to each take that has not ended. Returns false when all have ended.
bool takes_next(Takes *t);

// Gives up all but the first `count` takes, so that these are made sooner.
void takes_keep(Takes *t, int count);

void takes_stop(Takes *t); // calls continuation_stop() for each take

#endif
