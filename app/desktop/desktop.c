#include "app/desktop/desktop.h"

#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/desktop/desktop_parts.h"
#include "ui/typing.h"

#include <unistd.h>

// Milliseconds between checks for devices, which do not announce themselves.
#define GLANCE 500

void desktop_fail(Desktop *d, Concern about, GError *error) {
    notices_fail(&d->notices, about, error);
}

// ---- sound

SoundWish desktop_sound_wish(const Desktop *d) {
    const Settings *s = &d->settings;
    return (SoundWish){
        .device = s->audio.device,
        .soundfont = s->audio.soundfont,
        .midi_input = s->input.midi,
        .midi_output = s->output.midi,
        .buffer_frames = s->audio.buffer_frames,
        .touch = (Touch)s->input.curve,
        .volume = s->audio.volume,
        .reverb = s->audio.reverb,
        .room = s->audio.room,
        .own_sound = s->audio.own_sound,
        .channels = {{(int8_t)s->output.given_channel, (int8_t)s->output.model_channel,
                      (int8_t)s->output.hands_channel}}};
}

char *desktop_find_soundfont(Desktop *d) {
    g_autofree char *trouble = NULL;
    char *font = sound_find_soundfont(d->settings.audio.soundfont, &trouble);
    if (trouble)
        notices_say(&d->notices, CONCERN_SOUNDFONT, true, "%s", trouble);
    else
        notices_unsay(&d->notices, CONCERN_SOUNDFONT);
    return font;
}

// ---- how things are shown

static Look look_of(const Settings *s) {
    return (Look){.scale = s->window.scale,
                  .follow = s->window.follow,
                  .lens = s->window.lens,
                  .surprise = (SurpriseKind)s->window.surprise,
                  .memory = s->window.memory,
                  .theme = (ThemeId)s->window.theme,
                  .octave = TYPING_OCTAVE + s->input.octave};
}

void desktop_set_look(Desktop *d, Look look) {
    Settings *s = &d->settings;
    d->look = look;
    s->window.scale = look.scale;
    s->window.follow = look.follow;
    s->window.lens = look.lens;
    s->window.surprise = (int)look.surprise;
    s->window.memory = look.memory;
    s->window.theme = (int)look.theme;
    s->input.octave = CLAMP(look.octave - TYPING_OCTAVE, -4, 4);
    generation_set_lens(&d->writing.generation, look.lens);
}

// ---- opening and closing

static void wake_window(void *window) { window_wake(window); }

static Wake wake(const Desktop *d) { return (Wake){wake_window, d->window}; }

static bool open_window(Desktop *d, GError **error) {
    const Settings *s = &d->settings;
    WindowOptions options = {
        .title = "par-midi", .width = s->window.width, .height = s->window.height};
    if (!window_open(&d->window, &options, error)) return false;
    d->look = look_of(s);
    d->screen = screen_new(&d->look);
    return true;
}

static void open_parts(Desktop *d) {
    const Settings *s = &d->settings;
    SoundWish wish = desktop_sound_wish(d);
    g_autofree char *font = desktop_find_soundfont(d);
    sound_open(&d->playing.sound, &wish, font);
    live_open(&d->playing.live, d->playing.sound.engine);
    playback_open(&d->playing.playback, d->playing.sound.engine, s->window.speed);
    // $PAR_MIDI_MODEL applies to this start and takes precedence over the settings.
    const char *given = g_getenv("PAR_MIDI_MODEL");
    generation_open(&d->writing.generation, given && *given ? "" : s->model.file,
                    s->window.lens, wake(d));
    d->writing.surprise = surprise_new(wake(d));
    d->writing.ghost = ghost_new(wake(d));
    d->writing.recollection = recollection_new(wake(d));
    piece_view_open(&d->piece_view);
    sessions_open(&d->sessions);
    session_list_open(&d->session_list, wake(d));
    exports_open(&d->files.exports);
    g_autofree char *parent = window_parent(d->window);
    portal_open(&d->files.portal, parent, wake(d));
    duet_open(&d->playing.duet);
    d->texts.recent = settings_recent(s);
    desktop_set_duet(d, s->model.answer);
}

static void close_piece(Desktop *d) {
    GError *error = NULL;
    generation_stop(&d->writing.generation);
    desktop_read_writer(d);
    if (!sessions_end(&d->sessions, &d->piece.document, &error)) message_fail(error);
    sessions_close(&d->sessions);
    session_list_close(&d->session_list);
    piece_clear(&d->piece);
}

static void save_settings(Desktop *d) {
    GError *error = NULL;
    if (!d->look.fullscreen)
        window_size(d->window, &d->settings.window.width, &d->settings.window.height);
    if (!settings_save(&d->settings, d->files.settings, &error)) message_fail(error);
}

// Returns false if a sound system hangs: then the program must end without calling
// it again.
static bool close_all(Desktop *d) {
    playback_close(&d->playing.playback);
    exports_close(&d->files.exports);
    portal_close(&d->files.portal);
    ghost_free(d->writing.ghost); // it may still compute a take
    close_piece(d);
    save_settings(d);
    bool quiet = sound_close(&d->playing.sound);
    surprise_free(d->writing.surprise);
    recollection_free(d->writing.recollection);
    bridging_close(&d->writing.bridging);
    generation_close(&d->writing.generation);
    model_choices_clear(&d->writing.models);
    live_close(&d->playing.live);
    piece_view_close(&d->piece_view);
    notices_clear(&d->notices);
    g_strfreev(d->texts.recent);
    g_free(d->texts.session);
    g_free(d->texts.title);
    screen_free(d->screen);
    window_close(d->window);
    return quiet;
}

// ---- the loop

static int sooner(int a, int64_t b) {
    int most = (int)CLAMP(b, 0, 100000);
    return a < 0 ? most : MIN(a, most);
}

// Returns the milliseconds until the next frame if there is no input.
static int wait_for(Desktop *d, int wait) {
    int64_t now = g_get_monotonic_time(), due = duet_due(&d->playing.duet);
    wait = sooner(wait, GLANCE);
    int64_t tapped = taps_due(&d->playing.taps), ghost = desktop_ghost_due(d);
    if (due >= 0) wait = sooner(wait, (due - now) / 1000 + 1);
    if (tapped >= 0) wait = sooner(wait, (tapped - now) / 1000 + 1);
    if (ghost >= 0) wait = sooner(wait, (ghost - now) / 1000 + 1);
    if (generation_is_behind(&d->writing.generation, d->piece.version) ||
        surprise_is_behind(d->writing.surprise, d->piece.version) ||
        recollection_is_behind(d->writing.recollection, d->piece.version))
        wait = sooner(wait, 50);
    if (d->playing.playback.playing || d->writing.bridging.on ||
        exports_write_sound(&d->files.exports))
        wait = sooner(wait, 60);
    return wait;
}

static void catch_up(Desktop *d) {
    desktop_read_midi(d);
    desktop_follow_controllers(d);
    desktop_read_writer(d);
    desktop_follow_bridge(d);
    desktop_follow_player(d);
    desktop_follow_duet(d);
    desktop_follow_taps(d);
    desktop_follow_ghost(d);
    desktop_read_ahead(d);
    desktop_follow_surprise(d);
    desktop_follow_memory(d);
    desktop_follow_export(d);
    desktop_follow_portal(d);
    sessions_follow(&d->sessions, &d->piece.document);
    g_autofree char *trouble = journal_trouble(d->sessions.journal);
    if (trouble && !notices_text(&d->notices, CONCERN_FILE))
        notices_say(&d->notices, CONCERN_FILE, true, "%s", trouble);
}

static void loop(Desktop *d) {
    Wish wish = {.wait = 0, .scale = d->settings.window.scale};
    CommandQueue queue = {NULL};
    Input input;
    while (!d->quit && !*interrupt_flag()) {
        wish.wait = wait_for(d, wish.wait);
        if (!window_wait(d->window, &wish, &input)) break;
        catch_up(d);
        View view;
        desktop_view(d, &view);
        wish = screen_frame(d->screen, &input, &view, window_draw(d->window), &queue);
        for (Command c; command_next(&queue, &c); command_clear(&c))
            desktop_carry_out(d, &c);
        if (input.focus_lost) desktop_release_hands(d);
        window_show(d->window);
    }
    command_queue_clear(&queue);
}

static int run(Desktop *d, const char *file) {
    GError *error = NULL;
    if (!open_window(d, &error)) return message_fail(error);
    open_parts(d);
    sessions_find(&d->sessions, !file);
    if (!file)
        desktop_open_demo(d);
    else if (!desktop_open(d, file))
        desktop_new(d);
    KeyWatch *keys = key_watch_new(d->playing.sound.engine, d->playing.sound.midi,
                                   wake(d));
    loop(d);
    key_watch_free(keys);
    bool quiet = close_all(d);
    if (!quiet) _exit(0);
    return 0;
}

int desktop_run(const char *file) {
    Desktop d = {0};
    g_autofree char *trouble = NULL;
    d.files.settings = settings_path();
    settings_load(&d.settings, d.files.settings, &trouble);
    if (trouble) message_warn("%s", trouble);
    int status = run(&d, file);
    settings_clear(&d.settings);
    g_free(d.files.settings);
    return status;
}
