// Computes how surprising each note of the piece on screen is to the model
// (app/generation/note_scores.h), on a low-priority thread of its own that uses
// one core.
//
// The tokens are scored in batches from the first one on. The scores of the newest
// pieces are cached, so that a take that grows, or one with the same prompt as another,
// is scored only where it differs. The model's latents may then begin at another
// position than when everything is scored at once, as `par-midi score` does. Both give
// -log p of each token given all tokens before it.
//
// To be called by the main thread. Each call returns at once, except surprise_free(),
// which waits for the current batch, about a tenth of a second.
#ifndef APP_DESKTOP_WRITING_SURPRISE_H
#define APP_DESKTOP_WRITING_SURPRISE_H

#include "app/generation/shared_model.h"
#include "thread/wake.h"

typedef struct Surprise Surprise;

// The thread wakes main when there are new scores.
Surprise *surprise_new(Wake wake);
void surprise_free(Surprise *s); // accepts NULL

// Requests scores of the piece by this model, replacing the previous request; NULL ends
// it and lets go of the model. `version` changes with the piece, the last time at
// `changed` in g_get_monotonic_time(). While the piece keeps changing it is scored only
// now and then. To be called once per frame.
void surprise_follow(Surprise *s, SharedModel *m, const Performance *p, int version,
                     int64_t changed);
// Returns whether the request is about an older version.
bool surprise_is_behind(const Surprise *s, int version);

typedef struct SurpriseState {
    GArray *notes; // the scored NoteScores, owned by the caller; or NULL
    double done;   // the scored share, 0-1; 1 also if there is no request
} SurpriseState;

SurpriseState surprise_state(Surprise *s);

#endif
