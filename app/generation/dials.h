// Dials steer a take in a musician's terms: density, register, loudness, pedal and
// spread, each relative to what was played before the cut. A dial in the middle, 0, has
// no effect: the take is the same, bit for bit.
//
//   density   doublings of the notes per second: 1 is twice as dense, -1 half
//   register  semitones, added to the mean pitch
//   loudness  added to the mean velocity, which lies between 1 and 127
//   pedal     percentage points, added to the share of time with the pedal down
//   spread    semitones, added to the mean distance of pitches from their mean: how
//             wide the register is
//
// Any other position tilts the model's distribution towards the wanted level,
//
//   p'(t) ~ p(t) exp(push f(t))       f(t): how much the token t adds
//
// which, of all distributions with the same mean of f, is the nearest to the model's
// (exponential tilting). A proportional-integral controller sets the push so that the
// music reaches the wanted level:
//
//   error = (wanted - level) / unit            level: over the last seconds
//   push  = gain (error + integral of error dt / seconds),       limited to +-limit
//
// `wanted` is the level of the seconds before the cut plus the dial's position. If
// almost nothing was played before the cut, the usual level of pianists is used
// instead.
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
    const char *name;              // the name of its option, also used in the receipt
    double most;                   // its positions are -most to most
    double unit, gain, seconds;    // the constants of its controller
    double usual, lowest, highest; // pianists' mean level; the limits of `wanted`
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
    int64_t step;                      // the time up to which events were added
    double time, pedal;                // seconds, and those with the pedal down
    double notes, pitches, velocities; // onsets, and sums over them
    double distances; // sum over the distances of each pitch from the mean of the
                      // earlier ones
} Meter;

// Adds an event of the decoder; events come in order of time.
void meter_hear(Meter *m, const Decoder *decoder, Event event);

// Measures the level of a dial, in the dial's unit (density: log2 of notes per second).
// Returns false if too little was played.
bool meter_level(const Meter *m, Dial dial, double *ret);

// The state of the dials during one take.
typedef struct Steering {
    Dials dials;
    Meter before, now;                     // over a long and a short time
    double wanted[DIALS], integral[DIALS]; // the integral of errors over seconds
    bool begun;
} Steering;

void steering_init(Steering *s, const Dials *dials);

// Adds the event of each token, the prompt's included.
void steering_hear(Steering *s, const Decoder *decoder, Event event);

// Ends the prompt: the dials are relative to the music so far.
void steering_begin(Steering *s);

// Returns the tilted logits: `logits` itself if all dials are in the middle, otherwise
// `ret`, (V), which is then written. legal: (V).
const real *steering_tilt(const Steering *s, real *ret, const real *logits,
                          const bool *legal, const Grammar *g);

#endif
