#include "ui/roll/surprise.h"

#include "ui/drawing/theme.h"

#include <stdio.h>

#define BAR 8.0

static const Face face = {THEME_SMALL, false, false};

Color surprise_color(const Theme *theme, double nats) {
    const Color *stops = theme->surprise;
    const int last = G_N_ELEMENTS(theme->surprise) - 1;
    if (nats < 0) return theme->forgotten;
    double at = MIN(nats / SURPRISE_MOST, 1) * last;
    int below = MIN((int)at, last - 1);
    return color_mix(stops[below], stops[below + 1], at - below);
}

const char *surprise_name(SurpriseKind kind) {
    static const char *const names[SURPRISE_KINDS] = {
        "Surprise", "Surprise: pitch", "Surprise: time", "Surprise: loudness"};
    return names[kind];
}

static void draw_colors(Draw *d, Box bar) {
    int pieces = (int)bar.w;
    for (int i = 0; i < pieces; i++)
        draw_box(d, (Box){bar.x + i, bar.y, 1, bar.h},
                 surprise_color(draw_theme(d), (i + .5) / pieces * SURPRISE_MOST));
}

void surprise_legend(Ui *u, Box box, SurpriseKind kind) {
    static const char *const what[SURPRISE_KINDS] = {"", "pitch", "time", "loudness"};
    Draw *d = u->gui.draw;
    const View *v = u->view;
    char words[64];
    if (v->generation.writing == WRITING_NO_MODEL)
        g_strlcpy(words, "Waits for a model", sizeof words);
    else if (v->lens.surprise_done < 1)
        snprintf(words, sizeof words, "Asking the model\u2026 %.0f %%",
                 v->lens.surprise_done * 100);
    else
        snprintf(words, sizeof words, "-log p of each note's %s", what[kind]);
    draw_text(d, face, box_cut_top(&box, 16), ALIGN_LEFT, draw_theme(d)->quiet, words);
    Box bar = box_cut_top(&box, BAR);
    draw_colors(d, bar);
    box_cut_top(&box, 2);
    Box below = box_cut_top(&box, 16);
    draw_text(d, face, below, ALIGN_LEFT, draw_theme(d)->quiet, "expected");
    snprintf(words, sizeof words, "surprising, %.0f nats or more", SURPRISE_MOST);
    draw_text(d, face, below, ALIGN_RIGHT, draw_theme(d)->quiet, words);
}

void surprise_legend_over(Ui *u, Box roll, SurpriseKind kind) {
    Box card = {roll.x + roll.w - 232, roll.y + 4, 228, SURPRISE_LEGEND + 8};
    draw_round(u->gui.draw, card, THEME_RADIUS,
               color_fade(draw_theme(u->gui.draw)->panel, .92));
    card.x += 8, card.y += 4, card.w -= 16, card.h -= 8;
    surprise_legend(u, card, kind);
}
