// The mapping between time and x on the roll: time = from + (x - left) * per_point.
#ifndef UI_ROLL_TIMELINE_H
#define UI_ROLL_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#define TIMELINE_CLOSEST 500.0 // microseconds per point: a second is 2000 points wide
#define TIMELINE_WIDEST  2e7   // a point is 20 seconds wide

typedef struct Timeline {
    double from;        // microseconds at the left edge
    double per_point;   // microseconds per point; 0 counts as 10000
    double left, width; // points
} Timeline;

double timeline_x(const Timeline *t, double time);
int64_t timeline_time(const Timeline *t, double x); // may be below 0
int64_t timeline_end(const Timeline *t);            // at the right edge

// Zooms in if `by` is above 1, out if below. The time at x keeps its place.
void timeline_zoom(Timeline *t, double x, double by);
void timeline_scroll(Timeline *t, double points);
// Shows [from, to), with a little room around it.
void timeline_show(Timeline *t, int64_t from, int64_t to);
// Limits the visible range: nothing before the start, and some of the piece in view.
void timeline_keep(Timeline *t, int64_t end);
// Turns the page if `time` is outside the visible range or close to its end. Returns
// true if it did.
bool timeline_follow(Timeline *t, int64_t time);

// Microseconds between marks, and between marks with a number, chosen so that numbers
// are about 80 points apart.
void timeline_marks(const Timeline *t, int64_t *ret_mark, int64_t *ret_number);

#endif
