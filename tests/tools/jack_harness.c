// jack_harness NAME [MIDI]: the devices around the program in a test. It listens to the
// program's JACK output, and it is a MIDI keyboard, JACK's port NAME:keys. It prints
//     sound T       sound began after silence at T (microseconds since 1970)
//     silence T     the last sound before a tenth of a second of silence was at T
// It plays what standard input says: `on PITCH VELOCITY`, `off PITCH`, `pedal VALUE`,
// `control CHANNEL NUMBER VALUE`. It writes what comes from par-midi's MIDI output to
// the file MIDI: FRAME STATUS A B, counting the frames that it received from JACK,
// and `dropped` when the server has dropped a period.
#include <jack/jack.h>
#include <jack/midiport.h>
#include <jack/ringbuffer.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOUD  1e-4f
#define QUIET 100000 // microseconds

typedef struct Message {
    int64_t frame;
    uint8_t bytes[3];
} Message;

typedef struct Room {
    jack_client_t *client;
    jack_port_t *ear, *keys, *wire;
    jack_ringbuffer_t *heard;    // Message, from the callback
    int64_t frames;              // frames that the callback received
    _Atomic int64_t first, last; // the present sound; first is 0 in silence
    _Atomic uint32_t message;    // the message to be played; 0: none
    atomic_bool dropped;         // a period, since it was last written
} Room;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void play(Room *r, jack_nframes_t frames) {
    void *buffer = jack_port_get_buffer(r->keys, frames);
    jack_midi_clear_buffer(buffer);
    uint32_t m = atomic_exchange(&r->message, 0);
    uint8_t bytes[3] = {(uint8_t)(m >> 16), (uint8_t)(m >> 8), (uint8_t)m};
    if (m) jack_midi_event_write(buffer, 0, bytes, 3);
}

static void hear(Room *r, jack_nframes_t frames) {
    void *buffer = jack_port_get_buffer(r->wire, frames);
    jack_midi_event_t event;
    for (uint32_t i = 0; jack_midi_event_get(&event, buffer, i) == 0; i++) {
        if (event.size != 3) continue;
        Message m = {r->frames + event.time, {0}};
        memcpy(m.bytes, event.buffer, sizeof m.bytes);
        if (jack_ringbuffer_write_space(r->heard) >= sizeof m)
            jack_ringbuffer_write(r->heard, (const char *)&m, sizeof m);
    }
}

static int drop(void *data) {
    atomic_store(&((Room *)data)->dropped, true);
    return 0;
}

static void tell_heard(Room *r, FILE *to) {
    Message m;
    bool dropped = atomic_exchange(&r->dropped, false);
    while (jack_ringbuffer_read_space(r->heard) >= sizeof m) {
        jack_ringbuffer_read(r->heard, (char *)&m, sizeof m);
        if (to)
            fprintf(to, "%lld %d %d %d\n", (long long)m.frame, m.bytes[0], m.bytes[1],
                    m.bytes[2]);
    }
    if (dropped && to) fputs("dropped\n", to); // after what came before it
}

static int process(jack_nframes_t frames, void *data) {
    Room *r = data;
    const float *in = jack_port_get_buffer(r->ear, frames);
    float most = 0;
    for (jack_nframes_t i = 0; i < frames; i++) most = fmaxf(most, fabsf(in[i]));
    if (most > LOUD) {
        int64_t t = now(), none = 0;
        atomic_compare_exchange_strong(&r->first, &none, t);
        atomic_store(&r->last, t);
    }
    play(r, frames);
    hear(r, frames);
    r->frames += frames;
    return 0;
}

static void send(Room *r, int status, int a, int b) {
    while (atomic_load(&r->message)) usleep(500);
    atomic_store(&r->message, (uint32_t)(status << 16 | a << 8 | b));
}

static bool obey(Room *r) {
    char line[64];
    int a, b, c;
    if (!fgets(line, sizeof line, stdin)) return false;
    if (sscanf(line, "on %d %d", &a, &b) == 2) send(r, 0x90, a, b);
    if (sscanf(line, "off %d", &a) == 1) send(r, 0x80, a, 0);
    if (sscanf(line, "pedal %d", &a) == 1) send(r, 0xB0, 64, a);
    if (sscanf(line, "control %d %d %d", &a, &b, &c) == 3) send(r, 0xB0 + a - 1, b, c);
    return true;
}

int main(int argc, char **argv) {
    Room r = {.first = 0};
    if (argc != 2 && argc != 3) return 2;
    FILE *midi = argc == 3 ? fopen(argv[2], "w") : NULL;
    r.client = jack_client_open(argv[1], JackNoStartServer, NULL);
    if (!r.client) return 1;
    r.ear = jack_port_register(r.client, "ear", JACK_DEFAULT_AUDIO_TYPE,
                               JackPortIsInput, 0);
    r.keys = jack_port_register(r.client, "keys", JACK_DEFAULT_MIDI_TYPE,
                                JackPortIsOutput, 0);
    r.wire = jack_port_register(r.client, "wire", JACK_DEFAULT_MIDI_TYPE,
                                JackPortIsInput, 0);
    r.heard = jack_ringbuffer_create(1 << 18);
    jack_set_process_callback(r.client, process, &r);
    jack_set_xrun_callback(r.client, drop, &r);
    if (jack_activate(r.client) != 0) return 1;
    setvbuf(stdin, NULL, _IONBF, 0);
    bool sounds = false;
    for (struct pollfd in = {.fd = 0, .events = POLLIN};;) {
        if (poll(&in, 1, 5) > 0 && !obey(&r)) break;
        if (!jack_port_connected(r.ear))
            jack_connect(r.client, "par-midi:left", jack_port_name(r.ear));
        if (!jack_port_connected(r.wire))
            jack_connect(r.client, "par-midi:par-midi out", jack_port_name(r.wire));
        tell_heard(&r, midi);
        int64_t first = atomic_load(&r.first), last = atomic_load(&r.last);
        if (first && !sounds) printf("sound %lld\n", (long long)first);
        sounds = first != 0;
        if (sounds && now() - last > QUIET) {
            printf("silence %lld\n", (long long)last);
            sounds = false;
            atomic_store(&r.first, 0);
        }
        fflush(stdout);
        if (midi) fflush(midi);
    }
    jack_client_close(r.client);
    return 0;
}
