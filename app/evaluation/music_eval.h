// Evaluates a model by its music: it continues pianists' performances from some places,
// and the same statistics are measured for its takes and for what the pianists played
// there.
#ifndef APP_EVALUATION_MUSIC_EVAL_H
#define APP_EVALUATION_MUSIC_EVAL_H

#include "app/evaluation/form.h"
#include "app/generation/continuation.h"
#include "app/generation/repertoire.h"
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
    int piece;              // index in `pieces`
    int take;               // number of the model's take, from 1; 0: the pianist's
    int64_t drawn, stirred; // tokens; of them drawn to leave a stall (continuation.h)
    Match match;            // with the training set, if there is one
    int passages, passage_notes; // passages that stand there, and all their notes
    double form[FORM_NUMBERS];   // of takes and MUSIC_OF_PIANIST
} Sample;

typedef struct EvalPiece {
    char *path;  // owned
    int64_t cut; // microseconds
} EvalPiece;

// The number of earlier pieces that chance is measured with (form.h).
enum { MUSIC_OTHERS = 9 };

typedef struct MusicEval {
    const Weights *weights; // borrowed, as all but what is said to be owned
    Pool *pool;
    const Repertoire *novelty; // NULL: not searched
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;      // of each take; its seed is that of the first
    int takes;      // from each cut
    int64_t prompt; // at most so long, microseconds

    GPtrArray *played; // owned; Performance *: of the last MUSIC_OTHERS pieces
    GPtrArray *pieces; // owned; of EvalPiece *
    GArray *samples[MUSIC_SOURCES]; // owned; of Sample
} MusicEval;

// Initializes the rest; the fields above `played` must be set. Clearing does not free
// what is borrowed.
void music_eval_init(MusicEval *eval);
void music_eval_clear(MusicEval *eval);

// Cuts a piece, continues it from there and measures. The cuts of successive pieces are
// spread from their beginnings to their ends; the same calls measure the same. Fails,
// with the file's name and without adding anything, if a piece is unsuitable or *stop
// is set.
bool music_eval_piece(MusicEval *eval, const char *path, GError **error);

#endif
