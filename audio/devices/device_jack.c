#include "audio/devices/device.h"

#include "audio/devices/jack_clients.h"

#include <jack/midiport.h>
#include <string.h>

enum { MOST_FRAMES = 1024 }; // the most that are rendered in one call

typedef struct JackDevice {
    Device device;         // must be first: a JackDevice is a Device
    jack_client_t *client; // owned
    jack_port_t *left, *right, *midi;
    char *target; // owned; the client to whose ports we connect
    atomic_bool gone, underrun;
} JackDevice;

// Returns the ports that accept sound, to be freed with jack_free, or NULL.
static const char **inputs(jack_client_t *client, unsigned long flags) {
    return jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE,
                          JackPortIsInput | flags);
}

static char *client_of(const char *port) {
    const char *colon = strchr(port, ':');
    return colon ? g_strndup(port, (gsize)(colon - port)) : g_strdup(port);
}

static void list(GPtrArray *names) {
    atomic_bool gone = false;
    jack_client_t *client = jack_clients_open("par-midi", &gone);
    if (!client) return;
    const char **ports = inputs(client, 0);
    for (int i = 0; ports && ports[i]; i++) {
        g_autofree char *owner = client_of(ports[i]);
        char *name = g_strconcat("JACK: ", owner, NULL);
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_add(names, name);
    }
    jack_free(ports);
    jack_clients_close(client);
}

typedef struct Period {
    void *midi; // JACK's buffer
    jack_nframes_t done;
} Period;

static bool send(void *data, const WireMessage *m) {
    const Period *p = data;
    return jack_midi_event_write(p->midi, p->done + (jack_nframes_t)m->frame, m->bytes,
                                 sizeof m->bytes) == 0;
}

static int process(jack_nframes_t frames, void *data) {
    JackDevice *j = data;
    float *left = jack_port_get_buffer(j->left, frames);
    float *right = jack_port_get_buffer(j->right, frames);
    float both[MOST_FRAMES][2];
    Period p = {.midi = jack_port_get_buffer(j->midi, frames)};
    const DeviceWire wire = {send, &p};
    jack_midi_clear_buffer(p.midi);
    while (p.done < frames) {
        int n = (int)MIN(frames - p.done, MOST_FRAMES);
        j->device.render(j->device.data, both[0], n, j->device.rate,
                         atomic_exchange(&j->underrun, false), &wire);
        for (int i = 0; i < n; i++) {
            left[p.done] = both[i][0];
            right[p.done++] = both[i][1];
        }
    }
    return 0;
}

static int count_underrun(void *data) {
    atomic_store(&((JackDevice *)data)->underrun, true);
    return 0;
}

static void close_device(Device *d) {
    JackDevice *j = (JackDevice *)d;
    jack_clients_close(j->client);
    g_free(d->name);
    g_free(j->target);
    g_free(j);
}

static bool find_target(JackDevice *j, const char *name) {
    const char **ports = inputs(j->client, *name ? 0 : JackPortIsPhysical);
    for (int i = 0; ports && ports[i] && !j->target; i++) {
        g_autofree char *owner = client_of(ports[i]);
        g_autofree char *full = g_strconcat("JACK: ", owner, NULL);
        if (*name && strcmp(full, name) != 0) continue;
        j->target = g_steal_pointer(&owner);
        j->device.name = g_steal_pointer(&full);
    }
    jack_free(ports);
    return j->target != NULL;
}

static bool open_device(Device **ret, const char *name, int frames, GError **error) {
    JackDevice *j = g_new0(JackDevice, 1);
    jack_client_t *client = j->client = jack_clients_open("par-midi", &j->gone);
    if (!client) {
        g_set_error(error, DEVICE_ERROR, 0, "no JACK server answers");
        g_free(j);
        return false;
    }
    j->device = (Device){.system = &device_jack,
                         .rate = (int)jack_get_sample_rate(client),
                         .frames = (int)jack_get_buffer_size(client),
                         .wired = true};
    j->left = jack_port_register(client, "left", JACK_DEFAULT_AUDIO_TYPE,
                                 JackPortIsOutput, 0);
    j->right = jack_port_register(client, "right", JACK_DEFAULT_AUDIO_TYPE,
                                  JackPortIsOutput, 0);
    j->midi = jack_port_register(client, MIDI_PORT_OUT, JACK_DEFAULT_MIDI_TYPE,
                                 JackPortIsOutput, 0);
    jack_set_process_callback(client, process, j);
    jack_set_xrun_callback(client, count_underrun, j);
    if (!j->left || !j->right || !j->midi || !find_target(j, name)) {
        g_set_error(error, DEVICE_ERROR, 0, "%s is not there now",
                    *name ? name : "JACK's sound card");
        close_device(&j->device);
        return false;
    }
    *ret = &j->device;
    return true;
}

// Connects left to the first port of the target and right to its second.
static bool connect_ports(JackDevice *j) {
    const char **ports = inputs(j->client, 0);
    int connected = 0;
    for (int i = 0; ports && ports[i] && connected < 2; i++) {
        g_autofree char *owner = client_of(ports[i]);
        if (strcmp(owner, j->target) != 0) continue;
        jack_port_t *own = connected ? j->right : j->left;
        connected += jack_connect(j->client, jack_port_name(own), ports[i]) == 0;
    }
    jack_free(ports);
    return connected > 0;
}

static bool start(Device *d, DeviceRender *render, void *data, GError **error) {
    JackDevice *j = (JackDevice *)d;
    d->render = render;
    d->data = data;
    if (jack_activate(j->client) != 0 || !connect_ports(j)) {
        g_set_error(error, DEVICE_ERROR, 0, "%s does not start", d->name);
        return false;
    }
    jack_latency_range_t range;
    jack_port_get_latency_range(j->left, JackPlaybackLatency, &range);
    d->latency = (double)(range.max + (jack_nframes_t)d->frames) / d->rate;
    return true;
}

static bool alive(const Device *d) {
    return !atomic_load(&((const JackDevice *)d)->gone);
}

const DeviceSystem device_jack = {list, open_device, start, alive, close_device};
