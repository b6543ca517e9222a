#include "tests/test.h"
#include "ui/command.h"
#include "ui/window.h"

#include <SDL.h>

static Window *window;
static Input input;

static bool open_sized(int width, int height) {
    GError *error = NULL;
    g_setenv("SDL_VIDEODRIVER", "dummy", TRUE);
    if (window_open(&window, &(WindowOptions){"par-midi", width, height}, &error)) {
        while (SDL_PollEvent(&(SDL_Event){0})) {
        }
        return true;
    }
    fprintf(stderr, "%s\n", error->message);
    g_error_free(error);
    CHECK(false);
    return false;
}

static bool open_window(void) { return open_sized(800, 600); }

static void push(SDL_Event e) { SDL_PushEvent(&e); }

static void push_key(SDL_Keycode code, int modifiers, bool down) {
    push((SDL_Event){
        .key = {.type = down ? SDL_KEYDOWN : SDL_KEYUP,
                .keysym = {SDL_GetScancodeFromKey(code), code, (Uint16)modifiers, 0}}});
}

static void push_button(bool down, int x, int y) {
    push((SDL_Event){.button = {.type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP,
                                .button = SDL_BUTTON_LEFT,
                                .clicks = 1,
                                .x = x,
                                .y = y}});
}

// The time must be above 0: without a wait SDL returns what an earlier wait has left.
static bool wait_ms(int milliseconds) {
    return window_wait(window, &(Wish){.wait = milliseconds}, &input);
}

TEST(a_frame_like_the_last_one_is_not_shown) {
    if (!open_window()) return;
    int64_t shown = 0;
    for (int i = 0; i < 5; i++) {
        CHECK(wait_ms(20));
        draw_box(window_draw(window), (Box){0, 0, 800, 600}, 0xFF102030u);
        window_show(window);
        if (i == 1) shown = window_shown(window);
    }
    CHECK(window_shown(window) == shown);
    const Canvas *c = window_canvas(window);
    CHECK((c->pixels[c->width + 1] & 0xFFFFFF) == 0x102030);
    wait_ms(20);
    draw_box(window_draw(window), (Box){0, 0, 800, 600}, 0xFF102031u);
    window_show(window);
    CHECK(window_shown(window) == shown + 1);
    window_close(window);
}

static gpointer wake_soon(gpointer with) {
    g_usleep(50000);
    for (int i = 0; i < 1000; i++) window_wake(with);
    return NULL;
}

TEST(another_thread_ends_the_wait) {
    if (!open_window()) return;
    GThread *thread = g_thread_new("wake", wake_soon, window);
    int64_t before = g_get_monotonic_time();
    CHECK(wait_ms(20000));
    CHECK(g_get_monotonic_time() - before < 10000000);
    g_thread_join(thread);
    window_close(window);
}

TEST(a_key_has_the_modifiers_that_it_was_pressed_with) {
    if (!open_window()) return;
    push_key(SDLK_q, KMOD_LCTRL, true);
    push_key(SDLK_q, KMOD_LCTRL, false);
    push_key(SDLK_LCTRL, 0, false); // is up by the time that anyone looks
    CHECK(wait_ms(20));
    CHECK(input.key_count == 3 && input.keys[0].modifiers == KEY_CTRL);
    CHECK(input.keys[0].down && !input.keys[1].down);
    window_close(window);
}

static void push_text(const char *text) {
    SDL_Event e = {.text = {.type = SDL_TEXTINPUT}};
    g_strlcpy(e.text.text, text, sizeof e.text.text);
    push(e);
}

TEST(a_key_has_the_character_that_it_typed_though_no_field_waits_for_text) {
    if (!open_window()) return;
    push_key(SDLK_LSHIFT, 0, true);
    push_key(SDLK_0, KMOD_LSHIFT, true); // as in German
    push_text("=");
    push_key(SDLK_0, KMOD_LSHIFT, false);
    push_key(SDLK_LEFT, 0, true);
    push_key(SDLK_LEFT, 0, false);
    push_text("\xc3\xa9"); // made by an input method, by no key
    CHECK(wait_ms(20));
    CHECK(input.key_count == 5 && input.keys[1].typed == '=');
    CHECK(!input.keys[0].typed && !input.keys[2].typed && !input.keys[3].typed &&
          !input.keys[4].typed);
    CHECK(strcmp(input.text, "=\xc3\xa9") == 0);
    window_close(window);
}

TEST(letters_of_no_latin_alphabet_are_those_of_the_same_place) {
    if (!open_window()) return;
    push((SDL_Event){.key = {.type = SDL_KEYDOWN, // Russian
                             .keysym = {SDL_SCANCODE_Z, 0x44F, KMOD_LCTRL, 0}}});
    push((SDL_Event){.key = {.type = SDL_KEYDOWN, // German
                             .keysym = {SDL_SCANCODE_Z, SDLK_y, KMOD_LCTRL, 0}}});
    push((SDL_Event){
        .key = {.type = SDL_KEYDOWN, .keysym = {SDL_SCANCODE_MINUS, 0xDF, 0, 0}}});
    CHECK(wait_ms(20));
    CHECK(input.keys[0].code == SDLK_z && input.keys[1].code == SDLK_y);
    CHECK(input.keys[2].code == 0xDF);
    window_close(window);
}

TEST(a_press_and_its_release_are_two_inputs_each_at_its_place) {
    if (!open_window()) return;
    push_button(true, 10, 20);
    push_button(false, 30, 40);
    push((SDL_Event){.motion = {.type = SDL_MOUSEMOTION, .x = 700, .y = 500}});
    CHECK(wait_ms(20));
    CHECK(input.pressed == MOUSE_LEFT && !input.released && input.held == MOUSE_LEFT);
    CHECK_NEAR(input.x, 10, .01);
    CHECK(wait_ms(20));
    CHECK(input.released == MOUSE_LEFT && !input.pressed && !input.held);
    CHECK_NEAR(input.y, 40, .01);
    CHECK(wait_ms(20));
    CHECK_NEAR(input.x, 700, .01);
    window_close(window);
}

TEST(many_keys_at_once_are_all_heard) {
    if (!open_window()) return;
    for (int i = 0; i < 100; i++) push_key(SDLK_a, 0, i % 2 == 0);
    int heard = 0;
    for (int i = 0; i < 10; i++) {
        CHECK(wait_ms(20));
        heard += input.key_count;
    }
    CHECK(heard == 100);
    window_close(window);
}

TEST(focus_loss_files_and_closing_are_told) {
    if (!open_window()) return;
    push((SDL_Event){
        .window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_FOCUS_LOST}});
    CHECK(wait_ms(20));
    CHECK(input.focus_lost && !input.held);
    push((SDL_Event){.drop = {.type = SDL_DROPFILE, .file = SDL_strdup("/tmp/x.mid")}});
    push((SDL_Event){.type = SDL_QUIT});
    CHECK(wait_ms(20));
    CHECK(input.dropped && strcmp(input.dropped->pdata[0], "/tmp/x.mid") == 0);
    CHECK(input.quit && !input.focus_lost);
    CHECK(wait_ms(20));
    CHECK(!input.dropped && !input.quit);
    window_close(window);
}

TEST(the_users_scale_makes_points_larger_as_far_as_there_is_room) {
    if (!open_sized(1000, 750)) return;
    CHECK(wait_ms(20));
    double width = input.width, scale = input.scale;
    CHECK(window_wait(window, &(Wish){.scale = 1.25, .wait = 20}, &input));
    CHECK_NEAR(input.scale, scale * 1.25, 1e-9);
    CHECK_NEAR(input.width, width / 1.25, 1e-9);
    CHECK(window_wait(window, &(Wish){.scale = 3, .wait = 20}, &input));
    CHECK(input.scale > scale * 1.25 && input.width >= 720 && input.height >= 520);
    window_close(window);
}

TEST(a_window_is_no_larger_than_its_display_and_remembers_what_it_was) {
    int width, height;
    if (!open_sized(3000, 2000)) return;
    CHECK(wait_ms(20));
    SDL_Rect room;
    CHECK(SDL_GetDisplayUsableBounds(0, &room) == 0);
    CHECK(window_canvas(window)->width <= room.w);
    CHECK(window_canvas(window)->height <= room.h);
    window_size(window, &width, &height);
    CHECK(width == 3000 && height == 2000);
    window_close(window);
}

TEST(only_x11_gives_the_window_a_name_for_dialogs_of_others) {
    if (!open_window()) return; // not on X11
    g_autofree char *name = window_parent(window);
    CHECK(strcmp(name, "") == 0);
    window_close(window);
}

TEST(no_display_is_an_error_in_words) {
    GError *error = NULL;
    Window *none = NULL;
    g_setenv("SDL_VIDEODRIVER", "nonesuch", TRUE);
    CHECK(!window_open(&none, &(WindowOptions){"par-midi", 0, 0}, &error));
    CHECK(error && strstr(error->message, "no display"));
    g_clear_error(&error);
}

int main(void) {
    RUN(a_frame_like_the_last_one_is_not_shown);
    RUN(another_thread_ends_the_wait);
    RUN(a_key_has_the_modifiers_that_it_was_pressed_with);
    RUN(a_key_has_the_character_that_it_typed_though_no_field_waits_for_text);
    RUN(letters_of_no_latin_alphabet_are_those_of_the_same_place);
    RUN(a_press_and_its_release_are_two_inputs_each_at_its_place);
    RUN(many_keys_at_once_are_all_heard);
    RUN(focus_loss_files_and_closing_are_told);
    RUN(the_users_scale_makes_points_larger_as_far_as_there_is_room);
    RUN(a_window_is_no_larger_than_its_display_and_remembers_what_it_was);
    RUN(only_x11_gives_the_window_a_name_for_dialogs_of_others);
    RUN(no_display_is_an_error_in_words);
    return test_end();
}
