// Percentiles of a list of numbers.
#ifndef APP_EVALUATION_SPREAD_H
#define APP_EVALUATION_SPREAD_H

#include <glib.h>

// The 10th, 50th and 90th percentile, with linear interpolation; 0 without numbers.
typedef struct Spread {
    double low, median, high;
} Spread;

// Computes the percentiles of a GArray of double, which is sorted and freed.
Spread spread_of(GArray *values);

#endif
