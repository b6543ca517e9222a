#include "tests/test.h"
#include "tests/ui/ui_harness.h"
#include "ui/drawing/theme.h"
#include "ui/roll/keyboard.h"

static const Box piano = {0, 800 - THEME_STATUS - THEME_KEYBOARD, 1280 - THEME_COLUMN,
                          THEME_KEYBOARD};

static UiHarness harness;

static void open_stage(void) {
    harness_open(&harness, 1280, 800, 1);
    harness_frame(&harness);
}

static bool is_note(Command c, CommandId id, int pitch) {
    return c.id == id && c.note.pitch == pitch;
}

// Places in the lower part of a white key and the upper part of a black one.
static void aim(int pitch, double deep) {
    Box key = keyboard_key(piano, pitch);
    harness_move(&harness, key.x + key.w / 2, key.y + key.h * deep);
}

TEST(each_key_is_hit_where_it_is_drawn) {
    for (int p = KEYBOARD_LOW; p <= KEYBOARD_HIGH; p++) {
        Box key = keyboard_key(piano, p);
        CHECK(keyboard_at(piano, key.x + key.w / 2, key.y + key.h * .95) == p);
        CHECK(key.x >= piano.x - .01 && key.x + key.w <= piano.x + piano.w + .01);
    }
    CHECK(keyboard_at(piano, piano.x - 1, piano.y + 5) == 0);
    CHECK(keyboard_at(piano, piano.x + 5, piano.y - 1) == 0);
}

TEST(the_mouse_plays_louder_nearer_to_the_front) {
    open_stage();
    int last = 0;
    for (double deep = .65; deep < 1; deep += .1) {
        aim(60, deep);
        harness_press(&harness, MOUSE_LEFT, 1);
        Command c = harness_command(&harness);
        CHECK(is_note(c, COMMAND_NOTE_ON, 60));
        CHECK(c.note.velocity > last && c.note.velocity <= 127);
        last = c.note.velocity;
        harness_release(&harness);
        CHECK(is_note(harness_command(&harness), COMMAND_NOTE_OFF, 60));
    }
    harness_close(&harness);
}

TEST(sliding_over_keys_lets_each_go_before_the_next) {
    open_stage();
    aim(60, .9);
    harness_press(&harness, MOUSE_LEFT, 1);
    aim(62, .9);
    harness_move(&harness, 600, 300); // outside the piano
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_ON, 60));
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_OFF, 60));
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_ON, 62));
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_OFF, 62));
    harness_release(&harness);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_close(&harness);
}

TEST(letters_are_keys_only_when_asked_for) {
    open_stage();
    harness_key(&harness, "Z");
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_key(&harness, "K");
    CHECK(harness.look.typing);
    harness_key_event(&harness, "Z", true);
    harness_key_event(&harness, "Z", true); // repeated by the system
    harness.input.keys[1].repeat = true;
    harness_key_event(&harness, "Z", false);
    harness_frame(&harness);
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_ON, 60));
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_OFF, 60));
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_key(&harness, "Ctrl+Z"); // this still means undo
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness.view.takes.undo = "this";
    harness_key(&harness, "Ctrl+Z");
    CHECK(harness_command(&harness).id == COMMAND_UNDO);
    harness_close(&harness);
}

TEST(the_rows_go_by_where_a_key_lies_not_by_its_letter) {
    open_stage();
    harness_key(&harness, "K");
    harness_key_event(&harness, "Y", true); // a German keyboard has Y in the place of Z
    harness.input.keys[0].scancode = SDL_SCANCODE_Z;
    harness_frame(&harness);
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_ON, 60));
    harness_close(&harness);
}

TEST(a_key_held_through_a_change_of_octave_is_let_go_itself) {
    open_stage();
    harness_key(&harness, "K");
    harness_key_event(&harness, "Q", true);
    harness_frame(&harness);
    harness_key(&harness, "PageUp");
    harness_key_event(&harness, "Q", false);
    harness_key_event(&harness, "Q", true);
    harness_frame(&harness);
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_ON, 72));
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_OFF, 72));
    CHECK(is_note(harness_command(&harness), COMMAND_NOTE_ON, 84));
    for (int i = 0; i < 20; i++) harness_key(&harness, "PageUp");
    harness_key(&harness, "P"); // beyond the highest pitch
    for (Command c; (c = harness_command(&harness)).id;) CHECK(c.note.pitch <= 127);
    harness_close(&harness);
}

// Everything that must release every key.
static void lose_focus(void) {
    harness.input.focus_lost = true;
    harness.input.held = MOUSE_NONE;
    harness_frame(&harness);
}
static void switch_off(void) { harness_key(&harness, "K"); }
static void panic(void) { harness_key(&harness, "Esc"); }
static void open_overlay(void) { harness_key(&harness, "Ctrl+O"); }

TEST(focus_loss_panic_and_overlays_release_every_key) {
    void (*const ways[])(void) = {lose_focus, switch_off, panic, open_overlay};
    for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
        bool down[128] = {false};
        open_stage();
        harness_key(&harness, "K");
        static const char *const keys[] = {"Z", "X", "S", "Q", "P"};
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
            harness_key_event(&harness, keys[i], true);
        harness_frame(&harness);
        if (ways[w] != switch_off) {
            aim(30, .9);
            harness_press(&harness, MOUSE_LEFT, 1);
        }
        ways[w]();
        int pressed = 0;
        for (Command c; (c = harness_command(&harness)).id; command_clear(&c)) {
            if (c.id == COMMAND_NOTE_ON) down[c.note.pitch] = true, pressed++;
            if (c.id == COMMAND_NOTE_OFF) down[c.note.pitch] = false;
        }
        CHECK(pressed == (ways[w] == switch_off ? 5 : 6));
        for (int p = 0; p < 128; p++) CHECK(!down[p]);
        harness_close(&harness);
    }
}

TEST(a_key_still_held_after_panic_does_not_sound_again_by_repeating) {
    open_stage();
    harness_key(&harness, "K");
    harness_key_event(&harness, "Z", true);
    harness_frame(&harness);
    panic();
    harness_forget(&harness);
    harness_key_event(&harness, "Z", true);
    harness.input.keys[0].repeat = true;
    harness_frame(&harness);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_close(&harness);
}

TEST(keys_light_up_in_the_colour_of_who_plays) {
    open_stage();
    Box key = keyboard_key(piano, 60);
    double x = key.x + key.w / 2, y = key.y + key.h * .7;
    uint32_t seen[NOTE_SOURCES + 1];
    for (uint8_t s = 0; s <= NOTE_SOURCES; s++) {
        harness.view.keyboard.keys[60] = s;
        harness_frame(&harness);
        seen[s] = harness_pixel(&harness, x, y);
        for (uint8_t t = 0; t < s; t++) CHECK(seen[s] != seen[t]);
    }
    harness_close(&harness);
}

int main(void) {
    RUN(each_key_is_hit_where_it_is_drawn);
    RUN(the_mouse_plays_louder_nearer_to_the_front);
    RUN(sliding_over_keys_lets_each_go_before_the_next);
    RUN(letters_are_keys_only_when_asked_for);
    RUN(the_rows_go_by_where_a_key_lies_not_by_its_letter);
    RUN(a_key_held_through_a_change_of_octave_is_let_go_itself);
    RUN(focus_loss_panic_and_overlays_release_every_key);
    RUN(a_key_still_held_after_panic_does_not_sound_again_by_repeating);
    RUN(keys_light_up_in_the_colour_of_who_plays);
    return test_end();
}
