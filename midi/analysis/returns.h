// How long ago music that comes back was heard last.
//
// The notes stand in a line (line.h), e_i their onsets. Group i is `notes` of them,
// from note i on; it is known by the intervals from one to the next, at any pitch and
// in any rhythm. Its lag is
//
//     e_i - e_j     j the latest before it, j + notes <= i, with the same intervals
//
// and what counts is how many groups have a lag of what length. Since the latest
// counts, an ostinato has short lags however long it lasts; the share of RETURNS_FAR
// and more is the return rate: themes that come back after something else.
#ifndef MIDI_ANALYSIS_RETURNS_H
#define MIDI_ANALYSIS_RETURNS_H

#include "midi/performance.h"

// The lag is below so many seconds: 4, 15, 30, 60; 60 or more; or there is none.
typedef enum ReturnLag {
    RETURN_4,
    RETURN_15,
    RETURN_30,
    RETURN_60,
    RETURN_LATER,
    RETURN_NEVER,
    RETURN_LAGS,
} ReturnLag;

#define RETURNS_FAR   15000000 // microseconds
#define RETURNS_NOTES 8        // of a group at most: 7 intervals fit into one number

typedef struct Returns {
    double share[RETURN_LAGS]; // of the groups; they sum to 1, or are all 0
    double rate;               // of RETURN_30, RETURN_60 and RETURN_LATER together
} Returns;

// Of the groups that begin at `from` (microseconds) or later; `notes` is 2 to
// RETURNS_NOTES. They are looked for in all of `p`. With `other`, what is as far back
// as RETURNS_FAR is looked for in that instead, as if it had been played at its times:
// of other music, that is what comes back by chance.
void returns_measure(Returns *ret, const Performance *p, int64_t from, int notes,
                     const Performance *other);

#endif
