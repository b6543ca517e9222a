#include "app/evaluation/interval.h"

#include "model/rng.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double mean_of_a_sample(const double *values, int count, Rng *rng) {
    double sum = 0;
    for (int i = 0; i < count; i++) sum += values[rng_below(rng, (uint32_t)count)];
    return sum / count;
}

Interval interval_of(const double *values, int count) {
    double nothing = (double)NAN;
    Interval ret = {0, nothing, nothing, 0};
    g_autofree double *known = g_new(double, count + 1);
    g_autofree double *means = g_new(double, INTERVAL_DRAWS);
    for (int i = 0; i < count; i++)
        if (!isnan(values[i])) known[ret.pieces++] = values[i];
    for (int i = 0; i < ret.pieces; i++) ret.mean += known[i];
    ret.mean /= ret.pieces; // NaN without pieces
    if (ret.pieces == 0) return ret;
    Rng rng = rng_new(1, 0);
    for (int i = 0; i < INTERVAL_DRAWS; i++)
        means[i] = mean_of_a_sample(known, ret.pieces, &rng);
    qsort(means, INTERVAL_DRAWS, sizeof *means, by_size);
    ret.low = means[INTERVAL_DRAWS / 40];
    ret.high = means[INTERVAL_DRAWS - 1 - INTERVAL_DRAWS / 40];
    return ret;
}

void interval_add(cJSON *json, const char *key, Interval x) {
    cJSON *object = cJSON_AddObjectToObject(json, key);
    cJSON_AddNumberToObject(object, "pieces", x.pieces);
    if (x.pieces == 0) return;
    cJSON_AddNumberToObject(object, "mean", x.mean);
    cJSON_AddNumberToObject(object, "low", x.low);
    cJSON_AddNumberToObject(object, "high", x.high);
}
