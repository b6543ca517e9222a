// The window with a made-up state, to look at: ui_demo FILE.mid [OPTION...]
// Commands that need no model are carried out, so that it can be tried by hand.
#include "midi/smf/smf_read.h"
#include "ui/screen.h"
#include "ui/window.h"

#include <SDL.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SECOND 1000000

typedef struct Demo {
    View view;
    Performance prompt, takes[6];
    ViewTake tree[6];
    ViewPart parts[8];
    float *attention;
    int64_t cut, clock;
    uint64_t frames;
    bool quit;
} Demo;

// Makes a take from the music that follows the cut in the file, shifted in time.
static void make_take(Demo *d, int i, int parent, double from, double seconds) {
    int64_t begin = (int64_t)(from * SECOND), shift = begin - d->cut + i * 4 * SECOND;
    for (size_t n = 0; n < d->prompt.note_count; n++) {
        Note note = d->prompt.notes[n];
        note.onset += shift, note.release += shift;
        note.pitch = (uint8_t)(note.pitch + (i % 3 - 1) * 2);
        if (note.onset >= begin && note.onset < begin + seconds * SECOND)
            performance_add_note(&d->takes[i], note);
    }
    for (size_t n = 0; n < d->prompt.pedal_count; n++) {
        PedalChange p = d->prompt.pedal[n];
        p.time += shift;
        if (p.time >= begin && p.time < begin + seconds * SECOND)
            performance_add_pedal(&d->takes[i], p.time, p.value);
    }
    performance_finish(&d->takes[i]);
    static const char *const names[] = {"1", "2", "3", "4", "5", "6"};
    d->tree[i] = (ViewTake){
        i,     parent,   begin,        begin + (int64_t)(seconds * SECOND),
        false, names[i], NOTE_OF_MODEL};
}

static void choose(Demo *d, int take) {
    View *v = &d->view;
    int path[6], depth = 0;
    for (int i = take; i >= 0; i = d->tree[i].parent) path[depth++] = i;
    int64_t first = depth ? d->tree[path[depth - 1]].from : INT64_MAX;
    v->piece.part_count = 0;
    d->parts[v->piece.part_count++] = (ViewPart){.music = &d->prompt,
                                                 .span = {0, MIN(first, d->cut)},
                                                 .attention = d->attention};
    for (int i = depth - 1; i >= 0; i--)
        d->parts[v->piece.part_count++] = (ViewPart){
            .music = &d->takes[path[i]],
            .span = {d->tree[path[i]].from,
                     i ? d->tree[path[i - 1]].from : d->tree[path[i]].to},
            .source = NOTE_OF_MODEL};
    v->piece.parts = d->parts;
    v->takes.compared = v->takes.audible >= 0 && v->takes.audible != take
                            ? v->takes.audible
                            : v->takes.compared;
    v->takes.audible = take;
    v->piece.end = take >= 0 ? d->tree[take].to : d->cut;
}

static void fill(Demo *d, const char *state, const char *folder) {
    static const char *const outputs[] = {"System default",
                                          "HDA Intel PCH: ALC257 Analog (hw:0,0)",
                                          "Scarlett 2i2 USB: Audio (hw:1,0)", "JACK"};
    static const char *const fonts[] = {"FluidR3_GM.sf2", "Salamander Grand Piano.sf2",
                                        "TimGM6mb.sf2"};
    static const char *const inputs[] = {"All keyboards", "Roland FP-30 MIDI 1",
                                         "nanoKEY2 MIDI 1"};
    static const char *const recent[] = {
        "/home/anna/music/Nocturne in E\u266d.mid",
        "/home/anna/music/\u4e2d\u6587 \u5939/\u30d4\u30a2\u30ce.mid",
        "/home/anna/maestro/2018/MIDI-Unprocessed_Schubert4-6_AUDIO_10.midi"};
    View *v = &d->view;
    v->piece.document = 1;
    v->playback.speed = 1;
    v->piece.continue_at = -1;
    v->takes.audible = v->takes.compared = -1;
    v->generation.writing = WRITING_IDLE;
    v->keyboard.heard = true;
    v->generation.sampling = (ViewSampling){
        .top_p = .95, .min_p = .02, .seconds = 30, .takes = 3, .seed = 20418};
    static const double said[] = {1.4, 0, -12, 25, 0, 1, 1};
    static const double at[] = {.25, 0, -.2, .25, 0, 0, 0};
    for (Steer steer = 0; steer < STEERS; steer++)
        v->generation.steer[steer] = (ViewSteer){
            .at = at[steer], .step = .05, .said = said[steer]};
    v->generation.pace = (ViewSpeed){412, 38, 6.4, 3912, 4096};
    v->sound = (ViewSound){.volume = .7,
                           .running = true,
                           .latency = .0116,
                           .buffer = 512,
                           .outputs = {outputs, 4, 2},
                           .soundfonts = {fonts, 3, 0},
                           .inputs = {inputs, 3, 1}};
    v->files.recent = recent, v->files.recent_count = 3;
    v->files.export_path = "/home/anna/music/Prelude in E minor, continued";
    v->files.folder = folder;
    if (strcmp(state, "empty") == 0) return;
    v->piece.title = "Schubert, Sonata in A minor.mid";
    d->cut = MIN(performance_end(&d->prompt), 45 * SECOND);
    d->attention = g_new0(float, d->prompt.note_count + 1);
    for (size_t i = 0; i < d->prompt.note_count; i++)
        d->attention[i] = (float)pow(g_random_double(), 6);
    double c = (double)d->cut / SECOND;
    make_take(d, 0, -1, c, 30);
    make_take(d, 1, -1, c, 30);
    make_take(d, 2, -1, c, 24);
    make_take(d, 3, 1, c + 11, 30);
    make_take(d, 4, 3, c + 25, 40);
    make_take(d, 5, -1, c - 14, 22);
    v->takes.list = d->tree;
    v->takes.count = strcmp(state, "prompt") == 0 ? 0 : 6;
    v->takes.compared = 1;
    choose(d, v->takes.count ? 3 : -1);
    if (v->takes.count) v->takes.undo = "Delete take 7", v->takes.compared = 1;
    v->piece.continue_at = v->piece.end;
    v->playback.position = d->cut + (v->takes.count ? 3 * SECOND : -20 * SECOND);
    if (strcmp(state, "writing") == 0 || strcmp(state, "behind") == 0) {
        bool behind = strcmp(state, "behind") == 0;
        v->playback.playing = true;
        v->generation.writing = behind ? WRITING_BEHIND : WRITING_AHEAD;
        v->lens.horizon = (ViewHorizon){true, 9 * SECOND, 30 * SECOND};
        if (behind) v->generation.pace = (ViewSpeed){31, 44, .3, 4096, 4096};
        d->parts[v->piece.part_count++] = (ViewPart){
            .music = &d->takes[4],
            .span = {d->tree[4].from, v->piece.end},
            .source = NOTE_OF_MODEL,
            .ghost = true};
        for (int i = 0; i < 3; i++) {
            v->keyboard.keys[52 + i * 7] = 1 + NOTE_OF_MODEL;
            v->keyboard.keys[45 + i * 19] = 1 + NOTE_PLAYED;
        }
        v->keyboard.keys[64] = v->keyboard.keys[41] = 1 + NOTE_OF_PROMPT;
    }
    if (strcmp(state, "troubles") == 0) {
        v->sound.running = false;
        v->sound.underruns = 3;
        v->notices.messages[CONCERN_OUTPUT] = (ViewMessage){
            "The sound device \"Scarlett 2i2 USB\" is gone; playing goes on silently.",
            true};
        v->notices.messages[CONCERN_FILE] = (ViewMessage){
            "broken.mid: byte 418: not a MIDI file", true};
        v->notices.messages[CONCERN_MODEL] = (ViewMessage){
            "The model repeats itself; a higher temperature helps.", true};
        v->notices.recovery = "A session from 3 October, 14:05 was not closed.";
        v->generation.writing = WRITING_IDLE;
    }
    if (strcmp(state, "exporting") == 0) {
        v->notices.exporting = (ViewExport){"Prelude in E minor, continued.wav", .43};
        v->piece.selection = (Span){12 * SECOND, 31 * SECOND};
        v->playback.loop = true;
        v->playback.loop_span = (Span){20 * SECOND, 28 * SECOND};
    }
}

static void carry_out(Demo *d, Command *c) {
    View *v = &d->view;
    switch (c->id) {
    case COMMAND_PLAY:
        v->playback.playing = !v->playback.playing;
        d->clock = g_get_monotonic_time();
        break;
    case COMMAND_STOP:
    case COMMAND_PANIC:
        v->playback.playing = false;
        v->generation.writing = WRITING_IDLE;
        memset(v->keyboard.keys, 0, sizeof v->keyboard.keys);
        break;
    case COMMAND_SEEK: v->playback.position = c->integer; break;
    case COMMAND_MARK: v->piece.continue_at = c->integer; break;
    case COMMAND_LOOP: v->playback.loop = c->integer; break;
    case COMMAND_LOOP_SPAN:
        v->playback.loop_span = c->span, v->playback.loop = true;
        break;
    case COMMAND_SELECT: v->piece.selection = c->span; break;
    case COMMAND_SPEED: v->playback.speed = c->number; break;
    case COMMAND_VOLUME: v->sound.volume = c->number; break;
    case COMMAND_TOP_P: v->generation.sampling.top_p = c->number; break;
    case COMMAND_MIN_P: v->generation.sampling.min_p = c->number; break;
    case COMMAND_LENGTH: v->generation.sampling.seconds = c->number; break;
    case COMMAND_ENDLESS: v->generation.sampling.endless = c->integer; break;
    case COMMAND_TAKES: v->generation.sampling.takes = (int)c->integer; break;
    case COMMAND_DENSITY:
    case COMMAND_REGISTER:
    case COMMAND_LOUDNESS:
    case COMMAND_PEDAL:
    case COMMAND_SPREAD:
    case COMMAND_CLOSENESS:
    case COMMAND_FREEDOM:
    case COMMAND_TEMPERATURE:
        v->generation.steer[c->id - COMMAND_DENSITY].at = c->number;
        break;
    case COMMAND_SEED: v->generation.sampling.seed = c->integer; break;
    case COMMAND_KEEP_SEED: v->generation.sampling.seed_kept = c->integer; break;
    case COMMAND_CLICK: v->playback.click = c->integer; break;
    case COMMAND_DUET:
        v->generation.duet = c->integer ? DUET_LISTENING : DUET_OFF;
        break;
    case COMMAND_TAKE: choose(d, (int)c->integer); break;
    case COMMAND_NEXT_TAKE:
        choose(d, MIN(v->takes.audible + 1, v->takes.count - 1));
        break;
    case COMMAND_PREVIOUS_TAKE: choose(d, MAX(v->takes.audible - 1, -1)); break;
    case COMMAND_COMPARE: choose(d, v->takes.compared); break;
    case COMMAND_CONTINUE: v->generation.writing = WRITING_AHEAD; break;
    case COMMAND_NOTE_ON: v->keyboard.keys[c->note.pitch] = 1 + NOTE_PLAYED; break;
    case COMMAND_NOTE_OFF: v->keyboard.keys[c->note.pitch] = 0; break;
    case COMMAND_OUTPUT: v->sound.outputs.chosen = (int)c->integer; break;
    case COMMAND_SOUNDFONT: v->sound.soundfonts.chosen = (int)c->integer; break;
    case COMMAND_MIDI_INPUT: v->sound.inputs.chosen = (int)c->integer; break;
    case COMMAND_BUFFER: v->sound.buffer = (int)c->integer; break;
    case COMMAND_RESTORE:
    case COMMAND_DECLINE: v->notices.recovery = NULL; break;
    case COMMAND_EXPORT_CANCEL: v->notices.exporting.name = NULL; break;
    case COMMAND_QUIT: d->quit = true; break;
    default: break;
    }
}

static void advance(Demo *d) {
    View *v = &d->view;
    int64_t now = g_get_monotonic_time();
    if (v->playback.playing && d->clock) {
        v->playback.position += (int64_t)((double)(now - d->clock) * v->playback.speed);
        bool inside = v->playback.loop &&
                      v->playback.loop_span.to > v->playback.loop_span.from;
        if (inside && v->playback.position >= v->playback.loop_span.to)
            v->playback.position = v->playback.loop_span.from;
        if (v->playback.position >= v->piece.end)
            v->playback.position = v->piece.end, v->playback.playing = false;
        for (int p = 0; p < 128; p++)
            if (v->keyboard.keys[p] != 1 + NOTE_PLAYED) v->keyboard.keys[p] = 0;
        for (int i = 0; i < v->piece.part_count; i++)
            for (size_t n = 0; n < v->piece.parts[i].music->note_count; n++) {
                const Note *note = &v->piece.parts[i].music->notes[n];
                bool here = note->onset >= v->piece.parts[i].span.from &&
                            note->onset < v->piece.parts[i].span.to &&
                            !v->piece.parts[i].ghost;
                if (here && note->onset <= v->playback.position &&
                    v->playback.position < note->release)
                    v->keyboard.keys[note->pitch] = (uint8_t)(1 +
                                                              v->piece.parts[i].source);
            }
    }
    d->clock = now;
}

static void save(const Window *w, const char *path) {
    const Canvas *c = window_canvas(w);
    SDL_Surface *s = SDL_CreateRGBSurfaceWithFormatFrom(
        c->pixels, c->width, c->height, 32, c->stride * 4, SDL_PIXELFORMAT_RGB888);
    SDL_SaveBMP(s, path);
    SDL_FreeSurface(s);
}

int main(int argc, char **argv) {
    char *state = NULL, *shot = NULL, *key = NULL;
    int width = 1280, height = 800, mouse_x = -1, mouse_y = -1;
    double scale = 1;
    gboolean lens = FALSE, typing = FALSE, still = FALSE;
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_STRING, &state, "empty, prompt, takes ...", NULL},
        {"shot", 0, 0, G_OPTION_ARG_FILENAME, &shot, "save a picture and leave", NULL},
        {"key", 0, 0, G_OPTION_ARG_STRING, &key, "press this first", NULL},
        {"width", 0, 0, G_OPTION_ARG_INT, &width, "pixels", NULL},
        {"height", 0, 0, G_OPTION_ARG_INT, &height, "pixels", NULL},
        {"mouse-x", 0, 0, G_OPTION_ARG_INT, &mouse_x, "pixels", NULL},
        {"mouse-y", 0, 0, G_OPTION_ARG_INT, &mouse_y, "pixels", NULL},
        {"scale", 0, 0, G_OPTION_ARG_DOUBLE, &scale, "pixels a point", NULL},
        {"lens", 0, 0, G_OPTION_ARG_NONE, &lens, "", NULL},
        {"typing", 0, 0, G_OPTION_ARG_NONE, &typing, "", NULL},
        {"still", 0, 0, G_OPTION_ARG_NONE, &still, "time stands still", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    GOptionContext *context = g_option_context_new("FILE.mid");
    g_option_context_add_main_entries(context, entries, NULL);
    GError *error = NULL;
    Window *w = NULL;
    Demo d = {.clock = 0};
    WindowOptions options = {.title = "par-midi"};
    bool parsed = g_option_context_parse(context, &argc, &argv, &error);
    options.width = width, options.height = height;
    if (!parsed || (argc > 1 && !smf_read(argv[1], &d.prompt, NULL, &error)) ||
        !window_open(&w, &options, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    g_autofree char *folder = g_path_get_dirname(argc > 1 ? argv[1] : ".");
    fill(&d, state ? state : "takes", folder);
    Screen *screen = screen_new(&(Look){
        .scale = scale, .follow = true, .lens = lens, .typing = typing, .octave = 4});
    Wish wish = {.scale = scale};
    CommandQueue queue = {NULL};
    Input in;
    while (!d.quit && window_wait(w, &wish, &in)) {
        if (!still) advance(&d);
        if (shot && mouse_x >= 0) {
            in.x = mouse_x / in.scale, in.y = mouse_y / in.scale;
            in.now = (int64_t)d.frames * SECOND;
        }
        if (shot && key && d.frames == 1) {
            SDL_Keycode code = SDL_GetKeyFromName(key);
            in.keys[in.key_count++] = (KeyEvent){
                .code = code,
                .scancode = SDL_GetScancodeFromKey(code),
                .modifiers = in.modifiers,
                .down = true};
        }
        wish = screen_frame(screen, &in, &d.view, window_draw(w), &queue);
        for (Command c; command_next(&queue, &c); command_clear(&c)) carry_out(&d, &c);
        window_show(w);
        if (shot && ++d.frames > 5) {
            save(w, shot);
            break;
        }
        if (shot) wish.wait = 0;
    }
    fprintf(stderr, "%lld frames shown\n", (long long)window_shown(w));
    command_queue_clear(&queue);
    screen_free(screen);
    window_close(w);
    performance_clear(&d.prompt);
    for (int i = 0; i < 6; i++) performance_clear(&d.takes[i]);
    g_free(d.attention);
    g_option_context_free(context);
    return 0;
}
