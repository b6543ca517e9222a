// par-midi play plays a performance in real time, on a sound device or a MIDI port.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/commands.h"
#include "audio/devices/output.h"
#include "audio/ports/midi_output.h"
#include "audio/soundfont.h"
#include "midi/event.h"

#include <string.h>
#include <unistd.h>

#define REVERB   30.0                  // percent
#define AHEAD    300000                // microseconds of music pushed in advance
#define LOOK     (10 * 1000)           // between two pushes
#define PATIENCE (5 * G_USEC_PER_SEC)  // the longest wait for the device or the port
#define TAIL     (10 * G_USEC_PER_SEC) // the longest decay after the end
#define SILENCE  1e-4f                 // an inaudible level
#define QUIET    100000                // wait after the end, until all MIDI has arrived

typedef struct Playing {
    const char *port; // borrowed; NULL: a sound device
    float reverb;     // 0-1
    Engine *engine;
    Output *output;
    MidiOutput *midi; // NULL: a sound device
} Playing;

// For a port: returns whether it is known if a sound device, which then keeps the time,
// exists.
static bool output_is_known(const Playing *p) {
    OutputState s = output_state(p->output);
    if (p->port) return s.phase != OUTPUT_OPENING;
    return s.phase == OUTPUT_PLAYING && *s.soundfont;
}

static bool port_is_there(const Playing *p) {
    return midi_output_state(p->midi).connected;
}

static bool fail_to_start(const Playing *p, GError **error) {
    OutputState s = output_state(p->output);
    MidiOutputState m = {0};
    const char *why = *s.soundfont_trouble ? s.soundfont_trouble
                      : *s.trouble         ? s.trouble
                                           : "the sound system does not answer";
    if (p->midi) {
        m = midi_output_state(p->midi);
        why = *m.trouble ? m.trouble : "the MIDI system does not answer";
    }
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, why);
    return false;
}

// Waits until the device or the port is ready.
static bool await(const Playing *p, bool (*is_there)(const Playing *p),
                  GError **error) {
    gint64 end = g_get_monotonic_time() + PATIENCE;
    while (!is_there(p) && !*interrupt_flag()) {
        bool late = g_get_monotonic_time() > end;
        if (late && !output_state(p->output).soundfont_loads)
            return fail_to_start(p, error);
        g_usleep(LOOK);
    }
    return true;
}

// Pushes the events before `to`. Returns false while the ring is full.
static bool push_until(Engine *e, uint32_t epoch, const GArray *events, guint *next,
                       int64_t to) {
    for (; *next < events->len; (*next)++) {
        Event v = g_array_index(events, Event, *next);
        if (v.time >= to) break;
        AudioEvent out = {.time = v.time,
                          .epoch = epoch,
                          .kind = v.kind,
                          .pitch = v.pitch,
                          .value = v.value};
        if (!engine_push(e, out)) return false;
    }
    return engine_promise(e, epoch, to);
}

// Plays until the last sound has decayed, or the user interrupts.
static void play(const Playing *p, const Performance *performance) {
    g_autoptr(GArray) events = events_of(performance);
    int64_t end = performance_end(performance);
    int64_t last = end + (p->midi ? QUIET : TAIL);
    uint32_t epoch = engine_cut(p->engine);
    guint next = 0;
    engine_jump(p->engine, epoch, AUDIO_NOW, 0);
    for (int64_t position = 0; position < last && !*interrupt_flag();) {
        push_until(p->engine, epoch, events, &next,
                   MIN(position + AHEAD, last + AHEAD));
        g_usleep(LOOK);
        EngineState s = engine_state(p->engine);
        if (s.epoch == epoch && s.time != TIME_STOPPED) position = s.position;
        if (position > end && !p->midi && engine_level(p->engine) < SILENCE) break;
    }
    engine_cut(p->engine);
}

static bool close_all(Playing *p) {
    bool midi = midi_output_close(p->midi), output = output_close(p->output);
    if (midi && output) engine_free(p->engine);
    return midi && output;
}

static int run(const char *in, Playing *p, const char *wanted_font) {
    GError *error = NULL;
    Performance performance = {0};
    if (!input_read_music(in, &performance, &error)) return message_fail(error);
    g_autofree char *font = p->port ? NULL : soundfont_find(wanted_font, &error);
    if (!p->port && !font) {
        performance_clear(&performance);
        return message_fail(error);
    }
    p->engine = engine_new();
    engine_set_own_sound(p->engine, !p->port);
    engine_set_reverb(p->engine, p->reverb);
    p->output = output_open(p->engine, &(OutputWish){.soundfont = font});
    bool ok = await(p, output_is_known, &error);
    p->midi = ok && p->port ? midi_output_open(p->engine, p->port) : NULL;
    ok = ok && (!p->midi || await(p, port_is_there, &error));
    if (ok) play(p, &performance);
    performance_clear(&performance);
    int status = ok ? interrupt_status(0) : message_fail(error);
    if (!close_all(p)) _exit(status); // a normal exit would wait for the hanging thread
    return status;
}

int cmd_play(int argc, char **argv) {
    g_autofree char *port = NULL, *soundfont = NULL;
    double reverb = REVERB;
    int status;
    // clang-format off
    const GOptionEntry entries[] = {
        {"port", 'p', 0, G_OPTION_ARG_STRING, &port, "Send to this MIDI port instead of making sound; `par-midi doctor` lists the ports", "NAME"},
        {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &soundfont, "The piano (default: $SOUNDFONT, then the first found on this machine)", "SF2"},
        {"reverb", 0, 0, G_OPTION_ARG_DOUBLE, &reverb, "Amount of reverb, 0 to 100 percent (default: 30)", "PERCENT"},
        {0},
    };
    // clang-format on
    if (!options_parse(&argc, &argv, "IN.mid",
                       "Plays a MIDI file. IN.mid may be -, standard input.",
                       "Ctrl-C stops it and releases every key.", entries, &status))
        return status;
    if (argc != 2) return message_misuse("exactly one MIDI file must be given");
    if (port && !*port) return message_misuse("--port: the name is empty");
    if (options_clash("port", port, OPTIONS({"soundfont", soundfont}))) return 2;
    if (!(reverb >= 0 && reverb <= 100))
        return message_misuse("--reverb must be from 0 to 100 percent");
    return run(argv[1], &(Playing){.port = port, .reverb = (float)reverb / 100},
               soundfont);
}
