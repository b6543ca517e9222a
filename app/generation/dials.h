// Dials steer a take in a musician's terms: density, register, loudness, pedal and
// spread, each relative to what was played before the cut. A dial in the middle, 0, has
// no effect: the take is the same, bit for bit.
//
//   density   doublings of the notes a second: 1 is twice as dense, -1 half
//   register  semitones of the mean pitch
//   loudness  of the mean velocity, which goes from 1 to 127
//   pedal     percent of the time that the pedal is down: 25 is a quarter more of it
//   spread    semitones of the mean distance of pitches from their mean: how wide the
//             register is, around where it was or where its dial asks for
//
// Any other position tilts the model's distribution towards what is asked for,
//
//   p'(t) ~ p(t) exp(push f(t))       f(t): how much of it the token t brings
//
// which is the nearest to the model's of all distributions with the same mean of f
// (exponential tilting). A controller sets the push so that the music reaches the level
// asked for (proportional-integral control):
//
//   error = (wanted - level) / unit            level: of the last seconds
//   push  = gain (error + integral of error dt / seconds),       within +-limit
//
// wanted is the level of the seconds before the cut plus the dial's position. Where
// almost nothing was played before the cut, the usual level of pianists takes its
// place.
#ifndef APP_GENERATION_DIALS_H
#define APP_GENERATION_DIALS_H

#include "midi/grammar.h"
#include "midi/tokenizer.h"
#include "model/real.h"

typedef enum Dial {
    DIAL_DENSITY,
    DIAL_REGISTER,
    DIAL_LOUDNESS,
    DIAL_PEDAL,
    DIAL_SPREAD,
    DIALS,
} Dial;

typedef struct Dials {
    double at[DIALS]; // 0 is the middle
} Dials;

typedef struct DialKind {
    const char *name;              // of its option, and in the receipt
    double most;                   // it goes from -most to most
    double unit, gain, seconds;    // of its controller
    double usual, lowest, highest; // level of pianists; what can be wanted
} DialKind;
extern const DialKind dial_kinds[DIALS];

// Convert between a dial's position and the number that users see. Density is shown as
// a factor: 2 is twice as dense, 1 is the middle. The others are shown as they are.
double dial_said(Dial dial, double at);
double dial_from_said(Dial dial, double said);

// A running average of what was played in about the last `seconds`. Its weight falls
// with age: exp(-age / seconds).
typedef struct Meter {
    double seconds;
    int64_t step;                      // up to which it has heard
    double time, pedal;                // seconds; of them the pedal was down
    double notes, pitches, velocities; // onsets, and sums over them
    double distances;                  // of each pitch from the mean of those before
} Meter;

// Adds an event of the decoder; events come in order of time.
void meter_hear(Meter *m, const Decoder *decoder, Event event);

// Measures the level of a dial, in the dial's unit (density: log2 of notes per second).
// Returns false if too little was played.
bool meter_level(const Meter *m, Dial dial, double *ret);

// The state of the dials during one take.
typedef struct Steering {
    Dials dials;
    Meter before, now;                     // long and short
    double wanted[DIALS], integral[DIALS]; // errors times seconds
    bool begun;
} Steering;

void steering_init(Steering *s, const Dials *dials);

// Adds the event of each token, the prompt's included.
void steering_hear(Steering *s, const Decoder *decoder, Event event);

// Ends the prompt: the dials are relative to what was played so far.
void steering_begin(Steering *s);

// Returns the tilted logits: `logits` itself if all dials are in the middle, otherwise
// `ret`, (V), which is then written. legal: (V).
const real *steering_tilt(const Steering *s, real *ret, const real *logits,
                          const bool *legal, const Grammar *g);

#endif
