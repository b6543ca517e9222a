// The events that tests of the engine push.
#ifndef TESTS_AUDIO_EVENT_H
#define TESTS_AUDIO_EVENT_H

#include "audio/event.h"

// A stroke, or with velocity 0 a release.
static inline AudioEvent note(AudioSource source, int64_t time, int pitch,
                              int velocity) {
    return (AudioEvent){.time = time,
                        .kind = velocity ? EVENT_ONSET : EVENT_RELEASE,
                        .source = (uint8_t)source,
                        .pitch = (uint8_t)pitch,
                        .value = (uint8_t)velocity};
}

static inline AudioEvent pedal(AudioSource source, int64_t time, int value) {
    return (AudioEvent){.time = time,
                        .kind = EVENT_PEDAL,
                        .source = (uint8_t)source,
                        .value = (uint8_t)value};
}

static inline AudioEvent in(uint32_t epoch, AudioEvent event) {
    event.epoch = epoch;
    return event;
}

#endif
