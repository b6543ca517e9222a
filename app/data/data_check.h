// Counts what each split of a corpus holds, and prints the report of `train --check`. A
// corpus of ids has no notes and hours.
#ifndef APP_DATA_DATA_CHECK_H
#define APP_DATA_DATA_CHECK_H

#include "app/data/dataset.h"

typedef struct SplitCounts {
    int pieces, pedalled;  // pieces, and those with a pedal token
    int64_t notes, tokens; // tokens include SOS and EOS, and both end tokens of ids
    double hours;          // from the time shifts
    double pedal;          // the share of that time in which the pedal is down
} SplitCounts;
void split_counts(SplitCounts ret[SPLITS], const Corpus *c, const Encoding *e);

// Prints a report on stdout: counts, which files were left out and why, and which
// performances occur more than once, equal to the last token, in one split or in
// several.
void data_check(const Corpus *c, const Encoding *e, const DatasetReport *report,
                bool json);

#endif
