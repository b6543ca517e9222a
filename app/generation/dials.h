// Dials that steer a take in a musician's words: how dense, how high, how loud and how
// much pedal, each beside what was played before the cut. In the middle, 0, a dial does
// nothing at all, and a take keeps every bit.
//
//   density   doublings of the notes a second: 1 is twice as dense, -1 half
//   register  semitones of the mean pitch
//   loudness  of the mean velocity, which goes from 1 to 127
//   pedal     percent of the time that the pedal is down: 25 is a quarter more of it
//
// A dial off the middle tilts the model's distribution towards what is asked for,
//
//   p'(t) ~ p(t) exp(push f(t))       f(t): how much of it the token t brings
//
// which of all distributions with the same mean of f is the nearest to the model's
// (exponential tilting). A controller sets the push, so that what is asked for arrives,
// whatever the model makes of it (proportional and integral control):
//
//   error = (wanted - level) / unit            level: of the last seconds
//   push  = gain (error + integral of error dt / seconds),       within +-limit
//
// wanted is the level of the seconds before the cut and what the dial adds to it; with
// next to nothing before the cut, that of pianists.
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

// Density is said as a factor: 2 is twice as dense, 1 the middle. The others are said
// as they are.
double dial_said(Dial dial, double at);
double dial_from_said(Dial dial, double said);

// What was played in about the last `seconds`, each moment weighing less the longer ago
// it was: exp(-age / seconds).
typedef struct Meter {
    double seconds;
    int64_t step;                      // up to which it has heard
    double time, pedal;                // seconds; of them the pedal was down
    double notes, pitches, velocities; // onsets, and sums over them
} Meter;

// Takes in an event that the decoder gave, in order.
void meter_hear(Meter *m, const Decoder *decoder, Event event);

// The level of a dial, in its own measure (density: log2 of notes a second); false if
// there was too little to say.
bool meter_level(const Meter *m, Dial dial, double *ret);

// Where the dials of one take have come to.
typedef struct Steering {
    Dials dials;
    Meter before, now;                     // long and short
    double wanted[DIALS], integral[DIALS]; // errors times seconds
    bool begun;
} Steering;

void steering_init(Steering *s, const Dials *dials);

// What is heard of each token, the prompt's too.
void steering_hear(Steering *s, const Decoder *decoder, Event event);

// The prompt is over: what was played so far is what the dials are relative to.
void steering_begin(Steering *s);

// The logits as the dials would have them: `logits` itself if all are in the middle,
// else into ret, (V). legal: (V).
const real *steering_tilt(const Steering *s, real *ret, const real *logits,
                          const bool *legal, const Grammar *g);

#endif
