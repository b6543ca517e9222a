// What goes out as MIDI beside the sound: the strokes, releases and pedal of the piano,
// as messages for a program or an instrument outside.
//
// Each part goes out on a channel of its own, or not at all: what was given (the piece
// that plays), what the model wrote of it, and what hands play. The pedal of a piece is
// told to both of its parts, for the model may lift what was given.
//
// Nothing it pressed stays down. It remembers what its receivers were told, and who
// holds a key and the pedal. What comes up in the piano, by a release, a stop, a seek
// or a loop, is told; what found no room is told as soon as there is some; and before
// the messages are taken by nobody any more (wire_shut()) everything comes up.
//
// A part of the piano; the audio callback alone calls it, but for what says otherwise.
#ifndef AUDIO_WIRE_H
#define AUDIO_WIRE_H

#include "audio/event.h"

#include <stdatomic.h>
#include <stdbool.h>

typedef enum WirePart { WIRE_GIVEN, WIRE_MODEL, WIRE_HANDS, WIRE_PARTS } WirePart;

typedef struct WireChannels {
    int8_t of[WIRE_PARTS]; // 1-16; 0: the part does not go out
} WireChannels;

#define WIRE_CHANNELS ((WireChannels){{1, 2, 3}}) // unless told otherwise

// Why nothing goes out, as bits; and WIRE_RELAYED, by which it does without a device.
typedef enum WireShut {
    WIRE_NO_DEVICE = 1, // that takes the messages
    WIRE_NO_PORT = 2,   // for a moment: another one is about to be connected
    WIRE_RELAYED = 4,   // another thread takes them (engine_hand_over())
} WireShut;

typedef struct WireMessage {
    int64_t frame; // when it is due, of the engine's clock
    uint8_t bytes[3];
} WireMessage;

enum { WIRE_ROOM = 2048, WIRE_CHANNEL_COUNT = 16, WIRE_PITCHES = 128 };

typedef struct Wire {
    // Asked and told, by any thread.
    _Atomic uint32_t channels; // a byte a part
    _Atomic uint32_t shut;     // WireShut bits
    atomic_bool quiet;

    int64_t frame; // of what happens now; never goes back
    // The callback's own.
    WireChannels now;                                  // that it follows
    uint8_t holders[WIRE_CHANNEL_COUNT][WIRE_PITCHES]; // a bit (1 << source) a source
    bool told[WIRE_CHANNEL_COUNT][WIRE_PITCHES];       // the receivers have it down
    uint8_t pedal[WIRE_CHANNEL_COUNT][PEDALS][SOURCES];
    uint8_t told_pedal[WIRE_CHANNEL_COUNT][PEDALS];
    WireMessage queue[WIRE_ROOM];
    unsigned head, tail; // only grow; the messages are those between
    bool behind;         // something found no room
} Wire;

void wire_init(Wire *w);

// Any thread. RT safe.
void wire_set_channels(Wire *w, WireChannels c);
// Begins with WIRE_NO_DEVICE. Once it is shut, wire_is_quiet() becomes true when
// everything came up and was taken, in an earlier period than this one.
void wire_shut(Wire *w, WireShut why, bool shut);
bool wire_is_quiet(const Wire *w);
bool wire_has(const Wire *w, WireShut why);

// All RT safe. What a block begins with: follows what was asked.
void wire_begin(Wire *w, int64_t frame);
void wire_key_down(Wire *w, AudioSource source, bool written, int pitch, int velocity);
void wire_key_up(Wire *w, AudioSource source, int pitch);
void wire_pedal(Wire *w, AudioSource source, Pedal pedal, int value);
void wire_panic(Wire *w); // everything up, and each channel told so in all ways

// The next message that is due before `end`. False: none.
bool wire_peek(const Wire *w, int64_t end, WireMessage *ret);
void wire_drop(Wire *w); // that message is taken

#endif
