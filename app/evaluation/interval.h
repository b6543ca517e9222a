// How sure the mean over pieces is: its bootstrap interval (Efron 1979). As many pieces
// are drawn from those there are, with replacement, INTERVAL_DRAWS times; of the means
// of such samples 95 % lie between `low` and `high`.
#ifndef APP_EVALUATION_INTERVAL_H
#define APP_EVALUATION_INTERVAL_H

#include <cjson/cJSON.h>

enum { INTERVAL_DRAWS = 2000 };

typedef struct Interval {
    double mean, low, high; // NaN without a piece
    int pieces;
} Interval;

// Of a number for each piece; those that are NaN are left out. The same numbers give
// the same interval.
Interval interval_of(const double *values, int count);

// As "key": {"pieces", "mean", "low", "high"}; without a piece nothing but their
// number.
void interval_add(cJSON *json, const char *key, Interval x);

#endif
