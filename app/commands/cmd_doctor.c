// par-midi doctor checks whether this machine has what par-midi needs.
#include "app/base/inputs.h"
#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/paths.h"
#include "app/commands.h"
#include "audio/devices/output.h"
#include "audio/ports/midi_input.h"
#include "audio/ports/midi_output.h"
#include "audio/soundfont.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE                                                                       \
    (4 * G_USEC_PER_SEC) // how long it waits for the sound and MIDI systems

typedef struct Part {
    char *path;    // owned; NULL: not found
    char *trouble; // owned; why it was not found
} Part;

typedef struct Health {
    Part model, demo, soundfont;
    OutputState sound;
    char **devices, **ports, **takers; // owned; NULL: the system does not answer
    bool sequencer;                    // ALSA's sequencer exists
    bool hangs;                        // a thread still waits for the sound system
} Health;

// Finds the model that continue would use, if it can be read.
static Part find_model(void) {
    g_autoptr(GError) error = NULL;
    Model model = {0};
    char *path = path_find_model(NULL, &error);
    if (path && input_load_model(path, &model, &error)) {
        model_free(&model);
        return (Part){path, NULL};
    }
    g_free(path);
    return (Part){NULL, g_strdup(error->message)};
}

// Finds the prompt that the window opens at its start; without it the window begins
// with an empty piece.
static Part find_demo(void) {
    char *path = path_find_demo();
    return (Part){path, path ? NULL : g_strdup("none: the window begins empty")};
}

static Part find_soundfont(void) {
    g_autoptr(GError) error = NULL;
    char *path = soundfont_find(NULL, &error);
    return (Part){path, path ? NULL : g_strdup(error->message)};
}

static bool is_known(const OutputState *s) {
    return (s->phase == OUTPUT_PLAYING && !s->soundfont_loads) ||
           s->phase == OUTPUT_SILENT;
}

// Opens the sound device that the window would use, and lists MIDI keyboards.
static void look_at_sound(Health *h) {
    Engine *e = engine_new();
    Output *o = output_open(e, &(OutputWish){.soundfont = h->soundfont.path});
    MidiInput *m = midi_input_open(e, MIDI_INPUT_NONE);
    MidiOutput *out = midi_output_open(e, MIDI_OUTPUT_NONE);
    gint64 end = g_get_monotonic_time() + PATIENCE;
    do {
        g_usleep(20 * 1000);
        h->sound = output_state(o);
        if (!h->ports) h->ports = midi_input_ports(m);
        if (!h->takers) h->takers = midi_output_ports(out);
    } while ((!is_known(&h->sound) || !h->ports || !h->takers) &&
             g_get_monotonic_time() < end);
    h->devices = output_devices(o);
    h->sequencer = midi_output_state(out).sequencer;
    bool closed = output_close(o);
    closed &= midi_output_close(out);
    h->hangs = !midi_input_close(m) || !closed;
    if (!h->hangs) engine_free(e);
}

static bool is_well(const Health *h) {
    return h->model.path && h->soundfont.path && !*h->sound.soundfont_trouble &&
           h->sound.phase == OUTPUT_PLAYING;
}

// ---- the CPU

typedef struct Feature {
    const char *name, *use;
    bool there;
} Feature;

enum { FEATURES = 4 };

static void cpu_features(Feature f[FEATURES]) {
    f[0] = (Feature){"AVX2", "single precision", false};
    f[1] = (Feature){"AVX-512", "the same, faster", false};
    f[2] = (Feature){"bf16", "training", false};
    f[3] = (Feature){"VNNI", "8-bit products", false};
#if defined __x86_64__
    f[0].there = __builtin_cpu_supports("avx2");
    f[1].there = __builtin_cpu_supports("avx512f");
    f[2].there = __builtin_cpu_supports("avx512bf16");
    f[3].there = __builtin_cpu_supports("avx512vnni");
#endif
}

static char *cpu_name(void) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL)) return NULL;
    const char *at = strstr(text, "model name");
    at = at ? strchr(at, ':') : NULL;
    return at ? g_strstrip(g_strndup(at + 1, strcspn(at + 1, "\n"))) : NULL;
}

// ---- the report as text

static void print_names(char *const *names) {
    for (; names && *names; names++) {
        g_autofree char *name = message_printable(*names);
        printf("              %s\n", name);
    }
}

static void print_part(const char *what, const Part *p) {
    g_autofree char *text = message_printable(p->path ? p->path : p->trouble);
    printf("%-12s  %s\n", what, text);
}

static void print_sound(const Health *h) {
    g_autofree char *device = message_printable(h->sound.device);
    g_autofree char *trouble = message_printable(
        *h->sound.trouble ? h->sound.trouble : "the sound system does not answer");
    if (h->sound.phase == OUTPUT_PLAYING)
        printf("sound         plays on %s, %d frames a second, %.0f ms late\n", device,
               h->sound.rate, h->sound.latency * 1e3);
    else
        printf("sound         none: %s\n", trouble);
    print_names(h->devices);
}

static void print_cpu(void) {
    Feature f[FEATURES];
    g_autofree char *name = cpu_name();
    cpu_features(f);
    printf("CPU           %s, %u cores\n", name ? name : "of an unknown name",
           g_get_num_processors());
    for (int i = 0; i < FEATURES; i++)
        printf("              %-8s %-3s (%s)\n", f[i].name, f[i].there ? "yes" : "no",
               f[i].use);
}

static void print_takers(char *const *takers) {
    if (takers && *takers) puts("              to play to:");
    print_names(takers);
}

static void print_text(const Health *h) {
    print_part("model", &h->model);
    print_part("demo prompt", &h->demo);
    print_part("soundfont", &h->soundfont);
    if (*h->sound.soundfont_trouble && h->soundfont.path) {
        g_autofree char *trouble = message_printable(h->sound.soundfont_trouble);
        printf("              %s\n", trouble);
    }
    print_sound(h);
    printf("MIDI ports    %s\n", !h->ports   ? "the MIDI system does not answer"
                                 : *h->ports ? "to play on:"
                                             : "none: no keyboard is plugged in");
    print_names(h->ports);
    print_takers(h->takers);
    if (h->takers && !h->sequencer) puts("              no ALSA sequencer");
    print_cpu();
    puts(is_well(h) ? "\nEverything that par-midi takes is here."
                    : "\nSomething is missing, as said above; the rest works without.");
}

// ---- the report as JSON

static const char *or_null(const char *text) { return *text ? text : NULL; }

static void add_names(cJSON *to, const char *name, char *const *names) {
    cJSON *list = cJSON_AddArrayToObject(to, name);
    for (; names && *names; names++) {
        g_autofree char *text = message_printable(*names);
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
    }
}

static void print_json(const Health *h) {
    Feature f[FEATURES];
    g_autofree char *name = cpu_name();
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "well", is_well(h));
    json_add_text(json, "model", h->model.path);
    json_add_text(json, "model_trouble", h->model.trouble);
    json_add_text(json, "demo_prompt", h->demo.path);
    json_add_text(json, "soundfont", h->soundfont.path);
    json_add_text(json, "soundfont_trouble",
                  h->soundfont.path ? or_null(h->sound.soundfont_trouble)
                                    : h->soundfont.trouble);
    cJSON *sound = cJSON_AddObjectToObject(json, "sound");
    cJSON_AddBoolToObject(sound, "plays", h->sound.phase == OUTPUT_PLAYING);
    json_add_text(sound, "device", or_null(h->sound.device));
    cJSON_AddNumberToObject(sound, "rate", h->sound.rate);
    cJSON_AddNumberToObject(sound, "latency_seconds", h->sound.latency);
    json_add_text(sound, "trouble", or_null(h->sound.trouble));
    add_names(sound, "devices", h->devices);
    add_names(json, "midi_ports", h->ports);
    add_names(json, "midi_outputs", h->takers);
    cJSON_AddBoolToObject(json, "alsa_sequencer", h->sequencer);
    cJSON *cpu = cJSON_AddObjectToObject(json, "cpu");
    json_add_text(cpu, "name", name);
    cJSON_AddNumberToObject(cpu, "cores", g_get_num_processors());
    cpu_features(f);
    for (int i = 0; i < FEATURES; i++)
        cJSON_AddBoolToObject(cpu, f[i].name, f[i].there);
    json_print(json);
}

int cmd_doctor(int argc, char **argv) {
    gboolean json = FALSE;
    int status;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
        {0},
    };
    if (!options_parse(
            &argc, &argv, "",
            "Checks that this machine has what par-midi needs: a model, a soundfont,\n"
            "sound, MIDI keyboards, and what its CPU can do.",
            "Exit status: 0 if par-midi can play here, 1 if something it needs is "
            "missing.",
            entries, &status))
        return status;
    if (argc > 1) return message_misuse("doctor takes no arguments");
    Health h = {
        .model = find_model(), .demo = find_demo(), .soundfont = find_soundfont()};
    look_at_sound(&h);
    (json ? print_json : print_text)(&h);
    status = is_well(&h) ? 0 : 1;
    if (h.hangs) {
        fflush(stdout);
        _exit(status); // a normal exit would wait for the hanging thread
    }
    const Part parts[] = {h.model, h.demo, h.soundfont};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_free(parts[i].path);
        g_free(parts[i].trouble);
    }
    g_strfreev(h.devices);
    g_strfreev(h.ports);
    g_strfreev(h.takers);
    return status;
}
