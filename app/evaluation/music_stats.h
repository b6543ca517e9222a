// What a MusicEval's samples come to: figures over the spans of each source.
#ifndef APP_EVALUATION_MUSIC_STATS_H
#define APP_EVALUATION_MUSIC_STATS_H

#include "app/evaluation/music_eval.h"
#include "app/evaluation/spread.h"

// A number that every span has: a statistic, or MUSIC_STATS_MATCH, notes of its longest
// match with the training set.
enum { MUSIC_STATS_MATCH = STATISTICS, MUSIC_STATS_NUMBERS };
int music_stats_numbers(
    const MusicEval *eval); // with MUSIC_STATS_MATCH only if it was searched for
const char *music_stats_key(int number); // for JSON
const char *music_stats_name(int number);

// 0 without spans.
Spread music_stats_spread(const MusicEval *eval, int number, MusicSource s);

// The share of the takes that lie beyond the 10th and 90th percentile of all that the
// pianists play, after the cut and elsewhere; of takes like theirs 0.2.
double music_stats_outside(const MusicEval *eval, int number);
// Whether the takes' median lies there.
bool music_stats_is_odd(const MusicEval *eval, int number);

// A span ends in silence or in a loop if at its end no note has begun for so many
// seconds, or the same block of notes has been played for so many.
#define MUSIC_STATS_SILENCE 5.0
#define MUSIC_STATS_LOOP    3.0
typedef enum Ending { ENDS_IN_SILENCE, ENDS_IN_LOOP, ENDINGS } Ending;
double music_stats_ending(const MusicEval *eval, MusicSource s,
                          Ending how); // share of the spans

// The median distance (statistics.h) to what the pianist plays after the cut, from ...
typedef enum Distance {
    DISTANCE_TAKES,     // ... the takes from that cut
    DISTANCE_ELSEWHERE, // ... elsewhere in the piece
    DISTANCE_OTHERS,    // ... what the pianists play after the cuts of all other pieces
    DISTANCES,
} Distance;
double music_stats_distance(const MusicEval *eval, Histogram h, Distance from);

#endif
