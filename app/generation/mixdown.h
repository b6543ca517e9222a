// A performance to a sound file while the program goes on: on a thread of its own.
// The file is replaced as a whole, at the end; one that is given up leaves none.
#ifndef APP_GENERATION_MIXDOWN_H
#define APP_GENERATION_MIXDOWN_H

#include "audio/sound_format.h"
#include "midi/performance.h"

typedef struct Mixdown Mixdown;

// Takes the performance over: it is empty then.
Mixdown *mixdown_start(const char *path, const char *soundfont, float reverb,
                       SoundFormat format, Performance *p);

// The share that is done, 0-1; *ret_over: the thread is through.
double mixdown_done(const Mixdown *m, bool *ret_over);
const char *mixdown_path(const Mixdown *m);
void mixdown_cancel(Mixdown *m);

// Waits for its end. False: it failed, or was cancelled, which is no error.
bool mixdown_finish(Mixdown *m, GError **error);

#endif
