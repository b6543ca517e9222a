// The self-similarity matrix S of a span of music: how similar the harmony of each half
// second is to that of each other. fitness.h finds structure in it. After Wu & Yang
// (2020), who compute it from sound; here it is computed from notes.
//
//     c_n   chroma: how loud each pitch class sounds in frame n: the sum, over its
//           notes, of velocity times the share of the frame that the note lasts. Then
//           averaged over SIMILARITY_SMOOTH frames around n and scaled to length 1. In
//           silence all twelve classes are equal.
//     s_nm  the greatest <c_n, transposed c_m> over 12 transpositions
//     t_nm  s smoothed along the diagonals: its mean over the SIMILARITY_ALONG frames
//           that begin or end at (n, m), with 0 beyond the edge; the greatest of both
//           over SIMILARITY_TEMPI tempi of m, from half that of n to twice
//     S_nm  the greatest quarter of all t, scaled from 0 (the least of it) to 1 (the
//           greatest); SIMILARITY_OTHER for the rest; and 1 for n = m
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
