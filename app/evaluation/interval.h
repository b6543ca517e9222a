// The bootstrap interval (Efron 1979) of a mean over n pieces: n of them are drawn with
// replacement, INTERVAL_DRAWS times; 95 % of the means of these samples lie between
// `low` and `high`.
#ifndef APP_EVALUATION_INTERVAL_H
#define APP_EVALUATION_INTERVAL_H

#include <cjson/cJSON.h>

enum { INTERVAL_DRAWS = 2000 };

typedef struct Interval {
    double mean, low, high; // NaN without a piece
    int pieces;
} Interval;

// Computes the interval of one number per piece; values that are NaN are left out. The
// same numbers give the same interval.
Interval interval_of(const double *values, int count);

// Adds an interval to JSON as "key": {"pieces", "mean", "low", "high"}; without pieces,
// only "pieces" is added.
void interval_add(cJSON *json, const char *key, Interval x);

#endif
