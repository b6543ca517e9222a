// What a MusicEval's takes bring back, beside the pianists: means with their intervals
// over the pieces.
#ifndef APP_EVALUATION_FORM_REPORT_H
#define APP_EVALUATION_FORM_REPORT_H

#include "app/evaluation/interval.h"
#include "app/evaluation/music_eval.h"

#include <cjson/cJSON.h>

typedef struct FormIntervals {
    Interval takes, pianist;
    Interval difference; // takes less pianist, piece by piece
} FormIntervals;

FormIntervals form_intervals(const MusicEval *eval, FormNumber number);

void form_report_print(const MusicEval *eval);
cJSON *form_report_json(const MusicEval *eval);

#endif
