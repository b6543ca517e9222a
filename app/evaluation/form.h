// What of a stretch of music comes back, as numbers: by lag, by structure, by packing.
// For a take and for what the pianist played there alike.
#ifndef APP_EVALUATION_FORM_H
#define APP_EVALUATION_FORM_H

#include "midi/performance.h"

#include <glib.h>

typedef enum FormNumber {
    FORM_BELOW_4,  // shares of the groups of 8 notes by when they were heard last
    FORM_BELOW_15, // (midi/analysis/returns.h), before the cut or after it
    FORM_BELOW_30,
    FORM_BELOW_60,
    FORM_LATER,
    FORM_NEVER,
    FORM_RETURN,       // the return rate: 15 seconds ago or more, and not since
    FORM_CHANCE,       // as much of it is found in another piece, in the median
    FORM_RETURN_SHORT, // the same of groups of 5 notes
    FORM_CHANCE_SHORT,
    FORM_SHORT, // structure indicators (midi/analysis/structure.h), after the cut
    FORM_MIDDLE,
    FORM_LONG,
    FORM_COMPRESSION, // compression.h, after the cut
    FORM_NUMBERS,
} FormNumber;

extern const char *const form_keys[FORM_NUMBERS], *const form_names[FORM_NUMBERS];

// `span` is `length` microseconds of music that came `offset` after the beginning of
// `before`, of which its cut is time 0. `others` are other pieces, `before` and span
// joined, of Performance *; without one chance is NaN. Their median counts, since of
// some pieces there is more than one recording.
typedef struct FormMusic {
    const Performance *before, *span;
    const GPtrArray *others;
    int64_t offset, length;
} FormMusic;

void form_measure(double ret[FORM_NUMBERS], const FormMusic *m);

// `before`, and `span` behind it; `ret` is empty.
void form_join(Performance *ret, const FormMusic *m);

#endif
