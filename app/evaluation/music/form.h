// Numbers that say how much of a span of music returns: by lag, by structure, by
// compression. They are computed in the same way for a take and for what the pianist
// played there.
#ifndef APP_EVALUATION_MUSIC_FORM_H
#define APP_EVALUATION_MUSIC_FORM_H

#include "midi/performance.h"

#include <glib.h>

typedef enum FormNumber {
    FORM_BELOW_4,  // shares of the groups of 8 notes by when each was last heard
    FORM_BELOW_15, // (midi/analysis/returns.h), before the cut or after it
    FORM_BELOW_30,
    FORM_BELOW_60,
    FORM_LATER,
    FORM_NEVER,
    FORM_RETURN,       // the return rate: the share last heard 15 seconds ago or more
    FORM_CHANCE,       // the same, searched for in other pieces; the median over them
    FORM_RETURN_SHORT, // the return rate of groups of 5 notes
    FORM_CHANCE_SHORT,
    FORM_SHORT, // structure indicators (midi/analysis/structure.h), after the cut
    FORM_MIDDLE,
    FORM_LONG,
    FORM_COMPRESSION, // compression.h, after the cut
    FORM_NUMBERS,
} FormNumber;

extern const char *const form_keys[FORM_NUMBERS], *const form_names[FORM_NUMBERS];

// `span` is `length` microseconds of music, with its cut at time 0, which is `offset`
// after the beginning of `before`. `others` are other pieces, each with its own
// `before` and span joined, of Performance *; without any, chance is NaN. Chance is the
// median over them, since the data may hold another recording of the same piece.
typedef struct FormMusic {
    const Performance *before, *span;
    const GPtrArray *others;
    int64_t offset, length;
} FormMusic;

void form_measure(double ret[FORM_NUMBERS], const FormMusic *m);

// Writes `before`, followed by `span`, to `ret`, which must be empty.
void form_join(Performance *ret, const FormMusic *m);

#endif
