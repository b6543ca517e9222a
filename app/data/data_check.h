// Counts what each split of a corpus holds, and prints the report of `train --check`. A
// corpus of ids has no notes and hours.
#ifndef APP_DATA_DATA_CHECK_H
#define APP_DATA_DATA_CHECK_H

#include "app/data/dataset.h"

typedef struct SplitCounts {
    int pieces, pedalled;  // those with a pedal token
    int64_t notes, tokens; // SOS and EOS are tokens, and both ends of ids
    double hours;          // from the time shifts
    double pedal;          // share of that time in which it is down
} SplitCounts;
void split_counts(SplitCounts ret[SPLITS], const Corpus *c, const Encoding *e);

// Prints a report on stdout: counts, what was left out and why, and which performances
// are in more than one split, or twice in one, the same to the last token.
void data_check(const Corpus *c, const Encoding *e, const DatasetReport *report,
                bool json);

#endif
