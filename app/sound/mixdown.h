// Renders a performance to a sound file on a separate thread. The file is replaced as a
// whole, at the end; a cancelled rendering leaves no file.
#ifndef APP_SOUND_MIXDOWN_H
#define APP_SOUND_MIXDOWN_H

#include "audio/files/sound_format.h"
#include "midi/performance.h"

typedef struct Mixdown Mixdown;

// Starts the thread. Takes over the performance, which is empty afterwards.
Mixdown *mixdown_start(const char *path, const char *soundfont, float reverb,
                       SoundFormat format, Performance *p);

// Returns the share that is done, 0-1. *ret_over says whether the thread has finished.
double mixdown_done(const Mixdown *m, bool *ret_over);
const char *mixdown_path(const Mixdown *m);
void mixdown_cancel(Mixdown *m);

// Waits for the thread and frees the mixdown. Returns false if it failed, or if it was
// cancelled, which sets no error.
bool mixdown_finish(Mixdown *m, GError **error);

#endif
