#include "ui/cards/export.h"

#include "ui/cards/card.h"
#include "ui/drawing/theme.h"
#include "ui/toolkit/field.h"
#include "ui/toolkit/widgets.h"

#include <string.h>

void export_clear(Export *e) {
    if (e->path) g_string_free(e->path, TRUE);
    g_free(e->asked);
    *e = (Export){0};
}

// The file's extension decides the kind of sound file (audio/files/sound_format.h).
static const struct Format {
    const char *name, *ending, *what;
} formats[] = {
    {"MIDI", ".mid", "The notes, with how they were made"},
    {"WAV", ".wav", "What you hear, as it is"},
    {"FLAC", ".flac", "What you hear, as it is, half as large"},
    {"Ogg", ".ogg", "What you hear, small"},
    {"Opus", ".opus", "What you hear, small"},
    {"MP3", ".mp3", "What you hear, small, for any player"},
};

enum { FORMATS = G_N_ELEMENTS(formats) };

void export_open(Export *e, Ui *u, const View *v, bool sound) {
    export_clear(e);
    e->format = sound;
    e->path = g_string_new(NULL);
    g_autofree char *inside = g_build_filename(g_get_home_dir(), "untitled", NULL);
    g_string_printf(e->path, "%s%s",
                    v->files.export_path ? v->files.export_path : inside,
                    formats[e->format].ending);
    u->gui.field.cursor = (int)e->path->len;
}

// Changing the format changes the file's extension, unless the user has typed
// another one.
static void change(Export *e, int format) {
    const char *old = formats[e->format].ending;
    if (g_str_has_suffix(e->path->str, old)) {
        g_string_truncate(e->path, e->path->len - strlen(old));
        g_string_append(e->path, formats[format].ending);
    }
    e->format = format;
}

// Returns whether the file may be written. If it exists, the first call asks and
// returns false; the second call for the same file returns true.
static bool may_write(Export *e) {
    bool asked = g_strcmp0(e->asked, e->path->str) == 0;
    if (asked || !g_file_test(e->path->str, G_FILE_TEST_IS_REGULAR)) return true;
    g_free(e->asked);
    e->asked = g_strdup(e->path->str);
    return false;
}

bool export_frame(Export *e, Ui *u) {
    const Theme *theme = u->gui.theme;
    const char *labels[FORMATS];
    for (int i = 0; i < FORMATS; i++) labels[i] = formats[i].name;
    bool close;
    Box in = card_frame(u, 560, 226, "Export", "Enter writes it, Esc closes", &close);
    int format = widget_segments(&u->gui, ui_id(COMMAND_EXPORT_SOUND, 0),
                                 box_cut_top(&in, 28), labels, FORMATS, e->format);
    if (format >= 0) change(e, format);
    box_cut_top(&in, 6);
    widget_label(&u->gui, box_cut_top(&in, 20), ALIGN_LEFT, theme->quiet,
                 formats[e->format].what);
    box_cut_top(&in, 6);
    bool entered = field_frame(&u->gui, ui_id(COMMAND_EXPORT_MIDI, 0),
                               box_cut_top(&in, 32), e->path, "A path");
    box_cut_top(&in, 14);
    Box row = box_cut_top(&in, 32);
    bool replaces = g_strcmp0(e->asked, e->path->str) == 0;
    entered |= ui_button(
        u, COMMAND_EXPORT_MIDI, 1, box_cut_right(&row, 100),
        (ButtonLook){.label = replaces ? "Replace" : "Export", .on = true});
    gui_explain(&u->gui, ui_id(COMMAND_EXPORT_MIDI, 1),
                replaces ? "Replaces the existing file." : "Writes the file.");
    box_cut_right(&row, 14);
    if (replaces)
        widget_label(&u->gui, row, ALIGN_LEFT, theme->wrong,
                     "This file exists. Press Enter again to replace it.");
    if (!entered || e->path->len == 0) return close;
    if (!may_write(e)) {
        gui_wait(&u->gui, 0);
        return close;
    }
    ui_send_text(u, e->format ? COMMAND_EXPORT_SOUND : COMMAND_EXPORT_MIDI,
                 e->path->str);
    return true;
}
