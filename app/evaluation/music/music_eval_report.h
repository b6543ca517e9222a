// Prints the results of a MusicEval: the model's music compared with the pianists'.
#ifndef APP_EVALUATION_MUSIC_MUSIC_EVAL_REPORT_H
#define APP_EVALUATION_MUSIC_MUSIC_EVAL_REPORT_H

#include "app/evaluation/music/music_eval.h"

// Print the statistics (music_stats.h) of an evaluation with at least one piece. The
// tables mark a number with a star if the takes are odd in it (music_stats_is_odd()). A
// line for each take follows if `every` is set or matches were searched for. The JSON
// lists every span. Both name the folders (eval_folder.h).
void music_eval_print(const MusicEval *eval, bool every, const GPtrArray *folders);
void music_eval_print_json(const MusicEval *eval, const GPtrArray *folders);

#endif
