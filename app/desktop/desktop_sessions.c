#include "app/desktop/desktop_parts.h"

static void list(Desktop *d) {
    session_list_read(&d->session_list, d->sessions.folder, true);
}

// Reports the result of a command.
static void answer(Desktop *d, GError *error, const char *done, const char *name) {
    if (error)
        desktop_fail(d, CONCERN_FILE, error);
    else
        notices_say(&d->notices, CONCERN_FILE, false, done, name);
}

bool desktop_open_session(Desktop *d, const char *path) {
    GError *error = NULL;
    Document document;
    Journal *journal = NULL;
    g_autofree char *trouble = NULL;
    if (sessions_is_open(&d->sessions, path)) return true;
    if (!sessions_restore(&d->sessions, path, &document, &journal, &trouble, &error)) {
        desktop_fail(d, CONCERN_FILE, error);
        return false;
    }
    notices_unsay(&d->notices, CONCERN_FILE);
    desktop_replace(d, &document, journal);
    desktop_settle(d, document_take(&d->piece.document, 0)->name);
    if (trouble) notices_say(&d->notices, CONCERN_FILE, true, "%s", trouble);
    return true;
}

void desktop_save_session(Desktop *d, const char *name, bool copy) {
    GError *error = NULL;
    sessions_save(&d->sessions, &d->piece.document, name, copy, &error);
    answer(d, error, "Saved \"%s\".", name);
    list(d);
}

void desktop_rename_session(Desktop *d, const char *path, const char *name) {
    GError *error = NULL;
    sessions_rename(&d->sessions, path, name, &error);
    answer(d, error, "It is called \"%s\" now.", name);
    list(d);
}

void desktop_delete_session(Desktop *d, const char *path) {
    GError *error = NULL;
    g_autofree char *stem = journal_name_of(path);
    g_autofree char *name = g_filename_display_name(stem ? stem : "the session");
    sessions_delete(&d->sessions, path, &error);
    answer(d, error, "Deleted %s.", name);
    list(d);
}

void desktop_quit(Desktop *d) {
    d->quit = sessions_may_end(&d->sessions, &d->piece.document);
}

static Keeping keeping(const Desktop *d, const char *name) {
    if (sessions_fails(&d->sessions, &d->piece.document)) return KEEPING_FAILS;
    if (name) return KEEPING_NAMED;
    return journal_worth(&d->piece.document) ? KEEPING_UNNAMED : KEEPING_NOTHING;
}

void desktop_show_session(Desktop *d, View *v) {
    Sessions *s = &d->sessions;
    session_list_show(&d->session_list, v);
    g_free(d->texts.session);
    d->texts.session = journal_name(s->journal);
    v->sessions.path = s->journal ? journal_path(s->journal) : NULL;
    v->sessions.name = d->texts.session;
    v->sessions.keeping = keeping(d, v->sessions.name);
    v->notices.question = sessions_question(s, &d->piece.document);
    v->notices.recovery = s->offer;
    bool unsaved = v->sessions.keeping == KEEPING_UNNAMED ||
                   v->sessions.keeping == KEEPING_FAILS;
    g_free(d->texts.title);
    d->texts.title = g_strconcat(
        unsaved ? "*" : "", v->sessions.name ? v->sessions.name : d->piece.title, NULL);
    v->piece.title = d->texts.title;
}
