#include "app/desktop/desktop.h"

#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "app/document/document_file.h"
#include "midi/performance.h"
#include "midi/smf_read.h"
#include "midi/smf_write.h"

#include <glib/gstdio.h>
#include <string.h>

static bool begin(Desktop *d, Origin origin, const char *name, const Performance *p) {
    GError *error = NULL;
    Document document;
    if (!document_begin(&document, origin, name, p, &error)) {
        desktop_fail(d, CONCERN_FILE, error);
        return false;
    }
    desktop_replace(d, &document, NULL);
    return true;
}

// Exports go beside the file that is open, else to where one was opened last.
static void settle(Desktop *d, const char *file) {
    const char *last = d->settings.folder;
    g_autofree char *beside = g_path_get_dirname(file);
    bool there = g_path_is_absolute(file) && g_file_test(beside, G_FILE_TEST_IS_DIR);
    export_name_set_folder(d->export_name, there   ? beside
                                           : *last ? last
                                                   : g_get_home_dir());
}

void desktop_new(Desktop *d) {
    if (begin(d, ORIGIN_PLAYED, "", &(Performance){0})) settle(d, "");
}

static bool open_midi(Desktop *d, const char *path, const char *name) {
    GError *error = NULL;
    Performance p = {0};
    SmfReport report;
    if (!smf_read_music(path, &p, &report, &error)) {
        desktop_fail(d, CONCERN_FILE, error);
        return false;
    }
    bool ok = begin(d, ORIGIN_OPENED, name, &p);
    performance_clear(&p);
    g_autofree char *odd = smf_report_warnings(&report);
    if (ok && odd) {
        g_autofree char *shown = g_filename_display_basename(path);
        desktop_say(d, CONCERN_FILE, false, "%s: %s", shown, odd);
    } else if (ok) {
        desktop_unsay(d, CONCERN_FILE);
    }
    return ok;
}

static bool open_session(Desktop *d, const char *path) {
    GError *error = NULL;
    Document document;
    g_autofree char *trouble = NULL;
    if (!document_load(&document, path, &trouble, &error)) {
        desktop_fail(d, CONCERN_FILE, error);
        return false;
    }
    desktop_replace(d, &document, NULL);
    desktop_unsay(d, CONCERN_FILE);
    if (trouble) desktop_say(d, CONCERN_FILE, true, "%s", trouble);
    return true;
}

void desktop_save_settings(Desktop *d) {
    GError *error = NULL;
    if (!settings_save(&d->settings, d->settings_path, &error))
        desktop_fail(d, CONCERN_FILE, error);
}

static void remember(Desktop *d, const char *whole) {
    g_autofree char *folder = g_path_get_dirname(whole);
    settings_add_recent(&d->settings, whole);
    settings_set(&d->settings.folder, folder);
    g_strfreev(d->recent);
    d->recent = settings_recent(&d->settings);
    desktop_save_settings(d);
}

bool desktop_open(Desktop *d, const char *path) {
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    bool ok = g_str_has_suffix(path, DOCUMENT_SUFFIX) ? open_session(d, path)
                                                      : open_midi(d, path, whole);
    if (!ok) return false;
    settle(d, whole);
    remember(d, whole);
    return true;
}

// Its folder is the program's, and no place for an export.
void desktop_open_demo(Desktop *d) {
    g_autofree char *path = path_find_demo();
    g_autofree char *name = path ? g_path_get_basename(path) : NULL;
    if (path && open_midi(d, path, name))
        settle(d, "");
    else
        desktop_new(d);
}

// ---- export

char *desktop_export_stem(Desktop *d) {
    const char *dot = strrchr(d->title, '.');
    int stem = dot ? (int)(dot - d->title) : (int)strlen(d->title);
    return g_strdup_printf("%.*s%s", stem, d->title,
                           d->document.view.take ? ", continued" : "");
}

static void say_written(Desktop *d, const char *path) {
    g_autofree char *name = g_filename_display_basename(path);
    desktop_say(d, CONCERN_EXPORT, false, "Wrote %s.", name);
    export_name_add(d->export_name, path);
}

static bool write_midi(Desktop *d, const char *path, GError **error) {
    desktop_refresh(d);
    g_autofree char *receipt = document_receipt(&d->document, d->document.view.take,
                                                PROMPT_INCLUDE);
    g_autoptr(GBytes) bytes = smf_write(&d->path.performance, receipt, error);
    return bytes && path_write(path, g_bytes_get_data(bytes, NULL),
                               g_bytes_get_size(bytes), error);
}

// The model and the piano are still read, and a file of sound may be written just now.
// An export of MIDI holds what is in the file that is open, and may replace it.
static bool is_apart(const Desktop *d, const char *path, const char *font, bool sound,
                     GError **error) {
    const WriterModel *model = writer_model(d->writer);
    const char *open = sound ? document_take(&d->document, 0)->name : NULL;
    return outputs_are_apart(PATHS(model ? model->path : NULL, font, open),
                             PATHS(d->mixdown ? mixdown_path(d->mixdown) : NULL, path),
                             error);
}

void desktop_export_midi(Desktop *d, const char *path) {
    GError *error = NULL;
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    const char *chosen = d->settings.soundfont, *font = *chosen ? chosen : NULL;
    if (is_apart(d, whole, font, false, &error) && write_midi(d, whole, &error))
        say_written(d, whole);
    else
        desktop_fail(d, CONCERN_EXPORT, error);
}

void desktop_export_wav(Desktop *d, const char *path) {
    GError *error = NULL;
    if (d->mixdown) {
        desktop_say(d, CONCERN_EXPORT, true, "One sound file is written at a time.");
        return;
    }
    SoundFormat format;
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *font = desktop_find_soundfont(d);
    if (!font) {
        desktop_say(d, CONCERN_EXPORT, true, "%s", d->notices[CONCERN_SOUNDFONT].text);
        return;
    }
    if (!sound_format_choose(&format, whole, SOUND_USUAL, SOUND_USUAL, &error) ||
        !is_apart(d, whole, font, true, &error) || !path_can_write(whole, &error)) {
        desktop_fail(d, CONCERN_EXPORT, error);
        return;
    }
    DocumentPath copy;
    document_path(&copy, &d->document, d->document.view.take);
    d->mixdown = mixdown_start(whole, font, format, &copy.performance);
    document_path_clear(&copy);
    desktop_unsay(d, CONCERN_EXPORT);
}

void desktop_follow_export(Desktop *d) {
    bool over = false;
    if (d->mixdown) mixdown_done(d->mixdown, &over);
    if (!over) return;
    GError *error = NULL;
    g_autofree char *path = g_strdup(mixdown_path(d->mixdown));
    g_autofree char *name = g_filename_display_basename(path);
    bool ok = mixdown_finish(d->mixdown, &error);
    d->mixdown = NULL;
    if (ok)
        say_written(d, path);
    else if (error)
        desktop_fail(d, CONCERN_EXPORT, error);
    else
        desktop_say(d, CONCERN_EXPORT, false, "%s was not written.", name);
}

// ---- sessions

static void offer(Desktop *d, const JournalSummary *s, bool crashed) {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(s->time);
    g_autofree char *when = time ? g_date_time_format(time, "%e %B, %H:%M") : NULL;
    g_autofree char *name = g_filename_display_basename(*s->name ? s->name
                                                                 : "a new piece");
    d->recovery_path = g_strdup(s->path);
    d->recovery_crashed = crashed;
    d->recovery = g_strdup_printf(
        crashed ? "A session from %s was not closed: %s, %" G_GSIZE_FORMAT " take%s."
                : "Your last session, from %s: %s, %" G_GSIZE_FORMAT " take%s.",
        when ? g_strstrip(when) : "?", name, s->takes, s->takes == 1 ? "" : "s");
}

static void forget_offer(Desktop *d) {
    g_clear_pointer(&d->recovery, g_free);
    g_clear_pointer(&d->recovery_path, g_free);
}

void desktop_find_session(Desktop *d, bool closed_too) {
    journal_tidy(d->sessions);
    GPtrArray *found = journal_scan(d->sessions);
    if (found->len) offer(d, found->pdata[0], true);
    g_ptr_array_unref(found);
    g_autofree char *newest = closed_too && !d->recovery ? journal_newest(d->sessions)
                                                         : NULL;
    Document document;
    g_autofree char *trouble = NULL;
    if (!newest || !document_load(&document, newest, &trouble, NULL)) return;
    size_t takes = 0;
    for (int i = 1; i < (int)document.takes->len; i++)
        takes += document_is_visible(&document, i);
    JournalSummary s = {
        .path = newest, .name = document_take(&document, 0)->name, .takes = takes};
    GStatBuf st;
    if (g_stat(newest, &st) == 0) s.time = st.st_mtime;
    if (takes) offer(d, &s, false);
    document_clear(&document);
}

void desktop_restore(Desktop *d) {
    GError *error = NULL;
    Document document;
    Journal *journal = NULL;
    g_autofree char *trouble = NULL;
    if (!d->recovery_path) return;
    if (journal_restore(&journal, &document, d->sessions, d->recovery_path, &trouble,
                        &error)) {
        desktop_replace(d, &document, journal);
        settle(d, document_take(&d->document, 0)->name);
        desktop_unsay(d, CONCERN_FILE);
        if (trouble) desktop_say(d, CONCERN_FILE, true, "%s", trouble);
        d->position = 0;
    } else {
        desktop_fail(d, CONCERN_FILE, error);
    }
    forget_offer(d);
}

// A session that was closed in order is kept.
void desktop_discard(Desktop *d) {
    GError *error = NULL;
    if (d->recovery_path && d->recovery_crashed &&
        !journal_discard(d->recovery_path, &error))
        desktop_fail(d, CONCERN_FILE, error);
    forget_offer(d);
}
