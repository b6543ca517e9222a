#include "audio/wire.h"

#include <glib.h>
#include <string.h>

enum { NOTE_OFF = 0x80, NOTE_ON = 0x90, CONTROL = 0xB0 };
enum { CC_SOUND_OFF = 120, CC_NOTES_OFF = 123 };

void wire_init(Wire *w) {
    memset(w, 0, sizeof *w);
    wire_set_channels(w, WIRE_CHANNELS);
    atomic_init(&w->shut, WIRE_NO_DEVICE);
    atomic_init(&w->quiet, true);
}

void wire_set_channels(Wire *w, WireChannels c) {
    uint32_t packed = 0;
    for (int part = 0; part < WIRE_PARTS; part++)
        packed |= (uint32_t)CLAMP(c.of[part], 0, WIRE_CHANNEL_COUNT) << 8 * part;
    atomic_store(&w->channels, packed);
}

static WireChannels channels(const Wire *w) {
    uint32_t packed = atomic_load(&w->channels);
    WireChannels c;
    for (int part = 0; part < WIRE_PARTS; part++)
        c.of[part] = (int8_t)(packed >> 8 * part & 0xFF);
    return c;
}

void wire_shut(Wire *w, WireShut why, bool shut) {
    atomic_store(&w->quiet, false);
    if (shut)
        atomic_fetch_or(&w->shut, why);
    else
        atomic_fetch_and(&w->shut, ~(uint32_t)why);
}

bool wire_has(const Wire *w, WireShut why) { return atomic_load(&w->shut) & why; }

static bool is_shut(uint32_t bits) {
    return bits & WIRE_NO_PORT ||
           (bits & (WIRE_NO_DEVICE | WIRE_RELAYED)) == WIRE_NO_DEVICE;
}

bool wire_is_quiet(const Wire *w) { return atomic_load(&w->quiet); }

// ---- messages

static bool send(Wire *w, int status, int channel, int a, int b) {
    if (w->head - w->tail == WIRE_ROOM) {
        w->behind = true;
        return false;
    }
    w->queue[w->head++ % WIRE_ROOM] = (WireMessage){
        w->frame, {(uint8_t)(status | channel), (uint8_t)a, (uint8_t)b}};
    return true;
}

static void tell_up(Wire *w, int channel, int pitch) {
    if (w->told[channel][pitch] && send(w, NOTE_OFF, channel, pitch, 0))
        w->told[channel][pitch] = false;
}

static void tell_pedal(Wire *w, int channel, Pedal pedal) {
    int deepest = 0;
    for (int source = 0; source < SOURCES; source++)
        deepest = MAX(deepest, w->pedal[channel][pedal][source]);
    if (deepest != w->told_pedal[channel][pedal] &&
        send(w, CONTROL, channel, pedal_controller(pedal), deepest))
        w->told_pedal[channel][pedal] = (uint8_t)deepest;
}

// Tells what the receivers do not have as it is.
static void catch_up(Wire *w) {
    w->behind = false;
    for (int channel = 0; channel < WIRE_CHANNEL_COUNT; channel++) {
        for (Pedal pedal = 0; pedal < PEDALS; pedal++) tell_pedal(w, channel, pedal);
        for (int pitch = 0; pitch < WIRE_PITCHES; pitch++)
            if (!w->holders[channel][pitch]) tell_up(w, channel, pitch);
    }
}

static void let_all_go(Wire *w) {
    memset(w->holders, 0, sizeof w->holders);
    memset(w->pedal, 0, sizeof w->pedal);
    catch_up(w);
}

bool wire_peek(const Wire *w, int64_t end, WireMessage *ret) {
    if (w->head == w->tail) return false;
    *ret = w->queue[w->tail % WIRE_ROOM];
    return ret->frame < end;
}

void wire_drop(Wire *w) { w->tail++; }

// ---- the piano

static bool goes_out(WireChannels c) {
    for (int part = 0; part < WIRE_PARTS; part++)
        if (c.of[part]) return true;
    return false;
}

void wire_begin(Wire *w, int64_t frame) {
    WireChannels c = channels(w);
    bool empty = w->head == w->tail;
    if (is_shut(atomic_load(&w->shut))) {
        c = (WireChannels){{0}};
        atomic_store(&w->quiet, empty && !w->behind && !goes_out(w->now));
    }
    w->frame = frame;
    if (memcmp(&c, &w->now, sizeof c) != 0) {
        let_all_go(w);
        w->now = c;
    } else if (w->behind) {
        catch_up(w);
    }
}

static int channel_of(const Wire *w, WirePart part) { return w->now.of[part] - 1; }

void wire_key_down(Wire *w, AudioSource source, bool written, int pitch, int velocity) {
    int channel = channel_of(w, source != SOURCE_PLAYBACK ? WIRE_HANDS
                                : written                 ? WIRE_MODEL
                                                          : WIRE_GIVEN);
    if (channel < 0) return;
    w->holders[channel][pitch] |= (uint8_t)(1 << source);
    tell_up(w, channel, pitch); // struck again
    if (!w->told[channel][pitch] && send(w, NOTE_ON, channel, pitch, velocity))
        w->told[channel][pitch] = true;
}

void wire_key_up(Wire *w, AudioSource source, int pitch) {
    for (int channel = 0; channel < WIRE_CHANNEL_COUNT; channel++) {
        uint8_t *holders = &w->holders[channel][pitch];
        *holders &= (uint8_t) ~(1 << source);
        if (!*holders) tell_up(w, channel, pitch);
    }
}

void wire_pedal(Wire *w, AudioSource source, Pedal pedal, int value) {
    static const WirePart of_piece[] = {WIRE_GIVEN, WIRE_MODEL},
                          of_hands[] = {WIRE_HANDS, WIRE_HANDS};
    const WirePart *parts = source == SOURCE_PLAYBACK ? of_piece : of_hands;
    for (int i = 0; i < 2; i++) {
        int channel = channel_of(w, parts[i]);
        if (channel < 0) continue;
        w->pedal[channel][pedal][source] = (uint8_t)value;
        tell_pedal(w, channel, pedal);
    }
}

void wire_panic(Wire *w) {
    let_all_go(w);
    for (int part = 0; part < WIRE_PARTS; part++) {
        int channel = channel_of(w, (WirePart)part);
        if (channel < 0) continue;
        for (Pedal pedal = 0; pedal < PEDALS; pedal++)
            send(w, CONTROL, channel, pedal_controller(pedal), 0);
        send(w, CONTROL, channel, CC_NOTES_OFF, 0);
        send(w, CONTROL, channel, CC_SOUND_OFF, 0);
    }
}
