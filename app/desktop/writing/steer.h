// The dials of the window, in three forms: the displayed value, which the settings
// keep; the slider's position from -1 to 1, where 0, the middle, is the usual; and the
// plan of a take.
//
//   density, register, loudness, pedal, spread
//                               app/generation/dials.h; 1 is a dial's most
//   closeness                   0, the usual, CONTINUATION_CLOSEST at -1, 0, 1
//   temperature, freedom        0, 1, 2 at -1, 0, 1; freedom is that of the pitches
//
// A model may lack what a dial steers: recall for closeness, pedal tokens for pedal.
// Then the plans and receipts of its takes have that dial in the middle.
#ifndef APP_DESKTOP_WRITING_STEER_H
#define APP_DESKTOP_WRITING_STEER_H

#include "app/desktop/writing/writer.h"
#include "ui/view.h"

// `at` is a position. `said`: all displayed values, in the order of Steer. `m` may be
// NULL while the model is not known.
double steer_said(Steer which, double at);
double steer_at(Steer which, double said); // the position of a displayed value
// Why this model cannot be steered so, a sentence; NULL: it can.
const char *steer_lacks(Steer which, const WriterModel *m);
double steer_closeness(const double *said, const WriterModel *m);
// Copies the dials into a plan for this model.
void steer_plan(const double *said, const WriterModel *m, Plan *ret);
void steer_show(const double *said, const WriterModel *m, View *ret);

#endif
