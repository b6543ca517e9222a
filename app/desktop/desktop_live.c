#include "app/desktop/desktop.h"

#include <string.h>

// What is played is not lost when a session takes no more, for it has grown too large
// or too deep: that one is kept, and what is heard of it begins another. False: *error
// says why that failed, too.
static bool begin_again(Desktop *d, GError **error) {
    g_autoptr(GError) why = g_steal_pointer(error);
    const Take *root = document_take(&d->document, 0);
    Document next;
    desktop_refresh(d);
    if (!document_begin(&next, root->origin, root->name, &d->path.performance, error))
        return false;
    desktop_unsay(d, CONCERN_FILE);
    desktop_replace(d, &next, NULL);
    d->position = d->end;
    if (!d->notices[CONCERN_FILE].text)
        desktop_say(d, CONCERN_FILE, true,
                    "A new session goes on from here, and the one before is kept: %s.",
                    why->message);
    return true;
}

static bool try_add(Desktop *d, int64_t now, TakeEvent e, GError **error) {
    Duet *c = &d->duet;
    e.time = MAX(now - c->zero, document_take(&d->document, c->take)->end);
    bool ok = document_add_events(&d->document, c->take, &e, 1, error);
    if (ok) desktop_changed(d);
    return ok;
}

// The pianist's turn: what plays yields at once, and what is played from now on is a
// take that goes on from there.
static bool try_turn(Desktop *d, int64_t now, GError **error) {
    Duet *c = &d->duet;
    desktop_follow_player(d);
    desktop_refresh(d);
    int64_t at = d->playing ? d->position : desktop_continue_at(d);
    desktop_stop(d);
    desktop_stop_writing(d);
    desktop_read_writer(d);
    int before = d->document.view.take;
    c->take = document_add_played(&d->document, before, at, true, error);
    if (c->take < 0) return false;
    d->compared = before;
    c->zero = now - document_take(&d->document, c->take)->fork;
    uint8_t pedal = (uint8_t)engine_state(d->engine).pedal;
    desktop_changed(d);
    return !pedal ||
           try_add(d, now, (TakeEvent){.kind = TAKE_PEDAL, .value = pedal}, error);
}

static void take_turn(Desktop *d, int64_t now) {
    GError *error = NULL;
    bool ok = try_turn(d, now, &error) ||
              (begin_again(d, &error) && try_turn(d, now, &error));
    if (!ok) desktop_fail(d, CONCERN_FILE, error);
}

static void add(Desktop *d, int64_t now, TakeEventKind kind, uint8_t pitch,
                uint8_t value) {
    TakeEvent e = {.kind = (uint8_t)kind, .pitch = pitch, .value = value};
    GError *error = NULL;
    bool ok = try_add(d, now, e, &error) ||
              (begin_again(d, &error) && try_turn(d, now, &error) &&
               try_add(d, now, e, &error));
    if (!ok) desktop_fail(d, CONCERN_FILE, error);
}

static void play_duet(Desktop *d, LiveEvent e) {
    Duet *c = &d->duet;
    if (!c->on) return;
    switch (e.kind) {
    case AUDIO_NOTE_ON:
        if (c->take < 0) take_turn(d, e.time);
        if (c->take < 0) return;
        pause_press(&c->pause, e.pitch, e.time);
        add(d, e.time, TAKE_KEY_DOWN, e.pitch, e.value);
        break;
    case AUDIO_NOTE_OFF:
        pause_release(&c->pause, e.pitch, e.time);
        if (c->take >= 0) add(d, e.time, TAKE_KEY_UP, e.pitch, 0);
        break;
    case AUDIO_PEDAL:
        if (c->take >= 0) add(d, e.time, TAKE_PEDAL, 0, e.value);
        break;
    case AUDIO_RELEASE:
        pause_release_all(&c->pause, e.time);
        for (uint8_t p = 0; p < 128 && c->take >= 0; p++)
            add(d, e.time, TAKE_KEY_UP, p, 0);
        break;
    default: break;
    }
}

static void played(Desktop *d, LiveEvent e) {
    capture_add(&d->capture, e);
    play_duet(d, e);
}

void desktop_key(Desktop *d, int pitch, int velocity) {
    AudioEvent e = {.time = AUDIO_NOW,
                    .kind = velocity ? AUDIO_NOTE_ON : AUDIO_NOTE_OFF,
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
    Duet *c = &d->duet;
    if (c->take >= 0) document_finish(&d->document, c->take, 0, NULL);
    c->take = -1;
    pause_yield(&c->pause);
    desktop_changed(d);
    desktop_refresh(d);
}

void desktop_set_duet(Desktop *d, bool on) {
    if (d->duet.take >= 0) end_turn(d);
    d->duet.on = d->settings.duet = on;
    pause_init(&d->duet.pause, d->settings.pause);
}

int64_t desktop_duet_due(Desktop *d) {
    return d->duet.on && d->duet.take >= 0 ? pause_due(&d->duet.pause) : -1;
}

void desktop_follow_duet(Desktop *d) {
    int64_t due = desktop_duet_due(d);
    if (due < 0 || g_get_monotonic_time() < due || !writer_model(d->writer)) return;
    end_turn(d);
    desktop_continue_end(d);
}

static int add_phrase(Desktop *d, const PlaybackList *list, GError **error) {
    static const uint8_t kinds[] = {[AUDIO_NOTE_ON] = TAKE_KEY_DOWN,
                                    [AUDIO_NOTE_OFF] = TAKE_KEY_UP,
                                    [AUDIO_PEDAL] = TAKE_PEDAL};
    int take = document_add_played(&d->document, 0, 0, true, error);
    AudioEvent e;
    bool ok = take >= 0;
    for (size_t i = 0; ok && playback_list_event(list, i, &e); i++)
        ok = document_add_events(&d->document, take,
                                 &(TakeEvent){e.time, kinds[e.kind], e.pitch,
                                              e.kind == AUDIO_NOTE_OFF ? 0 : e.value},
                                 1, error);
    return ok ? take : -1;
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
    PlaybackList *list = playback_list_new(&p);
    int take = add_phrase(d, list, &error);
    if (take < 0 && begin_again(d, &error)) take = add_phrase(d, list, &error);
    playback_list_free(list);
    performance_clear(&p);
    if (take < 0) {
        desktop_fail(d, CONCERN_MODEL, error);
        return;
    }
    document_finish(&d->document, take, 0, NULL);
    desktop_changed(d);
    desktop_refresh(d);
    desktop_continue_end(d);
}
