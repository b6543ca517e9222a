// Shows what a Judge found: the model's music beside the pianists'.
#ifndef APP_EVALUATION_JUDGE_VIEW_H
#define APP_EVALUATION_JUDGE_VIEW_H

#include "app/evaluation/judge.h"

// Print what verdict.h makes of a judge that has a piece at least: as tables, in which
// a star marks what is odd about the takes, followed with `every`, or if it was
// searched for matches, by a line for each take; or as JSON, every span and the
// folders (eval_folder.h) in it.
void judge_print(const Judge *j, bool every);
void judge_print_json(const Judge *j, const GPtrArray *folders);

#endif
