#include "app/desktop/playing/duet.h"

#define ANSWER_LEAST INT64_C(4000000) // microseconds
#define ANSWER_MOST  INT64_C(60000000)

void duet_open(Duet *d) { *d = (Duet){.take = -1}; }

void duet_set(Duet *d, bool on, double pause) {
    d->on = on;
    pause_init(&d->pause, pause);
}

static bool add(Duet *d, Document *document, Event e, GError **error) {
    e.time = MAX(e.time - d->zero, document_take(document, d->take)->end);
    return document_add_events(document, d->take, &e, 1, error);
}

bool duet_begin_turn(Duet *d, Document *document, int parent, int64_t at, int64_t now,
                     uint8_t pedal, GError **error) {
    d->take = document_add_played(document, parent, at, true, error);
    if (d->take < 0) return false;
    d->zero = now - document_take(document, d->take)->fork;
    Event held = {.time = now, .kind = EVENT_PEDAL, .value = pedal};
    return !pedal || add(d, document, held, error);
}

bool duet_add(Duet *d, Document *document, LiveEvent e, GError **error) {
    Event one = {e.time, e.kind, e.pitch, e.kind == EVENT_RELEASE ? 0 : e.value};
    if (e.kind != AUDIO_RELEASE) return add(d, document, one, error);
    bool ok = true;
    for (uint8_t p = 0; p < 128 && ok; p++) {
        one = (Event){.time = e.time, .kind = EVENT_RELEASE, .pitch = p};
        ok = add(d, document, one, error);
    }
    return ok;
}

void duet_end_turn(Duet *d, Document *document) {
    if (d->take >= 0) document_finish(document, d->take, 0, NULL);
    d->take = -1;
    pause_yield(&d->pause);
}

void duet_forget_turn(Duet *d) { d->take = -1; }

void duet_hear(Duet *d, LiveEvent e) {
    switch (e.kind) {
    case EVENT_ONSET: pause_press(&d->pause, e.pitch, e.time); break;
    case EVENT_RELEASE: pause_release(&d->pause, e.pitch, e.time); break;
    case AUDIO_RELEASE: pause_release_all(&d->pause, e.time); break;
    default: break;
    }
}

int64_t duet_due(const Duet *d) {
    return d->on && d->take >= 0 ? pause_due(&d->pause) : -1;
}

int64_t duet_answer(int64_t phrase) { return CLAMP(phrase, ANSWER_LEAST, ANSWER_MOST); }

DuetState duet_state(const Duet *d, bool answers) {
    if (!d->on) return DUET_OFF;
    return answers && d->take < 0 ? DUET_ANSWERING : DUET_LISTENING;
}
