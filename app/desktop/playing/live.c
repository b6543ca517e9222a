#include "app/desktop/playing/live.h"

#define KEPT    (INT64_C(600) * 1000000) // microseconds of live playing that are stored
#define SILENCE INT64_C(4000000) // microseconds of silence that separate two phrases

void live_open(Live *l, Engine *e) {
    *l = (Live){.engine = e};
    capture_init(&l->capture, KEPT);
}

void live_close(Live *l) {
    capture_free(&l->capture);
    performance_clear(&l->phrase);
}

bool live_key(Live *l, int pitch, int velocity, LiveEvent *ret) {
    AudioEvent e = {.time = AUDIO_NOW,
                    .kind = velocity ? EVENT_ONSET : EVENT_RELEASE,
                    .source = SOURCE_HANDS,
                    .pitch = (uint8_t)pitch,
                    .value = (uint8_t)velocity};
    if (!velocity && !l->hands[pitch]) return false;
    l->hands[pitch] = velocity > 0;
    engine_push(l->engine, e);
    *ret = (LiveEvent){g_get_monotonic_time(), e.kind, e.source, e.pitch, e.value};
    capture_add(&l->capture, *ret);
    return true;
}

bool live_read(Live *l, MidiInput *midi, LiveEvent *ret) {
    if (!midi_input_read(midi, ret)) return false;
    capture_add(&l->capture, *ret);
    return true;
}

bool live_release(Live *l, LiveEvent *ret) {
    for (int p = 0; p < 128; p++)
        if (live_key(l, p, 0, ret)) return true;
    return false;
}

static bool any(const Live *l) { return l->capture.events->len > 0; }

bool live_phrase(const Live *l, Performance *ret) {
    int64_t start;
    return capture_phrase(&l->capture, SILENCE, g_get_monotonic_time(), ret, &start);
}

bool live_rests(const Live *l, int64_t *ret_since) {
    return capture_rests(&l->capture, ret_since);
}

int live_add_phrase(const Performance *phrase, Document *d, GError **error) {
    int take = document_add_played(d, 0, 0, true, error);
    g_autoptr(GArray) events = events_of(phrase);
    bool ok = take >= 0 &&
              document_add_events(d, take, &g_array_index(events, Event, 0),
                                  events->len, error);
    return ok ? take : -1;
}

const Performance *live_shown(Live *l) {
    return any(l) && live_phrase(l, &l->phrase) ? &l->phrase : NULL;
}

void live_show(const Live *l, NoteSource playback, View *ret) {
    const int hands = 1 << SOURCE_HANDS | 1 << SOURCE_MIDI | 1 << SOURCE_TEST;
    for (int p = 0; p < 128; p++) {
        int held = engine_held(l->engine, p);
        ret->keyboard.keys[p] = (uint8_t)(held & hands ? 1 + NOTE_PLAYED
                                          : held       ? 1 + playback
                                                       : 0);
    }
    ret->keyboard.pedal = (uint8_t)engine_state(l->engine).pedal;
    ret->keyboard.heard = any(l);
}
