#include "ui/window.h"

#include "ui/command.h"
#include "ui/window_icon.h"
#include "ui/window_parent.h"
#include "ui/window_pixels.h"
#include "ui/window_place.h"

#include <SDL.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

// The smallest size that the screen can be laid out in, in points. A smaller window
// gets smaller points.
#define LEAST_WIDTH  720
#define LEAST_HEIGHT 520

// What is drawn, before it is copied to the window.
typedef struct Picture {
    Fonts *fonts;
    Draw *draw;
    SDL_Surface *frame; // ours
    Canvas canvas;      // its pixels
    bool exposed;       // the window has lost what it showed
    int64_t shown;      // how many were
} Picture;

// As in the last event taken.
typedef struct Mouse {
    MouseButton held;
    double x, y;
    bool inside;
} Mouse;

struct Window {
    SDL_Window *window;
    WindowPlace place;
    WindowPixels pixels;
    Picture picture;
    Uint32 wake;        // the event's type
    atomic_bool waking; // such an event is queued
    double scale;       // chosen by the user
    bool fullscreen;    // likewise
    bool text;          // what is typed is taken as text
    char title[128];
    Mouse mouse;
    unsigned modifiers;
    GPtrArray *dropped;
};

G_DEFINE_QUARK(window_error, window_error)

static bool fail(const char *what, GError **error) {
    g_set_error(error, WINDOW_ERROR, 0, "%s: %s", what, SDL_GetError());
    return false;
}

// SDL reports the scale on Wayland and macOS. X11 has none, so read the desktop's
// environment variable, then the display's density.
static double display_scale(SDL_Window *window) {
    int points, pixels;
    SDL_GetWindowSize(window, &points, NULL);
    SDL_GetWindowSizeInPixels(window, &pixels, NULL);
    if (pixels > points) return 1;
    const char *desktop = g_getenv("GDK_SCALE");
    double scale = desktop ? g_ascii_strtod(desktop, NULL) : 0;
    if (scale >= 1 && scale <= 4) return scale;
    float dpi = 96;
    if (SDL_GetDisplayDPI(MAX(SDL_GetWindowDisplayIndex(window), 0), NULL, &dpi, NULL))
        return 1;
    scale = floor((double)dpi / 96 * 2) / 2;
    return dpi >= 150 && scale <= 3 ? scale : 1;
}

// The scale that the user chose, reduced if the screen would not fit into the window.
static double pixels_a_point(const Window *w) {
    int points, pixels;
    SDL_GetWindowSize(w->window, &points, NULL);
    SDL_GetWindowSizeInPixels(w->window, &pixels, NULL);
    double density = points > 0 ? (double)pixels / points : 1;
    double scale = density * display_scale(w->window) * w->scale;
    double most = MIN((double)w->picture.canvas.width / LEAST_WIDTH,
                      (double)w->picture.canvas.height / LEAST_HEIGHT);
    return MIN(scale, MAX(most, .5));
}

static bool fit_frame(Window *w) {
    Picture *p = &w->picture;
    int width, height;
    SDL_GetWindowSizeInPixels(w->window, &width, &height);
    width = MAX(width, 1), height = MAX(height, 1);
    if (p->frame && p->frame->w == width && p->frame->h == height) return true;
    SDL_FreeSurface(p->frame);
    p->frame = SDL_CreateRGBSurfaceWithFormat(0, width, height, 32,
                                              SDL_PIXELFORMAT_RGB888);
    if (!p->frame) return false;
    SDL_SetSurfaceBlendMode(p->frame, SDL_BLENDMODE_NONE);
    p->canvas = (Canvas){p->frame->pixels, p->frame->pitch / 4, width, height};
    return true;
}

// By these names a desktop finds our entry in its menu (packaging/): on Wayland the
// entry's file, on X11 its StartupWMClass. SDL takes them from the environment only,
// and without them the executable's name.
static void set_names(void) {
    SDL_SetHint(SDL_HINT_APP_NAME, "par-midi");
    g_setenv("SDL_VIDEO_WAYLAND_WMCLASS", "org.par_midi.ParMidi", FALSE);
    g_setenv("SDL_VIDEO_X11_WMCLASS", "par-midi", FALSE);
}

// SDL prefers X11, which a Wayland desktop imitates without its scale: texts are
// blurred or small there. Without XDG_RUNTIME_DIR there is no Wayland, and SDL's
// attempt to find it would print a message to stderr. Without a display SDL would
// choose a driver that shows nothing; that is an error here unless the user asked for
// it.
static bool begin_video(GError **error) {
    bool asked = g_getenv("SDL_VIDEODRIVER") != NULL;
    bool folder = g_getenv("XDG_RUNTIME_DIR") != NULL;
    if (!asked && !folder) SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11");
    if (!asked && folder && g_getenv("WAYLAND_DISPLAY"))
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "wayland,x11");
    set_names();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) return fail("no display", error);
    const char *driver = SDL_GetCurrentVideoDriver();
    bool unseen = strcmp(driver, "offscreen") == 0 || strcmp(driver, "dummy") == 0;
    if (!unseen || asked) return true;
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    g_set_error(error, WINDOW_ERROR, 0, "no display: there is neither X11 nor Wayland");
    return false;
}

// No field has the focus. Text events stay on, because shortcuts need the
// typed character.
static void stop_text(void) {
    SDL_StopTextInput();
    SDL_EventState(SDL_TEXTINPUT, SDL_ENABLE);
}

bool window_open(Window **ret, const WindowOptions *o, GError **error) {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); // the program handles Ctrl-C itself
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    if (!begin_video(error)) return false;
    // X11 can show pixels directly. SDL's default, through OpenGL, takes a whole core
    // where OpenGL is rendered in software.
    if (strcmp(SDL_GetCurrentVideoDriver(), "x11") == 0)
        SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    Window *w = g_new0(Window, 1);
    w->scale = 1;
    w->dropped = g_ptr_array_new_with_free_func(g_free);
    w->wake = SDL_RegisterEvents(1);
    if (!fonts_open(&w->picture.fonts, error)) goto failed;
    w->picture.draw = draw_new(w->picture.fonts);
    w->window = window_place_open(&w->place, o->title, o->width ? o->width : 1280,
                                  o->height ? o->height : 800);
    if (!w->window || !fit_frame(w) || !window_pixels_open(&w->pixels, w->window)) {
        fail("no window", error);
        goto failed;
    }
    window_icon_set(w->window);
    stop_text();
    SDL_EventState(SDL_DROPFILE, SDL_ENABLE);
    *ret = w;
    return true;
failed:
    window_close(w);
    return false;
}

void window_close(Window *w) {
    if (!w) return;
    draw_free(w->picture.draw);
    fonts_close(w->picture.fonts);
    SDL_FreeSurface(w->picture.frame);
    window_pixels_close(&w->pixels);
    if (w->window) SDL_DestroyWindow(w->window);
    g_ptr_array_free(w->dropped, TRUE);
    g_free(w);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

static unsigned modifiers(int m) {
    return (m & KMOD_CTRL ? KEY_CTRL : 0) | (m & KMOD_SHIFT ? KEY_SHIFT : 0) |
           (m & KMOD_ALT ? KEY_ALT : 0);
}

static MouseButton button(int sdl) {
    return sdl == SDL_BUTTON_LEFT     ? MOUSE_LEFT
           : sdl == SDL_BUTTON_MIDDLE ? MOUSE_MIDDLE
           : sdl == SDL_BUTTON_RIGHT  ? MOUSE_RIGHT
                                      : MOUSE_NONE;
}

// Returns a key's code in the user's layout. A non-Latin letter (Greek, Russian) has no
// shortcut, so it counts as the Latin letter at the same place.
static int code_of(SDL_Keysym key) {
    bool foreign = key.sym > 0x7F && !(key.sym & SDLK_SCANCODE_MASK);
    bool letter = key.scancode >= SDL_SCANCODE_A && key.scancode <= SDL_SCANCODE_Z;
    return foreign && letter ? 'a' + (int)key.scancode - SDL_SCANCODE_A : key.sym;
}

// Returns the character that a key typed: SDL sends it in the event that follows.
static uint32_t typed_by(const SDL_KeyboardEvent *e) {
    SDL_Event next;
    bool told = e->type == SDL_KEYDOWN &&
                SDL_PeepEvents(&next, 1, SDL_PEEKEVENT, SDL_KEYDOWN, SDL_TEXTINPUT) ==
                    1 &&
                next.type == SDL_TEXTINPUT;
    if (!told || !g_utf8_validate(next.text.text, -1, NULL)) return 0;
    return g_utf8_get_char(next.text.text);
}

// Takes the modifiers from this event, because SDL's current state may already include
// later events.
static void take_key(Window *w, const SDL_KeyboardEvent *e, Input *in) {
    w->modifiers = modifiers(e->keysym.mod);
    if (in->key_count == INPUT_KEYS) return;
    in->keys[in->key_count++] = (KeyEvent){.code = code_of(e->keysym),
                                           .scancode = e->keysym.scancode,
                                           .typed = typed_by(e),
                                           .modifiers = w->modifiers,
                                           .down = e->type == SDL_KEYDOWN,
                                           .repeat = e->repeat};
}

static void take_window_event(Window *w, const SDL_WindowEvent *e, Input *in) {
    switch (e->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST:
        in->focus_lost = true;
        w->mouse.held = MOUSE_NONE;
        w->modifiers = 0;
        break;
    case SDL_WINDOWEVENT_FOCUS_GAINED:
        w->modifiers = modifiers(SDL_GetModState());
        break;
    case SDL_WINDOWEVENT_ENTER: w->mouse.inside = true; break;
    case SDL_WINDOWEVENT_LEAVE: w->mouse.inside = false; break;
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_SIZE_CHANGED: w->picture.exposed = true; break;
    default: break;
    }
}

// Returns true if the Input must end here, as take().
static bool take_mouse(Mouse *m, const SDL_Event *e, Input *in) {
    bool moves = e->type == SDL_MOUSEMOTION, presses = e->type == SDL_MOUSEBUTTONDOWN;
    m->inside |= moves || presses;
    m->x = moves ? e->motion.x : e->button.x;
    m->y = moves ? e->motion.y : e->button.y;
    if (moves) return false;
    MouseButton which = button(e->button.button);
    if (presses) {
        in->pressed = m->held = which;
        in->clicks = e->button.clicks;
    } else {
        in->released = which;
        if (m->held == which) m->held = MOUSE_NONE;
    }
    return which != MOUSE_NONE;
}

// Adds an event to the Input. Returns true if the Input must end here: a click or a
// loss of focus must not be mixed with later events, and its arrays may be full.
static bool take(Window *w, const SDL_Event *e, Input *in) {
    if (e->type == w->wake) {
        atomic_store(&w->waking, false);
        return false;
    }
    switch (e->type) {
    case SDL_QUIT: in->quit = true; return false;
    case SDL_WINDOWEVENT: take_window_event(w, &e->window, in); return in->focus_lost;
    case SDL_MOUSEMOTION:
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: return take_mouse(&w->mouse, e, in);
    case SDL_MOUSEWHEEL:
        in->wheel_x += (double)e->wheel.preciseX;
        in->wheel_y += (double)e->wheel.preciseY;
        return false;
    case SDL_KEYDOWN:
    case SDL_KEYUP: take_key(w, &e->key, in); return in->key_count == INPUT_KEYS;
    case SDL_TEXTINPUT:
        g_strlcat(in->text, e->text.text, sizeof in->text);
        return strlen(in->text) > sizeof in->text / 2;
    case SDL_DROPFILE:
        g_ptr_array_add(w->dropped, g_strdup(e->drop.file));
        SDL_free(e->drop.file);
        return false;
    case SDL_RENDER_TARGETS_RESET: w->picture.exposed = true; return false;
    default: return false;
    }
}

static void obey(Window *w, const Wish *wish) {
    w->scale = wish->scale > 0 ? wish->scale : 1;
    if (w->text != wish->text) {
        w->text = wish->text;
        if (w->text)
            SDL_StartTextInput();
        else
            stop_text();
    }
    if (w->fullscreen != wish->fullscreen) {
        w->fullscreen = wish->fullscreen;
        SDL_SetWindowFullscreen(w->window,
                                w->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    }
    if (wish->title[0] && strcmp(wish->title, w->title) != 0) {
        g_strlcpy(w->title, wish->title, sizeof w->title);
        SDL_SetWindowTitle(w->window, w->title);
    }
}

// What the window is like while this Input is handled.
static void describe(const Window *w, Input *in) {
    const Canvas *c = &w->picture.canvas;
    const Mouse *m = &w->mouse;
    int points;
    SDL_GetWindowSize(w->window, &points, NULL);
    in->scale = pixels_a_point(w);
    in->width = c->width / in->scale, in->height = c->height / in->scale;
    double density = points > 0 ? (double)c->width / points : 1;
    bool here = m->inside || m->held;
    in->x = here ? m->x * density / in->scale : -1;
    in->y = here ? m->y * density / in->scale : -1;
    in->held = m->held;
    in->modifiers = w->modifiers;
    in->dropped = w->dropped->len ? w->dropped : NULL;
    in->now = g_get_monotonic_time();
}

bool window_wait(Window *w, const Wish *wish, Input *in) {
    *in = (Input){0};
    g_ptr_array_set_size(w->dropped, 0);
    obey(w, wish);
    SDL_Event e;
    int any = wish->wait < 0 ? SDL_WaitEvent(&e) : SDL_WaitEventTimeout(&e, wish->wait);
    if (!any && wish->wait < 0) return false;
    for (bool full = false; any; any = !full && SDL_PollEvent(&e))
        full = take(w, &e, in);
    window_place_settle(&w->place);
    if (!fit_frame(w)) return false;
    describe(w, in);
    const Canvas *c = &w->picture.canvas;
    draw_begin(w->picture.draw, c->width, c->height, in->scale);
    return true;
}

void window_wake(Window *w) {
    if (atomic_exchange(&w->waking, true)) return;
    SDL_Event e = {.type = w->wake};
    if (SDL_PushEvent(&e) <= 0) atomic_store(&w->waking, false);
}

Draw *window_draw(Window *w) { return w->picture.draw; }

void window_show(Window *w) {
    Picture *p = &w->picture;
    int count;
    const Area *areas = draw_end(p->draw, &p->canvas, &count);
    Area whole = {0, 0, p->canvas.width, p->canvas.height};
    if (p->exposed) areas = &whole, count = 1;
    p->exposed = false;
    if (count == 0) return;
    if (window_pixels_show(&w->pixels, p->frame, areas, count))
        p->shown++;
    else
        p->exposed = true;
}

char *window_parent(const Window *w) { return window_parent_name(w->window); }

void window_size(const Window *w, int *ret_width, int *ret_height) {
    window_place_size(&w->place, ret_width, ret_height);
}

int64_t window_shown(const Window *w) { return w->picture.shown; }
const Canvas *window_canvas(const Window *w) { return &w->picture.canvas; }
