// Draws the curves of a run, read from its metrics.jsonl, as an SVG picture.
#ifndef MODEL_TRAIN_CHART_H
#define MODEL_TRAIN_CHART_H

#include <glib.h>
#include <stdbool.h>

// One curve: y over x, in order of x.
typedef struct Curve {
    const char *name, *colour; // borrowed; "#2a9d8f"
    const double *x, *y;       // borrowed
    int count;
} Curve;

// Returns the picture as text, to be freed with g_free. The y axis covers the last nine
// tenths of each curve: the high losses of the first steps would flatten the rest.
char *chart_svg(const char *title, const char *x_name, const char *y_name,
                const Curve *curves, int count);

#endif
