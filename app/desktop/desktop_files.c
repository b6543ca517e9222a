#include "app/desktop/desktop_parts.h"

#include "app/base/paths.h"

void desktop_replace(Desktop *d, Document *document, Journal *journal) {
    GError *error = NULL;
    playback_stop(&d->playing.playback);
    generation_stop(&d->writing.generation);
    generation_forget(&d->writing.generation);
    bridging_forget(&d->writing.bridging);
    duet_forget_turn(&d->playing.duet);
    desktop_drop_ghost(d);
    d->playing.taps.count = 0; // they belong to the other piece
    if (!sessions_end(&d->sessions, &d->piece.document, &error))
        desktop_fail(d, CONCERN_FILE, g_steal_pointer(&error));
    session_list_read(&d->session_list, d->sessions.folder, false);
    sessions_stay(&d->sessions);
    piece_replace(&d->piece, document);
    if (!sessions_begin(&d->sessions, journal, &error))
        desktop_fail(d, CONCERN_FILE, error);
    d->playing.playback.position = 0;
    playback_set_loop(&d->playing.playback, &d->piece.document.view);
}

bool desktop_begin_again(Desktop *d, GError **error) {
    g_autoptr(GError) why = g_steal_pointer(error);
    const Take *root = document_take(&d->piece.document, 0);
    Document next;
    piece_refresh(&d->piece);
    if (!document_begin(&next, root->origin, root->name, &d->piece.path.performance,
                        error))
        return false;
    notices_unsay(&d->notices, CONCERN_FILE);
    desktop_replace(d, &next, NULL);
    d->playing.playback.position = d->piece.end;
    if (!notices_text(&d->notices, CONCERN_FILE))
        notices_say(&d->notices, CONCERN_FILE, true,
                    "A new session goes on from here, and the one before is kept: %s.",
                    why->message);
    return true;
}

// ---- opening

void desktop_settle(Desktop *d, const char *file) {
    exports_set_folder(&d->files.exports, file, d->settings.files.folder);
}

void desktop_new(Desktop *d) {
    GError *error = NULL;
    Document document;
    if (!opening_begin(&document, &error)) {
        desktop_fail(d, CONCERN_FILE, error);
        return;
    }
    desktop_replace(d, &document, NULL);
    desktop_settle(d, "");
}

static bool open_file(Desktop *d, const char *path, const char *name) {
    GError *error = NULL;
    Opened opened;
    if (!opening_read(&opened, path, name, &error)) {
        desktop_fail(d, CONCERN_FILE, error);
        return false;
    }
    desktop_replace(d, &opened.document, NULL);
    notices_unsay(&d->notices, CONCERN_FILE);
    if (opened.remark)
        notices_say(&d->notices, CONCERN_FILE, opened.damaged, "%s", opened.remark);
    g_free(opened.remark);
    return true;
}

void desktop_save_settings(Desktop *d) {
    GError *error = NULL;
    if (!settings_save(&d->settings, d->files.settings, &error))
        desktop_fail(d, CONCERN_FILE, error);
}

static void remember(Desktop *d, const char *whole) {
    g_autofree char *folder = g_path_get_dirname(whole);
    settings_add_recent(&d->settings, whole);
    settings_set(&d->settings.files.folder, folder);
    g_strfreev(d->texts.recent);
    d->texts.recent = settings_recent(&d->settings);
    desktop_save_settings(d);
}

bool desktop_open(Desktop *d, const char *path) {
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    if (sessions_has(&d->sessions, whole)) return desktop_open_session(d, whole);
    if (!open_file(d, path, whole)) return false;
    desktop_settle(d, whole);
    remember(d, whole);
    return true;
}

// Exports do not go into the demo's folder, which belongs to the program.
void desktop_open_demo(Desktop *d) {
    g_autofree char *path = path_find_demo();
    g_autofree char *name = path ? g_path_get_basename(path) : NULL;
    if (path && open_file(d, path, name))
        desktop_settle(d, "");
    else
        desktop_new(d);
}

// ---- exports

// The files that an export must not replace: the model and the soundfont, which are
// still being read, and the open file. A MIDI export contains the open file's music, so
// it may replace that.
static ExportReads reads(const Desktop *d, const char *font, bool sound) {
    const WriterModel *model = generation_model(&d->writing.generation);
    return (ExportReads){.model = model ? model->path : NULL,
                         .soundfont = font,
                         .open = sound ? document_take(&d->piece.document, 0)->name
                                       : NULL};
}

static void say_written(Desktop *d, const char *file) {
    g_autofree char *name = g_filename_display_basename(file);
    notices_say(&d->notices, CONCERN_EXPORT, false, "Wrote %s.", name);
}

void desktop_export_midi(Desktop *d, const char *path) {
    GError *error = NULL;
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    const char *chosen = d->settings.audio.soundfont, *font = *chosen ? chosen : NULL;
    ExportReads still = reads(d, font, false);
    piece_refresh(&d->piece);
    if (exports_write_midi(&d->files.exports, whole, &d->piece.document, &d->piece.path,
                           &still, &error))
        say_written(d, whole);
    else
        desktop_fail(d, CONCERN_EXPORT, error);
}

void desktop_export_sound(Desktop *d, const char *path) {
    GError *error = NULL;
    if (exports_write_sound(&d->files.exports)) {
        notices_say(&d->notices, CONCERN_EXPORT, true,
                    "One sound file is written at a time.");
        return;
    }
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *font = desktop_find_soundfont(d);
    if (!font) {
        notices_say(&d->notices, CONCERN_EXPORT, true, "%s",
                    notices_text(&d->notices, CONCERN_SOUNDFONT));
        return;
    }
    ExportReads still = reads(d, font, true);
    float reverb = d->settings.audio.reverb ? (float)d->settings.audio.room : 0;
    if (exports_begin_sound(&d->files.exports, whole, &d->piece.document, &still,
                            reverb, &error))
        notices_unsay(&d->notices, CONCERN_EXPORT);
    else
        desktop_fail(d, CONCERN_EXPORT, error);
}

void desktop_follow_export(Desktop *d) {
    ExportEnd end;
    if (!exports_end(&d->files.exports, &end)) return;
    g_autofree char *name = g_filename_display_basename(end.file);
    if (end.written)
        say_written(d, end.file);
    else if (end.error)
        desktop_fail(d, CONCERN_EXPORT, end.error);
    else
        notices_say(&d->notices, CONCERN_EXPORT, false, "%s was not written.", name);
    g_free(end.file);
}
