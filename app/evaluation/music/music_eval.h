// Evaluates a model by its music: it continues pianists' performances from some places,
// and the same statistics are measured for its takes and for what the pianists played
// there.
#ifndef APP_EVALUATION_MUSIC_MUSIC_EVAL_H
#define APP_EVALUATION_MUSIC_MUSIC_EVAL_H

#include "app/data/repertoire.h"
#include "app/evaluation/music/form.h"
#include "app/generation/continuation.h"
#include "midi/analysis/statistics.h"

// Whose music was measured.
typedef enum MusicSource {
    MUSIC_OF_TAKES,   // the model's
    MUSIC_OF_PIANIST, // the pianist's after the same cut
    MUSIC_ELSEWHERE,  // the pianist's somewhere else in the same piece
    MUSIC_SOURCES,
} MusicSource;

// A measured span of music.
typedef struct Sample {
    Statistics statistics;
    int piece; // its index in `pieces`
    int take;  // the number of the model's take, from 1; 0: the pianist's music
    int64_t drawn, stirred; // tokens, and those of them that were drawn to leave a
                            // stall (continuation.h)
    Match match; // the longest match with the training set, if one is searched
    int passages, passage_notes; // in the training set
    double form[FORM_NUMBERS];   // only of MUSIC_OF_TAKES and MUSIC_OF_PIANIST
} Sample;

typedef struct EvalPiece {
    char *path;  // owned
    int64_t cut; // microseconds
} EvalPiece;

// Chance is measured with so many earlier pieces (form.h).
enum { MUSIC_OTHERS = 9 };

typedef struct MusicEval {
    const Weights *weights; // borrowed, as every pointer that is not marked as owned
    Pool *pool;
    const Repertoire *novelty; // the training set; NULL: not searched
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;      // the plan of each take; its seed is the first take's
    int takes;      // the number of takes from each cut
    int64_t prompt; // its greatest length, microseconds

    GPtrArray *played; // owned; Performance *, of the last MUSIC_OTHERS pieces
    GPtrArray *pieces; // owned; of EvalPiece *
    GArray *samples[MUSIC_SOURCES]; // owned; of Sample
} MusicEval;

// Initializes the arrays; the fields above `played` must be set. Clearing does not free
// what is borrowed.
void music_eval_init(MusicEval *eval);
void music_eval_clear(MusicEval *eval);

// Cuts a piece, continues it from the cut and measures the result. The cuts of
// successive pieces are spread evenly from their beginnings to their ends. The same
// calls give the same results. Fails, with the file's name and without adding anything,
// if a piece is unsuitable or *stop is set.
bool music_eval_piece(MusicEval *eval, const char *path, GError **error);

#endif
