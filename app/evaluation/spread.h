// Where most of a list of numbers lies.
#ifndef APP_EVALUATION_SPREAD_H
#define APP_EVALUATION_SPREAD_H

#include <glib.h>

// The 10th, 50th and 90th percentile, between the two nearest numbers in proportion; 0
// without numbers.
typedef struct Spread {
    double low, median, high;
} Spread;

// Of a GArray of double, which is sorted and freed.
Spread spread_of(GArray *values);

#endif
