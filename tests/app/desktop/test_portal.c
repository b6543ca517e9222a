// Runs beside its own D-Bus. Started as `test_portal fake KIND FILE` it is a portal on
// the session's bus. It answers a request from the window PARENT with that file, or as
// KIND says: cancel, mute (it shows no dialog), vanish (with its dialog open), wait
// (for Close).
#include "app/desktop/portal.h"
#include "tests/test.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORTAL "org.freedesktop.portal.Desktop"
#define PARENT "x11:2a00007"

static const char interfaces[] =
    "<node><interface name='org.freedesktop.portal.FileChooser'>"
    "<method name='OpenFile'><arg type='s' direction='in'/><arg type='s' "
    "direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' "
    "direction='out'/></method>"
    "<method name='SaveFile'><arg type='s' direction='in'/><arg type='s' "
    "direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' "
    "direction='out'/></method></interface>"
    "<interface name='org.freedesktop.portal.Request'><method name='Close'/>"
    "</interface></node>";

static const char *kind, *file, *self;

static void respond(GDBusConnection *bus, const char *sender, const char *handle,
                    const char *parent) {
    GVariantBuilder results;
    g_variant_builder_init(&results, G_VARIANT_TYPE_VARDICT);
    g_autofree char *uri = g_filename_to_uri(file, NULL, NULL);
    const char *const uris[] = {uri, NULL};
    bool chosen = strcmp(kind, "answer") == 0 && strcmp(parent, PARENT) == 0;
    if (chosen)
        g_variant_builder_add(&results, "{sv}", "uris", g_variant_new_strv(uris, -1));
    g_dbus_connection_emit_signal(
        bus, sender, handle, "org.freedesktop.portal.Request", "Response",
        g_variant_new("(u@a{sv})", chosen ? 0u : 1u, g_variant_builder_end(&results)),
        NULL);
}

static void closed(GDBusConnection *bus, const char *sender, const char *path,
                   const char *interface, const char *method, GVariant *values,
                   GDBusMethodInvocation *call, void *data) {
    g_file_set_contents(file, "closed", -1, NULL);
    g_dbus_method_invocation_return_value(call, NULL);
}

static const GDBusInterfaceVTable request = {.method_call = closed};

static void asked(GDBusConnection *bus, const char *sender, const char *path,
                  const char *interface, const char *method, GVariant *values,
                  GDBusMethodInvocation *call, void *data) {
    GDBusNodeInfo *node = data;
    if (strcmp(kind, "mute") == 0) return;
    g_autoptr(GVariant) options = g_variant_get_child_value(values, 2);
    const char *parent, *token;
    g_variant_get_child(values, 0, "&s", &parent);
    g_variant_lookup(options, "handle_token", "&s", &token);
    g_autofree char *who = g_strdelimit(g_strdup(sender + 1), ".", '_');
    g_autofree char *handle = g_strdup_printf(
        "/org/freedesktop/portal/desktop/request/%s/%s", who, token);
    g_dbus_connection_register_object(bus, handle, node->interfaces[1], &request, NULL,
                                      NULL, NULL);
    g_dbus_method_invocation_return_value(call, g_variant_new("(o)", handle));
    g_dbus_connection_flush_sync(bus, NULL, NULL);
    if (strcmp(kind, "vanish") == 0) exit(0);
    if (strcmp(kind, "wait") == 0)
        g_file_set_contents(file, "open", -1, NULL);
    else
        respond(bus, sender, handle, parent);
}

static const GDBusInterfaceVTable chooser = {.method_call = asked};

static int be_portal(void) {
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(interfaces, NULL);
    if (!bus || !node) return 1;
    g_dbus_connection_register_object(bus, "/org/freedesktop/portal/desktop",
                                      node->interfaces[0], &chooser, node, NULL, NULL);
    g_bus_own_name_on_connection(bus, PORTAL, 0, NULL, NULL, NULL, NULL);
    g_main_loop_run(g_main_loop_new(NULL, false));
    return 0;
}

// ---- the tests

static GPid fake;
static int woken;

static void wake(void *data) { g_atomic_int_inc(&woken); }

static bool has_owner(GDBusConnection *bus) {
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new("(s)", PORTAL), NULL, 0, -1, NULL, NULL);
    gboolean has = false;
    if (reply) g_variant_get(reply, "(b)", &has);
    return has;
}

static void start_fake(const char *what, const char *path) {
    char *argv[] = {(char *)self, "fake", (char *)what, (char *)path, NULL};
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    CHECK(g_spawn_async(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &fake,
                        NULL));
    for (int i = 0; i < 6000 && !has_owner(bus); i++) g_usleep(10000);
}

static void stop_fake(void) {
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    kill(fake, SIGKILL);
    waitpid(fake, NULL, 0);
    for (int i = 0; i < 6000 && has_owner(bus); i++) g_usleep(10000);
}

static PortalEnd await(Portal *p, char **ret_path) {
    int wanted;
    PortalEnd end;
    *ret_path = NULL;
    for (int i = 0; i < 6000; i++) {
        end = portal_answer(p, &wanted, ret_path);
        if (end != PORTAL_WAITS) break;
        g_usleep(10000);
    }
    CHECK(end != PORTAL_WAITS && wanted == 7);
    return end;
}

static PortalEnd ask_of(const char *what, const char *name, char **ret_path) {
    Portal p;
    if (what) start_fake(what, "/tmp/some étude.mid");
    portal_open(&p, PARENT, (Wake){wake, NULL});
    CHECK(p.usable && !portal_is_asking(&p));
    portal_ask(&p, 7, "Open", "/tmp", name);
    PortalEnd end = await(&p, ret_path);
    bool broken = end == PORTAL_FAILED || end == PORTAL_MISSING;
    CHECK(!portal_is_asking(&p) && p.usable == !broken);
    portal_close(&p);
    if (what) stop_fake();
    return end;
}

TEST(the_file_that_is_chosen_for_our_window_comes_back_opened_or_to_be_written) {
    for (int save = 0; save < 2; save++) {
        g_autofree char *path = NULL;
        CHECK(ask_of("answer", save ? "x.mid" : NULL, &path) == PORTAL_CHOSEN);
        CHECK(g_strcmp0(path, "/tmp/some étude.mid") == 0);
    }
    CHECK(g_atomic_int_get(&woken) == 2);
}

TEST(a_user_who_cancels_is_told_from_a_portal_that_fails) {
    g_autofree char *path = NULL;
    CHECK(ask_of("cancel", NULL, &path) == PORTAL_CANCELLED && !path);
}

TEST(a_portal_that_is_missing_mute_or_vanishes_is_no_answer) {
    char *path;
    CHECK(ask_of(NULL, NULL, &path) == PORTAL_MISSING && !path);
    CHECK(ask_of("mute", NULL, &path) == PORTAL_FAILED && !path);
    CHECK(ask_of("vanish", NULL, &path) == PORTAL_FAILED && !path);
}

static bool says(const char *path, const char *what) {
    for (int i = 0; i < 6000; i++) {
        g_autofree char *text = NULL;
        if (g_file_get_contents(path, &text, NULL, NULL) && strcmp(text, what) == 0)
            return true;
        g_usleep(10000);
    }
    return false;
}

TEST(a_question_that_is_withdrawn_takes_its_dialog_away) {
    g_autofree char *folder = g_dir_make_tmp("par-portal-XXXXXX", NULL);
    g_autofree char *state = g_build_filename(folder, "state", NULL);
    Portal p;
    start_fake("wait", state);
    portal_open(&p, PARENT, (Wake){wake, NULL});
    portal_ask(&p, 7, "Open", "/tmp", NULL);
    CHECK(says(state, "open"));
    int before = g_atomic_int_get(&woken);
    portal_close(&p);
    CHECK(says(state, "closed") && g_atomic_int_get(&woken) == before);
    stop_fake();
    unlink(state);
    rmdir(folder);
}

int main(int argc, char **argv) {
    self = argv[0];
    if (argc == 4 && strcmp(argv[1], "fake") == 0) {
        kind = argv[2], file = argv[3];
        return be_portal();
    }
    g_autofree char *daemon = g_find_program_in_path("dbus-daemon");
    if (!daemon) {
        printf("1..0 # SKIP no dbus-daemon here\n");
        return 0;
    }
    GTestDBus *bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(bus);
    RUN(the_file_that_is_chosen_for_our_window_comes_back_opened_or_to_be_written);
    RUN(a_user_who_cancels_is_told_from_a_portal_that_fails);
    RUN(a_portal_that_is_missing_mute_or_vanishes_is_no_answer);
    RUN(a_question_that_is_withdrawn_takes_its_dialog_away);
    g_test_dbus_stop(bus);
    g_object_unref(bus);
    return test_end();
}
