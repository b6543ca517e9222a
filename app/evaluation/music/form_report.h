// Reports how much of a MusicEval's takes returns, compared with the pianists: means
// over the pieces, with their intervals.
#ifndef APP_EVALUATION_MUSIC_FORM_REPORT_H
#define APP_EVALUATION_MUSIC_FORM_REPORT_H

#include "app/evaluation/interval.h"
#include "app/evaluation/music/music_eval.h"

#include <cjson/cJSON.h>

typedef struct FormIntervals {
    Interval takes, pianist;
    Interval difference; // takes minus pianist, piece by piece
} FormIntervals;

FormIntervals form_intervals(const MusicEval *eval, FormNumber number);

void form_report_print(const MusicEval *eval);
cJSON *form_report_json(const MusicEval *eval);

#endif
