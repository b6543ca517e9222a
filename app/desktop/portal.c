#include "app/desktop/portal.h"

#include "thread/monitor.h"
#include "thread/references.h"

#include <gio/gio.h>
#include <string.h>

#define PORTAL "org.freedesktop.portal.Desktop"

// The arguments of the portal's call; all owned.
typedef struct DialogTexts {
    char *parent, *title, *folder, *name, *token; // name: NULL to open a file
} DialogTexts;

struct PortalQuestion {
    DialogTexts texts;
    References references; // the caller's and the thread's
    GCancellable *cancel;
    Wake wake;

    // The thread's.
    GMainContext *context;
    GDBusConnection *bus;
    char *handle; // owned
    PortalEnd found;
    char *path; // owned

    Monitor monitor; // protects what follows
    PortalEnd end;
    bool withdrawn;
};

static void unref_question(PortalQuestion *q) {
    if (!references_drop(&q->references)) return;
    monitor_clear(&q->monitor);
    g_main_context_unref(q->context);
    g_object_unref(q->cancel);
    g_clear_object(&q->bus);
    g_free(q->texts.parent);
    g_free(q->texts.title);
    g_free(q->texts.folder);
    g_free(q->texts.name);
    g_free(q->texts.token);
    g_free(q->handle);
    g_free(q->path);
    g_free(q);
}

// ---- the thread

static void end_with(PortalQuestion *q, PortalEnd end) {
    if (q->found == PORTAL_WAITS) q->found = end;
}

static void take_response(GDBusConnection *bus, const char *sender, const char *path,
                          const char *interface, const char *signal, GVariant *values,
                          void *data) {
    PortalQuestion *q = data;
    guint32 code;
    g_autoptr(GVariant) results = NULL;
    g_autofree const char **uris = NULL;
    if (!g_variant_is_of_type(values, G_VARIANT_TYPE("(ua{sv})"))) {
        end_with(q, PORTAL_FAILED);
        return;
    }
    g_variant_get(values, "(u@a{sv})", &code, &results);
    if (code == 0 && g_variant_lookup(results, "uris", "^a&s", &uris) && *uris)
        q->path = g_filename_from_uri(*uris, NULL, NULL);
    end_with(q, q->path ? PORTAL_CHOSEN : code == 1 ? PORTAL_CANCELLED : PORTAL_FAILED);
}

// Handles NameOwnerChanged, whose arguments are the portal's name, its old and its
// new owner.
static void take_owner(GDBusConnection *bus, const char *sender, const char *path,
                       const char *interface, const char *signal, GVariant *values,
                       void *data) {
    const char *name, *before, *after;
    if (!g_variant_is_of_type(values, G_VARIANT_TYPE("(sss)"))) return;
    g_variant_get(values, "(&s&s&s)", &name, &before, &after);
    if (*before) end_with(data, PORTAL_FAILED);
}

static GVariant *options_of(const PortalQuestion *q) {
    GVariantBuilder options;
    g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&options, "{sv}", "handle_token",
                          g_variant_new_string(q->texts.token));
    g_variant_builder_add(&options, "{sv}", "current_folder",
                          g_variant_new_bytestring(q->texts.folder));
    if (q->texts.name) {
        g_autofree char *shown = g_filename_display_name(q->texts.name);
        g_variant_builder_add(&options, "{sv}", "current_name",
                              g_variant_new_string(shown));
        return g_variant_builder_end(&options);
    }
    static const char *const like[] = {"*.[mM][iI][dD]", "*.[mM][iI][dD][iI]",
                                       "*.[kK][aA][rR]", "*.[rR][mM][iI]",
                                       "*.[sS][mM][fF]", "*.par-midi"};
    GVariantBuilder filter;
    g_variant_builder_init(&filter, G_VARIANT_TYPE("a(us)"));
    for (size_t i = 0; i < G_N_ELEMENTS(like); i++)
        g_variant_builder_add(&filter, "(us)", 0, like[i]);
    g_variant_builder_add(
        &options, "{sv}", "filters",
        g_variant_new_parsed("[('MIDI', %@a(us))]", g_variant_builder_end(&filter)));
    return g_variant_builder_end(&options);
}

static GDBusConnection *connect_bus(PortalQuestion *q) {
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION,
                                                               q->cancel, NULL);
    if (!address) return NULL;
    return g_dbus_connection_new_for_address_sync(
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
            G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, q->cancel, NULL);
}

static void listen_to(PortalQuestion *q, const char *handle) {
    if (g_strcmp0(q->handle, handle) == 0) return;
    g_free(q->handle);
    q->handle = g_strdup(handle);
    g_dbus_connection_signal_subscribe(
        q->bus, PORTAL, "org.freedesktop.portal.Request", "Response", handle, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, take_response, q, NULL);
}

// The portal's specification gives the handle in advance, so that we can subscribe to
// the answer before the call.
static char *expected_handle(const PortalQuestion *q) {
    g_autofree char *sender = g_strdelimit(
        g_strdup(g_dbus_connection_get_unique_name(q->bus) + 1), ".", '_');
    return g_strdup_printf("/org/freedesktop/portal/desktop/request/%s/%s", sender,
                           q->texts.token);
}

static void show_dialog(PortalQuestion *q) {
    g_autofree char *handle = expected_handle(q);
    g_autoptr(GError) error = NULL;
    listen_to(q, handle);
    g_dbus_connection_signal_subscribe(
        q->bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
        "/org/freedesktop/DBus", PORTAL, 0, take_owner, q, NULL);
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        q->bus, PORTAL, "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.FileChooser", q->texts.name ? "SaveFile" : "OpenFile",
        g_variant_new("(ss@a{sv})", q->texts.parent, q->texts.title, options_of(q)),
        G_VARIANT_TYPE("(o)"), G_DBUS_CALL_FLAGS_NONE, PORTAL_PATIENCE, q->cancel,
        &error);
    if (reply) {
        const char *given;
        g_variant_get(reply, "(&o)", &given);
        listen_to(q, given);
        return;
    }
    bool none = g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
                g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
                g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
    end_with(q, none ? PORTAL_MISSING : PORTAL_FAILED);
}

static void take_dialog_away(PortalQuestion *q) {
    if (!q->bus || !q->handle || q->found != PORTAL_WAITS) return;
    g_dbus_connection_call(q->bus, PORTAL, q->handle, "org.freedesktop.portal.Request",
                           "Close", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           NULL, NULL, NULL);
    g_dbus_connection_flush_sync(q->bus, NULL, NULL);
}

static void *ask(void *data) {
    PortalQuestion *q = data;
    g_main_context_push_thread_default(q->context);
    q->bus = connect_bus(q);
    if (q->bus)
        show_dialog(q);
    else
        end_with(q, PORTAL_MISSING);
    while (q->found == PORTAL_WAITS && !g_cancellable_is_cancelled(q->cancel)) {
        if (g_dbus_connection_is_closed(q->bus)) end_with(q, PORTAL_FAILED);
        if (q->found == PORTAL_WAITS) g_main_context_iteration(q->context, true);
    }
    take_dialog_away(q);
    if (q->bus) g_dbus_connection_close_sync(q->bus, NULL, NULL);
    monitor_lock(&q->monitor);
    q->end = q->found == PORTAL_WAITS ? PORTAL_CANCELLED : q->found;
    if (!q->withdrawn) wake_up(q->wake);
    monitor_unlock(&q->monitor);
    g_main_context_pop_thread_default(q->context);
    unref_question(q);
    return NULL;
}

// ---- the main thread

// Without this check GLib would start a bus of its own if there is none.
static bool has_bus(void) {
    const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    g_autofree char *usual = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    return (address && *address) || g_file_test(usual, G_FILE_TEST_EXISTS);
}

void portal_open(Portal *p, const char *parent, Wake wake) {
    *p = (Portal){.parent = g_strdup(parent), .wake = wake, .usable = has_bus()};
}

// Does not join the thread, which may be waiting for a bus that hangs.
void portal_withdraw(Portal *p) {
    PortalQuestion *q = p->question;
    p->question = NULL;
    if (!q) return;
    monitor_lock(&q->monitor);
    q->withdrawn = true;
    monitor_unlock(&q->monitor);
    g_cancellable_cancel(q->cancel);
    g_main_context_wakeup(q->context);
    unref_question(q);
}

void portal_close(Portal *p) {
    portal_withdraw(p);
    g_clear_pointer(&p->parent, g_free);
}

void portal_ask(Portal *p, int wanted, const char *title, const char *folder,
                const char *name) {
    portal_withdraw(p);
    PortalQuestion *q = p->question = g_new0(PortalQuestion, 1);
    references_init(&q->references, 2);
    q->texts = (DialogTexts){g_strdup(p->parent), g_strdup(title), g_strdup(folder),
                             g_strdup(name), g_strdup_printf("par_midi_%d", ++p->id)};
    q->context = g_main_context_new();
    q->cancel = g_cancellable_new();
    q->wake = p->wake;
    monitor_init(&q->monitor);
    p->wanted = wanted;
    g_thread_unref(g_thread_new("portal", ask, q));
}

bool portal_is_asking(const Portal *p) { return p->question != NULL; }

PortalEnd portal_answer(Portal *p, int *ret_wanted, char **ret_path) {
    PortalQuestion *q = p->question;
    if (!q) return PORTAL_WAITS;
    monitor_lock(&q->monitor);
    PortalEnd end = q->end;
    monitor_unlock(&q->monitor);
    if (end == PORTAL_WAITS) return end;
    *ret_wanted = p->wanted;
    *ret_path = g_strdup(q->path);
    p->usable = end == PORTAL_CHOSEN || end == PORTAL_CANCELLED;
    portal_withdraw(p);
    return end;
}
