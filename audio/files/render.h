// Renders a performance to sound without a device, faster than real time.
#ifndef AUDIO_FILES_RENDER_H
#define AUDIO_FILES_RENDER_H

#include "audio/files/sound_file.h"
#include "audio/synth.h"
#include "midi/performance.h"

// Called now and then with the share done (0-1). Returning false stops the rendering
// early.
typedef bool (*RenderProgress)(void *data, double done);

// Renders `p` to `f`, which has the synth's rate, until the last sound has decayed (at
// most 10 s after the last event). Events are placed at the beginning of the
// SYNTH_BLOCK they are due in. A stop by `progress` leaves a complete, shorter
// recording, which ends with a fade of 50 ms and all keys released. `progress` may be
// NULL.
//
// A newly opened synth gives the same bytes every time. A used one must be at the
// boundary of a SYNTH_BLOCK; its result may differ, since FluidSynth starts a voice
// from the loudness at which that voice ended, for one block.
bool render_performance(const Performance *p, Synth *s, SoundFile *f,
                        RenderProgress progress, void *data, GError **error);

#endif
