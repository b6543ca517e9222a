#include "ui/roll/roll_passages.h"

#include "ui/drawing/theme.h"

#include <stdio.h>

#define LABEL      16.0 // height of a name
#define COUNT_TOP  20.0 // below the name of the context
#define LABEL_TOP  40.0 // names stay below the line that counts them
#define NAME_MOST  280.0
#define NAME_LEAST 36.0
#define TICK       5.0 // of the bracket's ends, towards the notes

static const Face small = {THEME_SMALL, false, false};

// The highest pitch that is shown in a span; below 0: none.
static int highest(const View *v, Span span) {
    int ret = -1;
    for (int p = 0; p < v->piece.part_count; p++) {
        const ViewPart *part = &v->piece.parts[p];
        Span both = {MAX(span.from, part->span.from), MIN(span.to + 1, part->span.to)};
        size_t i = roll_first_note(part->music, both.from);
        for (; i < part->music->note_count && part->music->notes[i].onset < both.to;
             i++)
            ret = MAX(ret, part->music->notes[i].pitch);
    }
    return ret;
}

static void draw_name(Draw *d, Box label, const char *name) {
    const Theme *theme = draw_theme(d);
    double w = draw_text_width(d, small, name) + 10;
    label.w = MIN(label.w, w);
    draw_round(d, label, 4, color_fade(theme->panel, .94));
    draw_text(d, small, (Box){label.x + 5, label.y, label.w - 8, label.h}, ALIGN_LEFT,
              theme->text, name);
}

// The name ends before `until`, where the next passage begins.
static void draw_passage(const Roll *r, Draw *d, const View *v, const ViewPassage *p,
                         Box box, double until) {
    Color color = draw_theme(d)->text;
    double row = box.h / (r->high - r->low + 1);
    double x = timeline_x(&r->timeline, (double)p->span.from);
    double right = MAX(timeline_x(&r->timeline, (double)p->span.to), x + 8);
    int pitch = highest(v, p->span);
    if (right < box.x || x > box.x + box.w || pitch < 0) return;
    double y = box.y + (r->high - pitch) * row - TICK - 3;
    y = MAX(y, box.y + LABEL_TOP + LABEL);
    draw_box(d, (Box){x, y, right - x, 1.5}, color);
    draw_box(d, (Box){x, y, 1.5, TICK}, color);
    draw_box(d, (Box){right - 1.5, y, 1.5, TICK}, color);
    double left = MAX(x, box.x + 2);
    double room = MIN(MIN(until, box.x + box.w) - 4 - left, NAME_MOST);
    if (room >= NAME_LEAST) {
        g_autofree char *words = g_strdup_printf("%s, %d notes", p->name, p->notes);
        draw_name(d, (Box){left, y - LABEL - 2, room, LABEL}, words);
    }
}

static void draw_count(Draw *d, const View *v, Box box) {
    char words[256];
    if (v->lens.passages_lack)
        snprintf(words, sizeof words, "From memory: %s", v->lens.passages_lack);
    else if (!v->lens.passages_known)
        g_strlcpy(words, "From memory: searching\u2026", sizeof words);
    else if (v->lens.passage_count == 0)
        g_strlcpy(words, "From memory: no passage", sizeof words);
    else
        snprintf(words, sizeof words, "From memory: %d passage%s",
                 v->lens.passage_count, v->lens.passage_count == 1 ? "" : "s");
    draw_name(d, (Box){box.x + 34, box.y + COUNT_TOP, box.w - 44, LABEL}, words);
}

void roll_passages_draw(const Roll *r, Draw *d, const View *v, Box box) {
    if (!r->memory) return;
    for (int i = 0; i < v->lens.passage_count; i++) {
        const ViewPassage *p = &v->lens.passages[i];
        double until = i + 1 < v->lens.passage_count
                           ? timeline_x(&r->timeline, (double)p[1].span.from)
                           : box.x + box.w;
        draw_passage(r, d, v, p, box, until);
    }
    draw_count(d, v, box);
}
