#include "ui/screen.h"

#include "ui/cards/browser.h"
#include "ui/cards/export.h"
#include "ui/cards/help.h"
#include "ui/cards/save.h"
#include "ui/cards/sound_settings.h"
#include "ui/drawing/theme.h"
#include "ui/panels/panels.h"
#include "ui/roll/keyboard.h"
#include "ui/roll/surprise.h"
#include "ui/toolkit/field.h"

#include <math.h>
#include <string.h>

#define SCALE_LEAST 0.5
#define SCALE_MOST  3.0
#define SECOND      1000000

typedef enum Overlay {
    OVERLAY_NONE,
    OVERLAY_HELP,
    OVERLAY_FILES,
    OVERLAY_SETTINGS,
    OVERLAY_SAVE,
    OVERLAY_EXPORT
} Overlay;

typedef struct Cards {
    Overlay open;
    Browser browser;
    SoundSettings sound;
    Save save;
    Export export;
} Cards;

struct Screen {
    Ui ui;
    Roll roll;
    Keyboard keyboard;
    Typing typing;
    TakesState takes;
    SeedField seed;
    Cards cards;
    int document; // View.piece.document of the last frame
    double scale;
    ThemeId theme;
    bool fullscreen;
    Look told; // the Look that was last sent
};

static Look look_of(const Screen *s) {
    return (Look){.scale = s->scale,
                  .follow = s->roll.follow,
                  .lens = s->roll.lens,
                  .surprise = s->roll.surprise,
                  .memory = s->roll.memory,
                  .theme = s->theme,
                  .typing = s->typing.on,
                  .octave = s->typing.octave,
                  .fullscreen = s->fullscreen};
}

Screen *screen_new(const Look *look) {
    static const Look usual = {.scale = 1, .follow = true, .octave = TYPING_OCTAVE};
    Screen *s = g_new0(Screen, 1);
    if (!look) look = &usual;
    s->scale = CLAMP(look->scale > 0 ? look->scale : 1, SCALE_LEAST, SCALE_MOST);
    s->roll.follow = look->follow;
    s->roll.lens = look->lens;
    s->roll.surprise = look->surprise % SURPRISE_KINDS;
    s->roll.memory = look->memory;
    s->theme = look->theme % THEMES;
    s->typing.on = look->typing;
    s->typing.octave = CLAMP(look->octave, 0, 8);
    s->fullscreen = look->fullscreen;
    s->seed.text = g_string_new(NULL);
    s->told = look_of(s);
    return s;
}

void screen_free(Screen *s) {
    if (!s) return;
    browser_clear(&s->cards.browser);
    export_clear(&s->cards.export);
    save_clear(&s->cards.save);
    g_string_free(s->seed.text, TRUE);
    g_free(s);
}

static bool same_look(Look a, Look b) {
    return a.scale == b.scale && a.follow == b.follow && a.lens == b.lens &&
           a.surprise == b.surprise && a.memory == b.memory && a.theme == b.theme &&
           a.typing == b.typing && a.octave == b.octave && a.fullscreen == b.fullscreen;
}

static void tell_look(Screen *s) {
    Look look = look_of(s);
    if (!same_look(look, s->told))
        ui_send(&s->ui, (Command){.id = COMMAND_LOOK, .look = look});
    s->told = look;
}

static void release_all(Screen *s) {
    typing_release(&s->typing, &s->ui);
    keyboard_release(&s->keyboard, &s->ui);
}

static void set_overlay(Screen *s, Overlay overlay) {
    release_all(s);
    s->cards.open = overlay;
    s->ui.gui.top = overlay != OVERLAY_NONE;
    s->ui.gui.active = 0;
    gui_focus(&s->ui.gui, overlay == OVERLAY_FILES    ? ui_id(COMMAND_OPEN_FILE, 0)
                          : overlay == OVERLAY_SAVE   ? ui_id(COMMAND_SAVE, 0)
                          : overlay == OVERLAY_EXPORT ? ui_id(COMMAND_EXPORT_MIDI, 0)
                                                      : 0);
    gui_wait(&s->ui.gui, 0);
}

// The key that opens an overlay also closes it.
static void open_overlay(Screen *s, Overlay overlay) {
    set_overlay(s, s->cards.open == overlay ? OVERLAY_NONE : overlay);
}

static void seek(Ui *u, int64_t time) {
    ui_send_integer(u, COMMAND_SEEK, CLAMP(time, 0, MAX(u->view->piece.end, 0)));
}

// Returns where two parts meet next, before or after the playhead, or the piece's start
// or end.
static int64_t join(const View *v, int direction) {
    int64_t best = direction < 0 ? 0 : v->piece.end;
    int64_t near = v->playback.position + direction * 50000;
    for (int i = 0; i < v->piece.part_count; i++) {
        int64_t at = v->piece.parts[i].span.from;
        if (v->piece.parts[i].ghost) continue;
        if (direction < 0 && at < near) best = MAX(best, at);
        if (direction > 0 && at > near) best = MIN(best, at);
    }
    return best;
}

static void turn(Ui *u, CommandId id, double value, double by, double least,
                 double most) {
    ui_send_number(u, id, CLAMP(round((value + by) / by) * by, least, most));
}

// Moves one end of the selection to the playhead; the other end stays if it can.
static void select_to(Ui *u, bool its_end) {
    Span s = u->view->piece.selection;
    int64_t at = u->view->playback.position;
    bool any = s.to > s.from;
    if (its_end)
        ui_send_span(u, COMMAND_SELECT, any && s.from < at ? s.from : 0, at);
    else
        ui_send_span(u, COMMAND_SELECT, at,
                     any && s.to > at ? s.to : u->view->piece.end);
}

static void zoom(Screen *s, double by) {
    Timeline *t = &s->roll.timeline;
    double x = timeline_x(t, (double)s->ui.view->playback.position);
    bool seen = x >= t->left && x <= t->left + t->width;
    timeline_zoom(t, seen ? x : t->left + t->width / 2, by);
}

static void scale_to(Screen *s, double scale) {
    s->scale = CLAMP(round(scale * 10) / 10, SCALE_LEAST, SCALE_MOST);
}

static void ask_export(Screen *s, bool sound) {
    open_overlay(s, OVERLAY_EXPORT);
    if (s->cards.open) export_open(&s->cards.export, &s->ui, s->ui.view, sound);
}

// Opens our own dialog when the system has none, and closes the list of files when the
// system's dialog has opened another piece.
static void follow_dialogs(Screen *s) {
    const View *v = s->ui.view;
    if (s->cards.open == OVERLAY_FILES && v->piece.document != s->document)
        set_overlay(s, OVERLAY_NONE);
    s->document = v->piece.document;
    if (v->files.own_question == FILE_NONE) return;
    set_overlay(s, OVERLAY_NONE);
    if (v->files.own_question == FILE_TO_OPEN) {
        set_overlay(s, OVERLAY_FILES);
        browser_open_folder(&s->cards.browser, &s->ui);
    } else {
        ask_export(s, v->files.own_question == FILE_FOR_SOUND);
    }
}

// Each of these carries out some of the commands that belong to the window, and returns
// false for all others. First: where the playhead and the selection are, how fast and
// how loud it plays.
static bool move(Screen *s, CommandId id, unsigned modifiers) {
    Ui *u = &s->ui;
    const View *v = u->view;
    int64_t step = modifiers & KEY_SHIFT ? 10 * SECOND : SECOND;
    double speed = v->playback.speed > 0 ? v->playback.speed : 1;
    double volume = v->sound.volume;
    switch (id) {
    case COMMAND_START: seek(u, 0); return true;
    case COMMAND_END: seek(u, v->piece.end); return true;
    case COMMAND_BACK: seek(u, v->playback.position - step); return true;
    case COMMAND_FORWARD: seek(u, v->playback.position + step); return true;
    case COMMAND_PREVIOUS_JOIN: seek(u, join(v, -1)); return true;
    case COMMAND_NEXT_JOIN: seek(u, join(v, 1)); return true;
    case COMMAND_SLOWER: turn(u, COMMAND_SPEED, speed, -.05, .25, 2); return true;
    case COMMAND_FASTER: turn(u, COMMAND_SPEED, speed, .05, .25, 2); return true;
    case COMMAND_QUIETER: turn(u, COMMAND_VOLUME, volume, -.05, 0, 1); return true;
    case COMMAND_LOUDER: turn(u, COMMAND_VOLUME, volume, .05, 0, 1); return true;
    case COMMAND_SELECT_START:
    case COMMAND_SELECT_END: select_to(u, id == COMMAND_SELECT_START); return true;
    case COMMAND_SELECT_NONE: ui_send_span(u, COMMAND_SELECT, 0, 0); return true;
    default: return false;
    }
}

// Overlays, and the system's dialogs in their place.
static bool ask(Screen *s, CommandId id) {
    Ui *u = &s->ui;
    const View *v = u->view;
    bool sound = id == COMMAND_EXPORT_SOUND;
    switch (id) {
    case COMMAND_OPEN:
        if (v->files.system_dialogs && v->sessions.count == 0) {
            ui_send_integer(u, COMMAND_ASK_FILE, FILE_TO_OPEN);
            return true;
        } // fall through
    case COMMAND_RECENT:
        open_overlay(s, OVERLAY_FILES);
        if (s->cards.open) browser_open(&s->cards.browser, u, id == COMMAND_RECENT);
        return true;
    case COMMAND_SAVE:
        if (v->sessions.name) {
            ui_send_text(u, id, v->sessions.name);
            return true;
        } // fall through
    case COMMAND_SAVE_AS:
        open_overlay(s, OVERLAY_SAVE);
        if (s->cards.open) save_open(&s->cards.save, u, id);
        return true;
    case COMMAND_EXPORT_MIDI:
    case COMMAND_EXPORT_SOUND:
        if (v->files.system_dialogs)
            ui_send_integer(u, COMMAND_ASK_FILE,
                            sound ? FILE_FOR_SOUND : FILE_FOR_MIDI);
        else
            ask_export(s, sound);
        return true;
    case COMMAND_SETTINGS:
        open_overlay(s, OVERLAY_SETTINGS);
        sound_settings_open(&s->cards.sound, v);
        return true;
    case COMMAND_HELP: open_overlay(s, OVERLAY_HELP); return true;
    default: return false;
    }
}

static void shift_octave(Typing *t, int by) { t->octave = CLAMP(t->octave + by, 0, 8); }

// What is shown and how, and what the keys of letters do.
static bool show(Screen *s, CommandId id) {
    Ui *u = &s->ui;
    Roll *r = &s->roll;
    switch (id) {
    case COMMAND_ZOOM_IN: zoom(s, 1.25); return true;
    case COMMAND_ZOOM_OUT: zoom(s, .8); return true;
    case COMMAND_ZOOM_ALL:
        timeline_show(&r->timeline, 0, u->view->piece.end);
        return true;
    case COMMAND_FOLLOW: r->follow = !r->follow; return true;
    case COMMAND_LENS: r->lens = !r->lens; return true;
    case COMMAND_SURPRISE:
        r->surprise = (r->surprise + 1) % SURPRISE_KINDS;
        return true;
    case COMMAND_MEMORY: r->memory = !r->memory; return true;
    case COMMAND_THEME: s->theme = (s->theme + 1) % THEMES; return true;
    case COMMAND_BIGGER: scale_to(s, s->scale + .1); return true;
    case COMMAND_SMALLER: scale_to(s, s->scale - .1); return true;
    case COMMAND_NORMAL_SIZE: scale_to(s, 1); return true;
    case COMMAND_FULLSCREEN: s->fullscreen = !s->fullscreen; return true;
    case COMMAND_DIALS: gui_focus(&u->gui, panel_dials_next(u)); return true;
    case COMMAND_TYPING:
        typing_release(&s->typing, u);
        s->typing.on = !s->typing.on;
        return true;
    case COMMAND_OCTAVE_DOWN: shift_octave(&s->typing, -1); return true;
    case COMMAND_OCTAVE_UP: shift_octave(&s->typing, 1); return true;
    default: return false;
    }
}

// Carries out the command of a key or a button.
static void perform(Screen *s, CommandId id, unsigned modifiers) {
    Ui *u = &s->ui;
    Span selected = u->view->piece.selection;
    if (id == COMMAND_NONE || !command_possible(id, u->view)) return;
    if (move(s, id, modifiers) || ask(s, id) || show(s, id)) return;
    if (id == COMMAND_LOOP)
        ui_send_integer(u, id, !u->view->playback.loop);
    else if (id == COMMAND_CLICK)
        ui_send_integer(u, id, !u->view->playback.click);
    else if (id == COMMAND_GHOST)
        ui_send_integer(u, id, !u->view->generation.ghosts);
    else if (id == COMMAND_DUET)
        ui_send_integer(u, id, u->view->generation.duet == DUET_OFF);
    else if (id == COMMAND_LEARN)
        ui_send_integer(u, id, panel_dials_meant(u));
    else if (id == COMMAND_FORK || id == COMMAND_MARK)
        ui_send_integer(u, id, u->view->playback.position);
    else if (id == COMMAND_LOOP_SPAN && selected.to > selected.from)
        ui_send_span(u, id, selected.from, selected.to);
    else if (id == COMMAND_LOOP_SPAN)
        ui_send_span(u, id, u->view->playback.position, u->view->piece.end);
    else
        ui_send(u, (Command){.id = id});
    if (id == COMMAND_PANIC) release_all(s);
}

// While an overlay is open, only these commands have keys.
static bool works_over_overlay(CommandId id) {
    return id == COMMAND_PANIC || id == COMMAND_QUIT || id == COMMAND_TEST_NOTE ||
           id == COMMAND_BIGGER || id == COMMAND_SMALLER || id == COMMAND_NORMAL_SIZE ||
           id == COMMAND_HELP || id == COMMAND_SETTINGS || id == COMMAND_FULLSCREEN;
}

static GString *focused_field(Screen *s) {
    GuiId focus = s->ui.gui.focus;
    if (focus == ui_id(COMMAND_SEED, 0)) return s->seed.text;
    if (focus == ui_id(COMMAND_SAVE, 0)) return s->cards.save.name;
    if (focus == ui_id(COMMAND_EXPORT_MIDI, 0)) return s->cards.export.path;
    return s->cards.open == OVERLAY_FILES ? browser_field(&s->cards.browser, &s->ui.gui)
                                          : NULL;
}

static bool overlay_key(Screen *s, const KeyEvent *key) {
    if (s->cards.open == OVERLAY_FILES)
        return browser_key(&s->cards.browser, &s->ui, key);
    if (s->cards.open == OVERLAY_SETTINGS)
        return sound_settings_key(&s->cards.sound, &s->ui, s->ui.view, s->ui.queue,
                                  key);
    return false;
}

static void take_key(Screen *s, const KeyEvent *key) {
    Ui *u = &s->ui;
    GString *field = focused_field(s);
    CommandId id = command_of_key(key);
    if (!key->down) {
        typing_key(&s->typing, u, key);
        return;
    }
    if (s->cards.open && id == COMMAND_PANIC && !key->modifiers) {
        if (s->cards.open == OVERLAY_FILES && browser_escape(&s->cards.browser))
            return; // Esc
        set_overlay(s, OVERLAY_NONE);
        return;
    }
    if (s->cards.open && overlay_key(s, key)) return;
    if (field && field_key(&u->gui, field, key)) return;
    if (!s->cards.open && panel_dials_key(u, key)) return;
    if (gui_key(&u->gui, key)) return;
    if (s->cards.open && !works_over_overlay(id)) return;
    if (!s->cards.open && typing_key(&s->typing, u, key)) return;
    if (!key->repeat || command_info(id)->repeats) perform(s, id, key->modifiers);
}

static void take_input(Screen *s, const Input *in) {
    for (int i = 0; i < in->key_count; i++) take_key(s, &in->keys[i]);
    GString *field = focused_field(s);
    if (field && in->text[0]) field_type(&s->ui.gui, field, in->text);
    if (in->focus_lost) release_all(s);
    if (in->dropped && in->dropped->len) {
        ui_send_text(&s->ui, COMMAND_OPEN_FILE, in->dropped->pdata[0]);
        set_overlay(s, OVERLAY_NONE);
    }
    if (in->quit) ui_send(&s->ui, (Command){.id = COMMAND_QUIT});
}

static void draw_parts(Screen *s, const Input *in) {
    Ui *u = &s->ui;
    Box box = {0, 0, in->width, in->height};
    draw_box(u->gui.draw, box, u->gui.theme->back);
    Box transport = box_cut_top(&box, THEME_TRANSPORT);
    Box status = box_cut_bottom(&box, THEME_STATUS);
    Box column = box_cut_right(&box, THEME_COLUMN);
    panel_notice(u, &box); // first, because its buttons come first in Tab's order
    panel_transport(u, transport);
    bool legend = panel_generation(u, column, &s->roll, &s->typing, &s->seed);
    Box keyboard = box_cut_bottom(&box, THEME_KEYBOARD);
    Box takes = box_cut_bottom(&box, panel_takes_height(u->view));
    roll_frame(&s->roll, u, box);
    if (s->roll.surprise && !legend)
        surprise_legend_over(u, s->roll.notes, s->roll.surprise);
    panel_takes(u, takes, &s->roll, &s->takes);
    keyboard_frame(&s->keyboard, u, keyboard,
                   s->typing.on ? typing_low(&s->typing) : -1);
    panel_status(u, status);
}

static void draw_overlay(Screen *s) {
    Ui *u = &s->ui;
    bool close = false;
    switch (s->cards.open) {
    case OVERLAY_NONE: return;
    case OVERLAY_HELP: close = help_frame(u); break;
    case OVERLAY_FILES: close = browser_frame(&s->cards.browser, u); break;
    case OVERLAY_SETTINGS: close = sound_settings_frame(&s->cards.sound, u); break;
    case OVERLAY_SAVE: close = save_frame(&s->cards.save, u); break;
    case OVERLAY_EXPORT: close = export_frame(&s->cards.export, u); break;
    }
    if (close) set_overlay(s, OVERLAY_NONE);
}

// Asks for a frame when the playhead has moved by a pixel. Keys that change need no
// wait: the caller wakes the window.
static void wait_for_playhead(Screen *s, const Input *in) {
    const View *v = s->ui.view;
    if (!v->playback.playing) return;
    double speed = v->playback.speed > 0 ? v->playback.speed : 1;
    double pixel = s->roll.timeline.per_point / in->scale / 1000 / speed;
    gui_wait(&s->ui.gui, CLAMP(pixel, 16, 100)); // the clock shows tenths of a second
}

Wish screen_frame(Screen *s, const Input *in, const View *view, Draw *draw,
                  CommandQueue *queue) {
    Ui *u = &s->ui;
    draw_set_theme(draw, theme_of(s->theme));
    ui_begin(u, draw, in, view, queue, s->cards.open != OVERLAY_NONE);
    guint sent = queue->list ? queue->list->len : 0;
    follow_dialogs(s);
    take_input(s, in);
    gui_tell(&u->gui);
    draw_parts(s, in);
    draw_overlay(s);
    ui_end(u);
    wait_for_playhead(s, in);
    // Buttons act after drawing, so that an overlay they open is first drawn in the
    // next frame.
    for (int i = 0; i < u->asked_count; i++) perform(s, u->asked[i], in->modifiers);
    tell_look(s);
    if (u->asked_count || (queue->list && queue->list->len > sent))
        gui_wait(&u->gui, 0);
    u->asked_count = 0;

    Wish wish = {.scale = s->scale, .fullscreen = s->fullscreen, .wait = u->gui.wait};
    wish.text = focused_field(s) != NULL;
    g_snprintf(wish.title, sizeof wish.title, "%s%spar-midi",
               view->piece.title ? view->piece.title : "",
               view->piece.title ? " - " : "");
    return wish;
}
