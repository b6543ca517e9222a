// In each theme text can be read and notes can be seen, by the contrast of WCAG 2.
#include "tests/test.h"
#include "ui/drawing/theme.h"
#include "ui/panels/panels.h"
#include "ui/roll/surprise.h"

#include <math.h>
#include <string.h>

#define SEEN          3.0 // for what is no text

#define EACH_THEME(t) (const Theme *t = theme_of(0); t < theme_of(0) + THEMES; t++)

// The contrast that text needs: WCAG's levels AA and AAA.
static double readable(const Theme *t) {
    return strcmp(t->name, "High contrast") == 0 ? 7 : 4.5;
}

static bool reads(const Theme *t, Color ink, Color behind) {
    double is = theme_contrast(ink, behind);
    if (is < readable(t))
        printf("# %s: %06X on %06X: %.2f\n", t->name, ink & 0xFFFFFF, behind & 0xFFFFFF,
               is);
    return is >= readable(t);
}

static bool seen(const Theme *t, Color color) {
    double is = MIN(theme_contrast(color, t->back),
                    theme_contrast(color, t->back_dark));
    if (is < SEEN) printf("# %s: %06X: %.2f\n", t->name, color & 0xFFFFFF, is);
    return is >= SEEN;
}

TEST(contrast_is_that_of_wcag) {
    CHECK(fabs(theme_contrast(0xFF000000, 0xFFFFFFFF) - 21) < 1e-9);
    CHECK(fabs(theme_contrast(0xFFFFFFFF, 0xFF777777) - 4.48) < .005); // WCAG's
    CHECK(theme_contrast(0xFF123456, 0xFF123456) == 1);
}

TEST(every_theme_has_a_name_of_its_own_and_every_colour) {
    for
        EACH_THEME(t) {
            for
                EACH_THEME(other) CHECK(t == other || strcmp(t->name, other->name));
            const Color opaque[] = {
                t->back,       t->back_dark,   t->panel,       t->raised,
                t->hover,      t->pressed,     t->chosen,      t->line,
                t->edge,       t->grid,        t->mark,        t->selected,
                t->text,       t->wrong_back,  t->ink,         t->quiet,
                t->faint,      t->dead,        t->focus,       t->wrong,
                t->fill,       t->on_fill,     t->model,       t->on_model,
                t->prompt,     t->played,      t->forgotten,   t->sounding,
                t->white_key,  t->black_key,   t->key_gap,     t->on_white,
                t->on_black,   t->surprise[0], t->surprise[1], t->surprise[2],
                t->surprise[3]};
            for (size_t i = 0; i < G_N_ELEMENTS(opaque); i++)
                CHECK(opaque[i] >> 24 == 0xFF);
        }
}

TEST(text_can_be_read_wherever_it_stands) {
    for
        EACH_THEME(t) {
            const Color all[] = {t->back,  t->back_dark, t->panel,  t->raised,
                                 t->hover, t->pressed,   t->chosen, t->selected};
            for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
                CHECK(reads(t, t->text, all[i]));
            const Color some[] = {t->back, t->back_dark, t->panel, t->raised, t->hover};
            for (size_t i = 0; i < G_N_ELEMENTS(some); i++) {
                CHECK(reads(t, t->ink, some[i]));
                CHECK(reads(t, t->quiet, some[i]));
                CHECK(reads(t, t->faint, some[i]));
            }
            const Color notices[] = {t->back, t->panel, t->raised, t->wrong_back};
            for (size_t i = 0; i < G_N_ELEMENTS(notices); i++)
                CHECK(reads(t, t->wrong, notices[i]));
            CHECK(reads(t, t->ink, t->pressed)); // a pressed button
            CHECK(reads(t, t->on_model, t->model));
            CHECK(reads(t, t->on_white, t->white_key));
            CHECK(reads(t, t->on_black, t->black_key));
            CHECK(reads(t, t->prompt, t->back)); // the word "prompt" below the notes
        }
}

TEST(what_is_not_possible_is_fainter_than_what_is) {
    for
        EACH_THEME(t) {
            CHECK(theme_contrast(t->dead, t->panel) <
                  theme_contrast(t->faint, t->panel));
            CHECK(theme_contrast(t->faint, t->panel) <
                  theme_contrast(t->text, t->panel));
        }
}

TEST(the_name_of_a_take_can_be_read_on_it) {
    for
        EACH_THEME(t)
    for (TakeNearness near = 0; near < TAKE_NEARNESSES; near++)
        for (NoteSource s = 0; s < NOTE_SOURCES; s++) {
            Color bar = panel_takes_color(t, s, near);
            CHECK(reads(t, theme_ink(t, bar), bar));
        }
}

TEST(the_softest_note_can_be_seen_whoever_plays_it) {
    const View v = {0};
    for
        EACH_THEME(t)
    for (NoteSource s = 0; s < NOTE_SOURCES; s++)
        for (int velocity = 1; velocity < 128; velocity += 42) {
            Note n = {0, 1, 60, (uint8_t)velocity};
            CHECK(seen(t, roll_note_color(t, &v, s, &n, -1)));
        }
}

TEST(a_note_can_be_seen_however_little_it_surprises) {
    for
        EACH_THEME(t)
    for (double nats = 0; nats <= SURPRISE_MOST; nats += .25)
        CHECK(seen(t, surprise_color(t, nats)));
}

TEST(sounding_notes_differ_more_from_the_roll_than_before) {
    const View playing = {.playback = {.playing = true}}, still = {0};
    const Note n = {0, 1, 60, 64};
    for
        EACH_THEME(t)
    for (NoteSource s = 0; s < NOTE_SOURCES; s++)
        CHECK(theme_contrast(roll_note_color(t, &playing, s, &n, -1), t->back) >
              theme_contrast(roll_note_color(t, &still, s, &n, -1), t->back));
}

// Their hues differ by at least a twelfth of the colour circle.
static double hue(Color c) {
    double r = c >> 16 & 0xFF, g = c >> 8 & 0xFF, b = c & 0xFF;
    double most = MAX(r, MAX(g, b)), span = most - MIN(r, MIN(g, b));
    if (most == r) return fmod((g - b) / span + 6, 6);
    return most == g ? (b - r) / span + 2 : (r - g) / span + 4;
}

TEST(who_plays_is_told_by_hue) {
    for
        EACH_THEME(t)
    for (NoteSource a = 0; a < NOTE_SOURCES; a++)
        for (NoteSource b = 0; b < a; b++) {
            double apart = fabs(hue(ui_source_color(t, a)) -
                                hue(ui_source_color(t, b)));
            CHECK(MIN(apart, 6 - apart) > .5);
        }
}

TEST(the_focus_and_what_a_switch_says_can_be_seen) {
    for
        EACH_THEME(t) {
            CHECK(theme_contrast(t->focus, t->panel) >= SEEN);
            CHECK(theme_contrast(t->focus, t->back) >= SEEN);
            CHECK(theme_contrast(t->fill, t->panel) >= SEEN);
            CHECK(theme_contrast(t->fill, t->raised) >= SEEN);
            CHECK(theme_contrast(t->on_fill, t->fill) >= SEEN);
        }
}

int main(void) {
    RUN(contrast_is_that_of_wcag);
    RUN(every_theme_has_a_name_of_its_own_and_every_colour);
    RUN(text_can_be_read_wherever_it_stands);
    RUN(what_is_not_possible_is_fainter_than_what_is);
    RUN(the_name_of_a_take_can_be_read_on_it);
    RUN(the_softest_note_can_be_seen_whoever_plays_it);
    RUN(a_note_can_be_seen_however_little_it_surprises);
    RUN(sounding_notes_differ_more_from_the_roll_than_before);
    RUN(who_plays_is_told_by_hue);
    RUN(the_focus_and_what_a_switch_says_can_be_seen);
    return test_end();
}
