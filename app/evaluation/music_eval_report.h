// Shows what a MusicEval found: the model's music beside the pianists'.
#ifndef APP_EVALUATION_MUSIC_EVAL_REPORT_H
#define APP_EVALUATION_MUSIC_EVAL_REPORT_H

#include "app/evaluation/music_eval.h"

// Print what music_stats.h makes of an evaluation that has a piece at least: as tables,
// in which a star marks what is odd about the takes, followed with `every`, or if it
// was searched for matches, by a line for each take; or as JSON with every span. The
// folders (eval_folder.h) stand in either.
void music_eval_print(const MusicEval *eval, bool every, const GPtrArray *folders);
void music_eval_print_json(const MusicEval *eval, const GPtrArray *folders);

#endif
