#include "app/data/recall_notes.h"

#include "midi/analysis/line.h"
#include "midi/vocabulary.h"

enum { HEADS = 4 };

void recall_notes(Config *c, bool on) {
    c->recall_heads = on ? HEADS : 0;
    c->recall_layer = on ? c->layers - 1 : 0;
    c->recall_first = on ? TOKEN_NOTE_ON : 0;
    c->recall_end = on ? TOKEN_NOTE_OFF : 0;
    if (!on) recall_chords(c, false);
}

void recall_chords(Config *c, bool on) {
    c->chord_steps = on ? LINE_CHORD / STEP_MICROSECONDS : 0;
    c->time_first = on ? TOKEN_TIME_SHIFT : 0;
    c->time_end = on ? TOKEN_VELOCITY : 0;
}
