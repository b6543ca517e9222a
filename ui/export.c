#include "ui/export.h"

#include "ui/card.h"
#include "ui/toolkit/field.h"
#include "ui/toolkit/theme.h"
#include "ui/toolkit/widgets.h"

void export_clear(Export *e) {
    if (e->path) g_string_free(e->path, TRUE);
    g_free(e->asked);
    *e = (Export){0};
}

void export_open(Export *e, Ui *u, const View *v, bool wav) {
    export_clear(e);
    e->wav = wav;
    e->path = g_string_new(NULL);
    g_autofree char *inside = g_build_filename(g_get_home_dir(), "untitled", NULL);
    g_string_printf(e->path, "%s%s", v->export_path ? v->export_path : inside,
                    wav ? ".wav" : ".mid");
    u->gui.cursor = (int)e->path->len;
}

// The other format takes the other ending, unless the user chose one of his own.
static void change(Export *e, bool wav) {
    const char *old = e->wav ? ".wav" : ".mid";
    if (g_str_has_suffix(e->path->str, old)) {
        g_string_truncate(e->path, e->path->len - 4);
        g_string_append(e->path, wav ? ".wav" : ".mid");
    }
    e->wav = wav;
}

// Whether this file may be written: one that is there only if it was asked for before.
static bool may_write(Export *e) {
    bool asked = g_strcmp0(e->asked, e->path->str) == 0;
    if (asked || !g_file_test(e->path->str, G_FILE_TEST_IS_REGULAR)) return true;
    g_free(e->asked);
    e->asked = g_strdup(e->path->str);
    return false;
}

bool export_frame(Export *e, Ui *u) {
    static const char *const labels[] = {"MIDI", "WAV"};
    bool close;
    Box in = card_frame(u, 560, 216, "Export", "Enter writes it, Esc closes", &close);
    Box row = box_cut_top(&in, 28);
    int format = widget_segments(&u->gui, ui_id(COMMAND_EXPORT_WAV, 0),
                                 box_cut_left(&row, 160), labels, 2, e->wav);
    if (format >= 0) change(e, format == 1);
    box_cut_left(&row, 14);
    widget_label(&u->gui, row, ALIGN_LEFT, THEME_QUIET,
                 e->wav ? "What you hear, as sound"
                        : "The notes, with how they were made");
    box_cut_top(&in, 12);
    bool entered = field_frame(&u->gui, ui_id(COMMAND_EXPORT_MIDI, 0),
                               box_cut_top(&in, 32), e->path, "A path");
    box_cut_top(&in, 14);
    row = box_cut_top(&in, 32);
    bool replaces = g_strcmp0(e->asked, e->path->str) == 0;
    entered |= ui_button(
        u, COMMAND_EXPORT_MIDI, 1, box_cut_right(&row, 100),
        (ButtonLook){.label = replaces ? "Replace" : "Export", .on = true});
    gui_explain(&u->gui, ui_id(COMMAND_EXPORT_MIDI, 1),
                replaces ? "Writes over the file that is there." : "Writes the file.");
    box_cut_right(&row, 14);
    if (replaces)
        widget_label(&u->gui, row, ALIGN_LEFT, THEME_WRONG,
                     "A file of that name is there. Enter again replaces it.");
    if (!entered || e->path->len == 0) return close;
    if (!may_write(e)) {
        gui_wait(&u->gui, 0);
        return close;
    }
    ui_send_text(u, e->wav ? COMMAND_EXPORT_WAV : COMMAND_EXPORT_MIDI, e->path->str);
    return true;
}
