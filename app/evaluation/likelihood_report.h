// The likelihood of many files, summed and shown, for each context that was measured:
// of music nats for each token, note and second; of ids nats and bits for each, which
// are bits per byte of bytes, and bits per dimension where all files are images.
#ifndef APP_EVALUATION_LIKELIHOOD_REPORT_H
#define APP_EVALUATION_LIKELIHOOD_REPORT_H

#include "app/evaluation/evaluation.h"

#include <cjson/cJSON.h>

typedef struct LikelihoodReport {
    const Evaluation *e; // borrowed
    Score sums[EVALUATION_CONTEXTS];
    int files, images, skipped; // images are files, too
    cJSON *pieces;              // owned; an object a file
} LikelihoodReport;

void likelihood_report_init(LikelihoodReport *report, const Evaluation *e);
void likelihood_report_clear(LikelihoodReport *report);

// Adds a file's scores, one for each context; prints a line for each if `say`.
void likelihood_report_add(LikelihoodReport *report, const char *path,
                           const Score *scores, bool say);

// Of several contexts a table; as JSON with every file. The folders (eval_folder.h)
// stand in either.
void likelihood_report_print(const LikelihoodReport *report, const GPtrArray *folders);
void likelihood_report_print_json(const LikelihoodReport *report,
                                  const GPtrArray *folders);

#endif
