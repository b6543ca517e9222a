// What a Judge's samples come to: figures over the spans of each source.
#ifndef APP_EVALUATION_VERDICT_H
#define APP_EVALUATION_VERDICT_H

#include "app/evaluation/judge.h"

// A number that every span has: a statistic, or VERDICT_MATCH, notes of its longest
// match with the training set.
enum { VERDICT_MATCH = STATISTICS, VERDICT_NUMBERS };
int verdict_numbers(const Judge *j); // with VERDICT_MATCH only if it was searched for
const char *verdict_key(int number); // for JSON
const char *verdict_name(int number);

// The 10th, 50th and 90th percentile, between the two nearest spans in proportion; 0
// without spans.
typedef struct Spread {
    double low, median, high;
} Spread;
Spread verdict_spread(const Judge *j, int number, Source s);

// The share of the takes that lie beyond the 10th and 90th percentile of all that the
// pianists play, after the cut and elsewhere; of takes like theirs 0.2.
double verdict_outside(const Judge *j, int number);
// Whether the takes' median lies there.
bool verdict_is_odd(const Judge *j, int number);

// A span dies into silence or into a loop if at its end no note has begun for so many
// seconds, or the same block of notes has been played for so many.
#define VERDICT_SILENCE 5.0
#define VERDICT_LOOP    3.0
typedef enum Death { DEATH_SILENCE, DEATH_LOOP, DEATHS } Death;
double verdict_dying(const Judge *j, Source s, Death d); // share of the spans

// The median distance (statistics.h) to what the pianist plays after the cut, from ...
typedef enum Distance {
    DISTANCE_TAKES,     // ... the takes from that cut
    DISTANCE_ELSEWHERE, // ... elsewhere in the piece
    DISTANCE_OTHERS,    // ... what the pianists play after the cuts of all other pieces
    DISTANCES,
} Distance;
double verdict_distance(const Judge *j, Histogram h, Distance from);

#endif
