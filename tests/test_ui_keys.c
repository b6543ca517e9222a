#include "test.h"
#include "ui/keyboard.h"
#include "ui/toolkit/theme.h"
#include "ui_stage.h"

static const Box piano = {0, 800 - THEME_STATUS - THEME_KEYBOARD, 1280 - THEME_COLUMN,
                          THEME_KEYBOARD};

static Stage stage;

static void open_stage(void) {
    stage_open(&stage, 1280, 800, 1);
    stage_frame(&stage);
}

static bool is_note(Command c, CommandId id, int pitch) {
    return c.id == id && c.note.pitch == pitch;
}

// The lower part of a white key, the upper part of a black one.
static void aim(int pitch, double deep) {
    Box key = keyboard_key(piano, pitch);
    stage_move(&stage, key.x + key.w / 2, key.y + key.h * deep);
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
        stage_press(&stage, MOUSE_LEFT, 1);
        Command c = stage_command(&stage);
        CHECK(is_note(c, COMMAND_NOTE_ON, 60));
        CHECK(c.note.velocity > last && c.note.velocity <= 127);
        last = c.note.velocity;
        stage_release(&stage);
        CHECK(is_note(stage_command(&stage), COMMAND_NOTE_OFF, 60));
    }
    stage_close(&stage);
}

TEST(sliding_over_keys_lets_each_go_before_the_next) {
    open_stage();
    aim(60, .9);
    stage_press(&stage, MOUSE_LEFT, 1);
    aim(62, .9);
    stage_move(&stage, 600, 300); // off the piano
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_ON, 60));
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_OFF, 60));
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_ON, 62));
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_OFF, 62));
    stage_release(&stage);
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_close(&stage);
}

TEST(letters_are_keys_only_when_asked_for) {
    open_stage();
    stage_key(&stage, "Z");
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_key(&stage, "K");
    CHECK(screen_look(stage.screen).typing);
    stage_key_event(&stage, "Z", true);
    stage_key_event(&stage, "Z", true); // repeated by the system
    stage.input.keys[1].repeat = true;
    stage_key_event(&stage, "Z", false);
    stage_frame(&stage);
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_ON, 60));
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_OFF, 60));
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_key(&stage, "Ctrl+Z"); // undo is still undo
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage.view.undo = "this";
    stage_key(&stage, "Ctrl+Z");
    CHECK(stage_command(&stage).id == COMMAND_UNDO);
    stage_close(&stage);
}

TEST(the_rows_go_by_where_a_key_lies_not_by_its_letter) {
    open_stage();
    stage_key(&stage, "K");
    stage_key_event(&stage, "Y", true); // where a German keyboard has Y, lies Z
    stage.input.keys[0].scancode = SDL_SCANCODE_Z;
    stage_frame(&stage);
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_ON, 60));
    stage_close(&stage);
}

TEST(a_key_held_through_a_change_of_octave_is_let_go_itself) {
    open_stage();
    stage_key(&stage, "K");
    stage_key_event(&stage, "Q", true);
    stage_frame(&stage);
    stage_key(&stage, "PageUp");
    stage_key_event(&stage, "Q", false);
    stage_key_event(&stage, "Q", true);
    stage_frame(&stage);
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_ON, 72));
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_OFF, 72));
    CHECK(is_note(stage_command(&stage), COMMAND_NOTE_ON, 84));
    for (int i = 0; i < 20; i++) stage_key(&stage, "PageUp");
    stage_key(&stage, "P"); // beyond the last pitch there is
    for (Command c; (c = stage_command(&stage)).id;) CHECK(c.note.pitch <= 127);
    stage_close(&stage);
}

// What must let every key go.
static void lose_focus(void) {
    stage.input.focus_lost = true;
    stage.input.held = MOUSE_NONE;
    stage_frame(&stage);
}
static void switch_off(void) { stage_key(&stage, "K"); }
static void panic(void) { stage_key(&stage, "Esc"); }
static void open_overlay(void) { stage_key(&stage, "Ctrl+O"); }

TEST(focus_loss_panic_and_overlays_release_every_key) {
    void (*const ways[])(void) = {lose_focus, switch_off, panic, open_overlay};
    for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
        bool down[128] = {false};
        open_stage();
        stage_key(&stage, "K");
        static const char *const keys[] = {"Z", "X", "S", "Q", "P"};
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
            stage_key_event(&stage, keys[i], true);
        stage_frame(&stage);
        if (ways[w] != switch_off) {
            aim(30, .9);
            stage_press(&stage, MOUSE_LEFT, 1);
        }
        ways[w]();
        int pressed = 0;
        for (Command c; (c = stage_command(&stage)).id; command_clear(&c)) {
            if (c.id == COMMAND_NOTE_ON) down[c.note.pitch] = true, pressed++;
            if (c.id == COMMAND_NOTE_OFF) down[c.note.pitch] = false;
        }
        CHECK(pressed == (ways[w] == switch_off ? 5 : 6));
        for (int p = 0; p < 128; p++) CHECK(!down[p]);
        stage_close(&stage);
    }
}

TEST(a_key_still_held_after_panic_does_not_sound_again_by_repeating) {
    open_stage();
    stage_key(&stage, "K");
    stage_key_event(&stage, "Z", true);
    stage_frame(&stage);
    panic();
    stage_forget(&stage);
    stage_key_event(&stage, "Z", true);
    stage.input.keys[0].repeat = true;
    stage_frame(&stage);
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_close(&stage);
}

TEST(keys_light_up_in_the_colour_of_who_plays) {
    open_stage();
    Box key = keyboard_key(piano, 60);
    double x = key.x + key.w / 2, y = key.y + key.h * .7;
    uint32_t seen[NOTE_SOURCES + 1];
    for (uint8_t s = 0; s <= NOTE_SOURCES; s++) {
        stage.view.keys[60] = s;
        stage_frame(&stage);
        seen[s] = stage_pixel(&stage, x, y);
        for (uint8_t t = 0; t < s; t++) CHECK(seen[s] != seen[t]);
    }
    stage_close(&stage);
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
