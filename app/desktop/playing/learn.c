#include "app/desktop/playing/learn.h"

enum { MIDDLE = 64, MOST = 127 };

void learn_begin(Learn *l, Steer dial) { *l = (Learn){true, dial}; }

void learn_end(Learn *l) { l->on = false; }

// There is one step less above the middle than below it.
static double at_of(int position) {
    int off = position - MIDDLE;
    return off > 0 ? (double)off / (MOST - MIDDLE) : (double)off / MIDDLE;
}

static int dial_of(const MidiController *learned, MidiController which) {
    for (int dial = 0; dial < STEERS; dial++)
        if (midi_controller_is(learned[dial], which)) return dial;
    return -1;
}

LearnNews learn_follow(Learn *l, MidiController *learned, MidiController which,
                       int position) {
    int before = dial_of(learned, which);
    if (l->on && pedal_of_controller(which.number) < PEDALS)
        return (LearnNews){LEARN_PEDAL, l->dial, 0, -1};
    if (l->on) {
        if (before >= 0) learned[before] = (MidiController){0};
        learned[l->dial] = which;
        l->on = false;
        return (LearnNews){LEARN_NEW, l->dial, at_of(position),
                           before == (int)l->dial ? -1 : before};
    }
    if (before < 0) return (LearnNews){0};
    return (LearnNews){LEARN_MOVE, (Steer)before, at_of(position), -1};
}

bool learn_forget(Learn *l, MidiController *learned, Steer dial) {
    bool had = learned[dial].channel > 0;
    learned[dial] = (MidiController){0};
    if (l->dial == dial) l->on = false;
    return had;
}

void learn_show(const Learn *l, const MidiController *learned, View *ret) {
    for (Steer i = 0; i < STEERS; i++) {
        ret->steer[i].learns = l->on && l->dial == i;
        ret->steer[i].channel = learned[i].channel;
        ret->steer[i].controller = learned[i].number;
    }
}
