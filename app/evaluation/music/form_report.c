#include "app/evaluation/music/form_report.h"

#include <math.h>
#include <stdio.h>

// Returns the mean over a piece's samples, or NaN without one.
static double of_piece(const MusicEval *eval, MusicSource s, FormNumber number,
                       int piece) {
    double sum = 0;
    int count = 0;
    for (guint i = 0; i < eval->samples[s]->len; i++) {
        const Sample *sample = &g_array_index(eval->samples[s], Sample, i);
        if (sample->piece != piece) continue;
        sum += sample->form[number];
        count++;
    }
    return sum / count;
}

FormIntervals form_intervals(const MusicEval *eval, FormNumber number) {
    int pieces = (int)eval->pieces->len;
    g_autofree double *takes = g_new(double, pieces + 1);
    g_autofree double *pianist = g_new(double, pieces + 1);
    g_autofree double *difference = g_new(double, pieces + 1);
    for (int i = 0; i < pieces; i++) {
        takes[i] = of_piece(eval, MUSIC_OF_TAKES, number, i);
        pianist[i] = of_piece(eval, MUSIC_OF_PIANIST, number, i);
        difference[i] = takes[i] - pianist[i];
    }
    return (FormIntervals){interval_of(takes, pieces), interval_of(pianist, pieces),
                           interval_of(difference, pieces)};
}

static void print_interval(Interval x) {
    if (x.pieces)
        printf("   %6.3f (%6.3f to %6.3f)", x.mean, x.low, x.high);
    else
        printf("   %6s  %18s ", "-", "");
}

void form_report_print(const MusicEval *eval) {
    printf("\n%-27s   %-25s   %-25s   %s\n", "what comes back", "takes", "pianist",
           "difference");
    printf("%-27s", "");
    for (int i = 0; i < 3; i++) printf("   %6s  %-17s ", "mean", "95 % interval");
    puts("");
    for (int n = 0; n < FORM_NUMBERS; n++) {
        FormIntervals x = form_intervals(eval, (FormNumber)n);
        printf("%-27s", form_names[n]);
        print_interval(x.takes);
        print_interval(x.pianist);
        print_interval(x.difference);
        puts("");
    }
}

cJSON *form_report_json(const MusicEval *eval) {
    cJSON *json = cJSON_CreateObject();
    for (int n = 0; n < FORM_NUMBERS; n++) {
        FormIntervals x = form_intervals(eval, (FormNumber)n);
        cJSON *number = cJSON_AddObjectToObject(json, form_keys[n]);
        interval_add(number, "takes", x.takes);
        interval_add(number, "pianist", x.pianist);
        interval_add(number, "difference", x.difference);
    }
    return json;
}
