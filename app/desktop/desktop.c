#include "app/desktop/desktop.h"

#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "ui/typing.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#define KEPT   (INT64_C(600) * 1000000) // microseconds of what was played
#define SHOWN  (INT64_C(6) * 1000000)   // that something done is told for
#define GLANCE 500  // milliseconds; devices come and go without a word
#define WATCH  8000 // microseconds between two looks at the keys

void desktop_unsay(Desktop *d, Concern about) {
    g_free(d->notices[about].text);
    d->notices[about] = (Notice){0};
}

void desktop_say(Desktop *d, Concern about, bool wrong, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    desktop_unsay(d, about);
    d->notices[about] = (Notice){text, wrong,
                                 wrong ? 0 : g_get_monotonic_time() + SHOWN};
}

void desktop_fail(Desktop *d, Concern about, GError *error) {
    desktop_say(d, about, true, "%s", error ? error->message : "That did not work.");
    g_clear_error(&error);
}

// ---- what wakes the window

static void wake(void *data) { window_wake(data); }

// Keys that sound or stop sounding are to be shown at once, and those of a MIDI
// keyboard come without a word: a thread looks at what is held.
typedef struct Watch {
    const Engine *engine;
    Window *window;
    GThread *thread;
    atomic_bool quit;
} Watch;

static void *watch(void *data) {
    Watch *w = data;
    int before[128] = {0};
    while (!atomic_load(&w->quit)) {
        bool changed = false;
        for (int p = 0; p < 128; p++) {
            int held = engine_held(w->engine, p);
            changed |= held != before[p];
            before[p] = held;
        }
        if (changed) window_wake(w->window);
        g_usleep(WATCH);
    }
    return NULL;
}

// ---- opening and closing

static Look look_of(const Settings *s) {
    return (Look){.scale = s->scale,
                  .follow = s->follow,
                  .lens = s->lens,
                  .octave = TYPING_OCTAVE + s->octave};
}

static void remember_look(Desktop *d) {
    Look look = screen_look(d->screen);
    Settings *s = &d->settings;
    s->scale = look.scale;
    s->follow = look.follow;
    s->lens = look.lens;
    s->octave = CLAMP(look.octave - TYPING_OCTAVE, -4, 4);
    if (!look.fullscreen) window_size(d->window, &s->width, &s->height);
}

static bool open_window(Desktop *d, GError **error) {
    const Settings *s = &d->settings;
    WindowOptions options = {
        .title = "par-midi", .width = s->width, .height = s->height};
    if (!window_open(&d->window, &options, error)) return false;
    Look look = look_of(s);
    d->screen = screen_new(&look);
    return true;
}

static void open_rest(Desktop *d) {
    desktop_open_sound(d);
    capture_init(&d->capture, KEPT);
    d->player = player_new(d->engine);
    player_set_speed(d->player, d->settings.speed);
    d->writer = writer_new(d->settings.model, wake, d->window);
    d->streams = g_ptr_array_new_with_free_func((GDestroyNotify)stream_unref);
    d->parts = g_array_new(false, false, sizeof(ViewPart));
    d->takes = g_array_new(false, false, sizeof(ViewTake));
    d->attention = g_array_new(false, false, sizeof(float));
    d->recalled = g_array_new(false, false, sizeof(float));
    d->names = g_string_chunk_new(256);
    d->sessions = journal_folder();
    d->export_name = export_name_new();
    d->recent = settings_recent(&d->settings);
    d->compared = d->duet.take = -1;
    desktop_set_duet(d, d->settings.duet);
}

static void close_document(Desktop *d) {
    GError *error = NULL;
    desktop_read_writer(d);
    journal_follow(d->journal, &d->document);
    if (!journal_close(d->journal, &error)) message_fail(error);
    document_path_clear(&d->path);
    document_clear(&d->document);
}

static void free_view(Desktop *d) {
    g_array_unref(d->parts);
    g_array_unref(d->takes);
    g_array_unref(d->attention);
    g_array_unref(d->recalled);
    g_string_chunk_free(d->names);
    if (d->writing.lens) g_array_unref(d->writing.lens);
    char *texts[] = {d->title, d->sessions, d->recovery_path, d->recovery,
                     d->undo,  d->redo,     d->exporting};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
    export_name_free(d->export_name);
    g_strfreev(d->recent);
    choices_clear(&d->outputs);
    choices_clear(&d->soundfonts);
    choices_clear(&d->inputs);
    for (Concern c = 0; c < CONCERNS; c++) desktop_unsay(d, c);
}

// False: a sound system hangs, and the program must end without another word to it.
static bool close_all(Desktop *d) {
    GError *error = NULL;
    player_free(d->player);
    if (d->mixdown) {
        mixdown_cancel(d->mixdown);
        mixdown_finish(d->mixdown, NULL);
    }
    desktop_stop_writing(d);
    close_document(d);
    remember_look(d);
    if (!settings_save(&d->settings, d->settings_path, &error)) message_fail(error);
    bool quiet = desktop_close_sound(d);
    writer_free(d->writer);
    g_ptr_array_unref(d->streams);
    capture_free(&d->capture);
    performance_clear(&d->phrase);
    free_view(d);
    screen_free(d->screen);
    window_close(d->window);
    return quiet;
}

// ---- the loop

static int sooner(int a, int64_t b) {
    int most = (int)CLAMP(b, 0, 100000);
    return a < 0 ? most : MIN(a, most);
}

// When to look again though nobody does anything.
static int wait_for(Desktop *d, int wait) {
    int64_t now = g_get_monotonic_time(), due = desktop_duet_due(d);
    wait = sooner(wait, GLANCE);
    if (due >= 0) wait = sooner(wait, (due - now) / 1000 + 1);
    if (d->unread) wait = sooner(wait, 50);
    if (d->playing || d->mixdown) wait = sooner(wait, 60);
    return wait;
}

static void catch_up(Desktop *d) {
    desktop_read_midi(d);
    desktop_read_writer(d);
    desktop_follow_player(d);
    desktop_follow_duet(d);
    desktop_read_ahead(d);
    desktop_follow_export(d);
    journal_follow(d->journal, &d->document);
    g_autofree char *trouble = journal_trouble(d->journal);
    if (trouble && !d->notices[CONCERN_FILE].text)
        desktop_say(d, CONCERN_FILE, true, "%s", trouble);
}

static void loop(Desktop *d) {
    Wish wish = {.wait = 0, .scale = d->settings.scale};
    CommandQueue queue = {NULL};
    Input input;
    while (!d->quit && !*interrupt_flag()) {
        wish.wait = wait_for(d, wish.wait);
        if (!window_wait(d->window, &wish, &input)) break;
        catch_up(d);
        View view;
        desktop_view(d, &view);
        wish = screen_frame(d->screen, &input, &view, window_draw(d->window), &queue);
        for (Command c; command_next(&queue, &c); command_clear(&c))
            desktop_carry_out(d, &c);
        if (input.focus_lost) desktop_release_hands(d);
        window_show(d->window);
    }
    command_queue_clear(&queue);
}

static int run(Desktop *d, const char *file) {
    GError *error = NULL;
    if (!open_window(d, &error)) return message_fail(error);
    open_rest(d);
    desktop_find_session(d, !file);
    if (!file)
        desktop_open_demo(d);
    else if (!desktop_open(d, file))
        desktop_new(d);
    Watch keys = {.engine = d->engine, .window = d->window};
    keys.thread = g_thread_new("keys", watch, &keys);
    loop(d);
    atomic_store(&keys.quit, true);
    g_thread_join(keys.thread);
    bool quiet = close_all(d);
    if (!quiet) _exit(0);
    return 0;
}

int desktop_run(const char *file) {
    Desktop d = {0};
    g_autofree char *trouble = NULL;
    d.settings_path = settings_path();
    settings_load(&d.settings, d.settings_path, &trouble);
    if (trouble) message_warn("%s", trouble);
    int status = run(&d, file);
    settings_clear(&d.settings);
    g_free(d.settings_path);
    return status;
}
