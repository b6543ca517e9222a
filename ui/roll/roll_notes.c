#include "ui/roll/roll_notes.h"

#include "ui/drawing/theme.h"
#include "ui/roll/surprise.h"

#include <math.h>

#define RECALLED_LEAST .02 // the least share that is shown

size_t roll_first_note(const Performance *music, int64_t time) {
    size_t low = 0, high = music->note_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (music->notes[middle].onset < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool sounds(const View *v, const Note *n) {
    return v->playback.playing && n->onset <= v->playback.position &&
           v->playback.position < n->release;
}

Color roll_note_color(const Theme *theme, const View *v, NoteSource source,
                      const Note *n, double attention) {
    Color color = ui_source_color(theme, source);
    double strength = theme->softest +
                      (1 - theme->softest) * pow(n->velocity / 127.0, .8);
    if (v->lens.horizon.shown && n->onset < v->lens.horizon.attended) {
        color = theme->forgotten;
        strength = .3 + strength * .3;
    } else if (v->lens.horizon.shown && n->onset < v->lens.horizon.latents) {
        color = color_mix(color, theme->forgotten, .15);
        strength *= .78;
    }
    if (attention >= 0) {
        strength *= .55 + .45 * sqrt(MIN(attention, 1));
        color = color_mix(color, theme->sounding, .5 * MIN(attention, 1));
    }
    color = color_mix(theme->back, color, strength);
    return sounds(v, n) ? color_mix(color, theme->sounding, .6) : color;
}

static Color surprised(const Theme *theme, const View *v, const Note *n, double nats) {
    Color color = surprise_color(theme, nats);
    return sounds(v, n) ? color_mix(color, theme->sounding, .6) : color;
}

static Box note_box(const Roll *r, const Note *n) {
    double row = r->notes.h / (r->high - r->low + 1);
    double x = timeline_x(&r->timeline, (double)n->onset);
    double end = timeline_x(&r->timeline, (double)n->release);
    double gap = row > 5 ? 1 : 0;
    return (Box){x, r->notes.y + (r->high - n->pitch) * row + gap / 2, end - x,
                 row - gap};
}

static void glow(Draw *d, Box b, double weight) {
    for (int i = 3; i >= 1; i--) {
        Box halo = box_inset(b, -2.2 * i);
        draw_round(d, halo, halo.h / 2,
                   color_fade(draw_theme(d)->sounding, weight * .10));
    }
}

// Draws a ring around a note that the model recalls, brighter for a larger share.
static void encircle(Draw *d, Box b, double share) {
    Box ring = box_inset(b, -2.5);
    draw_ring(d, ring, ring.h / 2, 1.5,
              color_fade(draw_theme(d)->model, sqrt(MIN(share, 1))));
}

static void draw_note(const Roll *r, Draw *d, const View *v, const ViewPart *part,
                      size_t i) {
    const Note *n = &part->music->notes[i];
    Box b = note_box(r, n);
    b.w = MAX(b.w - draw_pixel(d), draw_pixel(d));
    b.h = MAX(b.h, draw_pixel(d));
    double attention = r->lens && part->attention ? (double)part->attention[i] : -1;
    if (attention > .12) glow(d, b, attention);
    double recalled = r->lens && part->recalled ? (double)part->recalled[i] : 0;
    const Theme *theme = draw_theme(d);
    Color color = r->surprise && part->surprise
                      ? surprised(theme, v, n, (double)part->surprise[i])
                      : roll_note_color(theme, v, part->source, n, attention);
    double radius = b.w > 5 && b.h > 4 ? MIN(2.5, b.h / 2) : 0;
    if (part->ghost) {
        draw_round(d, b, radius, color_fade(color, radius > 0 ? .22 : .5));
        if (radius > 0) draw_ring(d, b, radius, 1, color_fade(color, .7));
    } else if (radius > 0) {
        draw_round(d, b, radius, color);
    } else {
        draw_box(d, b, color);
    }
    if (recalled > RECALLED_LEAST) encircle(d, b, recalled);
}

void roll_notes_draw(const Roll *r, Draw *d, const View *v, Box box) {
    int64_t from = timeline_time(&r->timeline, box.x);
    int64_t to = timeline_time(&r->timeline, box.x + box.w);
    for (int p = 0; p < v->piece.part_count; p++) {
        const ViewPart *part = &v->piece.parts[p];
        size_t first = roll_first_note(part->music, part->span.from);
        size_t end = roll_first_note(part->music, MIN(to, part->span.to));
        for (size_t i = first; i < end; i++)
            if (part->music->notes[i].release > from) draw_note(r, d, v, part, i);
    }
}

static size_t first_pedal(const Performance *music, int64_t time) {
    size_t low = 0, high = music->pedal_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (music->pedal[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void draw_pedal_part(const Roll *r, Draw *d, const ViewPart *part, Box box,
                            int64_t end_of_piece) {
    const Theme *theme = draw_theme(d);
    const Performance *music = part->music;
    int64_t seen = timeline_time(&r->timeline, box.x);
    int64_t to = MIN(part->span.to, end_of_piece);
    to = MIN(to, timeline_time(&r->timeline, box.x + box.w));
    size_t i = first_pedal(music, MAX(seen, part->span.from));
    if (i > 0) i--; // the pedal's state at the left edge
    for (; i < music->pedal_count && music->pedal[i].time < to; i++) {
        const PedalChange *p = &music->pedal[i];
        int64_t from = MAX(p->time, part->span.from);
        int64_t until = i + 1 < music->pedal_count ? music->pedal[i + 1].time : to;
        if (p->value == 0 || until <= from) continue;
        double x = timeline_x(&r->timeline, (double)from);
        double end = timeline_x(&r->timeline, (double)MIN(until, to));
        double h = box.h * p->value / 127;
        Color color = color_mix(theme->back, ui_source_color(theme, part->source),
                                p->value >= PEDAL_DOWN ? .5 : .26);
        draw_box(d, (Box){x, box.y + box.h - h, MAX(end - x, draw_pixel(d)), h},
                 part->ghost ? color_fade(color, .4) : color);
    }
}

void roll_notes_draw_pedal(const Roll *r, Draw *d, const View *v, Box box) {
    for (int p = 0; p < v->piece.part_count; p++)
        draw_pedal_part(r, d, &v->piece.parts[p], box, v->piece.end);
}
