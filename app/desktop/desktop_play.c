#include "app/desktop/desktop_parts.h"

// Begins the pianist's turn: playback stops at once, and what the pianist plays becomes
// a take that continues from there.
static bool try_turn(Desktop *d, int64_t now, GError **error) {
    desktop_follow_player(d);
    piece_refresh(&d->piece);
    int64_t at = d->playing.playback.playing ? d->playing.playback.position
                                             : piece_continue_at(&d->piece);
    desktop_yield(d);
    int before = d->piece.document.view.take;
    uint8_t pedal = (uint8_t)engine_state(d->playing.sound.engine).pedal;
    bool ok = duet_begin_turn(&d->playing.duet, &d->piece.document, before, at, now,
                              pedal, error);
    if (d->playing.duet.take >= 0) {
        d->piece.compared = before;
        piece_changed(&d->piece);
    }
    return ok;
}

static void take_turn(Desktop *d, int64_t now) {
    GError *error = NULL;
    bool ok = try_turn(d, now, &error) ||
              (desktop_begin_again(d, &error) && try_turn(d, now, &error));
    if (!ok) desktop_fail(d, CONCERN_FILE, error);
}

static bool try_add(Desktop *d, LiveEvent e, GError **error) {
    bool ok = duet_add(&d->playing.duet, &d->piece.document, e, error);
    piece_changed(&d->piece);
    return ok;
}

static void hear(Desktop *d, LiveEvent e) {
    GError *error = NULL;
    desktop_renew_ghost(d);
    if (!d->playing.duet.on) return;
    if (e.kind == EVENT_ONSET && d->playing.duet.take < 0) {
        take_turn(d, e.time);
        if (d->playing.duet.take < 0) return;
    }
    duet_hear(&d->playing.duet, e);
    if (d->playing.duet.take < 0) return;
    bool ok = try_add(d, e, &error) ||
              (desktop_begin_again(d, &error) && try_turn(d, e.time, &error) &&
               try_add(d, e, &error));
    if (!ok) desktop_fail(d, CONCERN_FILE, error);
}

void desktop_key(Desktop *d, int pitch, int velocity) {
    LiveEvent e;
    if (live_key(&d->playing.live, pitch, velocity, &e)) hear(d, e);
}

void desktop_release_hands(Desktop *d) {
    engine_release(d->playing.sound.engine, SOURCE_HANDS);
    for (LiveEvent e; live_release(&d->playing.live, &e);) hear(d, e);
}

void desktop_read_midi(Desktop *d) {
    for (LiveEvent e; live_read(&d->playing.live, d->playing.sound.midi, &e);)
        hear(d, e);
}

void desktop_end_turn(Desktop *d) {
    duet_end_turn(&d->playing.duet, &d->piece.document);
    piece_changed(&d->piece);
    piece_refresh(&d->piece);
}

void desktop_set_duet(Desktop *d, bool on) {
    if (d->playing.duet.take >= 0) desktop_end_turn(d);
    d->settings.model.answer = on;
    duet_set(&d->playing.duet, on, d->settings.model.pause);
}

void desktop_follow_duet(Desktop *d) {
    int64_t due = duet_due(&d->playing.duet);
    if (due < 0 || g_get_monotonic_time() < due ||
        !generation_model(&d->writing.generation))
        return;
    desktop_answer(d);
}
