// The likelihood of many files, summed and shown: nats for each token, note and second,
// for each context that was measured.
#ifndef APP_EVALUATION_TALLY_H
#define APP_EVALUATION_TALLY_H

#include "app/evaluation/evaluation.h"

#include <cjson/cJSON.h>

typedef struct Tally {
    const Evaluation *e; // borrowed
    Score sums[EVALUATION_CONTEXTS];
    int files, skipped;
    cJSON *pieces; // owned; an object a file
} Tally;

void tally_init(Tally *t, const Evaluation *e);
void tally_clear(Tally *t);

// Adds a file's scores, one for each context; prints a line for each if `say`.
void tally_add(Tally *t, const char *path, const Score *scores, bool say);

// Of several contexts a table; as JSON with every file and the folders (eval_folder.h).
void tally_print(const Tally *t);
void tally_print_json(const Tally *t, const GPtrArray *folders);

#endif
