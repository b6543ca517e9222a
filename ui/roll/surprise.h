// The colours of notes by surprise, from expected to surprising, and their legend.
#ifndef UI_ROLL_SURPRISE_H
#define UI_ROLL_SURPRISE_H

#include "ui/drawing/theme.h"
#include "ui/ui.h"

#define SURPRISE_MOST 6.0 // nats; the colour is brightest from here on

// `nats` is -log p. Below 0 it is not known, and the colour is grey.
Color surprise_color(const Theme *theme, double nats);

// "Surprise: pitch"
const char *surprise_name(SurpriseKind kind);

#define SURPRISE_LEGEND 46.0 // its height
void surprise_legend(Ui *u, Box box, SurpriseKind kind);
// In the corner of the roll.
void surprise_legend_over(Ui *u, Box roll, SurpriseKind kind);

#endif
