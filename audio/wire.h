// The MIDI output of the piano: its onsets, releases and pedal as messages for another
// program or an instrument.
//
// Each part is sent on a channel of its own, or not at all: the given music (the
// piece that plays), the model's music in it, and live playing. The pedal of a piece
// is sent to both of its parts, because the model may lift a pedal that the given
// music pressed.
//
// No key or pedal stays down at a receiver. The wire remembers what it sent, and which
// sources hold each key and the pedal. Every release in the piano, whether by a note's
// end, a stop, a seek or a loop, is sent. If there is no room, it is sent as soon as
// there is some. Before the output ends (wire_shut()) everything is released.
//
// It is a part of the piano. Only the audio callback calls it, except where noted.
#ifndef AUDIO_WIRE_H
#define AUDIO_WIRE_H

#include "audio/event.h"

#include <stdatomic.h>
#include <stdbool.h>

// The name of the port by which the messages leave, of the client "par-midi". It stays
// the same, so that a patchbay can reconnect it.
#define MIDI_PORT_OUT "par-midi out"

typedef enum WirePart { WIRE_GIVEN, WIRE_MODEL, WIRE_HANDS, WIRE_PARTS } WirePart;

typedef struct WireChannels {
    int8_t of[WIRE_PARTS]; // 1-16; 0: the part is not sent
} WireChannels;

#define WIRE_CHANNELS ((WireChannels){{1, 2, 3}}) // the default

// Bits that say why nothing is sent; and WIRE_RELAYED: messages are sent without
// a device.
typedef enum WireShut {
    WIRE_NO_DEVICE = 1, // no device takes the messages
    WIRE_NO_PORT = 2,   // temporarily: another port is being connected
    WIRE_RELAYED = 4,   // another thread takes the messages (engine_hand_over())
} WireShut;

typedef struct WireMessage {
    int64_t frame; // due time, in frames of the engine's clock
    uint8_t bytes[3];
} WireMessage;

// Room for what a piece that floods (ENGINE_BURST) sends in a period of 8192 frames:
// two messages for each stroke of a key that is down.
enum { WIRE_ROOM = 8192, WIRE_CHANNEL_COUNT = 16, WIRE_PITCHES = 128 };

typedef struct Wire {
    // Set by any thread.
    _Atomic uint32_t channels; // one byte per part
    _Atomic uint32_t shut;     // WireShut bits
    atomic_bool quiet;

    int64_t frame; // of the current event; never decreases
    // Used by the callback only.
    WireChannels now; // the channels in use
    // One bit (1 << source) per source.
    uint8_t holders[WIRE_CHANNEL_COUNT][WIRE_PITCHES];
    bool told[WIRE_CHANNEL_COUNT][WIRE_PITCHES]; // the receivers were sent an onset
    uint8_t pedal[WIRE_CHANNEL_COUNT][PEDALS][SOURCES];
    uint8_t told_pedal[WIRE_CHANNEL_COUNT][PEDALS];
    WireMessage queue[WIRE_ROOM];
    unsigned head, tail; // only grow; the messages between them are queued
    bool behind;         // a message found no room
} Wire;

void wire_init(Wire *w);

// Any thread. RT safe.
void wire_set_channels(Wire *w, WireChannels c);
// The initial state is WIRE_NO_DEVICE. After shutting, wire_is_quiet() becomes true
// once everything was released and the messages were taken in an earlier period.
void wire_shut(Wire *w, WireShut why, bool shut);
bool wire_is_quiet(const Wire *w);
bool wire_has(const Wire *w, WireShut why);

// All are RT safe. wire_begin() begins a block and applies the requests.
void wire_begin(Wire *w, int64_t frame);
void wire_key_down(Wire *w, AudioSource source, bool written, int pitch, int velocity);
void wire_key_up(Wire *w, AudioSource source, int pitch);
void wire_pedal(Wire *w, AudioSource source, Pedal pedal, int value);
void wire_panic(Wire *w); // releases everything, by every kind of message that does so

// Returns the next message that is due before `end`; false if there is none.
bool wire_peek(const Wire *w, int64_t end, WireMessage *ret);
void wire_drop(Wire *w); // removes that message

#endif
