// Sums and prints the likelihood of many files for each context that was measured: for
// music, nats per token, note and second; for ids, nats and bits per id, which are bits
// per byte, or bits per dimension if all files are images.
#ifndef APP_EVALUATION_LIKELIHOOD_LIKELIHOOD_REPORT_H
#define APP_EVALUATION_LIKELIHOOD_LIKELIHOOD_REPORT_H

#include "app/evaluation/likelihood/evaluation.h"

#include <cjson/cJSON.h>

typedef struct LikelihoodReport {
    const Evaluation *e; // borrowed
    Score sums[EVALUATION_CONTEXTS];
    int files, images, skipped; // `files` counts the images too
    cJSON *pieces;              // owned; one object per file
} LikelihoodReport;

void likelihood_report_init(LikelihoodReport *report, const Evaluation *e);
void likelihood_report_clear(LikelihoodReport *report);

// Adds a file's scores, one for each context. Prints a line for each score if `say` is
// set.
void likelihood_report_add(LikelihoodReport *report, const char *path,
                           const Score *scores, bool say);

// Print the sums, as text (a table if there are several contexts) or as JSON with every
// file. Both name the folders (eval_folder.h).
void likelihood_report_print(const LikelihoodReport *report, const GPtrArray *folders);
void likelihood_report_print_json(const LikelihoodReport *report,
                                  const GPtrArray *folders);

#endif
