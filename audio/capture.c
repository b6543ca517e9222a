#include "audio/capture.h"

#include <string.h>

#include "audio/keys.h"

enum { MANY = 1024 }; // events that are dropped at a time

void capture_init(Capture *c, int64_t keep) {
    *c = (Capture){keep, g_array_new(FALSE, FALSE, sizeof(LiveEvent))};
}

void capture_free(Capture *c) {
    if (c->events) g_array_unref(c->events);
    *c = (Capture){0};
}

static LiveEvent event_at(const Capture *c, guint i) {
    return g_array_index(c->events, LiveEvent, i);
}

void capture_add(Capture *c, LiveEvent event) {
    guint old = 0;
    g_array_append_val(c->events, event);
    while (old < c->events->len && event_at(c, old).time < event.time - c->keep) old++;
    if (old >= MANY) g_array_remove_range(c->events, 0, old);
}

// The state of the piano while the events are replayed.
typedef struct Replay {
    Keys keys;
    Note down[PITCHES]; // those that are
    bool any[PITCHES];
    Performance *ret; // NULL: only looking
    int64_t start;
} Replay;

static void end_note(Replay *r, int pitch, int64_t time) {
    if (!r->any[pitch]) return;
    r->any[pitch] = false;
    r->down[pitch].release = time - r->start;
    if (r->ret) performance_add_note(r->ret, r->down[pitch]);
}

static void move_pedal(Replay *r, AudioSource source, Pedal pedal, int value,
                       int64_t time) {
    keys_set_pedal(&r->keys, source, pedal, value);
    if (r->ret)
        performance_move_pedal(r->ret, MAX(time - r->start, 0), pedal,
                               (uint8_t)keys_pedal(&r->keys, pedal));
}

static void lift_pedals(Replay *r, AudioSource source, int64_t time) {
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        move_pedal(r, source, pedal, 0, time);
}

static void lift(Replay *r, AudioSource source, int pitch, int64_t time) {
    if (keys_release(&r->keys, source, pitch)) end_note(r, pitch, time);
}

static void replay(Replay *r, LiveEvent e) {
    switch (e.kind) {
    case EVENT_ONSET:
        end_note(r, e.pitch, e.time);
        keys_press(&r->keys, e.source, e.pitch);
        r->any[e.pitch] = true;
        r->down[e.pitch] = (Note){e.time - r->start, 0, e.pitch, e.value};
        break;
    case EVENT_RELEASE: lift(r, e.source, e.pitch, e.time); break;
    case EVENT_PEDAL:
        move_pedal(r, e.source, (Pedal)MIN(e.pitch, PEDALS - 1), e.value, e.time);
        break;
    case AUDIO_RELEASE:
        for (int pitch = 0; pitch < PITCHES; pitch++) lift(r, e.source, pitch, e.time);
        lift_pedals(r, e.source, e.time);
    }
}

// Returns the index of the onset that begins the phrase, or the number of events if
// there is none.
static guint find_start(const Capture *c, int64_t silence) {
    Replay r = {0};
    guint start = c->events->len;
    int64_t quiet_since = 0;
    for (guint i = 0; i < c->events->len; i++) {
        LiveEvent e = event_at(c, i);
        bool quiet = !keys_any(&r.keys);
        bool begins = start == c->events->len ||
                      (quiet && e.time - quiet_since > silence);
        if (e.kind == EVENT_ONSET && begins) start = i;
        replay(&r, e);
        if (!quiet && !keys_any(&r.keys)) quiet_since = e.time;
    }
    return start;
}

bool capture_phrase(const Capture *c, int64_t silence, int64_t now, Performance *ret,
                    int64_t *ret_start) {
    Replay r = {0};
    guint start = find_start(c, silence);
    performance_clear(ret);
    if (start == c->events->len) return false;
    // Only the pedal matters before the phrase; all keys are up at its start.
    for (guint i = 0; i < start; i++)
        if (event_at(c, i).kind != EVENT_ONSET) replay(&r, event_at(c, i));
    r.start = *ret_start = event_at(c, start).time;
    r.ret = ret;
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        if (keys_pedal(&r.keys, pedal))
            performance_move_pedal(ret, 0, pedal, (uint8_t)keys_pedal(&r.keys, pedal));
    for (guint i = start; i < c->events->len; i++) replay(&r, event_at(c, i));
    if (!keys_any(&r.keys)) now = event_at(c, c->events->len - 1).time;
    for (int pitch = 0; pitch < PITCHES; pitch++)
        end_note(&r, pitch, MAX(now, r.start));
    for (int source = 0; source < SOURCES; source++) lift_pedals(&r, source, now);
    performance_finish(ret);
    return true;
}

bool capture_rests(const Capture *c, int64_t *ret_since) {
    Replay r = {0};
    bool struck = false;
    *ret_since = 0;
    for (guint i = 0; i < c->events->len; i++) {
        LiveEvent e = event_at(c, i);
        struck = struck || e.kind == EVENT_ONSET;
        if (struck && e.kind != EVENT_PEDAL) *ret_since = e.time;
        replay(&r, e);
    }
    return !keys_any(&r.keys);
}
