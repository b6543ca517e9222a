#include "app/desktop/desktop.h"

#include "audio/soundfont.h"

#include <string.h>

void choices_clear(Choices *c) {
    if (c->names) g_ptr_array_unref(c->names);
    if (c->values) g_ptr_array_unref(c->values);
    *c = (Choices){0};
}

static void begin(Choices *c) {
    choices_clear(c);
    c->names = g_ptr_array_new_with_free_func(g_free);
    c->values = g_ptr_array_new_with_free_func(g_free);
}

static void add(Choices *c, const char *name, const char *value) {
    g_ptr_array_add(c->names, g_strdup(name));
    g_ptr_array_add(c->values, g_strdup(value));
}

static bool has(const Choices *c, const char *value) {
    for (guint i = 0; i < c->values->len; i++)
        if (strcmp(c->values->pdata[i], value) == 0) return true;
    return false;
}

// What is wished stays to be seen though it is not there now.
static void add_wished(Choices *c, const char *value) {
    g_autofree char *name = g_strdup_printf("%s (not there)", value);
    if (!has(c, value)) add(c, name, value);
}

static void list(Choices *c, const char *usual, char **found, const char *none,
                 const char *wished) {
    begin(c);
    add(c, usual, "");
    for (char **f = found; f && *f; f++) add(c, *f, *f);
    add(c, none, OUTPUT_NO_DEVICE);
    add_wished(c, wished);
    g_strfreev(found);
}

static void list_soundfonts(Desktop *d) {
    Choices *c = &d->soundfonts;
    begin(c);
    g_auto(GStrv) found = soundfont_list();
    for (char **f = found; *f; f++) {
        g_autofree char *name = g_path_get_basename(*f);
        add(c, name, *f);
    }
    if (*d->settings.soundfont && !has(c, d->settings.soundfont)) {
        g_autofree char *name = g_filename_display_basename(d->settings.soundfont);
        add(c, name, d->settings.soundfont);
    }
}

char *desktop_find_soundfont(Desktop *d) {
    const char *wished = d->settings.soundfont;
    g_autoptr(GError) error = NULL;
    char *font = soundfont_find(*wished ? wished : NULL, &error);
    if (font) {
        desktop_unsay(d, CONCERN_SOUNDFONT);
        return font;
    }
    if (*wished) font = soundfont_find(NULL, NULL);
    desktop_say(d, CONCERN_SOUNDFONT, true, "%s%s", font ? "Another piano plays: " : "",
                error->message);
    return font;
}

void desktop_wish_output(Desktop *d) {
    const Settings *s = &d->settings;
    g_autofree char *font = desktop_find_soundfont(d);
    OutputWish wish = {s->audio_device, font, s->buffer_frames};
    if (d->output)
        output_wish(d->output, &wish);
    else
        d->output = output_open(d->engine, &wish);
}

void desktop_open_sound(Desktop *d) {
    d->engine = engine_new();
    engine_set_volume(d->engine, (float)d->settings.volume);
    desktop_wish_output(d);
    const char *port = d->settings.midi_input;
    d->midi = midi_input_open(d->engine, port);
    list_soundfonts(d);
}

static void *close_midi(void *midi) { return GINT_TO_POINTER(midi_input_close(midi)); }

// Both at once: each may wait for a server that hangs.
bool desktop_close_sound(Desktop *d) {
    GThread *closing = g_thread_new("midi-close", close_midi, d->midi);
    bool output = output_close(d->output), midi = g_thread_join(closing) != NULL;
    if (midi && output) engine_free(d->engine);
    return midi && output;
}

static void tell(Desktop *d, Concern about, const char *trouble) {
    const char *said = d->notices[about].text;
    if (*trouble && (!said || strcmp(said, trouble) != 0))
        desktop_say(d, about, true, "%s", trouble);
    else if (!*trouble && said && d->notices[about].wrong)
        desktop_unsay(d, about);
}

void desktop_list_sound(Desktop *d) {
    const Settings *s = &d->settings;
    list(&d->outputs, "System default", output_devices(d->output), "No sound",
         s->audio_device);
    list(&d->inputs, "All keyboards", midi_input_ports(d->midi), "None", s->midi_input);
    OutputState o = output_state(d->output);
    tell(d, CONCERN_OUTPUT, o.trouble);
    if (*o.soundfont_trouble) tell(d, CONCERN_SOUNDFONT, o.soundfont_trouble);
    tell(d, CONCERN_INPUT, midi_input_state(d->midi).trouble);
}
