#include "app/desktop/playing/learn.h"

enum { MIDDLE = 64, MOST = 127 };

// So far from its dial a controller still counts as at its place: a dial rounds where
// it is put, by up to half of the coarsest dial's step, and a jump so small is not
// heard.
#define AT_PLACE (1. / 16 + 1e-6)

void learn_begin(Learn *l, Steer dial) {
    l->on = true;
    l->dial = dial;
}

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

// Returns whether the controller passed `place` on its way from its last position to
// the new one.
static bool reaches(double stood, double stands, double place) {
    return place >= MIN(stood, stands) - AT_PLACE &&
           place <= MAX(stood, stands) + AT_PLACE;
}

// Returns where the controller stood before, as far as is known.
static double put(Learn *l, int dial, double at) {
    double stood = l->stands[dial].known ? l->stands[dial].at : at;
    l->stands[dial].known = true;
    l->stands[dial].at = at;
    return stood;
}

LearnNews learn_follow(Learn *l, MidiController *learned, const double *dials,
                       MidiController which, int position) {
    int before = dial_of(learned, which);
    double at = at_of(position);
    if (l->on && pedal_of_controller(which.number) < PEDALS)
        return (LearnNews){LEARN_PEDAL, l->dial, 0, -1};
    if (l->on) {
        if (before >= 0) learned[before] = (MidiController){0};
        learned[l->dial] = which;
        l->on = false;
        l->stands[l->dial].known = false;
        put(l, (int)l->dial, at);
        return (LearnNews){LEARN_NEW, l->dial, at,
                           before == (int)l->dial ? -1 : before};
    }
    if (before < 0) return (LearnNews){0};
    bool moves = reaches(put(l, before, at), at, dials[before]);
    l->waits = !moves;
    return (LearnNews){moves ? LEARN_MOVE : LEARN_WAIT, (Steer)before, at, -1};
}

bool learn_forget(Learn *l, MidiController *learned, Steer dial) {
    bool had = learned[dial].channel > 0;
    learned[dial] = (MidiController){0};
    if (l->dial == dial) l->on = false;
    return had;
}

void learn_show(const Learn *l, const MidiController *learned, View *ret) {
    for (Steer i = 0; i < STEERS; i++) {
        ret->generation.steer[i].learns = l->on && l->dial == i;
        ret->generation.steer[i].channel = learned[i].channel;
        ret->generation.steer[i].controller = learned[i].number;
    }
}
