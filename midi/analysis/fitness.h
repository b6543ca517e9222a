// How well one segment represents a piece: how often, and how exactly, it is
// repeated (Mueller, Jiang & Grosche 2013; Mueller, Fundamentals of Music
// Processing, chapter 4).
//
// S (N, N) is the similarity of all pairs of frames (similarity.h). The columns of the
// segment are [from, from + M). A path leads from the first of these columns to the
// last, in steps (rows, columns) of (1, 1), (1, 2) and (2, 1). The sum of S along it
// says how well the rows that it crosses repeat the segment. The best set of paths that
// share no row, the path family, is found by dynamic programming, D (N, M + 1):
//
//     D[n,0] = max(D[n-1,0], D[n-1,M])               between two paths
//     D[n,1] = D[n,0] + S[n,0]                       a path begins
//     D[n,m] = S[n,m-1] + max(D[n-1,m-1], D[n-1,m-2], D[n-2,m-1])   each of its m >= 1
//
//     score     = (D[N,0] - M) / cells on the paths  without the segment's own path,
//     coverage  = (rows that paths cross - M) / N    which scores and covers M
//     fitness   = 2 score coverage / (score + coverage)     0 if one of them is <= 0
#ifndef MIDI_ANALYSIS_FITNESS_H
#define MIDI_ANALYSIS_FITNESS_H

// Requires S[n, n] = 1, no element above 1, 1 <= M, from + M <= N. Work: N M.
//                                          S: (N, N), by rows  room: (N + 2, M + 1)
double fitness(const double *S, int N, int from, int M, double *room);

#endif
