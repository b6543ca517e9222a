#include "app/desktop/sessions.h"

#include "app/document/document_file.h"

#include <glib/gstdio.h>

void sessions_open(Sessions *s) { *s = (Sessions){.folder = journal_folder()}; }

static void withdraw(Sessions *s) {
    g_clear_pointer(&s->offer, g_free);
    g_clear_pointer(&s->offered, g_free);
}

void sessions_close(Sessions *s) {
    withdraw(s);
    g_clear_pointer(&s->folder, g_free);
}

bool sessions_begin(Sessions *s, Journal *restored, GError **error) {
    s->journal = restored;
    return restored || journal_open(&s->journal, s->folder, error);
}

bool sessions_end(Sessions *s, const Document *d, GError **error) {
    if (!s->journal) return true;
    journal_follow(s->journal, d);
    return journal_close(g_steal_pointer(&s->journal), error);
}

void sessions_follow(Sessions *s, const Document *d) { journal_follow(s->journal, d); }

// ---- what could be restored

static void offer(Sessions *s, const JournalSummary *j, bool crashed) {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(j->time);
    g_autofree char *when = time ? g_date_time_format(time, "%e %B, %H:%M") : NULL;
    g_autofree char *name = g_filename_display_basename(*j->name ? j->name
                                                                 : "a new piece");
    s->offered = g_strdup(j->path);
    s->crashed = crashed;
    s->offer = g_strdup_printf(
        crashed ? "A session from %s was not closed: %s, %" G_GSIZE_FORMAT " take%s."
                : "Your last session, from %s: %s, %" G_GSIZE_FORMAT " take%s.",
        when ? g_strstrip(when) : "?", name, j->takes, j->takes == 1 ? "" : "s");
}

static void offer_closed(Sessions *s, char *path) {
    Document document;
    g_autofree char *trouble = NULL;
    if (!document_load(&document, path, &trouble, NULL)) return;
    size_t takes = 0;
    for (int i = 1; i < (int)document.takes->len; i++)
        takes += document_is_visible(&document, i);
    JournalSummary j = {
        .path = path, .name = document_take(&document, 0)->name, .takes = takes};
    GStatBuf st;
    if (g_stat(path, &st) == 0) j.time = st.st_mtime;
    if (takes) offer(s, &j, false);
    document_clear(&document);
}

void sessions_find(Sessions *s, bool closed_too) {
    journal_tidy(s->folder);
    GPtrArray *found = journal_scan(s->folder);
    if (found->len) offer(s, found->pdata[0], true);
    g_ptr_array_unref(found);
    g_autofree char *newest = closed_too && !s->offer ? journal_newest(s->folder)
                                                      : NULL;
    if (newest) offer_closed(s, newest);
}

bool sessions_restore(Sessions *s, Document *ret, Journal **ret_journal,
                      char **ret_trouble, GError **error) {
    if (!s->offered) return false;
    bool ok = journal_restore(ret_journal, ret, s->folder, s->offered, ret_trouble,
                              error);
    withdraw(s);
    return ok;
}

bool sessions_discard(Sessions *s, GError **error) {
    bool ok = !s->offered || !s->crashed || journal_discard(s->offered, error);
    withdraw(s);
    return ok;
}
