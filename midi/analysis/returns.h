// Measures how much music returns, and how long after it was last heard.
//
// The notes form a line (line.h) with onsets e_i. Group i is the `notes` notes from
// note i on. Groups are equal if the intervals from note to note are, at any pitch and
// in any rhythm. The lag of group i is
//
//     e_i - e_j     j: the latest earlier group, j + notes <= i, that is equal
//
// The result is a histogram of the lags. Since the latest equal group counts, an
// ostinato has short lags however long it lasts. The share of lags of RETURNS_FAR and
// more is the return rate: it counts themes that return after something else.
#ifndef MIDI_ANALYSIS_RETURNS_H
#define MIDI_ANALYSIS_RETURNS_H

#include "midi/performance.h"

// The lag is below 4, 15, 30 or 60 seconds; 60 or more; or the group never returns.
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
#define RETURNS_NOTES 8 // the most notes of a group: 7 intervals fit into one number

typedef struct Returns {
    double share[RETURN_LAGS]; // shares of the groups; their sum is 1, or all are 0
    double rate;               // the sum of RETURN_30, RETURN_60 and RETURN_LATER
} Returns;

// Measures the groups that begin at `from` (microseconds) or later; `notes` is 2 to
// RETURNS_NOTES. They are searched for in all of `p`. If `other` is given, groups
// that did not return within RETURNS_FAR are searched for in that music instead, as
// if it had been played at the same times. For unrelated music, this measures returns
// by chance.
void returns_measure(Returns *ret, const Performance *p, int64_t from, int notes,
                     const Performance *other);

#endif
