#include "audio/ports/midi_held.h"
#include "audio/ports/midi_ports.h"
#include "audio/ports/midi_send.h"

#include <alsa/asoundlib.h>

#define LOOK  5000 // how often the thread looks for messages; less than MIDI_DELAY
#define CLOSE 200  // the most time between reading two clocks that are compared
#define LATER 1000 // extra wait for the queue; all in microseconds

struct AlsaSend {
    Engine *engine; // borrowed
    snd_seq_t *seq; // owned
    int port, queue;
    int64_t
        last; // when the latest message leaves, by the queue's clock: none overtakes
    MidiHeld held;
    GThread *thread;
    atomic_bool over;
};

static int64_t queue_time(const AlsaSend *s) {
    snd_seq_queue_status_t *status;
    snd_seq_queue_status_alloca(&status);
    if (snd_seq_get_queue_status(s->seq, s->queue, status) < 0) return s->last;
    const snd_seq_real_time_t *t = snd_seq_queue_status_get_real_time(status);
    return (int64_t)t->tv_sec * 1000000 + t->tv_nsec / 1000;
}

// Returns how far the queue's clock is ahead of g_get_monotonic_time(). Reads both
// again if much time passed between the two readings.
static int64_t queue_ahead(const AlsaSend *s) {
    int64_t before, time, after;
    int tries = 10;
    do {
        before = g_get_monotonic_time();
        time = queue_time(s);
        after = g_get_monotonic_time();
    } while (after - before > CLOSE && --tries);
    return time - before;
}

static void put(AlsaSend *s, const uint8_t bytes[3], int64_t time) {
    snd_seq_event_t ev;
    snd_seq_ev_clear(&ev);
    int channel = bytes[0] & 15;
    switch (bytes[0] & 0xF0) {
    case 0x80: snd_seq_ev_set_noteoff(&ev, channel, bytes[1], bytes[2]); break;
    case 0x90: snd_seq_ev_set_noteon(&ev, channel, bytes[1], bytes[2]); break;
    default: snd_seq_ev_set_controller(&ev, channel, bytes[1], bytes[2]); break;
    }
    snd_seq_ev_set_source(&ev, (unsigned char)s->port);
    snd_seq_ev_set_subs(&ev);
    s->last = MAX(s->last, time);
    snd_seq_real_time_t at = {(unsigned)(s->last / 1000000),
                              (unsigned)(s->last % 1000000 * 1000)};
    snd_seq_ev_schedule_real(&ev, s->queue, 0, &at);
    snd_seq_event_output(s->seq, &ev);
    midi_held_follow(&s->held, bytes);
}

static void put_relayed(AlsaSend *s) {
    RelayedMessage m;
    if (!engine_relayed(s->engine, &m)) return;
    int64_t ahead = queue_ahead(s) + MIDI_DELAY;
    for (; engine_relayed(s->engine, &m); engine_drop_relayed(s->engine))
        put(s, m.bytes, m.due + ahead);
    snd_seq_drain_output(s->seq);
}

// Releases what is held, and waits until the queue has sent its last message, because
// the queue ends with us.
static void let_go(AlsaSend *s) {
    uint8_t bytes[3];
    while (midi_held_let_go(&s->held, bytes)) put(s, bytes, queue_time(s));
    snd_seq_drain_output(s->seq);
    int64_t left = s->last - queue_time(s) + LATER;
    if (left > 0) g_usleep((gulong)MIN(left, 10 * MIDI_DELAY));
}

static void *run(void *data) {
    AlsaSend *s = data;
    for (; !atomic_load(&s->over); g_usleep(LOOK)) put_relayed(s);
    put_relayed(s);
    let_go(s);
    return NULL;
}

AlsaSend *alsa_send_open(Engine *e) {
    snd_seq_t *seq;
    if (snd_seq_open(&seq, "default", SND_SEQ_OPEN_OUTPUT, 0) < 0) return NULL;
    AlsaSend *s = g_new0(AlsaSend, 1);
    s->engine = e;
    s->seq = seq;
    snd_seq_set_client_name(seq, MIDI_CLIENT_OUT);
    s->port = snd_seq_create_simple_port(
        seq, MIDI_PORT_OUT, SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ,
        SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_APPLICATION);
    s->queue = snd_seq_alloc_queue(seq);
    if (s->port < 0 || s->queue < 0 || snd_seq_start_queue(seq, s->queue, NULL) < 0) {
        snd_seq_close(seq);
        g_free(s);
        return NULL;
    }
    snd_seq_drain_output(seq);
    s->thread = g_thread_new("midi-alsa", run, s);
    return s;
}

bool alsa_send_lead(AlsaSend *s, int client, int port, bool connect) {
    snd_seq_port_subscribe_t *way;
    snd_seq_port_subscribe_alloca(&way);
    snd_seq_addr_t from = {(unsigned char)snd_seq_client_id(s->seq),
                           (unsigned char)s->port},
                   to = {(unsigned char)client, (unsigned char)port};
    snd_seq_port_subscribe_set_sender(way, &from);
    snd_seq_port_subscribe_set_dest(way, &to);
    bool connected = snd_seq_get_port_subscription(s->seq, way) == 0;
    if (connected && !connect) snd_seq_unsubscribe_port(s->seq, way);
    if (connected || !connect) return connect;
    return snd_seq_subscribe_port(s->seq, way) == 0;
}

void alsa_send_close(AlsaSend *s) {
    if (!s) return;
    atomic_store(&s->over, true);
    g_thread_join(s->thread);
    snd_seq_close(s->seq);
    g_free(s);
}
