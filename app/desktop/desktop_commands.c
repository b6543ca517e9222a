#include "app/base/models.h"
#include "app/desktop/desktop_parts.h"

static void play_or_pause(Desktop *d) {
    if (d->playing.playback.playing) {
        playback_stop(&d->playing.playback);
        return;
    }
    // At the end of the piece, start again from its start or from the start of
    // the loop.
    const DocumentView *v = &d->piece.document.view;
    bool growing = generation_stream(&d->writing.generation, v->take) != NULL;
    int64_t from = d->playing.playback.position >= d->piece.end && !growing
                       ? 0
                       : d->playing.playback.position;
    if (v->looping && (from < v->loop_from || from >= v->loop_to)) from = v->loop_from;
    desktop_play(d, from, false);
}

static void silence(Desktop *d) {
    desktop_release_hands(d);
    playback_panic(&d->playing.playback);
    generation_stop(&d->writing.generation);
}

// A mark at the end of the piece stays at the end as the piece grows.
static void mark(Desktop *d, int64_t time) {
    DocumentView v = d->piece.document.view;
    v.point = time >= d->piece.end ? -1 : MAX(time, 0);
    v.selection_from = v.selection_to = 0;
    desktop_set_view(d, v);
}

static void set_selection(Desktop *d, Span span) {
    DocumentView v = d->piece.document.view;
    bool any = span.to > span.from;
    v.selection_from = any ? MAX(span.from, 0) : 0;
    v.selection_to = any ? MIN(span.to, d->piece.end) : 0;
    desktop_set_view(d, v);
}

static void wish_output(Desktop *d) {
    SoundWish wish = desktop_sound_wish(d);
    g_autofree char *font = desktop_find_soundfont(d);
    sound_wish_output(&d->playing.sound, &wish, font);
}

static void wish_effects(Desktop *d) {
    SoundWish wish = desktop_sound_wish(d);
    sound_wish_effects(&d->playing.sound, &wish);
}

static void choose(Desktop *d, char **setting, const Choices *c, int64_t at) {
    settings_set(setting, choices_value(c, at));
    desktop_save_settings(d);
}

static void play_commands(Desktop *d, const Command *c) {
    const DocumentView *v = &d->piece.document.view;
    switch (c->id) {
    case COMMAND_PLAY: play_or_pause(d); break;
    case COMMAND_STOP:
        desktop_drop_ghost(d);
        playback_stop(&d->playing.playback);
        generation_stop(&d->writing.generation);
        break;
    case COMMAND_PANIC:
        desktop_drop_ghost(d);
        silence(d);
        break;
    case COMMAND_SEEK: desktop_seek(d, c->integer); break;
    case COMMAND_LOOP:
        if (c->integer && v->loop_to <= v->loop_from)
            desktop_set_loop(d, 0, d->piece.end, true);
        else
            desktop_set_loop(d, v->loop_from, v->loop_to, c->integer);
        break;
    case COMMAND_LOOP_SPAN:
        desktop_set_loop(d, c->span.from, c->span.to, c->span.to > c->span.from);
        break;
    case COMMAND_SPEED:
        d->settings.window.speed = c->number;
        playback_set_speed(&d->playing.playback, c->number);
        break;
    case COMMAND_TAP: desktop_tap(d, false); break;
    case COMMAND_TAP_FIRST: desktop_tap(d, true); break;
    case COMMAND_CLICK: d->settings.window.click = c->integer; break;
    case COMMAND_VOLUME:
        d->settings.audio.volume = c->number;
        wish_effects(d);
        break;
    case COMMAND_REVERB:
        d->settings.audio.reverb = c->integer;
        wish_effects(d);
        break;
    case COMMAND_ROOM: // turning the dial switches reverb on
        d->settings.audio.room = c->number;
        d->settings.audio.reverb = true;
        wish_effects(d);
        break;
    case COMMAND_SYSTEM_DIALOGS:
        settings_set(&d->settings.files.dialogs, c->integer ? "system" : "own");
        break;
    case COMMAND_OWN_SOUND:
        d->settings.audio.own_sound = c->integer;
        wish_effects(d);
        break;
    case COMMAND_NOTE_ON:
        desktop_key(d, c->note.pitch, MAX(c->note.velocity, 1));
        break;
    case COMMAND_NOTE_OFF: desktop_key(d, c->note.pitch, 0); break;
    case COMMAND_LEARN: desktop_learn(d, c->integer); break;
    case COMMAND_UNLEARN: desktop_unlearn(d, c->integer); break;
    case COMMAND_TEST_NOTE: engine_test_note(d->playing.sound.engine); break;
    default: break;
    }
}

static void model_commands(Desktop *d, const Command *c) {
    Settings *s = &d->settings;
    Steer steer;
    switch (c->id) {
    case COMMAND_CONTINUE: desktop_continue(d); break;
    case COMMAND_CONTINUE_END: desktop_continue_from(d, -1); break;
    case COMMAND_FORK: desktop_continue_from(d, c->integer); break;
    case COMMAND_BRIDGE: desktop_bridge(d); break;
    case COMMAND_ENDING: desktop_end(d); break;
    case COMMAND_KEEP_BRIDGE: desktop_judge_bridge(d, true); break;
    case COMMAND_REJECT_BRIDGE: desktop_judge_bridge(d, false); break;
    case COMMAND_MARK: mark(d, c->integer); break;
    case COMMAND_CAPTURE: desktop_continue_played(d); break;
    case COMMAND_GHOST: s->model.ghost = c->integer; break;
    case COMMAND_DUET: desktop_set_duet(d, c->integer); break;
    case COMMAND_TAKES: s->model.takes = (int)CLAMP(c->integer, 1, 16); break;
    case COMMAND_LENGTH: s->model.seconds = c->number; break;
    case COMMAND_ENDLESS: s->model.endless = c->integer; break;
    case COMMAND_TOP_P: s->model.top_p = c->number; break;
    case COMMAND_MIN_P: s->model.min_p = c->number; break;
    case COMMAND_DENSITY:
    case COMMAND_REGISTER:
    case COMMAND_LOUDNESS:
    case COMMAND_PEDAL:
    case COMMAND_SPREAD:
    case COMMAND_CLOSENESS:
    case COMMAND_TEMPERATURE:
    case COMMAND_FREEDOM:
        steer = (Steer)(c->id - COMMAND_DENSITY);
        s->model.steer[steer] = steer_said(steer, c->number);
        break;
    case COMMAND_SEED: // typing a seed keeps it
        s->model.seed = MAX(c->integer, 0);
        s->model.keep_seed = true;
        break;
    case COMMAND_KEEP_SEED: s->model.keep_seed = c->integer; break;
    case COMMAND_MODEL:
        if (c->integer >= 0 && c->integer < d->writing.models.list.values->len)
            desktop_choose_model(d, choices_value(&d->writing.models.list, c->integer));
        break;
    default: break;
    }
}

static void piece_commands(Desktop *d, const Command *c) {
    switch (c->id) {
    case COMMAND_PREVIOUS_TAKE:
        desktop_show_take(d, piece_take_beside(&d->piece, -1));
        break;
    case COMMAND_NEXT_TAKE:
        desktop_show_take(d, piece_take_beside(&d->piece, 1));
        break;
    case COMMAND_TAKE:
        desktop_show_take(d, c->integer < 0 ? 0 : (int)c->integer);
        break;
    case COMMAND_COMPARE:
        if (d->piece.compared >= 0) desktop_show_take(d, d->piece.compared);
        break;
    case COMMAND_DELETE_TAKE: desktop_delete_take(d); break;
    case COMMAND_UNDO: desktop_undo(d, false); break;
    case COMMAND_REDO: desktop_undo(d, true); break;
    case COMMAND_SELECT: set_selection(d, c->span); break;
    default: break;
    }
}

static void session_commands(Desktop *d, const Command *c) {
    GError *error = NULL;
    switch (c->id) {
    case COMMAND_LIST_SESSIONS:
        session_list_read(&d->session_list, d->sessions.folder, true);
        break;
    case COMMAND_OPEN_SESSION: desktop_open_session(d, c->text); break;
    case COMMAND_SAVE: desktop_save_session(d, c->text, false); break;
    case COMMAND_SAVE_AS: desktop_save_session(d, c->text, true); break;
    case COMMAND_RENAME_SESSION:
        desktop_rename_session(d, c->naming.path, c->naming.name);
        break;
    case COMMAND_DELETE_SESSION: desktop_delete_session(d, c->text); break;
    case COMMAND_RESTORE: {
        g_autofree char *path = g_strdup(d->sessions.offered);
        if (path) desktop_open_session(d, path);
        break;
    }
    case COMMAND_DECLINE:
        if (!sessions_decline(&d->sessions, &error))
            desktop_fail(d, CONCERN_FILE, error);
        break;
    default: break;
    }
}

static void file_commands(Desktop *d, const Command *c) {
    Settings *s = &d->settings;
    switch (c->id) {
    case COMMAND_NEW: desktop_new(d); break;
    case COMMAND_OPEN_FILE:
        if (g_str_has_suffix(c->text, MODEL_SUFFIX)) // a dropped model file
            desktop_choose_model(d, c->text);
        else
            desktop_open(d, c->text);
        break;
    case COMMAND_EXPORT_MIDI: desktop_export_midi(d, c->text); break;
    case COMMAND_EXPORT_SOUND: desktop_export_sound(d, c->text); break;
    case COMMAND_ASK_FILE: desktop_ask_file(d, (FileQuestion)c->integer); break;
    case COMMAND_EXPORT_CANCEL: exports_cancel(&d->files.exports); break;
    case COMMAND_QUIT: desktop_quit(d); break;
    case COMMAND_STAY: sessions_stay(&d->sessions); break;
    case COMMAND_LOOK: desktop_set_look(d, c->look); break;
    case COMMAND_OUTPUT:
        choose(d, &s->audio.device, &d->playing.sound.outputs, c->integer);
        wish_output(d);
        break;
    case COMMAND_SOUNDFONT:
        choose(d, &s->audio.soundfont, &d->playing.sound.soundfonts, c->integer);
        wish_output(d);
        break;
    case COMMAND_MIDI_INPUT:
        choose(d, &s->input.midi, &d->playing.sound.inputs, c->integer);
        midi_input_wish(d->playing.sound.midi, s->input.midi);
        break;
    case COMMAND_MIDI_OUTPUT:
        choose(d, &s->output.midi, &d->playing.sound.midi_outputs, c->integer);
        midi_output_wish(d->playing.sound.midi_out, s->output.midi);
        break;
    case COMMAND_TOUCH:
        s->input.curve = (int)CLAMP(c->integer, 0, TOUCHES - 1);
        desktop_save_settings(d);
        midi_input_set_touch(d->playing.sound.midi, (Touch)s->input.curve);
        break;
    case COMMAND_BUFFER:
        s->audio.buffer_frames = (int)c->integer;
        desktop_save_settings(d);
        wish_output(d);
        break;
    default: break;
    }
}

// Each function handles one group of commands; exactly one of them knows a command.
void desktop_carry_out(Desktop *d, const Command *c) {
    piece_refresh(&d->piece);
    play_commands(d, c);
    model_commands(d, c);
    piece_commands(d, c);
    file_commands(d, c);
    session_commands(d, c);
}
