// How surprise is shown: the colours of notes, from expected to surprising, and the
// legend that says what they mean.
#ifndef UI_ROLL_SURPRISE_H
#define UI_ROLL_SURPRISE_H

#include "ui/toolkit/theme.h"
#include "ui/ui.h"

#define SURPRISE_MOST 6.0 // nats from which on the colour is the brightest

// By -log p, in nats; below 0, not known: grey.
Color surprise_color(const Theme *theme, double nats);

// "Surprise: pitch"
const char *surprise_name(SurpriseKind kind);

#define SURPRISE_LEGEND 46.0 // its height
void surprise_legend(Ui *u, Box box, SurpriseKind kind);
void surprise_legend_over(Ui *u, Box roll, SurpriseKind kind); // in its corner

#endif
