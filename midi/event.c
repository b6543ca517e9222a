#include "midi/event.h"

// A temporary kind for sorting: the release of a note of no length.
#define INSTANT EVENT_KINDS

static void add(GArray *events, int64_t time, int kind, uint8_t pitch, uint8_t value) {
    Event e = {.time = time, .kind = (uint8_t)kind, .pitch = pitch, .value = value};
    g_array_append_val(events, e);
}

void events_add_note(GArray *events, int64_t onset, int64_t release, uint8_t pitch,
                     uint8_t value) {
    events_add_onset(events, onset, pitch, value);
    add(events, release, release > onset ? EVENT_RELEASE : INSTANT, pitch, 0);
}

void events_add_onset(GArray *events, int64_t onset, uint8_t pitch, uint8_t value) {
    add(events, onset, EVENT_ONSET, pitch, value);
}

void events_add_pedal(GArray *events, int64_t time, uint8_t value) {
    add(events, time, EVENT_PEDAL, 0, value);
}

void events_move_pedal(GArray *events, int64_t time, Pedal pedal, uint8_t value) {
    add(events, time, EVENT_PEDAL, (uint8_t)pedal, value);
}

static int place(const Event *e) {
    bool holds = e->kind == EVENT_PEDAL && e->pitch == PEDAL_SOSTENUTO &&
                 e->value >= PEDAL_DOWN;
    return 2 * e->kind + (holds ? 2 * (EVENT_ONSET - EVENT_PEDAL) + 1 : 0);
}

static int compare(const void *a, const void *b) {
    const Event *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    int order = place(x) - place(y);
    if (order != 0) return order;
    return x->pitch - y->pitch;
}

// The sort is stable, so that pedal movements at one moment keep their order.
void events_sort(GArray *events) {
    g_array_sort(events, compare);
    for (guint i = 0; i < events->len; i++) {
        Event *e = &g_array_index(events, Event, i);
        if (e->kind == INSTANT) e->kind = EVENT_RELEASE;
    }
}

GArray *events_of(const Performance *p) {
    GArray *events = g_array_sized_new(false, false, sizeof(Event),
                                       (guint)(2 * p->note_count + p->pedal_count));
    for (size_t i = 0; i < p->note_count; i++) {
        const Note *n = &p->notes[i];
        events_add_note(events, n->onset, n->release, n->pitch, n->velocity);
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        events_add_pedal(events, p->pedal[i].time, p->pedal[i].value);
    for (size_t i = 0; i < p->move_count; i++)
        events_move_pedal(events, p->moves[i].time, (Pedal)p->moves[i].pedal,
                          p->moves[i].value);
    events_sort(events);
    return events;
}
