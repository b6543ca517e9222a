// Which stretch of time lies where across the roll: time = from + (x - left) * per
// point.
#ifndef UI_ROLL_TIMELINE_H
#define UI_ROLL_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#define TIMELINE_CLOSEST 500.0 // microseconds a point: a second is 2000 points
#define TIMELINE_WIDEST  2e7   // a point is 20 seconds

typedef struct Timeline {
    double from;        // microseconds at the left edge
    double per_point;   // microseconds a point; 0 counts as 10000
    double left, width; // points
} Timeline;

double timeline_x(const Timeline *t, double time);
int64_t timeline_time(const Timeline *t, double x); // may be below 0
int64_t timeline_end(const Timeline *t);            // at the right edge

// The time at x stays where it is. `by` above 1 shows less time.
void timeline_zoom(Timeline *t, double x, double by);
void timeline_scroll(Timeline *t, double points);
// Shows [from, to), with a little room around it.
void timeline_show(Timeline *t, int64_t from, int64_t to);
// Keeps to the piece: nothing before the start, and some of it in sight.
void timeline_keep(Timeline *t, int64_t end);
// Turns the page if `time` is about to leave it, or has left. True if it did.
bool timeline_follow(Timeline *t, int64_t time);

// Microseconds between marks, and between marks with a number, so that numbers are
// some 80 points apart.
void timeline_marks(const Timeline *t, int64_t *ret_mark, int64_t *ret_number);

#endif
