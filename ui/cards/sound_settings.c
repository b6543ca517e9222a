#include "ui/cards/sound_settings.h"

#include "ui/cards/card.h"
#include "ui/drawing/theme.h"
#include "ui/toolkit/widgets.h"

#include <SDL.h>
#include <stdio.h>

static const struct Page {
    const char *name;
    CommandId id;
    Concern concern;
    const char *none;
} pages[] = {
    {"Sound device", COMMAND_OUTPUT, CONCERN_OUTPUT,
     "No sound device was found. Plug one in; it appears here by itself."},
    {"Piano", COMMAND_SOUNDFONT, CONCERN_SOUNDFONT,
     "No SoundFont was found: apt install musescore-general-soundfont-small"},
    {"MIDI keyboard", COMMAND_MIDI_INPUT, CONCERN_INPUT,
     "No MIDI keyboard was found. Plug one in; it appears here by itself."},
    {"MIDI output", COMMAND_MIDI_OUTPUT, CONCERN_MIDI_OUTPUT,
     "No program or instrument was found that takes MIDI by JACK."},
    {"Model", COMMAND_MODEL, CONCERN_MODEL,
     "No model was found. Drop a .safetensors on the window, or train one."},
};

static const ViewChoices *choices(const View *v, int page) {
    return page == 0   ? &v->sound.outputs
           : page == 1 ? &v->sound.soundfonts
           : page == 2 ? &v->sound.inputs
           : page == 3 ? &v->sound.midi_outputs
                       : &v->generation.models;
}

static void turn_to(SoundSettings *s, const View *v, int page) {
    s->page = page;
    s->list = (ListState){.cursor = choices(v, page)->chosen, .reveal = true};
}

void sound_settings_open(SoundSettings *s, const View *v) { turn_to(s, v, s->page); }

bool sound_settings_key(SoundSettings *s, Ui *u, const View *v, CommandQueue *queue,
                        const KeyEvent *key) {
    if (u->gui.focus) return false;
    int count = choices(v, s->page)->count;
    if (list_key(&s->list, count, key)) return true;
    if (!key->down || key->modifiers) return false;
    int by = (key->code == SDLK_RIGHT) - (key->code == SDLK_LEFT);
    if (by) {
        turn_to(s, v, CLAMP(s->page + by, 0, (int)G_N_ELEMENTS(pages) - 1));
        return true;
    }
    if (key->code != SDLK_RETURN || s->list.cursor < 0 || s->list.cursor >= count)
        return false;
    command_send(queue, (Command){.id = pages[s->page].id, .integer = s->list.cursor});
    return true;
}

static void choose(SoundSettings *s, Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    const struct Page *page = &pages[s->page];
    const ViewChoices *c = choices(u->view, s->page);
    draw_round(u->gui.draw, box, THEME_RADIUS, theme->back);
    box = box_inset(box, 6);
    if (c->count == 0)
        draw_lines(u->gui.draw, (Face){THEME_BODY, false, false}, box_inset(box, 10),
                   theme->quiet, page->none);
    g_autofree ListRow *rows = g_new0(ListRow, (gsize)MAX(c->count, 1));
    for (int i = 0; i < c->count; i++)
        rows[i] = (ListRow){.text = c->names[i], .chosen = i == c->chosen};
    int row = list_frame(&u->gui, ui_id(page->id, 0), box, rows, c->count, &s->list);
    if (row >= 0) ui_send_integer(u, page->id, row);
}

static void buffer(Ui *u, Box box) {
    static const int frames[] = {128, 256, 512, 1024, 2048};
    static const char *const labels[] = {"128", "256", "512", "1024", "2048"};
    int chosen = -1;
    for (int i = 0; i < (int)G_N_ELEMENTS(frames); i++)
        if (frames[i] == u->view->sound.buffer) chosen = i;
    widget_label(&u->gui, box_cut_left(&box, 66), ALIGN_LEFT, u->gui.theme->quiet,
                 "Buffer");
    int picked = widget_segments(&u->gui, ui_id(COMMAND_BUFFER, 0), box, labels,
                                 G_N_ELEMENTS(labels), chosen);
    if (picked >= 0) ui_send_integer(u, COMMAND_BUFFER, frames[picked]);
}

static void touch(Ui *u, Box box) {
    const ViewChoices *c = &u->view->sound.touch;
    widget_label(&u->gui, box_cut_left(&box, 66), ALIGN_LEFT, u->gui.theme->quiet,
                 "Touch");
    int picked = widget_segments(&u->gui, ui_id(COMMAND_TOUCH, 0), box, c->names,
                                 c->count, c->chosen);
    if (picked >= 0) ui_send_integer(u, COMMAND_TOUCH, picked);
}

static void room(Ui *u, Box row) {
    const ViewSound *s = &u->view->sound;
    Box left = box_cut_left(&row, (row.w - 24) * .6);
    left = (Box){left.x, left.y + 4, left.w, 28};
    if (ui_switch(u, COMMAND_OWN_SOUND, box_cut_left(&left, 150), "Own sound", s->own))
        ui_send_integer(u, COMMAND_OWN_SOUND, !s->own);
    box_cut_left(&left, 12);
    if (ui_switch(u, COMMAND_REVERB, left, "Room", s->reverb))
        ui_send_integer(u, COMMAND_REVERB, !s->reverb);
    box_cut_left(&row, 24);
    ui_share(u, COMMAND_ROOM, row, s->room, !s->reverb, .3);
}

static void latency(Ui *u, Box box) {
    char words[96];
    const ViewSound *s = &u->view->sound;
    if (s->running)
        snprintf(words, sizeof words,
                 "Smaller answers sooner, larger crackles less. "
                 "Now %.0f ms.",
                 s->latency * 1000);
    else
        snprintf(words, sizeof words, "There is no sound now.");
    draw_text(u->gui.draw, (Face){THEME_SMALL + .5, false, false}, box, ALIGN_LEFT,
              u->gui.theme->faint, words);
}

static void theme_and_dialogs(Ui *u, Box box) {
    bool prefers = u->view->files.prefers_system_dialogs;
    if (ui_switch(u, COMMAND_SYSTEM_DIALOGS, box_cut_right(&box, 214), "System dialogs",
                  prefers))
        ui_send_integer(u, COMMAND_SYSTEM_DIALOGS, !prefers);
    widget_label(&u->gui, box_cut_left(&box, 66), ALIGN_LEFT, u->gui.theme->quiet,
                 "Theme");
    if (ui_button(u, COMMAND_THEME, 0, box_cut_left(&box, 128),
                  (ButtonLook){.label = u->gui.theme->name}))
        ui_ask(u, COMMAND_THEME);
}

bool sound_settings_frame(SoundSettings *s, Ui *u) {
    const Theme *theme = u->gui.theme;
    bool close;
    Box in = card_frame(u, 600, 560, "Sound, MIDI, model", "Esc closes", &close);
    const char *names[G_N_ELEMENTS(pages)];
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) names[i] = pages[i].name;
    int page = widget_segments(&u->gui, ui_id(COMMAND_SETTINGS, 0),
                               box_cut_top(&in, 30), names, G_N_ELEMENTS(pages),
                               s->page);
    if (page >= 0) turn_to(s, u->view, page);
    box_cut_top(&in, 10);

    Box foot = box_cut_bottom(&in, 182);
    const ViewMessage *m = &u->view->notices.messages[pages[s->page].concern],
                      card = {.text = pages[s->page].id == COMMAND_MODEL
                                          ? u->view->generation.model_card
                                          : NULL};
    if (!m->text) m = &card;
    if (m->text) {
        Box words = box_cut_bottom(&in, 38);
        draw_lines(u->gui.draw, (Face){THEME_SMALL + 1, false, false},
                   (Box){words.x + 2, words.y + 4, words.w - 4, words.h},
                   m->wrong ? theme->wrong : theme->quiet, m->text);
    }
    if (pages[s->page].id == COMMAND_MIDI_INPUT) {
        touch(u, box_cut_bottom(&in, 28));
        box_cut_bottom(&in, 12);
    }
    choose(s, u, in);

    box_cut_top(&foot, 14);
    Box row = box_cut_top(&foot, 36);
    Box left = box_cut_left(&row, (row.w - 24) * .6);
    buffer(u, (Box){left.x, left.y + 4, left.w, 28});
    box_cut_left(&row, 24);
    ui_share(u, COMMAND_VOLUME, row, u->view->sound.volume, false, .7);
    box_cut_top(&foot, 8);
    room(u, box_cut_top(&foot, 36));
    box_cut_top(&foot, 12);
    row = box_cut_top(&foot, 28);
    if (ui_button(u, COMMAND_TEST_NOTE, 0, box_cut_right(&row, 96),
                  (ButtonLook){.label = "Test note"}))
        ui_ask(u, COMMAND_TEST_NOTE);
    box_cut_right(&row, 12);
    latency(u, row);
    box_cut_top(&foot, 12);
    theme_and_dialogs(u, box_cut_top(&foot, 28));
    return close;
}
