// Statistics of a MusicEval's samples over the spans of each source.
#ifndef APP_EVALUATION_MUSIC_MUSIC_STATS_H
#define APP_EVALUATION_MUSIC_MUSIC_STATS_H

#include "app/evaluation/music/music_eval.h"
#include "app/evaluation/spread.h"

// The numbers of a span are the statistics and MUSIC_STATS_MATCH, the length in notes
// of its longest match with the training set.
enum { MUSIC_STATS_MATCH = STATISTICS, MUSIC_STATS_NUMBERS };
int music_stats_numbers(
    const MusicEval *eval); // with MUSIC_STATS_MATCH only if it was searched for
const char *music_stats_key(int number); // for JSON
const char *music_stats_name(int number);

// Returns how a number is spread over the spans of a source; 0 without spans.
Spread music_stats_spread(const MusicEval *eval, int number, MusicSource s);

// Returns the share of the takes outside the 10th and 90th percentile of everything
// that the pianists play, after the cut and elsewhere. It is 0.2 if the takes are
// distributed as the pianists' music is.
double music_stats_outside(const MusicEval *eval, int number);
// Returns whether the takes' median lies outside these percentiles.
bool music_stats_is_odd(const MusicEval *eval, int number);

// A span ends in silence if no note has begun in its last seconds, and in a loop if the
// same block of notes was repeated in them.
#define MUSIC_STATS_SILENCE 5.0
#define MUSIC_STATS_LOOP    3.0
typedef enum Ending { ENDS_IN_SILENCE, ENDS_IN_LOOP, ENDINGS } Ending;
// Returns the share of the spans that end in this way.
double music_stats_ending(const MusicEval *eval, MusicSource s, Ending how);

// What the music that the pianist plays after the cut is compared with (statistics.h).
typedef enum Distance {
    DISTANCE_TAKES,     // the takes from that cut
    DISTANCE_ELSEWHERE, // the pianist's music elsewhere in the piece
    DISTANCE_OTHERS,    // the pianists' music after the cuts of all other pieces
    DISTANCES,
} Distance;
double music_stats_distance(const MusicEval *eval, Histogram h, Distance from);

#endif
