// Whether a model copies what it heard a minute ago. Of one piece, the theme, the first
// THEME seconds; of another the first BETWEEN seconds; then the theme again:
//
//     | theme |    another piece    | theme |        first and second hearing
//     | other |    another piece    | theme |        unheard: the same place, the same
//                                                    notes, but for the first time
//
// What the second hearing has over the first is in part that the model has warmed up;
// what it has over the unheard one is the copy.
#ifndef APP_EVALUATION_COPY_SCORE_H
#define APP_EVALUATION_COPY_SCORE_H

#include "app/evaluation/evaluation.h"
#include "app/evaluation/interval.h"

enum { COPY_SCORE_THEME = 30, COPY_SCORE_BETWEEN = 60 }; // seconds

typedef enum CopyHearing {
    COPY_FIRST,
    COPY_SECOND,
    COPY_UNHEARD,
    COPY_HEARINGS,
} CopyHearing;

typedef enum CopyNats {
    COPY_PITCHES, // nats a note, of its pitch among pitches (token_nats.h)
    COPY_TOKENS,  // nats a token, of all tokens
    COPY_NATS,
} CopyNats;

// Of one theme.
typedef struct CopyPiece {
    double nats[COPY_NATS][COPY_HEARINGS];
} CopyPiece;

typedef struct CopyScore {
    const Evaluation *e; // borrowed; its first context counts
    GArray *pieces;      // owned; of CopyPiece
    int skipped;
} CopyScore;

void copy_score_init(CopyScore *s, const Evaluation *e);
void copy_score_clear(CopyScore *s);

// Files of the theme, of what is between, and of what is heard first instead of it.
typedef struct CopyFiles {
    const char *theme, *between, *other;
} CopyFiles;

// Adds a theme. Fails, with the file's name, if one of them cannot be read or is
// shorter than its part. `r` hears how much of it is done.
bool copy_score_add(CopyScore *s, const CopyFiles *files, EvaluateReport r,
                    GError **error);

// The mean over the themes; of `minus` less of `of`, theme by theme, if they differ.
Interval copy_score_mean(const CopyScore *s, CopyNats nats, CopyHearing of,
                         CopyHearing minus);

void copy_score_print(const CopyScore *s, const GPtrArray *folders);
void copy_score_print_json(const CopyScore *s, const GPtrArray *folders);

#endif
