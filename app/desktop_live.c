#include "app/desktop.h"

#include <string.h>

static bool add(Desktop *d, TakeEvent e) {
    Conversation *c = &d->duet;
    const Take *t = document_take(&d->document, c->take);
    e.time = MAX(e.time, t->end);
    bool ok = document_add_events(&d->document, c->take, &e, 1, NULL);
    if (ok) desktop_changed(d);
    return ok;
}

// The pianist's turn: what plays yields at once, and what is played from now on is a
// take that goes on from there.
static void take_turn(Desktop *d, int64_t now) {
    Conversation *c = &d->duet;
    GError *error = NULL;
    desktop_follow_player(d);
    desktop_refresh(d);
    int64_t at = d->playing ? d->position : desktop_continue_at(d);
    desktop_stop(d);
    desktop_stop_writing(d);
    desktop_read_writer(d);
    int before = d->document.view.take;
    c->take = document_add_played(&d->document, before, at, true, &error);
    if (c->take < 0) {
        desktop_fail(d, CONCERN_FILE, error);
        return;
    }
    d->compared = before;
    c->zero = now - document_take(&d->document, c->take)->fork;
    int pedal = engine_state(d->engine).pedal;
    if (pedal) add(d, (TakeEvent){0, TAKE_PEDAL, 0, (uint8_t)pedal});
    desktop_changed(d);
}

static void converse_with(Desktop *d, LiveEvent e) {
    Conversation *c = &d->duet;
    if (!c->on) return;
    int64_t time = e.time - c->zero;
    switch (e.kind) {
    case EVENT_NOTE_ON:
        if (c->take < 0) take_turn(d, e.time);
        if (c->take < 0) return;
        pause_press(&c->pause, e.pitch, e.time);
        time = e.time - c->zero;
        add(d, (TakeEvent){time, TAKE_KEY_DOWN, e.pitch, e.value});
        break;
    case EVENT_NOTE_OFF:
        pause_release(&c->pause, e.pitch, e.time);
        if (c->take >= 0) add(d, (TakeEvent){time, TAKE_KEY_UP, e.pitch, 0});
        break;
    case EVENT_PEDAL:
        if (c->take >= 0) add(d, (TakeEvent){time, TAKE_PEDAL, 0, e.value});
        break;
    case EVENT_RELEASE:
        pause_release_all(&c->pause, e.time);
        for (uint8_t p = 0; p < 128 && c->take >= 0; p++)
            add(d, (TakeEvent){time, TAKE_KEY_UP, p, 0});
        break;
    default: break;
    }
}

static void played(Desktop *d, LiveEvent e) {
    capture_add(&d->capture, e);
    converse_with(d, e);
}

void desktop_key(Desktop *d, int pitch, int velocity) {
    AudioEvent e = {.time = EVENT_NOW,
                    .kind = velocity ? EVENT_NOTE_ON : EVENT_NOTE_OFF,
                    .source = SOURCE_HANDS,
                    .pitch = (uint8_t)pitch,
                    .value = (uint8_t)velocity};
    if (!velocity && !d->hands[pitch]) return;
    d->hands[pitch] = velocity > 0;
    engine_push(d->engine, e);
    played(d, (LiveEvent){g_get_monotonic_time(), e.kind, e.source, e.pitch, e.value});
}

void desktop_release_hands(Desktop *d) {
    engine_release(d->engine, SOURCE_HANDS);
    for (int p = 0; p < 128; p++)
        if (d->hands[p]) desktop_key(d, p, 0);
}

void desktop_read_midi(Desktop *d) {
    for (LiveEvent e; midi_input_read(d->midi, &e);) played(d, e);
}

static void end_turn(Desktop *d) {
    Conversation *c = &d->duet;
    if (c->take >= 0) document_finish(&d->document, c->take, 0, NULL);
    c->take = -1;
    pause_yield(&c->pause);
    desktop_changed(d);
    desktop_refresh(d);
}

void desktop_set_duet(Desktop *d, bool on) {
    if (d->duet.take >= 0) end_turn(d);
    d->duet.on = d->settings.answer = on;
    pause_init(&d->duet.pause, d->settings.pause);
}

int64_t desktop_duet_due(Desktop *d) {
    return d->duet.on && d->duet.take >= 0 ? pause_due(&d->duet.pause) : -1;
}

void desktop_converse(Desktop *d) {
    int64_t due = desktop_duet_due(d);
    if (due < 0 || g_get_monotonic_time() < due || !writer_model(d->writer)) return;
    end_turn(d);
    desktop_answer(d);
}

// What was played is a take of its own, from the piece's start, so that an undo brings
// back what was there before.
void desktop_continue_played(Desktop *d) {
    Performance p = {0};
    int64_t start;
    GError *error = NULL;
    if (d->duet.take >= 0) end_turn(d);
    if (!capture_phrase(&d->capture, DESKTOP_SILENCE, g_get_monotonic_time(), &p,
                        &start))
        return;
    desktop_stop(d);
    desktop_stop_writing(d);
    desktop_read_writer(d);
    int take = document_add_played(&d->document, 0, 0, true, &error);
    Tape *tape = tape_new(&p);
    AudioEvent e;
    static const uint8_t kinds[] = {[EVENT_NOTE_ON] = TAKE_KEY_DOWN,
                                    [EVENT_NOTE_OFF] = TAKE_KEY_UP,
                                    [EVENT_PEDAL] = TAKE_PEDAL};
    for (size_t i = 0; take >= 0 && tape_event(tape, i, &e); i++)
        document_add_events(&d->document, take,
                            &(TakeEvent){e.time, kinds[e.kind], e.pitch,
                                         e.kind == EVENT_NOTE_OFF ? 0 : e.value},
                            1, NULL);
    tape_free(tape);
    performance_clear(&p);
    if (take < 0) {
        desktop_fail(d, CONCERN_MODEL, error);
        return;
    }
    document_finish(&d->document, take, 0, NULL);
    desktop_changed(d);
    desktop_refresh(d);
    desktop_answer(d);
}
