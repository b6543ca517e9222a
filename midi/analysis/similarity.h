// How alike each half second of a span of music is to each other, in its harmony: the
// matrix S in which structure is looked for (fitness.h). After Wu & Yang (2020), who
// take it from sound; here it is of notes.
//
//     c_n   chroma: of each pitch class how loud it sounds in frame n: the sum over the
//           notes of velocity times the share of the frame that it lasts; then the mean
//           over SIMILARITY_SMOOTH frames around n, and of length 1; silence is equal
//           in all twelve
//     s_nm  the greatest over 12 transpositions of <c_n, transposed c_m>
//     t_nm  s along the diagonals: its mean over SIMILARITY_ALONG frames from (n, m) on
//           or up to there, beyond the edge 0; the greatest over the two and over
//           SIMILARITY_TEMPI tempi of m, from half of n's to twice as fast
//     S_nm  of the greatest quarter of all t: from 0, the least of them, to 1, the
//           greatest; of others SIMILARITY_OTHER; and 1 for n = m
#ifndef MIDI_ANALYSIS_SIMILARITY_H
#define MIDI_ANALYSIS_SIMILARITY_H

#include "midi/performance.h"

enum {
    SIMILARITY_FRAME = 500000, // microseconds
    SIMILARITY_SMOOTH = 9,     // frames: 4.5 seconds
    SIMILARITY_ALONG = 16,     // frames: 8 seconds
    SIMILARITY_TEMPI = 7,
    SIMILARITY_OTHER = -2,
    SIMILARITY_CLASSES = 12,
};

// Of [from, to): N = similarity_frames() whole frames.          chroma: (N, CLASSES)
int similarity_frames(int64_t from, int64_t to);
void similarity_chroma(double *chroma, const Performance *p, int64_t from, int64_t to);

// S: (N, N), by rows
void similarity(double *S, const double *chroma, int N);

#endif
