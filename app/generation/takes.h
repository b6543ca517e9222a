// Several takes of one prompt, drawn together: a token of each at a time, for which the
// model's weights are read once, and the prompt once for all. Each is the take that its
// seed makes alone.
#ifndef APP_GENERATION_TAKES_H
#define APP_GENERATION_TAKES_H

#include "app/generation/continuation.h"

// As many as are worth while together; a caller that wants more draws them in groups.
enum { TAKES_MOST = 8 };

typedef struct Takes {
    int count;
    Continuation take[TAKES_MOST];
    Session *session[TAKES_MOST]; // owned
} Takes;

// Begins `count` takes, TAKES_MOST at most, of the seeds plan->seed, plan->seed + 1 and
// so on. False, and zeroed, if there is no memory for it. The prompt, weights and pool
// are borrowed.
bool takes_begin(Takes *t, const Weights *w, Pool *pool, TokenizerKind kind,
                 const Prompt *prompt, const Plan *plan, int count);
void takes_clear(Takes *t); // accepts a zeroed struct

// Adds one token to each take that has not ended; false when all have.
bool takes_next(Takes *t);

void takes_stop(Takes *t); // continuation_stop() of each

#endif
