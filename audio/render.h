// A performance to sound without a device, faster than real time.
#ifndef AUDIO_RENDER_H
#define AUDIO_RENDER_H

#include "audio/sound_file.h"
#include "audio/synth.h"
#include "midi/performance.h"

// Asked now and then with the share done (0-1); false stops the rendering early.
typedef bool (*RenderProgress)(void *data, double done);

// Plays `p` into `f`, which is of the synth's rate, until the last sound has died (at
// most 10 s after the last event). Events fall on the SYNTH_BLOCK they are due in. A
// stop by `progress` leaves a whole, shorter recording: a fade of 50 ms, keys closed.
// `progress` may be NULL.
//
// The bytes are the same every time if the synth is newly opened. A used one must stand
// at the edge of a SYNTH_BLOCK, and FluidSynth begins a voice from the loudness at
// which that voice was left, for a block.
bool render_performance(const Performance *p, Synth *s, SoundFile *f,
                        RenderProgress progress, void *data, GError **error);

#endif
