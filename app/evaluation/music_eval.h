// Evaluates a model by its music: lets it go on from places in pianists' performances,
// and measures its takes and what the pianists played there alike.
#ifndef APP_EVALUATION_MUSIC_EVAL_H
#define APP_EVALUATION_MUSIC_EVAL_H

#include "app/evaluation/form.h"
#include "app/evaluation/novelty.h"
#include "app/generation/continuation.h"
#include "midi/analysis/statistics.h"

// Whose music was measured.
typedef enum MusicSource {
    MUSIC_OF_TAKES,   // the model's
    MUSIC_OF_PIANIST, // the pianist's from the same cut on
    MUSIC_ELSEWHERE,  // the pianist's somewhere else in the same piece
    MUSIC_SOURCES,
} MusicSource;

// A span measured.
typedef struct Sample {
    Statistics statistics;
    int piece;                 // where it is from: index of `pieces`
    int take;                  // of the model, from 1 on; 0: the pianist's
    int64_t drawn, stirred;    // tokens; to move on (continuation.h)
    Match match;               // with the training set, if there is one
    double form[FORM_NUMBERS]; // of takes and MUSIC_OF_PIANIST
} Sample;

typedef struct EvalPiece {
    char *path;  // owned
    int64_t cut; // microseconds
} EvalPiece;

// So many pieces before it say what is chance in one (form.h).
enum { MUSIC_OTHERS = 9 };

typedef struct MusicEval {
    const Weights *weights; // borrowed, as all but what is said to be owned
    Pool *pool;
    const Novelty *novelty; // NULL: not searched
    const volatile int *stop;
    TokenizerKind kind;
    Plan plan;      // of each take; its seed is the first one's
    int takes;      // from each cut
    int64_t prompt; // at most so long, microseconds

    GPtrArray *played; // owned; Performance *: of the last MUSIC_OTHERS pieces
    GPtrArray *pieces; // owned; of EvalPiece *
    GArray *samples[MUSIC_SOURCES]; // owned; of Sample
} MusicEval;

// Expects the fields above `played` filled in. Clearing leaves what is borrowed.
void music_eval_init(MusicEval *eval);
void music_eval_clear(MusicEval *eval);

// Cuts a piece, goes on from there and measures. The cuts of successive pieces are
// spread from their beginnings to their ends; the same calls measure the same. Fails,
// with the file's name, if a piece is unfit, or once *stop is set; nothing is added
// then.
bool music_eval_piece(MusicEval *eval, const char *path, GError **error);

#endif
