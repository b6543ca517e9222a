// The duet: the pianist and the model in turn. The pianist's turn begins with a stroke
// and is a take of its own, which grows as it is played; it ends with a pause
// (app/desktop/playing/pause.h), and then the model continues. The main thread's.
#ifndef APP_DESKTOP_PLAYING_DUET_H
#define APP_DESKTOP_PLAYING_DUET_H

#include "app/desktop/playing/pause.h"
#include "app/document/document.h"
#include "audio/event.h"
#include "ui/view.h"

typedef struct Duet {
    bool on;
    Pause pause;
    int take;     // what is played now, or -1: it is not the pianist's turn
    int64_t zero; // of g_get_monotonic_time(): where the piece's time 0 would be
} Duet;

void duet_open(Duet *d);
void duet_set(Duet *d, bool on, double pause); // seconds; no turn may be going on

// The pianist's turn begins at `now` of the clock, going on from `at` on the path of
// `parent`, with the pedal as deep as it is held.
bool duet_begin_turn(Duet *d, Document *document, int parent, int64_t at, int64_t now,
                     uint8_t pedal, GError **error);
// Adds what is played to the turn's take.
bool duet_add(Duet *d, Document *document, LiveEvent e, GError **error);
void duet_end_turn(Duet *d, Document *document);
void duet_forget_turn(Duet *d); // its document is gone

void duet_hear(Duet *d, LiveEvent e); // to know a pause; whoever's turn it is
// When the pianist will have paused, of the clock; -1: not yet to be told.
int64_t duet_due(const Duet *d);

// `answers`: the model writes, or something plays.
DuetState duet_state(const Duet *d, bool answers);

#endif
