#include "app/desktop/desktop_parts.h"

static PlaybackList *playback_list(Desktop *d) {
    int take = d->piece.document.view.take;
    return piece_playback_list(&d->piece,
                               generation_stream(&d->writing.generation, take));
}

static void set_click(Desktop *d) {
    const TempoMap *tempo = d->piece.path.performance.tempo;
    playback_set_click(&d->playing.playback, d->settings.window.click ? tempo : NULL);
}

void desktop_play(Desktop *d, int64_t from, bool eager) {
    playback_set_loop(&d->playing.playback, &d->piece.document.view);
    set_click(d);
    desktop_drop_ghost(d);
    playback_play(&d->playing.playback, playback_list(d), from, eager);
}

void desktop_seek(Desktop *d, int64_t time) {
    piece_refresh(&d->piece);
    d->playing.playback.position = CLAMP(time, 0, d->piece.end);
    if (d->playing.playback.playing)
        desktop_play(d, d->playing.playback.position, false);
}

void desktop_follow_player(Desktop *d) {
    double latency = output_state(d->playing.sound.output).latency;
    set_click(d);
    bool playing = d->playing.playback.playing;
    playback_follow(&d->playing.playback, latency, d->piece.end);
    if (playing && !d->playing.playback.playing)
        d->writing.waiting.ended = g_get_monotonic_time();
}

// Stops generating takes that are no longer visible, and plays the changed piece.
void desktop_follow_edit(Desktop *d, int before, GError *error) {
    if (error) {
        desktop_fail(d, CONCERN_FILE, error);
        return;
    }
    Piece *p = &d->piece;
    int now = p->document.view.take;
    piece_edited(p, before);
    generation_stop_hidden(&d->writing.generation, &p->document);
    if (now != before && d->playing.playback.playing)
        playback_change(&d->playing.playback, playback_list(d),
                        piece_same_until(p, before, now));
    d->playing.playback.position = MIN(d->playing.playback.position, p->end);
    playback_set_loop(&d->playing.playback, &p->document.view);
}

void desktop_set_view(Desktop *d, DocumentView view) {
    GError *error = NULL;
    int before = d->piece.document.view.take;
    piece_set_view(&d->piece, view, &error);
    desktop_follow_edit(d, before, error);
}

void desktop_show_take(Desktop *d, int take) {
    DocumentView view = d->piece.document.view;
    view.take = take;
    if (piece_has_take(&d->piece, take)) desktop_set_view(d, view);
}

void desktop_undo(Desktop *d, bool redo) {
    GError *error = NULL;
    int before = d->piece.document.view.take;
    piece_undo(&d->piece, redo, &error);
    desktop_follow_edit(d, before, error);
}

void desktop_delete_take(Desktop *d) {
    GError *error = NULL;
    int before = d->piece.document.view.take;
    if (before == 0) return;
    piece_remove_take(&d->piece, &error);
    desktop_follow_edit(d, before, error);
}

void desktop_set_loop(Desktop *d, int64_t from, int64_t to, bool on) {
    DocumentView view = d->piece.document.view;
    view.loop_from = MAX(from, 0), view.loop_to = MAX(to, view.loop_from);
    view.looping = on;
    desktop_set_view(d, view);
}

void desktop_tap(Desktop *d, bool first) {
    Taps *t = &d->playing.taps;
    TappedBars bars;
    taps_add(t, g_get_monotonic_time(), d->playing.playback.position,
             d->playing.playback.playing, first);
    if (tap_bars(&bars, t->taps, t->count))
        notices_say(&d->notices, CONCERN_FILE, false, "%.1f beats a minute, %d taps.",
                    6e7 / bars.tempo, t->count);
    else
        notices_say(&d->notices, CONCERN_FILE, false,
                    "Tap F10 on each beat, from the first of a bar; %d more.",
                    TAP_LEAST - t->count);
}

void desktop_follow_taps(Desktop *d) {
    GError *error = NULL;
    TappedBars bars;
    int64_t due = taps_due(&d->playing.taps);
    if (due < 0 || g_get_monotonic_time() < due) return;
    bool tapped = tap_bars(&bars, d->playing.taps.taps, d->playing.taps.count);
    d->playing.taps.count = 0;
    if (!tapped) return;
    int take = d->piece.document.view.take;
    piece_set_bars(&d->piece, bars, &error);
    bool ok = !error;
    desktop_follow_edit(d, take, error);
    if (ok)
        notices_say(&d->notices, CONCERN_FILE, false,
                    "Bars of %d at %.1f beats a minute; Ctrl+Z takes them back.",
                    bars.beats, 6e7 / bars.tempo);
}
