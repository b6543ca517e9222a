// A piano performance: notes and pedal movements. All parts of par-midi use this type.
//
// Time is int64_t microseconds from the start of the piece. One piano: at most one note
// of a pitch sounds at a time. Invariants, which performance_finish() restores:
//   - notes are in order of onset, then pitch; 0 <= onset <= release;
//   - a note is released no later than the next onset of its pitch;
//   - pedal changes are in order of time and each differs from the one before it; so
//     are those of each of the other two pedals, and none is pressed for no time.
#ifndef MIDI_PERFORMANCE_H
#define MIDI_PERFORMANCE_H

#include "midi/tempo_map.h"

#include <stddef.h>

typedef struct Note {
    int64_t onset, release; // microseconds
    uint8_t pitch;          // 0-127, 60 is middle C
    uint8_t velocity;       // 1-127
} Note;

typedef struct PedalChange {
    int64_t time;  // microseconds
    uint8_t value; // 0-127, the value of CC 64; the pedal is down from PEDAL_DOWN on
} PedalChange;

#define PEDAL_DOWN 64

// The pedals of a piano from right to left. The model knows only the damper pedal,
// which is called "the pedal" everywhere. The other two are stored, played, recorded
// and exported.
typedef enum Pedal {
    PEDAL_DAMPER,    // CC 64
    PEDAL_SOSTENUTO, // CC 66: holds the keys that are down when it is pressed
    PEDAL_SOFT,      // CC 67
    PEDALS,
} Pedal;

typedef struct PedalMove {
    int64_t time;
    uint8_t pedal; // PEDAL_SOSTENUTO or PEDAL_SOFT
    uint8_t value;
} PedalMove;

// The MIDI controller of a pedal, and the pedal of a controller; PEDALS: none.
static inline int pedal_controller(Pedal pedal) {
    static const uint8_t controllers[] = {64, 66, 67};
    return controllers[pedal];
}

static inline Pedal pedal_of_controller(int controller) {
    return controller == 64   ? PEDAL_DAMPER
           : controller == 66 ? PEDAL_SOSTENUTO
           : controller == 67 ? PEDAL_SOFT
                              : PEDALS;
}

typedef struct Performance {
    Note *notes; // owned
    size_t note_count, note_room;
    PedalChange *pedal; // owned
    size_t pedal_count, pedal_room;
    PedalMove *moves; // owned; of the other two pedals
    size_t move_count, move_room;
    TempoMap *tempo; // a reference; NULL: bars and beats are not known
} Performance;

// A zeroed Performance is empty. Clearing frees what it owns and zeroes the struct.
void performance_clear(Performance *p);

// Append notes and pedal changes in any order; call performance_finish() after
// the last.
void performance_add_note(Performance *p, Note note);
void performance_add_pedal(Performance *p, int64_t time, uint8_t value);
void performance_move_pedal(Performance *p, int64_t time, Pedal pedal,
                            uint8_t value); // `pedal` is any of the three

// Restores the invariants: sorts, shortens overlapping notes, and drops pedal changes
// that change nothing. Two notes of one pitch at the same moment become one, with the
// louder velocity and the later release.
void performance_finish(Performance *p);

// Returns the time of the last release or pedal change in microseconds, 0 if empty.
int64_t performance_end(const Performance *p);

// Replaces `ret` by the part of `p` in [from, to): the notes that begin there, cut at
// `to`, and the pedal changes, with the state of the pedal at `from` before them. Times
// keep their origin. The tempo map is shared and keeps its ticks.
void performance_slice(Performance *ret, const Performance *p, int64_t from,
                       int64_t to);

// Shifts all times by `by`, which may be negative as long as no time becomes negative.
// The tempo map moves along only if the shift is negative.
void performance_shift(Performance *p, int64_t by);

#endif
