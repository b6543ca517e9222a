// The curves of a run as a picture: SVG, drawn from its metrics.jsonl.
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

// The picture as text, to be freed with g_free. The y axis spans what the curves' later
// nine tenths span, so that the first steps do not flatten the rest.
char *chart_svg(const char *title, const char *x_name, const char *y_name,
                const Curve *curves, int count);

#endif
