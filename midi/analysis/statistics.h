// Statistics of a span of music, to compare a model's music with a pianist's.
//
// The span is [from, to) of a performance, S seconds; its notes are those that begin in
// it, cut at its end. "Moments" are the onsets of the chords and single notes of its
// line (line.h). Compare only music with the same resolution of time and velocity:
// encode and decode a pianist's music with the tokenizer first.
#ifndef MIDI_ANALYSIS_STATISTICS_H
#define MIDI_ANALYSIS_STATISTICS_H

#include "midi/performance.h"

typedef enum Statistic {
    STATISTIC_NOTES,     // notes per second: notes / S
    STATISTIC_RANGE,     // semitones from the lowest pitch to the highest
    STATISTIC_VELOCITY,  // mean, 1-127; 0 without notes
    STATISTIC_POLYPHONY, // keys down, on average: sum of the notes' lengths / S
    STATISTIC_CHORDS,    // share of moments at which two or more notes begin
    STATISTIC_PEDAL,     // share of the time with the pedal down
    // Self-similarity: share of the groups of STATISTICS_GROUP successive notes that
    // occurred before in the span, at any pitch.
    STATISTIC_SIMILARITY,
    STATISTIC_BLOCK,          // notes in the longest block that is repeated immediately
    STATISTIC_LOOP,           // seconds of the longest loop (loop.h)
    STATISTIC_LOOP_AT_END,    // seconds of the loop that the last note belongs to
    STATISTIC_SILENCE,        // longest time without an onset, in seconds
    STATISTIC_SILENCE_AT_END, // from the last onset to the span's end, in seconds
    STATISTICS,
} Statistic;

// Shares with a sum of 1, or all 0 if there is nothing to count.
typedef enum Histogram {
    HISTOGRAM_CLASSES,    // notes of each pitch class, C first
    HISTOGRAM_VELOCITIES, // 4 velocities to a bin, as the tokens have them
    HISTOGRAM_GAPS,       // from moment to moment: STATISTICS_GAP x 2^(bin / 3)
    HISTOGRAMS,
} Histogram;

enum {
    STATISTICS_BINS = 32,
    STATISTICS_GROUP = 8,   // equal groups of 7 intervals are hardly ever a coincidence
    STATISTICS_GAP = 20000, // lower end of the first bin of gaps, microseconds
};

typedef struct Statistics {
    double value[STATISTICS];
    double histogram[HISTOGRAMS][STATISTICS_BINS];
} Statistics;

// Names for JSON ("notes_per_second", "pitch_classes"), and in words with the unit.
extern const char *const statistic_keys[STATISTICS], *const statistic_names[STATISTICS];
extern const char *const histogram_keys[HISTOGRAMS], *const histogram_names[HISTOGRAMS];

// `from` < `to`, in microseconds.
void statistics_measure(Statistics *ret, const Performance *p, int64_t from,
                        int64_t to);

// How far two histograms are apart: the Jensen-Shannon divergence in bits,
//
//     JS(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2     H(p) = -sum p log2 p
//
// from 0, equal, to 1, nothing in common. The distance of an empty histogram is 1 to
// every other one and 0 to another empty one.
double statistics_distance(const double p[STATISTICS_BINS],
                           const double q[STATISTICS_BINS]);

#endif
