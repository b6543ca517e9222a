#include "app/desktop/piece/session_list.h"

#include "thread/monitor.h"
#include "thread/references.h"

struct SessionReader {
    char *folder; // owned
    bool whole;
    Wake wake;
    References references; // held by the list and the thread
    Monitor monitor;       // protects what follows
    GPtrArray *found;      // JournalSummary *, owned
    int version;           // changes with `found`
    bool ending;
};

static void unref_reader(SessionReader *r) {
    if (!references_drop(&r->references)) return;
    monitor_clear(&r->monitor);
    if (r->found) g_ptr_array_unref(r->found);
    g_free(r->folder);
    g_free(r);
}

// Replaces the summary of one session by a fuller one and wakes the main thread, unless
// the list has been closed.
static void tell(SessionReader *r, GPtrArray *found, guint at, JournalSummary *s) {
    if (s) {
        journal_summary_free(found->pdata[at]);
        found->pdata[at] = s;
    }
    r->found = found;
    r->version++;
    if (!r->ending) wake_up(r->wake);
}

static void *read_all(void *data) {
    SessionReader *r = data;
    GPtrArray *found = journal_list(r->folder);
    monitor_lock(&r->monitor);
    tell(r, found, 0, NULL);
    for (guint i = 0; r->whole && i < found->len && !r->ending; i++) {
        JournalSummary *s = journal_summary_copy(found->pdata[i]);
        monitor_unlock(&r->monitor);
        journal_summary_read(s);
        monitor_lock(&r->monitor);
        tell(r, found, i, s);
    }
    monitor_unlock(&r->monitor);
    unref_reader(r);
    return NULL;
}

// Does not wait for the thread, because reading a large session takes long.
static void end_reader(SessionReader *r) {
    if (!r) return;
    monitor_lock(&r->monitor);
    r->ending = true;
    monitor_unlock(&r->monitor);
    unref_reader(r);
}

static void free_row(void *data) {
    ViewSession *row = data;
    g_free((char *)row->path);
    g_free((char *)row->name);
    g_free((char *)row->detail);
}

void session_list_open(SessionList *l, Wake wake) {
    *l = (SessionList){.wake = wake};
    l->rows = g_array_new(false, false, sizeof(ViewSession));
    g_array_set_clear_func(l->rows, free_row);
}

void session_list_close(SessionList *l) {
    end_reader(l->reader);
    if (l->rows) g_array_unref(l->rows);
    *l = (SessionList){0};
}

void session_list_read(SessionList *l, const char *folder, bool whole) {
    end_reader(l->reader);
    l->version = 0;
    SessionReader *r = l->reader = g_new0(SessionReader, 1);
    r->folder = g_strdup(folder);
    r->whole = whole;
    r->wake = l->wake;
    monitor_init(&r->monitor);
    references_init(&r->references, 2);
    g_thread_unref(g_thread_new("sessions", read_all, r));
}

static char *date(int64_t time, const char *format) {
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(time);
    char *text = at ? g_date_time_format(at, format) : NULL;
    return text ? g_strstrip(text) : g_strdup("?");
}

// The time at which it was last written, if it has no name.
static char *name_of(const JournalSummary *s) {
    if (s->session) return g_filename_display_name(s->session);
    g_autofree char *when = date(s->time, "%e %B, %H:%M");
    return g_strdup_printf("Unnamed, %s", when);
}

// "30 Nov 04:05, 2:10, 3 takes, étude.mid"
static char *detail(const JournalSummary *s) {
    g_autofree char *when = date(s->time, "%e %b %H:%M");
    GString *text = g_string_new(when);
    if (s->in_use) g_string_append(text, ", open");
    if (s->trouble) g_string_append(text, ", damaged");
    if (s->name && !s->trouble) {
        int seconds = (int)MIN(s->length / G_USEC_PER_SEC, G_MAXINT);
        g_string_append_printf(text, ", %d:%02d, %" G_GSIZE_FORMAT " take%s",
                               seconds / 60, seconds % 60, s->takes,
                               s->takes == 1 ? "" : "s");
    }
    if (s->name && *s->name) {
        g_autofree char *piece = g_filename_display_basename(s->name);
        g_string_append_printf(text, ", %s", piece);
    }
    return g_string_free(text, false);
}

static void make_rows(SessionList *l, const GPtrArray *found) {
    g_array_set_size(l->rows, 0);
    l->rows_version++;
    for (guint i = 0; i < found->len; i++) {
        const JournalSummary *s = found->pdata[i];
        if (s->name ? !journal_summary_worth(s) : s->in_use) continue;
        ViewSession row = {.path = g_strdup(s->path),
                           .name = name_of(s),
                           .detail = detail(s),
                           .named = s->session != NULL};
        g_array_append_val(l->rows, row);
    }
}

void session_list_show(SessionList *l, View *ret) {
    SessionReader *r = l->reader;
    if (r) {
        monitor_lock(&r->monitor);
        if (r->version != l->version && r->found) make_rows(l, r->found);
        l->version = r->version;
        monitor_unlock(&r->monitor);
    }
    ret->sessions.list = (const ViewSession *)(const void *)l->rows->data;
    ret->sessions.version = l->rows_version;
    ret->sessions.count = (int)l->rows->len;
}
