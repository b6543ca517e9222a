// Statistics of a span of music, to compare a machine's music with a pianist's.
//
// The span is [from, to) of a performance, S seconds; its notes are those begun in it,
// cut at its end. "Moments" are the onsets of the chords and single notes of its line
// (line.h). Compare only what stands on the same clock and has the same grades of
// velocity: send a pianist's music through the tokenizer first.
#ifndef MIDI_ANALYSIS_STATISTICS_H
#define MIDI_ANALYSIS_STATISTICS_H

#include "midi/performance.h"

typedef enum Statistic {
    STATISTIC_NOTES,          // notes a second: notes / S
    STATISTIC_RANGE,          // semitones from the lowest pitch to the highest
    STATISTIC_VELOCITY,       // mean, 1-127; 0 without notes
    STATISTIC_POLYPHONY,      // keys down, on average: sum of the notes' lengths / S
    STATISTIC_CHORDS,         // share of the moments at which two notes or more begin
    STATISTIC_PEDAL,          // share of the time with the pedal down
    STATISTIC_SIMILARITY,     // to itself: share of the groups of STATISTICS_GROUP
                              // successive notes that came before in the span, at any
                              // pitch
    STATISTIC_BLOCK,          // notes in the longest block that is played again at once
    STATISTIC_LOOP,           // seconds of the longest loop (loop.h)
    STATISTIC_LOOP_AT_END,    // seconds of the loop that the last note belongs to
    STATISTIC_SILENCE,        // longest time in which no note begins, in seconds
    STATISTIC_SILENCE_AT_END, // from the last onset to the span's end, in seconds
    STATISTICS,
} Statistic;

// Shares that sum to 1, or all 0 where there is nothing to count.
typedef enum Histogram {
    HISTOGRAM_CLASSES,    // pitch classes, C first: notes of each
    HISTOGRAM_VELOCITIES, // 4 velocities to a bin, as the tokens have them
    HISTOGRAM_GAPS,       // from moment to moment: STATISTICS_GAP x 2^(bin / 3)
    HISTOGRAMS,
} Histogram;

enum {
    STATISTICS_BINS = 32,
    STATISTICS_GROUP = 8,   // as long by chance hardly ever: 7 intervals
    STATISTICS_GAP = 20000, // where the first bin of gaps begins, microseconds
};

typedef struct Statistics {
    double value[STATISTICS];
    double histogram[HISTOGRAMS][STATISTICS_BINS];
} Statistics;

// "notes_per_second", "pitch_classes": for JSON; and in words, with the unit.
extern const char *const statistic_keys[STATISTICS], *const statistic_names[STATISTICS];
extern const char *const histogram_keys[HISTOGRAMS], *const histogram_names[HISTOGRAMS];

// `from` < `to`, in microseconds.
void statistics_measure(Statistics *ret, const Performance *p, int64_t from,
                        int64_t to);

// How far two histograms are apart: the Jensen-Shannon divergence in bits,
//
//     JS(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2     H(p) = -sum p log2 p
//
// from 0, the same, to 1, nothing in common. An empty one is 1 from every other and 0
// from another empty one.
double statistics_distance(const double p[STATISTICS_BINS],
                           const double q[STATISTICS_BINS]);

#endif
