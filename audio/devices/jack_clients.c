#include "audio/devices/jack_clients.h"

#include <stdbool.h>

static atomic_int count; // clients that are open or being opened
static atomic_bool dead; // their server has died

static void say_nothing(const char *text) {}

static void shut_down(void *gone) {
    atomic_store(&dead, true);
    atomic_store((atomic_bool *)gone, true);
}

static void leave(void) {
    if (atomic_fetch_sub(&count, 1) == 1) atomic_store(&dead, false);
}

jack_client_t *jack_clients_open(const char *name, atomic_bool *gone) {
    jack_client_t *client = NULL;
    // The news that a server died may arrive after the last of its clients was closed.
    if (atomic_fetch_add(&count, 1) == 0) atomic_store(&dead, false);
    if (!atomic_load(&dead)) {
        jack_set_error_function(say_nothing);
        jack_set_info_function(say_nothing);
        client = jack_client_open(name, JackNoStartServer, NULL);
    }
    if (client)
        jack_on_shutdown(client, shut_down, gone);
    else
        leave();
    return client;
}

void jack_clients_close(jack_client_t *client) {
    jack_client_close(client);
    leave();
}
