// The sound devices of this machine behind one small interface: those of PortAudio
// (ALSA, and PipeWire or PulseAudio through ALSA's "default") and of JACK.
//
// Any of these calls may hang while a sound server is stuck, so only the output's
// control thread makes them, under a watchdog (audio/devices/output.h). Nothing here
// prints; what the libraries would write to stderr is suppressed.
//
// JACK is used directly, because PortAudio 19.6 waits ten minutes for a JACK server
// that has died and then aborts the program with an assertion.
#ifndef AUDIO_DEVICES_DEVICE_H
#define AUDIO_DEVICES_DEVICE_H

#include "audio/wire.h"

#include <glib.h>
#include <stdbool.h>

// Takes the MIDI messages that go out with the sound of a device. send() returns false
// if the device takes no more in this period. RT safe.
typedef struct DeviceWire {
    bool (*send)(void *data, const WireMessage *m); // its frame lies within the call
    void *data;
} DeviceWire;

// A device calls this from its own thread for `frames` more frames, with left and right
// interleaved. `underrun` says that it had too few frames before; `wire` is NULL if the
// device takes no MIDI. It must be RT safe.
typedef void DeviceRender(void *data, float *out, int frames, int rate, bool underrun,
                          const DeviceWire *wire);

typedef struct DeviceSystem DeviceSystem;

typedef struct Device {
    const DeviceSystem *system;
    char *name;       // owned; "ALSA: default"
    int rate, frames; // frames per second; frames per call, 0 if that varies
    double latency;   // seconds from a call until it is heard, as the system reports
    bool wired;       // it takes MIDI too, by DeviceWire
    DeviceRender *render;
    void *data; // borrowed; passed to render()
} Device;

struct DeviceSystem {
    // Appends the names of its output devices.
    void (*list)(GPtrArray *names);
    // Opens the device of this name, or the default one for "". `frames` is the wanted
    // number of frames per call, if the system allows a choice.
    bool (*open)(Device **ret, const char *name, int frames, GError **error);
    bool (*start)(Device *d, DeviceRender *render, void *data, GError **error);
    bool (*alive)(const Device *d); // false: the device has stopped by itself
    void (*close)(Device *d);
};

extern const DeviceSystem device_portaudio, device_jack;

#define DEVICE_ERROR device_error_quark()
GQuark device_error_quark(void);

#endif
