// A screen without a window: a test says what the user does, frame by frame, and checks
// the resulting commands, texts and pixels.
#ifndef TESTS_UI_HARNESS_H
#define TESTS_UI_HARNESS_H

#include "ui/screen.h"

#include <SDL.h>
#include <stdlib.h>

typedef struct UiHarness {
    Fonts *fonts;
    Draw *draw;
    Screen *screen;
    Canvas canvas;
    View view;
    Input input; // the input of the next frame
    Wish wish;
    CommandQueue queue; // commands, except for the look:
    Look look;          // the newest look,
    int looks;          // and the number of its changes
    int damaged;        // areas drawn in the last frame
    bool blind;         // nothing is painted, to be faster
} UiHarness;

// Kept for all harnesses of a program, since they take long to find.
static Fonts *harness_fonts;

static inline void harness_close_fonts(void) { fonts_close(harness_fonts); }

static inline Fonts *harness_open_fonts(void) {
    GError *error = NULL;
    if (harness_fonts) return harness_fonts;
    if (!fonts_open(&harness_fonts, &error)) g_error("%s", error->message);
    atexit(harness_close_fonts);
    return harness_fonts;
}

static inline void harness_open(UiHarness *s, double width, double height,
                                double scale) {
    g_setenv("SDL_VIDEODRIVER", "dummy", TRUE);
    SDL_InitSubSystem(SDL_INIT_VIDEO); // initialises the names of keys
    *s = (UiHarness){.canvas = {.width = (int)(width * scale),
                                .height = (int)(height * scale),
                                .stride = (int)(width * scale)}};
    s->fonts = harness_open_fonts();
    s->draw = draw_new(s->fonts);
    s->screen = screen_new(NULL);
    s->canvas.pixels = g_new0(uint32_t,
                              (gsize)s->canvas.width * (gsize)s->canvas.height);
    s->input = (Input){
        .width = width, .height = height, .scale = scale, .x = -1, .y = -1};
    s->view = (View){.piece = {.document = 1, .continue_at = -1},
                     .takes = {.audible = -1, .compared = -1},
                     .generation = {.writing = WRITING_IDLE}};
    s->view.generation.sampling = (ViewSampling){
        .top_p = .9, .min_p = .1, .seconds = 30, .takes = 1, .seed = 7};
    for (Steer steer = 0; steer < STEERS; steer++)
        s->view.generation.steer[steer].step = .05;
}

static inline void harness_close(UiHarness *s) {
    command_queue_clear(&s->queue);
    screen_free(s->screen);
    draw_free(s->draw);
    g_free(s->canvas.pixels);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

static inline void harness_take_looks(UiHarness *s) {
    for (guint i = s->queue.list ? s->queue.list->len : 0; i-- > 0;) {
        Command c = g_array_index(s->queue.list, Command, i);
        if (c.id != COMMAND_LOOK) continue;
        s->look = c.look;
        s->looks++;
        g_array_remove_index(s->queue.list, i);
    }
}

// Runs one frame. The input is cleared after it, except for the position of the mouse.
static inline void harness_frame(UiHarness *s) {
    Input *in = &s->input;
    draw_begin(s->draw, s->canvas.width, s->canvas.height, in->scale);
    s->wish = screen_frame(s->screen, in, &s->view, s->draw, &s->queue);
    harness_take_looks(s);
    if (!s->blind) draw_end(s->draw, &s->canvas, &s->damaged);
    *in = (Input){.width = in->width,
                  .height = in->height,
                  .scale = in->scale,
                  .now = in->now + 10000,
                  .x = in->x,
                  .y = in->y,
                  .held = in->held};
}

// Presses or releases a key such as "Ctrl+Shift+Z".
static inline void harness_key_event(UiHarness *s, const char *name, bool down) {
    KeyEvent *key = &s->input.keys[s->input.key_count++];
    *key = (KeyEvent){.down = down};
    static const struct {
        const char *name;
        unsigned bit;
    } bits[] = {{"Ctrl+", KEY_CTRL}, {"Shift+", KEY_SHIFT}, {"Alt+", KEY_ALT}};
    for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
        if (g_str_has_prefix(name, bits[i].name)) {
            key->modifiers |= bits[i].bit;
            name += strlen(bits[i].name);
        }
    key->code = SDL_GetKeyFromName(strcmp(name, "Enter") == 0 ? "Return"
                                   : strcmp(name, "Esc") == 0 ? "Escape"
                                                              : name);
    key->scancode = SDL_GetScancodeFromKey(key->code);
    s->input.modifiers = key->modifiers;
}

static inline void harness_key(UiHarness *s, const char *name) {
    harness_key_event(s, name, true);
    harness_key_event(s, name, false);
    harness_frame(s);
    harness_frame(s); // a card that it opens appears in the next frame
}

static inline void harness_type(UiHarness *s, const char *text) {
    g_strlcpy(s->input.text, text, sizeof s->input.text);
    harness_frame(s);
}

static inline void harness_move(UiHarness *s, double x, double y) {
    s->input.x = x, s->input.y = y;
    harness_frame(s);
}

static inline void harness_press(UiHarness *s, MouseButton button, int clicks) {
    s->input.pressed = s->input.held = button;
    s->input.clicks = clicks;
    harness_frame(s);
}

static inline void harness_release(UiHarness *s) {
    s->input.released = s->input.held;
    s->input.held = MOUSE_NONE;
    harness_frame(s);
}

static inline void harness_click(UiHarness *s, double x, double y) {
    harness_move(s, x, y);
    harness_press(s, MOUSE_LEFT, 1);
    harness_release(s);
    harness_frame(s);
}

// Returns the next command; COMMAND_NONE if there is none. A text must be freed.
static inline Command harness_command(UiHarness *s) {
    Command c = {.id = COMMAND_NONE};
    command_next(&s->queue, &c);
    return c;
}

static inline void harness_forget(UiHarness *s) {
    for (Command c; command_next(&s->queue, &c);) command_clear(&c);
}

static inline bool harness_shows(const UiHarness *s, const char *text) {
    g_autofree char *texts = draw_texts(s->draw);
    return strstr(texts, text) != NULL;
}

static inline uint32_t harness_pixel(const UiHarness *s, double x, double y) {
    int px = (int)(x * s->input.scale), py = (int)(y * s->input.scale);
    return s->canvas.pixels[(ptrdiff_t)py * s->canvas.stride + px] & 0xFFFFFF;
}

#endif
