// The sound devices of this machine, behind one small interface: PortAudio's (ALSA, and
// what stands behind its "default": PipeWire, PulseAudio) and JACK's.
//
// Any of these calls may hang while a sound server is stuck: they belong to the
// output's control thread, which others watch (audio/devices/output.h). Nothing here
// prints; what the libraries would say on stderr is silenced.
//
// JACK is played directly, for PortAudio's own way to it (19.6) waits ten minutes for a
// server that has died, then ends the program by an assertion.
#ifndef AUDIO_DEVICES_DEVICE_H
#define AUDIO_DEVICES_DEVICE_H

#include "audio/wire.h"

#include <glib.h>
#include <stdbool.h>

// Where a device takes MIDI messages that go out with its sound. False: it takes no
// more in this period. RT safe.
typedef struct DeviceWire {
    bool (*send)(void *data, const WireMessage *m); // its frame is one of the call's
    void *data;
} DeviceWire;

// What a device calls, from its own thread, for `frames` more frames, left and right in
// turn; `underrun`: it had too few before; `wire`: NULL if it takes no MIDI. RT safe is
// what it must be.
typedef void DeviceRender(void *data, float *out, int frames, int rate, bool underrun,
                          const DeviceWire *wire);

typedef struct DeviceSystem DeviceSystem;

typedef struct Device {
    const DeviceSystem *system;
    char *name;       // owned; "ALSA: default"
    int rate, frames; // a second; a call, 0 if that varies
    double latency;   // seconds from a call to the ears, as the system tells
    bool wired;       // it takes MIDI too
    DeviceRender *render;
    void *data; // borrowed, render's
} Device;

struct DeviceSystem {
    // Appends the names of its output devices.
    void (*list)(GPtrArray *names);
    // Opens the device of this name, or its default one for "", in silence. `frames` is
    // what a call should be for, if the system lets one choose.
    bool (*open)(Device **ret, const char *name, int frames, GError **error);
    bool (*start)(Device *d, DeviceRender *render, void *data, GError **error);
    bool (*alive)(const Device *d); // false: it has stopped by itself
    void (*close)(Device *d);
};

extern const DeviceSystem device_portaudio, device_jack;

#define DEVICE_ERROR device_error_quark()
GQuark device_error_quark(void);

#endif
