#include "tests/test.h"
#include "ui/drawing/draw.h"
#include "ui/drawing/text.h"

#include <glib/gstdio.h>

#define WIDTH  400
#define HEIGHT 300

typedef struct Paper {
    Fonts *fonts;
    Draw *draw;
    uint32_t pixels[WIDTH * HEIGHT];
    Canvas canvas;
    double scale;
} Paper;

static void paper_open(Paper *p, double scale) {
    GError *error = NULL;
    *p = (Paper){.scale = scale};
    p->canvas = (Canvas){p->pixels, WIDTH, WIDTH, HEIGHT};
    if (!fonts_open(&p->fonts, &error)) g_error("%s", error->message);
    p->draw = draw_new(p->fonts);
}

static void paper_close(Paper *p) {
    draw_free(p->draw);
    fonts_close(p->fonts);
}

static Draw *begin(Paper *p) {
    draw_begin(p->draw, WIDTH, HEIGHT, p->scale);
    return p->draw;
}

static const Area *end(Paper *p, int *ret_count) {
    return draw_end(p->draw, &p->canvas, ret_count);
}

static uint32_t at(const Paper *p, int x, int y) {
    return p->pixels[y * WIDTH + x] & 0xFFFFFF;
}

static const Box everything = {0, 0, WIDTH, HEIGHT};

static void picture(Paper *p, double x, const char *text) {
    Draw *d = begin(p);
    draw_box(d, everything, 0xFF000000u);
    draw_round(d, (Box){x, 20, 30, 30}, 6, 0xFFFF0000u);
    draw_text(d, (Face){13, false, true}, (Box){200, 200, 100, 20}, ALIGN_LEFT,
              0xFFFFFFFFu, text);
}

static Paper paper;

TEST(a_frame_like_the_last_one_draws_nothing) {
    int count;
    paper_open(&paper, 1);
    picture(&paper, 20, "12:34");
    end(&paper, &count);
    CHECK(count == 1);
    picture(&paper, 20, "12:34");
    end(&paper, &count);
    CHECK(count == 0);
    paper_close(&paper);
}

TEST(only_what_changed_is_drawn_and_all_that_changed_is) {
    static uint32_t whole[WIDTH * HEIGHT];
    int count;
    paper_open(&paper, 1);
    picture(&paper, 20, "12:34");
    end(&paper, &count);
    picture(&paper, 21, "12:35");
    const Area *areas = end(&paper, &count);
    int drawn = 0;
    for (int i = 0; i < count; i++) drawn += areas[i].w * areas[i].h;
    CHECK(drawn > 0 && drawn < WIDTH * HEIGHT / 3);
    memcpy(whole, paper.pixels, sizeof whole);
    memset(paper.pixels, 0x55, sizeof paper.pixels);
    draw_free(paper.draw);
    paper.draw = draw_new(
        paper.fonts); // it has no earlier frame, so it draws all of this one
    picture(&paper, 21, "12:35");
    end(&paper, &count);
    CHECK(memcmp(whole, paper.pixels, sizeof whole) == 0);
    paper_close(&paper);
}

TEST(a_change_of_the_text_alone_is_seen) {
    int count;
    paper_open(&paper, 1);
    picture(&paper, 20, "12:34");
    end(&paper, &count);
    picture(&paper, 20, "12:43");
    end(&paper, &count);
    CHECK(count > 0);
    paper_close(&paper);
}

TEST(edges_fall_on_pixels_at_any_scale) {
    static const double scales[] = {1, 1.1, 1.25, 1.5, 2, 2.75};
    for (size_t i = 0; i < G_N_ELEMENTS(scales); i++) {
        int count;
        paper_open(&paper, scales[i]);
        Draw *d = begin(&paper);
        draw_box(d, everything, 0xFF000000u);
        draw_box(d, (Box){10.3, 10.3, 20.4, 20.4}, 0xFFFFFFFFu);
        end(&paper, &count);
        for (int p = 0; p < WIDTH * HEIGHT; p++)
            CHECK((paper.pixels[p] & 0xFFFFFF) == 0 ||
                  (paper.pixels[p] & 0xFFFFFF) == 0xFFFFFF);
        paper_close(&paper);
    }
}

TEST(nothing_is_drawn_outside_the_clip) {
    int count;
    paper_open(&paper, 1);
    Draw *d = begin(&paper);
    draw_box(d, everything, 0xFF000000u);
    Area clip = draw_clip(d, (Box){100, 100, 50, 50});
    Point points[3] = {{-500, 0}, {900, -100}, {300, 900}};
    draw_box(d, everything, 0x80FF0000u);
    draw_round(d, (Box){-20, -20, 900, 900}, 300, 0xFF00FF00u);
    draw_convex(d, points, 3, 0xFF0000FFu);
    draw_text(d, (Face){40, true, false}, (Box){60, 90, 300, 60}, ALIGN_LEFT,
              0xFFFFFFFFu, "MMMMMMMM");
    draw_unclip(d, clip);
    draw_box(d, (Box){390, 290, 500, 500}, 0xFF123456u);
    end(&paper, &count);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            bool inside = x >= 100 && x < 150 && y >= 100 && y < 150;
            bool last = x >= 390 && y >= 290;
            CHECK(inside ? at(&paper, x, y) != 0
                         : at(&paper, x, y) == (last ? 0x123456u : 0));
        }
    paper_close(&paper);
}

TEST(half_opaque_white_over_black_is_grey) {
    int count;
    paper_open(&paper, 1);
    Draw *d = begin(&paper);
    draw_box(d, everything, 0xFF000000u);
    draw_box(d, everything, 0x80FFFFFFu);
    end(&paper, &count);
    CHECK_NEAR(at(&paper, 5, 5) & 0xFF, 128, 1);
    CHECK(color_mix(0xFF000000u, 0xFFFFFFFFu, .5) == 0xFF808080u);
    CHECK(color_fade(0xFF123456u, .5) >> 24 == 128);
    paper_close(&paper);
}

TEST(round_corners_are_cut_and_the_middle_is_full) {
    int count;
    paper_open(&paper, 1);
    Draw *d = begin(&paper);
    draw_box(d, everything, 0xFF000000u);
    draw_round(d, (Box){50, 50, 40, 40}, 10, 0xFFFFFFFFu);
    draw_ring(d, (Box){150, 50, 40, 40}, 10, 2, 0xFFFFFFFFu);
    end(&paper, &count);
    CHECK(at(&paper, 50, 50) == 0 && at(&paper, 89, 89) == 0);
    CHECK(at(&paper, 70, 70) == 0xFFFFFF && at(&paper, 50, 70) == 0xFFFFFF);
    CHECK(at(&paper, 170, 70) == 0 && at(&paper, 151, 70) == 0xFFFFFF);
    paper_close(&paper);
}

TEST(a_text_stays_inside_its_box) {
    paper_open(&paper, 1.5);
    Face faces[] = {{13, false, false}, {22, true, true}};
    for (int f = 0; f < 2; f++)
        for (double w = 20; w < 260; w += 7) {
            begin(&paper);
            const char *text = f ? "12:34:56.7 of 10" : "A long name of a piece.mid";
            CHECK(draw_text(paper.draw, faces[f], (Box){2, 2, w, 30}, ALIGN_LEFT,
                            0xFFFFFFFFu, text) <= w + 1);
        }
    paper_close(&paper);
}

TEST(numbers_take_the_same_width_whatever_their_digits) {
    paper_open(&paper, 1);
    Face face = {13, false, true};
    begin(&paper);
    CHECK_NEAR(draw_text_width(paper.draw, face, "1:11.1"),
               draw_text_width(paper.draw, face, "8:40.6"), 1e-9);
    paper_close(&paper);
}

TEST(hostile_texts_are_drawn_without_harm) {
    int count;
    paper_open(&paper, 1);
    Draw *d = begin(&paper);
    g_autofree char *endless = g_strnfill(100000, 'x');
    const char *texts[] = {"",
                           "\xff\xfe\xfd",
                           "a\tb\nc\x01",
                           "\u4e2d\u6587",
                           "\u05e9 \u0301a\U0001f600\u0627\u0644 (1)",
                           endless};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        draw_text(d, (Face){13, false, false}, (Box){0, 0, 90, 20}, ALIGN_RIGHT,
                  0xFFFFFFFFu, texts[i]);
        draw_lines(d, (Face){13, false, false}, (Box){0, 0, 90, 60}, 0xFFFFFFFFu,
                   texts[i]);
        draw_text(d, (Face){13, false, true}, (Box){0, 0, -5, 20}, ALIGN_CENTER,
                  0xFFFFFFFFu, texts[i]);
    }
    end(&paper, &count);
    paper_close(&paper);
}

TEST(lines_that_have_no_room_end_in_an_ellipsis) {
    paper_open(&paper, 1);
    Draw *d = begin(&paper);
    double height = draw_lines(d, (Face){13, false, false}, (Box){0, 0, 90, 40},
                               0xFFFFFFFFu,
                               "one two three four five six seven eight nine ten");
    CHECK(height <= 40);
    g_autofree char *texts = draw_texts(d);
    CHECK(g_str_has_suffix(texts, "…\n"));
    paper_close(&paper);
}

#define SIZE 26

// Returns whether the text from x on is drawn like the part alone.
static bool shows_at(int x, const char *text, const char *part) {
    Mask whole = fonts_text(paper.fonts, false, SIZE, text)->mask;
    Mask one = fonts_text(paper.fonts, false, SIZE, part)->mask;
    int above = (whole.height - one.height) / 2; // both lines are vertically centred
    bool same = x + one.width <= whole.width;
    for (int i = 0; same && i < one.height; i++)
        for (int j = 0; same && j < one.width; j++) {
            bool inside = i + above >= 0 && i + above < whole.height;
            int there = inside ? whole.cover[(i + above) * whole.width + x + j] : 0;
            same = one.cover[i * one.width + j] == there;
        }
    return same;
}

static int wide(const char *text) {
    return fonts_width(paper.fonts, false, SIZE, text);
}

// Two letters of a script that no font has are drawn as the same box.
TEST(letters_that_the_first_font_lacks_are_drawn_by_another) {
    static const char *const letters[][2] = {{"\u05d0", "\u05e9"},  // Hebrew
                                             {"\u0628", "\u0642"},  // Arabic
                                             {"\u10d0", "\u10e8"},  // Georgian
                                             {"\u0561", "\u0577"}}; // Armenian
    paper_open(&paper, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
        CHECK(!shows_at(0, letters[i][0], letters[i][1]));
        CHECK(!shows_at(0, letters[i][0], "\uffff"));
    }
    paper_close(&paper);
}

TEST(in_a_text_of_several_scripts_each_letter_has_a_font_that_has_it) {
    paper_open(&paper, 1);
    CHECK(wide("H\u05e9H") == wide("H") + wide("\u05e9") + wide("H"));
    CHECK(shows_at(0, "H\u05e9H", "H"));
    CHECK(shows_at(wide("H"), "H\u05e9H", "\u05e9"));
    CHECK(shows_at(wide("H\u05e9"), "H\u05e9H", "H"));
    paper_close(&paper);
}

TEST(hebrew_goes_leftward_and_numbers_in_it_do_not) {
    paper_open(&paper, 1);
    CHECK(shows_at(0, "\u05d0\u05e9", "\u05e9"));
    CHECK(shows_at(wide("\u05d0"),
                   "\u05d0"
                   "12",
                   "12"));
    paper_close(&paper);
}

static int say_that_there_is_no_font(void) {
    Fonts *fonts = NULL;
    GError *error = NULL;
    bool opened = fonts_open(&fonts, &error);
    if (error) printf("%s", error->message);
    g_clear_error(&error);
    return opened || fonts;
}

static const char *program;

TEST(without_any_font_a_sentence_says_what_to_install) {
    g_autofree char *folder = g_dir_make_tmp("par-fonts-XXXXXX", NULL);
    g_autofree char *config = g_build_filename(folder, "fonts.conf", NULL);
    g_autofree char *said = NULL, *text = NULL;
    const char *argv[] = {program, "no-fonts", NULL};
    text = g_strdup_printf("<fontconfig><cachedir>%s</cachedir></fontconfig>", folder);
    CHECK(g_file_set_contents(config, text, -1, NULL));
    g_auto(GStrv)
        env = g_environ_setenv(g_get_environ(), "FONTCONFIG_FILE", config, TRUE);
    int status;
    CHECK(g_spawn_sync(NULL, (char **)argv, env, 0, NULL, NULL, &said, NULL, &status,
                       NULL));
    CHECK(status == 0);
    CHECK(g_strcmp0(said, "no font found: apt install fonts-inter or "
                          "fonts-dejavu-core") == 0);
    g_unlink(config);
    g_rmdir(folder);
}

int main(int argc, char **argv) {
    program = argv[0];
    if (argc > 1) return say_that_there_is_no_font();
    RUN(a_frame_like_the_last_one_draws_nothing);
    RUN(only_what_changed_is_drawn_and_all_that_changed_is);
    RUN(a_change_of_the_text_alone_is_seen);
    RUN(edges_fall_on_pixels_at_any_scale);
    RUN(nothing_is_drawn_outside_the_clip);
    RUN(half_opaque_white_over_black_is_grey);
    RUN(round_corners_are_cut_and_the_middle_is_full);
    RUN(a_text_stays_inside_its_box);
    RUN(numbers_take_the_same_width_whatever_their_digits);
    RUN(hostile_texts_are_drawn_without_harm);
    RUN(lines_that_have_no_room_end_in_an_ellipsis);
    RUN(letters_that_the_first_font_lacks_are_drawn_by_another);
    RUN(in_a_text_of_several_scripts_each_letter_has_a_font_that_has_it);
    RUN(hebrew_goes_leftward_and_numbers_in_it_do_not);
    RUN(without_any_font_a_sentence_says_what_to_install);
    return test_end();
}
