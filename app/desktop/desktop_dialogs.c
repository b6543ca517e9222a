#include "app/desktop/desktop_parts.h"

#include "midi/file_name.h"

#include <string.h>

static void ask_for_export(Desktop *d, FileQuestion question) {
    g_autofree char *stem = piece_export_name(&d->piece);
    const char *ending = question == FILE_FOR_SOUND ? ".wav" : ".mid";
    g_autofree char *path = g_strconcat(export_name(d->files.exports.name, stem),
                                        ending, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    portal_ask(&d->files.portal, question,
               question == FILE_FOR_SOUND ? "Export sound" : "Export MIDI", folder,
               name);
}

// If the user asks again while a system dialog is open, that dialog must be hidden:
// open our own instead.
void desktop_ask_file(Desktop *d, FileQuestion question) {
    const char *folder = *d->settings.files.folder ? d->settings.files.folder
                                                   : g_get_home_dir();
    if (portal_is_asking(&d->files.portal)) {
        portal_withdraw(&d->files.portal);
        d->files.question = question;
    } else if (question == FILE_TO_OPEN) {
        portal_ask(&d->files.portal, question, "Open", folder, NULL);
    } else {
        ask_for_export(d, question);
    }
}

// The file's extension decides the format. Without a known one the question decides.
static void export_to(Desktop *d, FileQuestion question, const char *path) {
    SoundFormat format;
    bool sound = sound_format_choose(&format, path, SOUND_USUAL, SOUND_USUAL, NULL);
    if (!file_name_is_midi(path) && (sound || question == FILE_FOR_SOUND))
        desktop_export_sound(d, path);
    else
        desktop_export_midi(d, path);
}

void desktop_follow_portal(Desktop *d) {
    int wanted;
    g_autofree char *path = NULL;
    switch (portal_answer(&d->files.portal, &wanted, &path)) {
    case PORTAL_WAITS:
    case PORTAL_CANCELLED: break;
    case PORTAL_CHOSEN:
        if (wanted == FILE_TO_OPEN)
            desktop_open(d, path);
        else
            export_to(d, (FileQuestion)wanted, path);
        break;
    case PORTAL_FAILED:
        notices_say(&d->notices, CONCERN_FILE, false,
                    "The system's file dialog did not answer; this one is our own.");
        d->files.question = (FileQuestion)wanted;
        break;
    case PORTAL_MISSING: d->files.question = (FileQuestion)wanted; break;
    }
}

void desktop_show_dialogs(Desktop *d, View *v) {
    v->files.prefers_system_dialogs = strcmp(d->settings.files.dialogs, "own") != 0;
    v->files.system_dialogs = v->files.prefers_system_dialogs && d->files.portal.usable;
    v->files.own_question = d->files.question;
    d->files.question = FILE_NONE;
}
