// Decides who drives the engine: the audio device or, while none plays, a clock thread.
// They never do so at the same time, even if a device that was given up calls again
// later.
//
// It is a part of the output. The control thread allows a device under a number. With
// its first call the device takes over from the clock. If it then makes no call for a
// second, the clock takes over again, and the number is no longer valid.
#ifndef AUDIO_DEVICES_DRIVER_H
#define AUDIO_DEVICES_DRIVER_H

#include "audio/devices/device.h"
#include "audio/engine.h"

#include <glib.h>
#include <stdatomic.h>

typedef struct Driver {
    Engine *engine; // borrowed
    GThread *clock;
    _Atomic uint32_t allowed; // the number of the device that may render; 0: none
    _Atomic uint32_t last;  // the number of the device that rendered last; 0: the clock
    atomic_bool busy;       // a thread is rendering
    _Atomic int64_t called; // the device's last call, in monotonic microseconds
    _Atomic int rate;       // the rate of the device or the clock
    double next;            // when the next call is due, in monotonic microseconds
    atomic_bool over;
} Driver;

enum { DRIVER_BLOCK = 512 }; // frames per call of the clock

void driver_start(Driver *d, Engine *e); // starts the clock
// Stops the clock and allows no device. Returns false if a device is still rendering
// after 0.1 s; then the engine must not be freed.
bool driver_stop(Driver *d);

// For the control thread. `number` is not 0 and is never used twice.
void driver_allow(Driver *d, uint32_t number);
void driver_revoke(Driver *d);
bool driver_allows(const Driver *d);    // Any thread. Whether a device may render
bool driver_is_device(const Driver *d); // Any thread. Whether one does

// RT safe. For the device: renders, or writes silence if the device is not allowed.
void driver_render(Driver *d, uint32_t number, float *out, int frames, int rate,
                   bool underrun, const DeviceWire *wire);

#endif
