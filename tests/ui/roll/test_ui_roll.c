#include "tests/test.h"
#include "tests/ui/ui_harness.h"
#include "ui/drawing/theme.h"
#include "ui/roll/roll.h"
#include "ui/roll/surprise.h"

#include <time.h>

#define SECOND 1000000

// The size of the window in these tests, and the places of the roll and the ruler.
#define WIDTH   1280
#define HEIGHT  800
#define RULER_Y (THEME_TRANSPORT + 10)
#define ROLL_Y  (THEME_TRANSPORT + 200)

static UiHarness harness;
static Performance music;
static ViewPart part;

// Makes `count` notes of a tenth of a second each, and one that sounds all the time.
static void open_with(int count) {
    harness_open(&harness, WIDTH, HEIGHT, 1);
    music = (Performance){0};
    for (int i = 0; i < count; i++)
        performance_add_note(&music,
                             (Note){i * (int64_t)100000, i * (int64_t)100000 + 90000,
                                    (uint8_t)(40 + i * 7 % 48), 80});
    performance_add_note(&music, (Note){0, count * (int64_t)100000, 36, 100});
    performance_finish(&music);
    part = (ViewPart){.music = &music, .span = {0, INT64_MAX}};
    harness.view.piece.parts = &part;
    harness.view.piece.part_count = 1;
    harness.view.piece.end = performance_end(&music);
    harness_frame(&harness);
}

static void close_stage(void) {
    harness_close(&harness);
    performance_clear(&music);
}

// Returns the time that a click there selects.
static int64_t time_at(double x) {
    harness_forget(&harness);
    harness_click(&harness, x, ROLL_Y);
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_SEEK);
    return c.integer;
}

TEST(a_click_moves_the_playhead_to_where_it_was) {
    open_with(300); // half a minute of music
    int64_t left = time_at(200), right = time_at(800);
    CHECK(right > left);
    harness.view.playback.position = right;
    harness_move(&harness, 10, 10);
    CHECK(harness_pixel(&harness, 800, ROLL_Y + 1) ==
          (theme_of(THEME_DARK)->text & 0xFFFFFF));
    CHECK(harness_pixel(&harness, 790, ROLL_Y + 1) !=
          (theme_of(THEME_DARK)->text & 0xFFFFFF));
    close_stage();
}

TEST(a_drag_selects_what_it_went_over_in_either_direction) {
    for (int direction = 0; direction < 2; direction++) {
        open_with(300);
        int64_t left = time_at(200), right = time_at(800);
        harness_forget(&harness);
        harness_move(&harness, direction ? 800 : 200, ROLL_Y);
        harness_press(&harness, MOUSE_LEFT, 1);
        harness_move(&harness, 500, ROLL_Y);
        harness_move(&harness, direction ? 200 : 800, ROLL_Y);
        CHECK(harness_command(&harness).id == COMMAND_NONE);
        harness_release(&harness);
        Command c = harness_command(&harness);
        CHECK(c.id == COMMAND_SELECT && c.span.from == left && c.span.to == right);
        CHECK(harness_command(&harness).id == COMMAND_NONE);
        close_stage();
    }
}

TEST(a_drag_on_the_ruler_sets_the_loop_and_a_click_there_seeks) {
    open_with(300);
    int64_t left = time_at(200), right = time_at(800);
    harness_move(&harness, 200, RULER_Y);
    harness_press(&harness, MOUSE_LEFT, 1);
    harness_move(&harness, 800, RULER_Y);
    harness_release(&harness);
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_LOOP_SPAN && c.span.from == left && c.span.to == right);
    harness_click(&harness, 200, RULER_Y);
    c = harness_command(&harness);
    CHECK(c.id == COMMAND_SEEK && c.integer == left);
    close_stage();
}

// The same, with bars of two seconds from the second bar on, and ticks of a
// millisecond.
static void give_bars(void) {
    music.tempo = tempo_map_new(500);
    tempo_map_add_metre(music.tempo, (Metre){1000, 4, 2, 24, 8});
    harness_frame(&harness);
}

static Command drag_over(double from, double to, unsigned modifiers) {
    harness_forget(&harness);
    harness_move(&harness, from, ROLL_Y);
    harness_press(&harness, MOUSE_LEFT, 1);
    harness_move(&harness, to, ROLL_Y);
    harness.input.modifiers = modifiers;
    harness_release(&harness);
    return harness_command(&harness);
}

TEST(what_is_drawn_out_keeps_to_bar_lines_nearby_unless_ctrl_is_held) {
    open_with(300);
    give_bars();
    // The bar lines are at 1 s, 3 s, 5 s ...
    int64_t a = time_at(200), b = time_at(800);
    double point = (double)(b - a) / 600;
    double third = 200 + (3e6 - (double)a) / point, fifth = third + 2e6 / point;
    Command c = drag_over(third + 6, fifth - 6, 0);
    CHECK(c.id == COMMAND_SELECT && c.span.from == 3 * SECOND &&
          c.span.to == 5 * SECOND);
    c = drag_over(third + 6, fifth - 6, KEY_CTRL);
    CHECK(c.id == COMMAND_SELECT && c.span.from > 3 * SECOND && c.span.to < 5 * SECOND);
    c = drag_over(third + 14, fifth + 30, 0); // too far from a bar line
    CHECK(c.span.from > 3 * SECOND && c.span.to > 5 * SECOND && c.span.to % SECOND);
    close_stage();
}

TEST(bar_lines_are_drawn_where_the_file_has_bars) {
    open_with(300);
    int64_t a = time_at(200), b = time_at(800);
    double x = 200 + (3e6 - (double)a) / ((double)(b - a) / 600);
    Color before[3], after[3];
    for (int i = 0; i < 3; i++)
        before[i] = harness_pixel(&harness, (int)x - 1 + i, 420);
    give_bars();
    harness_move(&harness, 10, 10);
    for (int i = 0; i < 3; i++) after[i] = harness_pixel(&harness, (int)x - 1 + i, 420);
    CHECK(memcmp(before, after, sizeof before) != 0);
    close_stage();
}

TEST(bars_that_last_no_time_are_not_drawn) {
    open_with(300);
    music.tempo = tempo_map_new(32767);
    tempo_map_add_metre(music.tempo, (Metre){0, 1, 7, 24, 8});
    tempo_map_add_tempo(music.tempo, 0, 1);
    harness_frame(&harness);
    CHECK(drag_over(200, 800, 0).id == COMMAND_SELECT);
    close_stage();
}

TEST(a_right_click_marks_where_continue_begins) {
    open_with(300);
    int64_t there = time_at(400);
    harness_move(&harness, 400, ROLL_Y);
    harness_press(&harness, MOUSE_RIGHT, 1);
    harness_release(&harness);
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_MARK && c.integer == there);
    close_stage();
}

TEST(the_wheel_zooms_where_the_mouse_is) {
    open_with(300);
    for (int turn = 6; turn > -6; turn--) { // zooms in, and out again
        int64_t left = time_at(300), before = time_at(500);
        harness.input.wheel_y = turn > 0 ? 1 : -1;
        harness_frame(&harness);
        int64_t after = time_at(500);
        CHECK_NEAR((double)after, (double)before, 2);
        CHECK((time_at(300) > left) == (turn > 0));
    }
    close_stage();
}

TEST(a_drag_that_loses_the_focus_changes_nothing) {
    open_with(300);
    harness_move(&harness, 300, ROLL_Y);
    harness_press(&harness, MOUSE_LEFT, 1);
    harness_move(&harness, 600, ROLL_Y);
    harness.input.focus_lost = true;
    harness.input.held = MOUSE_NONE;
    harness_frame(&harness);
    harness_move(&harness, 700, ROLL_Y);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    close_stage();
}

TEST(the_first_note_is_found_as_a_plain_search_finds_it) {
    open_with(500);
    for (int64_t time = -100000; time < 60 * (int64_t)SECOND; time += 33333) {
        size_t i = 0;
        while (i < music.note_count && music.notes[i].onset < time) i++;
        CHECK(roll_first_note(&music, time) == i);
    }
    close_stage();
}

// Reads the colours of a row of pixels.
static int count_color(double y, uint32_t color) {
    int count = 0;
    for (int x = 0; x < (int)(WIDTH - THEME_COLUMN); x++)
        count += harness_pixel(&harness, x, y) == (color & 0xFFFFFF);
    return count;
}

TEST(a_note_begun_long_before_the_page_is_seen_on_it) {
    open_with(1200); // two minutes; 40 seconds are shown, then later ones
    double y = 0;
    Color color = roll_note_color(theme_of(THEME_DARK), &harness.view, NOTE_OF_PROMPT,
                                  &(Note){0, 1, 36, 100}, -1);
    for (double at = 100; at < 640 && !y; at += 1)
        if (count_color(at, color) > 900) y = at;
    CHECK(y > 0);
    for (int i = 0; i < 10; i++) {
        harness.input.wheel_x = 3;
        harness.input.x = 400, harness.input.y = ROLL_Y;
        harness_frame(&harness);
    }
    CHECK(time_at(300) > 20 * SECOND);
    harness_move(&harness, 10, 10);
    CHECK(count_color(y, color) > 500);
    close_stage();
}

TEST(only_the_span_of_a_part_is_shown) {
    open_with(300);
    harness_frame(&harness);
    part.span = (Span){5 * SECOND, 10 * SECOND};
    harness_frame(&harness);
    static uint32_t before[WIDTH * HEIGHT];
    memcpy(before, harness.canvas.pixels, sizeof before);
    for (size_t i = 0; i < music.note_count; i++)
        if (music.notes[i].onset < 5 * SECOND || music.notes[i].onset >= 10 * SECOND)
            music.notes[i].velocity = 1; // a soft note is drawn darker
    harness_frame(&harness);
    CHECK(memcmp(before, harness.canvas.pixels, sizeof before) == 0);
    close_stage();
}

TEST(who_plays_how_loud_and_how_far_back_are_told_apart) {
    View v = {.lens = {.horizon = {true, 10 * SECOND, 20 * SECOND}}};
    Note now = {30 * SECOND, 31 * SECOND, 60, 90}, loud = now, once = now, gone = now;
    loud.velocity = 120;
    once.onset = 15 * SECOND, gone.onset = 5 * SECOND;
    Color seen[NOTE_SOURCES];
    for (NoteSource s = 0; s < NOTE_SOURCES; s++) {
        seen[s] = roll_note_color(theme_of(THEME_DARK), &v, s, &now, -1);
        for (NoteSource t = 0; t < s; t++) CHECK(seen[s] != seen[t]);
        CHECK((roll_note_color(theme_of(THEME_DARK), &v, s, &loud, -1) & 0xFF00) >
              (seen[s] & 0xFF00));
        CHECK((roll_note_color(theme_of(THEME_DARK), &v, s, &once, -1) & 0xFF00) <
              (seen[s] & 0xFF00));
    }
    Color forgotten = roll_note_color(theme_of(THEME_DARK), &v, NOTE_OF_MODEL, &gone,
                                      -1);
    CHECK(forgotten ==
          roll_note_color(theme_of(THEME_DARK), &v, NOTE_OF_PROMPT, &gone, -1));
    CHECK(roll_note_color(theme_of(THEME_DARK), &v, NOTE_OF_PROMPT, &now, 1) !=
          roll_note_color(theme_of(THEME_DARK), &v, NOTE_OF_PROMPT, &now, 0));
}

static int brightness(Color c) { // weighted as by the eye
    return (int)(c >> 16 & 255) * 2 + (int)(c >> 8 & 255) * 5 + (int)(c & 255);
}

static void check_lens(bool recall) {
    static uint32_t before[WIDTH * HEIGHT];
    open_with(300);
    g_autofree float *weights = g_new0(float, music.note_count);
    for (size_t i = 0; i < music.note_count; i += 9) weights[i] = .8f;
    memcpy(before, harness.canvas.pixels, sizeof before);
    *(recall ? &part.recalled : &part.attention) = weights;
    harness_frame(&harness);
    CHECK(memcmp(before, harness.canvas.pixels, sizeof before) == 0);
    harness_key(&harness, "F3");
    CHECK(memcmp(before, harness.canvas.pixels, sizeof before) != 0);
    CHECK(harness.look.lens);
    close_stage();
}

TEST(the_lens_is_drawn_only_while_it_is_on) { check_lens(false); }

TEST(what_is_recalled_is_drawn_with_the_lens) { check_lens(true); }

TEST(surprise_colours_notes_and_says_what_the_colours_mean) {
    static uint32_t before[WIDTH * HEIGHT];
    open_with(300);
    g_autofree float *nats = g_new0(float, music.note_count);
    for (size_t i = 0; i < music.note_count; i++) nats[i] = i % 2 ? 9 : -1;
    memcpy(before, harness.canvas.pixels, sizeof before);
    part.surprise = nats;
    harness_frame(&harness);
    CHECK(memcmp(before, harness.canvas.pixels, sizeof before) == 0);
    const char *const named[] = {"each note's pitch", "each note's time",
                                 "each note's loudness"};
    harness.view.lens.surprise_done = 1;
    for (SurpriseKind kind = SURPRISE_PITCH; kind < SURPRISE_KINDS; kind++) {
        harness_key(&harness, "F6");
        CHECK(harness.look.surprise == kind);
        CHECK(harness_shows(&harness, named[kind - 1]));
        CHECK(harness_shows(&harness, "expected"));
    }
    CHECK(memcmp(before, harness.canvas.pixels, sizeof before) != 0);
    harness.view.lens.surprise_done = .42;
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "42 %"));
    harness_key(&harness, "F6");
    CHECK(harness.look.surprise == SURPRISE_OFF &&
          !harness_shows(&harness, "expected"));
    // A more surprising note is brighter, without an upper limit.
    const Theme *theme = theme_of(THEME_DARK);
    for (double n = 0; n < SURPRISE_MOST; n += .5)
        CHECK(brightness(surprise_color(theme, n)) <
              brightness(surprise_color(theme, n + .5)));
    CHECK(surprise_color(theme, SURPRISE_MOST) == surprise_color(theme, 100));
    CHECK(surprise_color(theme, -1) != surprise_color(theme, 0));
    close_stage();
}

TEST(passages_from_memory_are_bracketed_with_the_name_of_their_piece) {
    static uint32_t before[WIDTH * HEIGHT];
    const ViewPassage passages[] = {{{2 * SECOND, 8 * SECOND}, 60, "Berg: Sonata"},
                                    {{9 * SECOND, 9 * SECOND}, 16, "Chopin: Etude"}};
    open_with(300);
    harness.view.lens.passages = passages;
    harness.view.lens.passage_count = 2;
    harness.view.lens.passages_known = true;
    memcpy(before, harness.canvas.pixels, sizeof before);
    harness_frame(&harness);
    CHECK(memcmp(before, harness.canvas.pixels, sizeof before) == 0);
    for (ThemeId theme = 0; theme < THEMES; theme++) {
        harness_key(&harness, "F8");
        CHECK(harness.look.memory && harness_shows(&harness, "2 passages"));
        CHECK(harness_shows(&harness, "Berg: Sonata, 60 notes"));
        CHECK(harness_shows(&harness, "Chopin: Etude, 16 notes"));
        harness_key(&harness, "F8");
        CHECK(!harness.look.memory && !harness_shows(&harness, "Berg: Sonata"));
        harness_key(&harness, "F12");
    }
    harness_key(&harness, "F8");
    harness.view.lens.passages_known = false;
    harness.view.lens.passage_count = 0;
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "From memory: searching"));
    harness.view.lens.passages_known = true;
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "From memory: no passage"));
    harness.view.lens.passages_lack = "the index is lost";
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "From memory: the index is lost"));
    close_stage();
}

TEST(in_a_window_without_room_for_it_the_legend_lies_over_the_roll) {
    harness_open(&harness, 900, 480, 1);
    harness_key(&harness, "F6");
    CHECK(harness_shows(&harness, "expected"));
    harness_close(&harness);
}

TEST(the_context_horizon_is_named_where_it_lies) {
    open_with(300);
    CHECK(!harness_shows(&harness, "outside the context"));
    harness.view.lens.horizon = (ViewHorizon){true, 8 * SECOND, 20 * SECOND};
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "outside the context") &&
          harness_shows(&harness, "context before the latents"));
    close_stage();
}

TEST(an_empty_roll_says_what_to_do) {
    harness_open(&harness, 900, 600, 1);
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "Drop a MIDI file here"));
    CHECK(harness_shows(&harness, "Enter lets the model begin"));
    harness.view.generation.writing = WRITING_NO_MODEL;
    harness_frame(&harness);
    CHECK(!harness_shows(&harness, "Enter lets the model begin"));
    harness_close(&harness);
    open_with(3);
    CHECK(!harness_shows(&harness, "Drop a MIDI file here"));
    close_stage();
}

// Of the processor, so that other programs have no effect.
static double milliseconds_a_frame(int frames) {
    clock_t before = clock();
    for (int i = 0; i < frames; i++) {
        harness.view.playback.position += 100000;
        harness_frame(&harness);
    }
    return (double)(clock() - before) * 1000 / CLOCKS_PER_SEC / frames;
}

TEST(fifty_thousand_notes_stay_fast) {
    open_with(50000);
    double page = milliseconds_a_frame(20);
    harness_key(&harness, "0");
    double all = milliseconds_a_frame(20);
    fprintf(stderr, "a page %.2f ms, all of it %.2f ms a frame\n", page, all);
    CHECK(page < 20);
    CHECK(all < 200);
    close_stage();
}

TEST(the_roll_follows_the_playhead_until_it_is_scrolled) {
    open_with(3000);
    harness.view.playback.playing = true;
    harness.view.playback.position = 200 * SECOND;
    harness_frame(&harness);
    int64_t left = time_at(0);
    CHECK(left < 200 * SECOND && left > 150 * SECOND);
    harness.input.wheel_x = -5;
    harness_frame(&harness);
    CHECK(!harness.look.follow);
    left = time_at(0);
    harness.view.playback.position = 290 * SECOND;
    harness_frame(&harness);
    CHECK(time_at(0) == left);
    harness_key(&harness, "F4");
    CHECK(time_at(0) > 200 * SECOND);
    close_stage();
}

TEST(another_piece_is_shown_from_its_start) {
    open_with(3000);
    harness.input.wheel_x = 200;
    harness.input.x = 300, harness.input.y = ROLL_Y;
    harness_frame(&harness);
    CHECK(time_at(100) > 30 * SECOND);
    harness.view.piece.document++;
    harness_frame(&harness);
    CHECK(time_at(100) < 10 * SECOND);
    close_stage();
}

int main(void) {
    RUN(a_click_moves_the_playhead_to_where_it_was);
    RUN(a_drag_selects_what_it_went_over_in_either_direction);
    RUN(a_drag_on_the_ruler_sets_the_loop_and_a_click_there_seeks);
    RUN(what_is_drawn_out_keeps_to_bar_lines_nearby_unless_ctrl_is_held);
    RUN(bar_lines_are_drawn_where_the_file_has_bars);
    RUN(bars_that_last_no_time_are_not_drawn);
    RUN(a_right_click_marks_where_continue_begins);
    RUN(the_wheel_zooms_where_the_mouse_is);
    RUN(a_drag_that_loses_the_focus_changes_nothing);
    RUN(the_first_note_is_found_as_a_plain_search_finds_it);
    RUN(a_note_begun_long_before_the_page_is_seen_on_it);
    RUN(only_the_span_of_a_part_is_shown);
    RUN(who_plays_how_loud_and_how_far_back_are_told_apart);
    RUN(the_lens_is_drawn_only_while_it_is_on);
    RUN(what_is_recalled_is_drawn_with_the_lens);
    RUN(surprise_colours_notes_and_says_what_the_colours_mean);
    RUN(passages_from_memory_are_bracketed_with_the_name_of_their_piece);
    RUN(in_a_window_without_room_for_it_the_legend_lies_over_the_roll);
    RUN(the_context_horizon_is_named_where_it_lies);
    RUN(an_empty_roll_says_what_to_do);
    RUN(fifty_thousand_notes_stay_fast);
    RUN(the_roll_follows_the_playhead_until_it_is_scrolled);
    RUN(another_piece_is_shown_from_its_start);
    return test_end();
}
