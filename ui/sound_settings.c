#include "ui/sound_settings.h"

#include "ui/card.h"
#include "ui/toolkit/theme.h"
#include "ui/widgets.h"

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
     "No SoundFont was found: apt install fluid-soundfont-gm"},
    {"MIDI keyboard", COMMAND_MIDI_INPUT, CONCERN_INPUT,
     "No MIDI keyboard was found. Plug one in; it appears here by itself."},
};

static const ViewChoices *choices(const View *v, int page) {
    return page == 0   ? &v->sound.outputs
           : page == 1 ? &v->sound.soundfonts
                       : &v->sound.inputs;
}

static void turn_to(SoundSettings *s, const View *v, int page) {
    s->page = page;
    s->list = (ListState){.cursor = choices(v, page)->chosen, .reveal = true};
}

void sound_settings_open(SoundSettings *s, const View *v) { turn_to(s, v, s->page); }

bool sound_settings_key(SoundSettings *s, Gui *g, const View *v, CommandQueue *queue,
                        const KeyEvent *key) {
    if (g->focus) return false;
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

static void choose(SoundSettings *s, Gui *g, Box box) {
    const struct Page *page = &pages[s->page];
    const ViewChoices *c = choices(g->view, s->page);
    draw_round(g->draw, box, THEME_RADIUS, THEME_BACK);
    box = box_inset(box, 6);
    if (c->count == 0)
        draw_lines(g->draw, (Face){THEME_BODY, false, false}, box_inset(box, 10),
                   THEME_QUIET, page->none);
    g_autofree ListRow *rows = g_new0(ListRow, (gsize)MAX(c->count, 1));
    for (int i = 0; i < c->count; i++)
        rows[i] = (ListRow){.text = c->names[i], .chosen = i == c->chosen};
    int row = list_frame(g, page->id, box, rows, c->count, &s->list);
    if (row >= 0) gui_send_integer(g, page->id, row);
}

static void buffer(Gui *g, Box box) {
    static const int frames[] = {128, 256, 512, 1024, 2048};
    static const char *const labels[] = {"128", "256", "512", "1024", "2048"};
    int chosen = -1;
    for (int i = 0; i < (int)G_N_ELEMENTS(frames); i++)
        if (frames[i] == g->view->sound.buffer) chosen = i;
    widget_label(g, box_cut_left(&box, 66), ALIGN_LEFT, THEME_QUIET, "Buffer");
    int picked = widget_segments(g, COMMAND_BUFFER, box, labels, G_N_ELEMENTS(labels),
                                 chosen);
    if (picked >= 0) gui_send_integer(g, COMMAND_BUFFER, frames[picked]);
}

static void latency(Gui *g, Box box) {
    char words[96];
    const ViewSound *s = &g->view->sound;
    if (s->running)
        snprintf(words, sizeof words,
                 "Smaller answers sooner, larger crackles less. "
                 "Now %.0f ms.",
                 s->latency * 1000);
    else
        snprintf(words, sizeof words, "There is no sound now.");
    draw_text(g->draw, (Face){THEME_SMALL + .5, false, false}, box, ALIGN_LEFT,
              THEME_FAINT, words);
}

bool sound_settings_frame(SoundSettings *s, Gui *g) {
    bool close;
    Box in = card_frame(g, 600, 470, "Sound and MIDI", "Esc closes", &close);
    const char *names[G_N_ELEMENTS(pages)];
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) names[i] = pages[i].name;
    int page = widget_segments(g, COMMAND_SETTINGS, box_cut_top(&in, 30), names,
                               G_N_ELEMENTS(pages), s->page);
    if (page >= 0) turn_to(s, g->view, page);
    box_cut_top(&in, 10);

    Box foot = box_cut_bottom(&in, 92);
    const ViewMessage *m = &g->view->messages[pages[s->page].concern];
    if (m->text) {
        Box words = box_cut_bottom(&in, 38);
        draw_lines(g->draw, (Face){THEME_SMALL + 1, false, false},
                   (Box){words.x + 2, words.y + 4, words.w - 4, words.h},
                   m->wrong ? THEME_WRONG : THEME_QUIET, m->text);
    }
    choose(s, g, in);

    box_cut_top(&foot, 14);
    Box row = box_cut_top(&foot, 36);
    Box left = box_cut_left(&row, (row.w - 24) * .6);
    buffer(g, (Box){left.x, left.y + 4, left.w, 28});
    box_cut_left(&row, 24);
    double v = g->view->sound.volume;
    char words[16];
    snprintf(words, sizeof words, "%.0f %%", v * 100);
    if (widget_slider(g, COMMAND_VOLUME, row, "Volume", words, (Range){0, 1, .02, .7},
                      &v))
        gui_send_number(g, COMMAND_VOLUME, v);
    box_cut_top(&foot, 8);
    row = box_cut_top(&foot, 28);
    if (widget_button(g, COMMAND_TEST_NOTE, 0, box_cut_right(&row, 96),
                      (ButtonLook){.label = "Test note"}))
        gui_ask(g, COMMAND_TEST_NOTE);
    box_cut_right(&row, 12);
    latency(g, row);
    return close;
}
