// Who drives the engine: the device that plays or, while none does, a clock thread;
// never two at a time, though a device that was given up may wake up and call again.
//
// A part of the output. A device is allowed by the control thread, under a number.
// With its first call it takes over from the clock; if it then does not call for a
// second, the clock takes it back, and the number is worth nothing any more.
#ifndef AUDIO_DEVICES_DRIVER_H
#define AUDIO_DEVICES_DRIVER_H

#include "audio/devices/device.h"
#include "audio/engine.h"

#include <glib.h>
#include <stdatomic.h>

typedef struct Driver {
    Engine *engine; // borrowed
    GThread *clock;
    _Atomic uint32_t allowed; // the device that may render, by number; 0: none
    _Atomic uint32_t last;    // who rendered last: a device or 0, the clock
    atomic_bool busy;         // somebody renders
    _Atomic int64_t called;   // when the device last did, in monotonic microseconds
    _Atomic int rate;         // of who renders
    double next;              // when its next call is due, in monotonic microseconds
    atomic_bool over;
} Driver;

enum { DRIVER_BLOCK = 512 }; // frames that the clock renders at once

void driver_start(Driver *d, Engine *e); // begins with the clock
// Ends the clock, and any device's right. False: a device is still rendering after
// 0.1 s, and the engine may not be freed.
bool driver_stop(Driver *d);

// The control thread's: `number` is not 0 and never given twice.
void driver_allow(Driver *d, uint32_t number);
void driver_revoke(Driver *d);
bool driver_allows(const Driver *d);    // Any thread. May some device still render?
bool driver_is_device(const Driver *d); // Any thread. Does it?

// RT safe. A device's call: renders, or writes silence if it may not.
void driver_render(Driver *d, uint32_t number, float *out, int frames, int rate,
                   bool underrun, const DeviceWire *wire);

#endif
