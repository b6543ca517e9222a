#include "app/desktop/desktop_parts.h"

#include "midi/bars.h"

static void show_surprise(Desktop *d, View *v) {
    if (!d->look.surprise) return;
    SurpriseState s = surprise_state(d->writing.surprise);
    NoteAspect aspect = d->look.surprise == SURPRISE_PITCH  ? NOTE_PITCH
                        : d->look.surprise == SURPRISE_TIME ? NOTE_TIME
                                                            : NOTE_LOUDNESS;
    piece_view_surprise(&d->piece_view, &d->piece.path, s.notes, aspect);
    v->lens.surprise_done = s.done;
    if (s.notes) g_array_unref(s.notes);
}

static void show_piece(Desktop *d, View *v) {
    const Piece *p = &d->piece;
    const DocumentView *at = &p->document.view;
    v->piece.document = p->number;
    v->piece.end = p->end;
    v->playback.loop = at->looping;
    v->playback.loop_span = (Span){at->loop_from, at->loop_to};
    v->piece.selection = (Span){at->selection_from, at->selection_to};
    v->piece.continue_at = piece_continue_at(p);
    // An empty piece shows what was just played, as Continue would use it.
    bool empty = piece_is_empty(p);
    piece_view_parts(&d->piece_view, &p->document, &p->path,
                     generation_lens(&d->writing.generation),
                     d->writing.generation.state.origin,
                     empty ? live_shown(&d->playing.live) : NULL, v);
    show_surprise(d, v);
    recollection_show(d->writing.recollection, v);
    desktop_show_ghost(d, v);
    piece_view_takes(&d->piece_view, &p->document, p->compared,
                     d->writing.generation.streams, v);
    piece_view_edits(&d->piece_view, &p->document, v);
}

static void show_playing(Desktop *d, View *v) {
    const Piece *p = &d->piece;
    const Playback *at = &d->playing.playback;
    v->playback.position = at->position;
    v->playback.playing = at->playing;
    v->playback.speed = d->settings.window.speed;
    v->playback.bars = bars_exist(p->path.performance.tempo);
    v->playback.click = d->settings.window.click;
    live_show(&d->playing.live, piece_view_source(&p->document, &p->path, at->position),
              v);
    generation_show(&d->writing.generation, p->document.view.take, playback_waits(at),
                    d->settings.window.speed, (double)(p->end - at->position) / 1e6, v);
    bridging_show(&d->writing.bridging, d->writing.generation.writer, &p->document, v);
    v->generation.duet = duet_state(&d->playing.duet,
                                    at->playing || d->writing.generation.streams->len);
}

static void show_model(Desktop *d, View *v) {
    const WriterModel *m = generation_model(&d->writing.generation);
    model_choices_show(&d->writing.models, m ? m->path : NULL, v);
    v->generation.model_card = m ? m->card : NULL;
}

static void show_settings(Desktop *d, View *v) {
    const Settings *s = &d->settings;
    v->generation.sampling = (ViewSampling){
        s->model.top_p, s->model.min_p, s->model.seconds,  s->model.endless,
        s->model.takes, s->model.seed,  s->model.keep_seed};
    steer_show(s->model.steer, generation_model(&d->writing.generation), v);
    learn_show(&d->playing.learn, s->learned, v);
    v->files.folder = *s->files.folder ? s->files.folder : NULL;
    v->files.recent = (const char *const *)d->texts.recent;
    v->files.recent_count = (int)g_strv_length(d->texts.recent);
}

static void show_sound(Desktop *d, View *v) {
    SoundWish wish = desktop_sound_wish(d);
    sound_show(&d->playing.sound, &wish, v);
    OutputState o = output_state(d->playing.sound.output);
    notices_follow(&d->notices, CONCERN_OUTPUT, o.trouble);
    if (*o.soundfont_trouble)
        notices_follow(&d->notices, CONCERN_SOUNDFONT, o.soundfont_trouble);
    notices_follow(&d->notices, CONCERN_INPUT,
                   midi_input_state(d->playing.sound.midi).trouble);
    notices_follow(&d->notices, CONCERN_MIDI_OUTPUT,
                   midi_output_state(d->playing.sound.midi_out).trouble);
}

void desktop_view(Desktop *d, View *v) {
    piece_refresh(&d->piece);
    *v = (View){0};
    show_piece(d, v);
    show_playing(d, v);
    show_settings(d, v);
    show_model(d, v);
    show_sound(d, v);
    notices_show(&d->notices, v);
    desktop_show_session(d, v);
    desktop_show_dialogs(d, v);
    g_autofree char *name = piece_export_name(&d->piece);
    exports_show(&d->files.exports, name, v);
}
