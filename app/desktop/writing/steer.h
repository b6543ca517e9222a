// The dials of the window: as they are said and kept, as sliders from -1 to 1 of which
// 0, the middle, changes nothing, and in the plan of a take.
//
//   density, register, loudness, pedal   app/generation/dials.h; 1 is a dial's most
//   closeness                            0, 1, CONTINUATION_CLOSEST at -1, 0, 1
//
// A model may lack what a dial steers: recall for the closeness, tokens of the pedal.
// Then its plans, and so their receipts, have the dial in the middle.
#ifndef APP_DESKTOP_WRITING_STEER_H
#define APP_DESKTOP_WRITING_STEER_H

#include "app/desktop/writing/writer.h"
#include "ui/view.h"

// `said` are all of them, in the order of Steer. A model that is NULL is not known yet.
double steer_said(Steer which, double at);
double steer_closeness(const double *said, const WriterModel *m);
// Puts the dials into a plan for this model.
void steer_plan(const double *said, const WriterModel *m, Plan *ret);
void steer_show(const double *said, const WriterModel *m, View *ret);

#endif
