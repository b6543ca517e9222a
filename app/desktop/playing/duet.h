// The duet: the pianist and the model take turns. The pianist's turn begins with a
// key press and is recorded as a take of its own; it ends with a pause
// (app/desktop/playing/pause.h), and then the model continues. Used by the main
// thread only.
#ifndef APP_DESKTOP_PLAYING_DUET_H
#define APP_DESKTOP_PLAYING_DUET_H

#include "app/desktop/playing/pause.h"
#include "app/document/document.h"
#include "audio/event.h"
#include "ui/view.h"

typedef struct Duet {
    bool on;
    Pause pause;
    int take;     // the take that is being played; -1: it is not the pianist's turn
    int64_t zero; // the time 0 of the piece in g_get_monotonic_time()
} Duet;

void duet_open(Duet *d);
void duet_set(Duet *d, bool on, double pause); // `pause` in seconds; not during a turn

// Begins the pianist's turn at clock time `now`, as a take that continues the path of
// `parent` from `at`. `pedal` is the pedal's current depth.
bool duet_begin_turn(Duet *d, Document *document, int parent, int64_t at, int64_t now,
                     uint8_t pedal, GError **error);
// Adds an event to the turn's take.
bool duet_add(Duet *d, Document *document, LiveEvent e, GError **error);
void duet_end_turn(Duet *d, Document *document);
void duet_forget_turn(Duet *d); // when its document is replaced

void duet_hear(Duet *d, LiveEvent e); // for detecting pauses; called in either turn
// Returns the clock time at which the pianist will have paused; -1: not known yet.
int64_t duet_due(const Duet *d);

// Returns the length of an answer to a phrase, in microseconds: about the same, since
// nobody gives a speech in a conversation.
int64_t duet_answer(int64_t phrase);

// `answers`: the model is generating, or something is playing.
DuetState duet_state(const Duet *d, bool answers);

#endif
