// How surprising each note of the piece on screen is to the model
// (app/generation/note_scores.h), computed on a thread of its own that gives way to all
// others, on one core.
//
// The tokens are scored from the first one on, some at a time. What was found out about
// the newest pieces is kept, so that a take that grows, or one that goes on from the
// same prompt as another, is scored only where it differs. The model's latents may then
// begin elsewhere than if all were scored at once, which par-midi score does; both are
// what it says, given all that stands before.
//
// Main makes all calls; each returns at once, but surprise_free(), which waits for what
// is being computed, about a tenth of a second.
#ifndef APP_DESKTOP_WRITING_SURPRISE_H
#define APP_DESKTOP_WRITING_SURPRISE_H

#include "app/generation/shared_model.h"

typedef struct Surprise Surprise;

// `wake` is called on the thread when there is something new; it must not block.
Surprise *surprise_new(void (*wake)(void *data), void *data);
void surprise_free(Surprise *s); // accepts NULL

// Has the piece on screen looked at by this model, in place of what was asked before;
// NULL: nothing is asked any more. `version` is another one if the piece has changed,
// at `changed` of g_get_monotonic_time(): while it goes on changing it is looked at now
// and then. To be called once a frame.
void surprise_follow(Surprise *s, SharedModel *m, const Performance *p, int version,
                     int64_t changed);
// Whether what is asked is about an older version.
bool surprise_is_behind(const Surprise *s, int version);

typedef struct SurpriseState {
    GArray *notes; // owned by who asks: NoteScore, of what is scored by now; or NULL
    double done;   // 0-1: how much that is; 1 also if nothing is asked
} SurpriseState;

SurpriseState surprise_state(Surprise *s);

#endif
