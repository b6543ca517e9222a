#include "app/desktop/piece/sessions.h"

#include <string.h>

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

// ---- by name

bool sessions_has(const Sessions *s, const char *path) {
    g_autofree char *folder = g_path_get_dirname(path);
    return strcmp(folder, s->folder) == 0;
}

bool sessions_is_open(const Sessions *s, const char *path) {
    return s->journal && strcmp(journal_path(s->journal), path) == 0;
}

static bool give_up(GError **error, const char *sentence) {
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, sentence);
    return false;
}

bool sessions_save(Sessions *s, const Document *d, const char *name, bool copy,
                   GError **error) {
    if (!s->journal && !sessions_begin(s, NULL, error)) return false;
    journal_follow(s->journal, d);
    g_autofree char *now = journal_name(s->journal);
    if (copy && now) {
        Journal *next;
        if (!journal_copy(&next, d, s->folder, name, error)) return false;
        bool ok = journal_close(s->journal, error);
        s->journal = next;
        return ok;
    }
    if (g_strcmp0(now, name) != 0 && !journal_set_name(s->journal, name, error))
        return false;
    return journal_sync(s->journal, error);
}

char *sessions_loss(Sessions *s, const Document *d) {
    g_autoptr(GError) error = NULL;
    if (!journal_worth(d)) return NULL;
    if (!s->journal) return g_strdup("This session is not kept on the disk.");
    journal_follow(s->journal, d);
    return journal_sync(s->journal, &error) ? NULL : g_strdup(error->message);
}

bool sessions_fails(const Sessions *s, const Document *d) {
    g_autofree char *trouble = journal_trouble(s->journal);
    return journal_worth(d) && (trouble || !s->journal);
}

bool sessions_may_end(Sessions *s, const Document *d) {
    if (s->asks) return true;
    g_autofree char *loss = sessions_loss(s, d);
    s->asks = loss != NULL;
    return !s->asks;
}

const char *sessions_question(Sessions *s, const Document *d) {
    s->asks = s->asks && sessions_fails(s, d);
    return s->asks ? "This session is not kept on the disk: its takes would be lost."
                   : NULL;
}

void sessions_stay(Sessions *s) { s->asks = false; }

static void withdraw_if(Sessions *s, const char *path) {
    if (g_strcmp0(s->offered, path) == 0) withdraw(s);
}

bool sessions_rename(Sessions *s, const char *path, const char *name, GError **error) {
    if (sessions_is_open(s, path)) return journal_set_name(s->journal, name, error);
    if (!journal_rename(path, name, error)) return false;
    withdraw_if(s, path);
    return true;
}

bool sessions_delete(Sessions *s, const char *path, GError **error) {
    if (sessions_is_open(s, path))
        return give_up(error, "The session on screen is not deleted: begin another one "
                              "first.");
    if (!journal_discard(path, error)) return false;
    withdraw_if(s, path);
    return true;
}

// ---- what could be restored

static void offer(Sessions *s, const JournalSummary *j, bool crashed) {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(j->time);
    g_autofree char *when = time ? g_date_time_format(time, "%e %B, %H:%M") : NULL;
    g_autofree char *name = g_filename_display_basename(*j->name ? j->name
                                                                 : "a new piece");
    s->offered = g_strdup(j->path);
    s->crashed = crashed;
    g_autofree char *known = j->session ? g_filename_display_name(j->session) : NULL;
    g_autofree char *called = known ? g_strdup_printf("\"%s\", ", known) : g_strdup("");
    s->offer = g_strdup_printf(
        crashed ? "A session from %s was not closed: %s%s, %" G_GSIZE_FORMAT " take%s."
                : "Your last session, from %s: %s%s, %" G_GSIZE_FORMAT " take%s.",
        when ? g_strstrip(when) : "?", called, name, j->takes,
        j->takes == 1 ? "" : "s");
}

static void offer_closed(Sessions *s, const char *path) {
    JournalSummary *j = journal_summary_of(path);
    if (j->takes) offer(s, j, false);
    journal_summary_free(j);
}

void sessions_find(Sessions *s, bool closed_too) {
    GPtrArray *found = journal_scan(s->folder);
    if (found->len) offer(s, found->pdata[0], true);
    g_ptr_array_unref(found);
    g_autofree char *newest = closed_too && !s->offer ? journal_newest(s->folder)
                                                      : NULL;
    if (newest) offer_closed(s, newest);
}

bool sessions_restore(Sessions *s, const char *path, Document *ret,
                      Journal **ret_journal, char **ret_trouble, GError **error) {
    bool ok = journal_restore(ret_journal, ret, s->folder, path, ret_trouble, error);
    withdraw_if(s, path);
    return ok;
}

bool sessions_decline(Sessions *s, GError **error) {
    bool ok = !s->offered || !s->crashed || journal_put_away(s->offered, error);
    withdraw(s);
    return ok;
}
