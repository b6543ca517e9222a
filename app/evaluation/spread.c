#include "app/evaluation/spread.h"

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double quantile(const GArray *sorted, double share) {
    if (sorted->len == 0) return 0;
    double place = share * (sorted->len - 1);
    guint below = (guint)place, above = MIN(below + 1, sorted->len - 1);
    double a = g_array_index(sorted, double, below);
    double b = g_array_index(sorted, double, above);
    return a + (b - a) * (place - below);
}

Spread spread_of(GArray *values) {
    g_array_sort(values, by_size);
    Spread ret = {quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)};
    g_array_unref(values);
    return ret;
}
