#include "ui/panels/panels.h"

#include "ui/drawing/text.h"
#include "ui/drawing/theme.h"
#include "ui/toolkit/widgets.h"

#include <math.h>
#include <stdio.h>

static const Face face = {THEME_SMALL + .5, false, false};

// The free part of the row. `kept` points of it are reserved for the message.
typedef struct Measures {
    Ui *u;
    Box box;
    double kept;
} Measures;

// Adds words at the right end if they fit. Add the most important ones first.
static void add(Measures *m, const char *words, Color color) {
    double w = draw_text_width(m->u->gui.draw, face, words);
    if (w + m->kept > m->box.w) return;
    draw_text(m->u->gui.draw, face, box_cut_right(&m->box, w + 1), ALIGN_RIGHT, color,
              words);
    box_cut_right(&m->box, 22);
}

// The level meter: begins at -60 dB, and is red while the limiter reduces the level.
static void meter(Measures *m) {
    const Theme *theme = m->u->gui.theme;
    double level = m->u->view->sound.level;
    if (m->kept + 70 > m->box.w) return;
    Box bar = box_cut_right(&m->box, 70);
    double full = level > 1e-3 ? MIN(1 + log10(level) / 3, 1) : 0;
    bar = (Box){bar.x, bar.y + bar.h / 2 - 2, bar.w, 4};
    draw_round(m->u->gui.draw, bar, 2, theme->raised);
    if (full > 0)
        draw_round(m->u->gui.draw, (Box){bar.x, bar.y, MAX(bar.w * full, 4), 4}, 2,
                   level > 1 ? theme->wrong : theme->ink);
    box_cut_right(&m->box, 22);
}

static void sound(Measures *m) {
    const Theme *theme = m->u->gui.theme;
    const ViewSound *s = &m->u->view->sound;
    char words[64];
    if (!s->running) {
        add(m, "no sound", theme->wrong);
        return;
    }
    if (s->own) meter(m);
    snprintf(words, sizeof words, "%lld underrun%s", (long long)s->underruns,
             s->underruns == 1 ? "" : "s");
    add(m, words, s->underruns ? theme->wrong : theme->faint);
    snprintf(words, sizeof words, "latency %.0f ms", s->latency * 1000);
    add(m, words, theme->quiet);
}

static void pace(Measures *m) {
    const Theme *theme = m->u->gui.theme;
    const View *v = m->u->view;
    const ViewSpeed *p = &v->generation.pace;
    char words[96], used[32], most[32];
    if (v->generation.writing == WRITING_NO_MODEL) return;
    if (v->generation.writing == WRITING_AHEAD ||
        v->generation.writing == WRITING_BEHIND) {
        snprintf(words, sizeof words, "%.1f s ahead", p->ahead);
        add(m, words, p->ahead < 1 ? theme->wrong : theme->quiet);
        snprintf(words, sizeof words, "%.0f tokens/s, %.0f needed", p->written,
                 p->needed);
        add(m, words, p->written < p->needed ? theme->wrong : theme->quiet);
    }
    if (p->context_most <= 0) return;
    text_count(used, p->context);
    text_count(most, p->context_most);
    snprintf(words, sizeof words, "context %s / %s", used, most);
    add(m, words, theme->quiet);
}

static void exporting(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    const ViewExport *e = &u->view->notices.exporting;
    char words[32];
    const ViewMessage *m = &u->view->notices.messages[CONCERN_EXPORT];
    g_autofree char *name = m->text ? g_strdup(m->text)
                                    : g_strdup_printf("Writing %s", e->name);
    double w = MIN(draw_text_width(u->gui.draw, face, name), box.w - 230);
    draw_text(u->gui.draw, face, box_cut_left(&box, w + 1), ALIGN_LEFT, theme->text,
              name);
    box_cut_left(&box, 12);
    Box bar = box_cut_left(&box, 90);
    bar = (Box){bar.x, bar.y + bar.h / 2 - 2, bar.w, 4};
    draw_round(u->gui.draw, bar, 2, theme->raised);
    draw_round(u->gui.draw,
               (Box){bar.x, bar.y, MAX(bar.w * CLAMP(e->done, 0, 1), 4), 4}, 2,
               theme->ink);
    box_cut_left(&box, 10);
    snprintf(words, sizeof words, "%.0f %%", CLAMP(e->done, 0, 1) * 100);
    draw_text(u->gui.draw, face, box_cut_left(&box, 38), ALIGN_RIGHT, theme->quiet,
              words);
    box_cut_left(&box, 10);
    Box cancel = box_cut_left(&box, 58);
    if (ui_button(u, COMMAND_EXPORT_CANCEL, 0,
                  (Box){cancel.x, cancel.y + 3, cancel.w, cancel.h - 6},
                  (ButtonLook){.label = "Cancel"}))
        ui_ask(u, COMMAND_EXPORT_CANCEL);
}

// The reply to a user's command takes precedence over other messages.
static const ViewMessage *message(const View *v) {
    static const Concern order[] = {CONCERN_EXPORT, CONCERN_OUTPUT, CONCERN_SOUNDFONT,
                                    CONCERN_INPUT, CONCERN_MIDI_OUTPUT};
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        if (v->notices.messages[order[i]].text) return &v->notices.messages[order[i]];
    return NULL;
}

// The session's state, shown when there is no message.
static void session(Ui *u, Box box) {
    const View *v = u->view;
    const Theme *theme = u->gui.theme;
    g_autofree char *words = NULL;
    if (v->sessions.keeping == KEEPING_FAILS)
        words = g_strdup("This session is not kept on the disk");
    else if (v->sessions.keeping == KEEPING_UNNAMED)
        words = g_strdup("This session is kept without a name");
    else if (v->sessions.keeping == KEEPING_NAMED)
        words = g_strdup_printf("Session \"%s\" is kept", v->sessions.name);
    if (words)
        draw_text(u->gui.draw, face, box, ALIGN_LEFT,
                  v->sessions.keeping == KEEPING_FAILS ? theme->wrong : theme->faint,
                  words);
}

void panel_status(Ui *u, Box box) {
    const Theme *theme = u->gui.theme;
    draw_box(u->gui.draw, box, theme->panel);
    draw_box(u->gui.draw, (Box){box.x, box.y, box.w, draw_pixel(u->gui.draw)},
             theme->line);
    box.x += THEME_MARGIN, box.w -= 2 * THEME_MARGIN;
    const ViewMessage *m = message(u->view);
    const char *name = u->view->notices.exporting.name;
    double kept = name ? 420 : m ? draw_text_width(u->gui.draw, face, m->text) + 20 : 0;
    Measures measures = {u, box, MIN(kept, box.w * .6)};
    sound(&measures);
    pace(&measures);
    box.w = measures.box.w;
    if (name)
        exporting(u, box);
    else if (m)
        draw_text(u->gui.draw, face, box, ALIGN_LEFT,
                  m->wrong ? theme->wrong : theme->quiet, m->text);
    else
        session(u, box);
}
