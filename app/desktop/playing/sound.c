#include "app/desktop/playing/sound.h"

#include "audio/soundfont.h"

// `usual` names the default choice; `none`, if not NULL, the choice of no device.
static void list(Choices *c, const char *usual, char **found, const char *none,
                 const char *wished) {
    choices_begin(c);
    choices_add(c, usual, "");
    for (char **f = found; f && *f; f++) choices_add(c, *f, *f);
    if (none) choices_add(c, none, OUTPUT_NO_DEVICE);
    // The chosen device stays in the list while it is absent.
    g_autofree char *gone = g_strdup_printf("%s (not there)", wished);
    if (!choices_have(c, wished)) choices_add(c, gone, wished);
    g_strfreev(found);
}

static void list_soundfonts(Choices *c, const char *chosen) {
    choices_begin(c);
    g_auto(GStrv) found = soundfont_list();
    for (char **f = found; *f; f++) {
        g_autofree char *name = g_path_get_basename(*f);
        choices_add(c, name, *f);
    }
    if (*chosen && !choices_have(c, chosen)) {
        g_autofree char *name = g_filename_display_basename(chosen);
        choices_add(c, name, chosen);
    }
}

char *sound_find_soundfont(const char *chosen, char **ret_trouble) {
    g_autoptr(GError) error = NULL;
    char *font = soundfont_find(*chosen ? chosen : NULL, &error);
    *ret_trouble = NULL;
    if (font) return font;
    if (*chosen) font = soundfont_find(NULL, NULL);
    *ret_trouble = g_strconcat(font ? "Another piano plays: " : "", error->message,
                               NULL);
    return font;
}

static OutputWish output_of(const SoundWish *wish, const char *font) {
    return (OutputWish){wish->device, font, wish->buffer_frames};
}

void sound_wish_effects(Sound *s, const SoundWish *wish) {
    engine_set_volume(s->engine, (float)wish->volume);
    engine_set_reverb(s->engine, wish->reverb ? (float)wish->room : 0);
    engine_set_own_sound(s->engine, wish->own_sound);
    engine_set_channels(s->engine, wish->channels);
}

void sound_open(Sound *s, const SoundWish *wish, const char *font) {
    OutputWish output = output_of(wish, font);
    s->engine = engine_new();
    sound_wish_effects(s, wish);
    s->output = output_open(s->engine, &output);
    s->midi = midi_input_open(s->engine, wish->midi_input);
    midi_input_set_touch(s->midi, wish->touch);
    s->midi_out = midi_output_open(s->engine, wish->midi_output);
    list_soundfonts(&s->soundfonts, wish->soundfont);
}

void sound_wish_output(Sound *s, const SoundWish *wish, const char *font) {
    OutputWish output = output_of(wish, font);
    output_wish(s->output, &output);
}

static void *close_midi(void *midi) { return GINT_TO_POINTER(midi_input_close(midi)); }
static void *close_out(void *midi) { return GINT_TO_POINTER(midi_output_close(midi)); }

// Close all at the same time, because each may wait for a server that hangs.
bool sound_close(Sound *s) {
    GThread *closing = g_thread_new("midi-close", close_midi, s->midi);
    GThread *closing_out = g_thread_new("midi-out-close", close_out, s->midi_out);
    bool output = output_close(s->output), midi = g_thread_join(closing) != NULL;
    midi &= g_thread_join(closing_out) != NULL;
    if (midi && output) engine_free(s->engine);
    choices_clear(&s->outputs);
    choices_clear(&s->soundfonts);
    choices_clear(&s->inputs);
    choices_clear(&s->midi_outputs);
    return midi && output;
}

void sound_show(Sound *s, const SoundWish *wish, View *ret) {
    OutputState o = output_state(s->output);
    list(&s->outputs, "System default", output_devices(s->output), "No sound",
         wish->device);
    list(&s->inputs, "All keyboards", midi_input_ports(s->midi), "None",
         wish->midi_input);
    list(&s->midi_outputs, "Left to a patchbay", midi_output_ports(s->midi_out), NULL,
         wish->midi_output);
    ret->sound = (ViewSound){
        .volume = wish->volume,
        .running = o.phase == OUTPUT_PLAYING || o.phase == OUTPUT_OPENING,
        .latency = o.latency,
        .underruns = engine_stats(s->engine).underruns,
        .buffer = wish->buffer_frames,
        .level = (double)engine_level(s->engine),
        .reverb = wish->reverb,
        .room = wish->room,
        .own = wish->own_sound,
        .outputs = choices_show(&s->outputs, wish->device),
        .soundfonts = choices_show(&s->soundfonts,
                                   *wish->soundfont ? wish->soundfont : o.soundfont),
        .inputs = choices_show(&s->inputs, wish->midi_input),
        .touch = {touch_names, TOUCHES, (int)wish->touch},
        .midi_outputs = choices_show(&s->midi_outputs, wish->midi_output)};
}
