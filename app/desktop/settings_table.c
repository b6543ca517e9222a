#include "app/desktop/settings_table.h"

#include "app/generation/continuation.h"
#include "audio/ports/touch.h"
#include "ui/drawing/theme.h"

#include <math.h>
#include <string.h>

typedef enum Kind {
    BOOLEAN,
    INTEGER,
    LONG,
    NUMBER,
    WORD,
    TEXT,
    PATH,
    PATHS,
    CONTROLLER,
} Kind;

typedef struct Setting {
    const char *group, *key;
    Kind kind;
    size_t offset;
    double least, most, normal; // `normal` is the default; "" for texts and controllers
    const char *(*word)(int value);
} Setting;

static const char *touch_word(int touch) { return touch_names[touch]; }
static const char *theme_word(int theme) { return theme_of((ThemeId)theme)->name; }

// A setting has the name of its field; that of a dial is named after the dial.
#define NAMED(in_group, name, of_kind, field, ...)                                     \
    { .group = #in_group, #name, of_kind, offsetof(Settings, field), __VA_ARGS__ }
#define SETTING(in_group, name, of_kind, ...)                                          \
    NAMED(in_group, name, of_kind, in_group.name, __VA_ARGS__)

// clang-format off
static const Setting table[] = {
    SETTING(audio, device, TEXT, 0, 0, 0),
    SETTING(audio, buffer_frames, INTEGER, 16, 8192, 512),
    SETTING(audio, soundfont, PATH, 0, 0, 0),
    SETTING(audio, volume, NUMBER, 0, 1, 0.8),
    SETTING(audio, reverb, BOOLEAN, 0, 1, 1),
    SETTING(audio, room, NUMBER, 0, 1, 0.3),
    SETTING(audio, own_sound, BOOLEAN, 0, 1, 1),
    SETTING(output, midi, TEXT, 0, 0, 0),
    SETTING(output, given_channel, INTEGER, 0, 16, 1),
    SETTING(output, model_channel, INTEGER, 0, 16, 2),
    SETTING(output, hands_channel, INTEGER, 0, 16, 3),
    SETTING(input, midi, TEXT, 0, 0, 0),
    SETTING(input, octave, INTEGER, -4, 4, 0),
    SETTING(input, curve, WORD, 0, TOUCHES - 1, TOUCH_NORMAL, touch_word),
    NAMED(learn, density, CONTROLLER, learned[STEER_DENSITY], 0, 0, 0),
    NAMED(learn, register, CONTROLLER, learned[STEER_REGISTER], 0, 0, 0),
    NAMED(learn, loudness, CONTROLLER, learned[STEER_LOUDNESS], 0, 0, 0),
    NAMED(learn, pedal, CONTROLLER, learned[STEER_PEDAL], 0, 0, 0),
    NAMED(learn, spread, CONTROLLER, learned[STEER_SPREAD], 0, 0, 0),
    NAMED(learn, closeness, CONTROLLER, learned[STEER_CLOSENESS], 0, 0, 0),
    NAMED(learn, freedom, CONTROLLER, learned[STEER_FREEDOM], 0, 0, 0),
    NAMED(learn, temperature, CONTROLLER, learned[STEER_TEMPERATURE], 0, 0, 0),
    SETTING(model, file, PATH, 0, 0, 0),
    NAMED(model, temperature, NUMBER, model.steer[STEER_TEMPERATURE], 0, 5, 1),
    NAMED(model, freedom, NUMBER, model.steer[STEER_FREEDOM], 0, 2, 1),
    SETTING(model, top_p, NUMBER, 0, 1, 1),
    SETTING(model, min_p, NUMBER, 0, 1, 0),
    SETTING(model, top_k, INTEGER, 0, 1000, 0),
    NAMED(model, density, NUMBER, model.steer[STEER_DENSITY], 0.25, 4, 1),
    NAMED(model, register, NUMBER, model.steer[STEER_REGISTER], -24, 24, 0),
    NAMED(model, loudness, NUMBER, model.steer[STEER_LOUDNESS], -60, 60, 0),
    NAMED(model, pedal, NUMBER, model.steer[STEER_PEDAL], -100, 100, 0),
    NAMED(model, spread, NUMBER, model.steer[STEER_SPREAD], -8, 8, 0),
    NAMED(model, closeness, NUMBER, model.steer[STEER_CLOSENESS], 0, 4, CONTINUATION_CLOSENESS),
    SETTING(model, takes, INTEGER, 1, 16, 1),
    SETTING(model, seconds, NUMBER, 1, 3600, 30),
    SETTING(model, endless, BOOLEAN, 0, 1, 0),
    SETTING(model, keep_seed, BOOLEAN, 0, 1, 0),
    SETTING(model, seed, LONG, 0, 9007199254740992, 1),
    SETTING(model, answer, BOOLEAN, 0, 1, 0),
    SETTING(model, ghost, BOOLEAN, 0, 1, 1),
    SETTING(model, pause, NUMBER, 0.2, 30, 1.5),
    SETTING(window, width, INTEGER, 320, 16384, 1280),
    SETTING(window, height, INTEGER, 240, 16384, 800),
    SETTING(window, scale, NUMBER, 0.5, 4, 1),
    SETTING(window, follow, BOOLEAN, 0, 1, 1),
    SETTING(window, lens, BOOLEAN, 0, 1, 0),
    SETTING(window, memory, BOOLEAN, 0, 1, 0),
    SETTING(window, surprise, INTEGER, 0, 3, 0),
    SETTING(window, theme, WORD, 0, THEMES - 1, THEME_DARK, theme_word),
    SETTING(window, speed, NUMBER, 0.1, 4, 1),
    SETTING(window, click, BOOLEAN, 0, 1, 0),
    SETTING(files, folder, PATH, 0, 0, 0),
    SETTING(files, recent, PATHS, 0, 0, 0),
    SETTING(files, dialogs, TEXT, 0, 0, 0),
};
// clang-format on

#define EACH(s) (const Setting *s = table; s < table + G_N_ELEMENTS(table); s++)

static void *field(Settings *settings, const Setting *s) {
    return (char *)settings + s->offset;
}

static bool is_text(const char *text) {
    if (!g_utf8_validate(text, -1, NULL)) return false;
    for (; *text; text = g_utf8_next_char(text))
        if (g_unichar_iscntrl(g_utf8_get_char(text))) return false;
    return true;
}

static char *escaped(const char *path) {
    return g_uri_escape_string(path, " !#$&'()*+,/:;=?@[]\\\"<>^`{|}", true);
}

static void set_normal(Settings *ret, const Setting *s) {
    void *to = field(ret, s);
    switch (s->kind) {
    case BOOLEAN: *(bool *)to = s->normal != 0; break;
    case INTEGER:
    case WORD: *(int *)to = (int)s->normal; break;
    case LONG: *(int64_t *)to = (int64_t)s->normal; break;
    case NUMBER: *(double *)to = s->normal; break;
    case TEXT:
    case PATH: *(char **)to = g_strdup(""); break;
    case PATHS: *(char ***)to = g_new0(char *, 1); break;
    case CONTROLLER: *(MidiController *)to = (MidiController){0}; break;
    }
}

static void set_number(void *to, Kind kind, double value) {
    if (kind == INTEGER) *(int *)to = (int)value;
    if (kind == LONG) *(int64_t *)to = (int64_t)value;
    if (kind == NUMBER) *(double *)to = value;
}

static bool read_number(const Setting *s, GKeyFile *file, double *ret) {
    g_autoptr(GError) error = NULL;
    *ret = s->kind == NUMBER
               ? g_key_file_get_double(file, s->group, s->key, &error)
               : (double)g_key_file_get_int64(file, s->group, s->key, &error);
    return !error && isfinite(*ret) && *ret >= s->least && *ret <= s->most;
}

static bool read_paths(const Setting *s, GKeyFile *file, char ***to) {
    g_auto(GStrv) list = g_key_file_get_string_list(file, s->group, s->key, NULL, NULL);
    GPtrArray *paths = g_ptr_array_new();
    bool ok = list != NULL;
    for (size_t i = 0; ok && list[i] && paths->len < SETTINGS_RECENT; i++) {
        char *path = g_uri_unescape_string(list[i], NULL);
        ok = path != NULL;
        if (ok) g_ptr_array_add(paths, path);
    }
    g_ptr_array_add(paths, NULL);
    g_strfreev(*to);
    *to = (char **)g_ptr_array_free(paths, false);
    return ok;
}

static bool read_text(const Setting *s, GKeyFile *file, char **to) {
    char *text = g_key_file_get_string(file, s->group, s->key, NULL);
    if (text && s->kind == PATH) {
        char *path = g_uri_unescape_string(text, NULL);
        g_free(text);
        text = path;
    } else if (text && !is_text(text)) {
        g_clear_pointer(&text, g_free);
    }
    if (!text) return false;
    g_free(*to);
    *to = text;
    return true;
}

// In capitals or not; or its number, as older programs wrote that of the theme.
static bool read_word(const Setting *s, GKeyFile *file, int *to) {
    g_autofree char *text = g_key_file_get_string(file, s->group, s->key, NULL);
    for (int i = (int)s->least; text && i <= (int)s->most; i++)
        if (g_ascii_strcasecmp(text, s->word(i)) == 0) {
            *to = i;
            return true;
        }
    gint64 number;
    if (!text || !g_ascii_string_to_signed(text, 10, (gint64)s->least, (gint64)s->most,
                                           &number, NULL))
        return false;
    *to = (int)number;
    return true;
}

static bool is_taken(Settings *settings, MidiController c) {
    for
        EACH (s)
            if (s->kind == CONTROLLER &&
                midi_controller_is(*(MidiController *)field(settings, s), c))
                return true;
    return false;
}

// Pedals play, and a controller moves one dial.
static bool read_controller(Settings *ret, const Setting *s, GKeyFile *file) {
    MidiController *to = field(ret, s);
    g_autofree char *text = g_key_file_get_string(file, s->group, s->key, NULL);
    if (!text) return false;
    g_auto(GStrv) parts = g_strsplit(text, ":", 3);
    guint64 channel, number;
    *to = (MidiController){0};
    if (!*text) return true;
    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, MIDI_CHANNELS, &channel, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, MIDI_CONTROLLERS - 1, &number,
                                    NULL))
        return false;
    MidiController c = {(int)channel, (int)number};
    if (pedal_of_controller(c.number) < PEDALS || is_taken(ret, c)) return false;
    *to = c;
    return true;
}

static bool read_setting(Settings *ret, const Setting *s, GKeyFile *file) {
    void *to = field(ret, s);
    g_autoptr(GError) error = NULL;
    double number;
    switch (s->kind) {
    case BOOLEAN: {
        bool value = g_key_file_get_boolean(file, s->group, s->key, &error);
        if (!error) *(bool *)to = value;
        return !error;
    }
    case INTEGER:
    case LONG:
    case NUMBER:
        if (!read_number(s, file, &number)) return false;
        set_number(to, s->kind, number);
        return true;
    case WORD: return read_word(s, file, to);
    case TEXT:
    case PATH: return read_text(s, file, to);
    case PATHS: return read_paths(s, file, to);
    case CONTROLLER: return read_controller(ret, s, file);
    }
    return false;
}

void settings_table_reset(Settings *ret) {
    for
        EACH (s) set_normal(ret, s);
}

char *settings_table_read(Settings *ret, GKeyFile *file) {
    GString *wrong = g_string_new(NULL);
    for
        EACH (s) {
            if (!g_key_file_has_key(file, s->group, s->key, NULL)) continue;
            if (read_setting(ret, s, file)) continue;
            g_string_append_printf(wrong, "%s%s/%s", wrong->len ? ", " : "", s->group,
                                   s->key);
        }
    return g_string_free(wrong, wrong->len == 0);
}

static void write_paths(GKeyFile *file, const Setting *s, char *const *paths) {
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    for (; *paths; paths++) g_ptr_array_add(list, escaped(*paths));
    g_key_file_set_string_list(file, s->group, s->key, (const char *const *)list->pdata,
                               list->len);
    g_ptr_array_unref(list);
}

// Writes the shortest form: 0.95, not 0.94999999999999996.
static void write_number(GKeyFile *file, const Setting *s, double number) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_key_file_set_value(file, s->group, s->key,
                         g_ascii_formatd(text, sizeof text, "%.6g", number));
}

static void write_word(GKeyFile *file, const Setting *s, int value) {
    g_autofree char *small = g_ascii_strdown(s->word(value), -1);
    g_key_file_set_string(file, s->group, s->key, small);
}

static void write_controller(GKeyFile *file, const Setting *s, MidiController c) {
    g_autofree char *text = c.channel ? g_strdup_printf("%d:%d", c.channel, c.number)
                                      : g_strdup("");
    g_key_file_set_value(file, s->group, s->key, text);
}

static void write_setting(GKeyFile *file, Settings *settings, const Setting *s) {
    void *at = field(settings, s);
    g_autofree char *path = s->kind == PATH ? escaped(*(char **)at) : NULL;
    switch (s->kind) {
    case BOOLEAN: g_key_file_set_boolean(file, s->group, s->key, *(bool *)at); break;
    case INTEGER: g_key_file_set_integer(file, s->group, s->key, *(int *)at); break;
    case LONG: g_key_file_set_int64(file, s->group, s->key, *(int64_t *)at); break;
    case NUMBER: write_number(file, s, *(double *)at); break;
    case WORD: write_word(file, s, *(int *)at); break;
    case TEXT: g_key_file_set_string(file, s->group, s->key, *(char **)at); break;
    case PATH: g_key_file_set_string(file, s->group, s->key, path); break;
    case PATHS: write_paths(file, s, *(char ***)at); break;
    case CONTROLLER: write_controller(file, s, *(MidiController *)at); break;
    }
}

void settings_table_write(GKeyFile *ret, Settings *settings) {
    for
        EACH (s) write_setting(ret, settings, s);
}

void settings_table_clear(Settings *settings) {
    for
        EACH (s) {
            void *at = field(settings, s);
            if (s->kind == TEXT || s->kind == PATH) g_free(*(char **)at);
            if (s->kind == PATHS) g_strfreev(*(char ***)at);
        }
}
