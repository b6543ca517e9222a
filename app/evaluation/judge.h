// Judges a model by its music: lets it go on from places in pianists' performances, and
// measures its takes and what the pianists played there alike.
#ifndef APP_EVALUATION_JUDGE_H
#define APP_EVALUATION_JUDGE_H

#include "app/evaluation/novelty.h"
#include "app/generation/continuation.h"
#include "midi/analysis/statistics.h"

// Whose music was measured.
typedef enum Source {
    SOURCE_TAKES,     // the model's
    SOURCE_PIANIST,   // the pianist's from the same cut on
    SOURCE_ELSEWHERE, // the pianist's somewhere else in the same piece
    SOURCES,
} Source;

// A span measured.
typedef struct Sample {
    Statistics statistics;
    int piece;              // where it is from: index of `pieces`
    int take;               // of the model, from 1 on; 0: the pianist's
    int64_t drawn, stirred; // tokens; to move on (continuation.h)
    Match match;            // with the training set, if there is one
} Sample;

typedef struct JudgedPiece {
    char *path;  // owned
    int64_t cut; // microseconds
} JudgedPiece;

typedef struct Judge {
    const Weights *weights; // borrowed, as all but what is said to be owned
    Pool *pool;
    const Novelty *novelty; // NULL: not searched
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;      // of each take; its seed is the first one's
    int takes;      // from each cut
    int64_t prompt; // at most so long, microseconds

    GPtrArray *pieces;        // owned; of JudgedPiece *
    GArray *samples[SOURCES]; // owned; of Sample
} Judge;

// Expects the fields above `pieces` filled in. Clearing leaves what is borrowed.
void judge_init(Judge *j);
void judge_clear(Judge *j);

// Cuts a piece, goes on from there and measures. The cuts of successive pieces are
// spread from their beginnings to their ends; the same calls measure the same. Fails,
// with the file's name, if a piece is unfit, or once *stop is set; nothing is added
// then.
bool judge_piece(Judge *j, const char *path, GError **error);

#endif
