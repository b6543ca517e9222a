// Measures whether a model copies what it heard a minute ago. It is given the first
// THEME seconds of one piece, the theme; then the first BETWEEN seconds of another
// piece; then the theme again:
//
//     | theme |    another piece    | theme |        first and second hearing
//     | other |    another piece    | theme |        unheard: the same place and notes,
//                                                      but heard for the first time
//
// The second hearing is likelier than the first partly because the model has more
// context by then. Its gain over the unheard case is due to copying.
#ifndef APP_EVALUATION_LIKELIHOOD_COPY_SCORE_H
#define APP_EVALUATION_LIKELIHOOD_COPY_SCORE_H

#include "app/evaluation/interval.h"
#include "app/evaluation/likelihood/evaluation.h"

enum { COPY_SCORE_THEME = 30, COPY_SCORE_BETWEEN = 60 }; // seconds

typedef enum CopyHearing {
    COPY_FIRST,
    COPY_SECOND,
    COPY_UNHEARD,
    COPY_HEARINGS,
} CopyHearing;

typedef enum CopyNats {
    COPY_PITCHES, // nats per note, of its pitch among all pitches (token_nats.h)
    COPY_TOKENS,  // nats per token, of all tokens
    COPY_NATS,
} CopyNats;

// The numbers of one theme.
typedef struct CopyPiece {
    double nats[COPY_NATS][COPY_HEARINGS];
} CopyPiece;

typedef struct CopyScore {
    const Evaluation *e; // borrowed; only its first context is used
    GArray *pieces;      // owned; of CopyPiece
    int skipped;
} CopyScore;

void copy_score_init(CopyScore *s, const Evaluation *e);
void copy_score_clear(CopyScore *s);

// The files of the theme, of the piece between, and of the piece that replaces the
// theme's first hearing.
typedef struct CopyFiles {
    const char *theme, *between, *other;
} CopyFiles;

// Adds a theme. Fails, with the file's name, if a file cannot be read or is too short.
// `r` is told how much is done.
bool copy_score_add(CopyScore *s, const CopyFiles *files, EvaluateReport r,
                    GError **error);

// Returns the mean over the themes of `minus` less `of`; of `of` alone if both are the
// same.
Interval copy_score_mean(const CopyScore *s, CopyNats nats, CopyHearing of,
                         CopyHearing minus);

void copy_score_print(const CopyScore *s, const GPtrArray *folders);
void copy_score_print_json(const CopyScore *s, const GPtrArray *folders);

#endif
