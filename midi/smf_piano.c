#include "midi/smf_song.h"

enum { DRUM_CHANNEL = 9 };

// Elapsed time is kept as the exact sum of ticks x tempo. At most 2^31 ticks of less
// than 2^24 microseconds each: it stays below 2^55.
typedef struct Clock {
    uint32_t tick, tempo;
    int64_t elapsed; // microseconds x division
} Clock;

typedef struct Piano {
    SmfSong *song;
    Performance *ret;
    Clock clock;
    Note sounding[128]; // velocity 0: silent
    uint8_t pedal[16];  // of each channel
} Piano;

static int by_tick(const void *a, const void *b) {
    const SmfEvent *x = a, *y = b;
    return (x->tick > y->tick) - (x->tick < y->tick);
}

static int64_t advance(Piano *p, uint32_t tick) {
    p->clock.elapsed += (int64_t)(tick - p->clock.tick) * p->clock.tempo;
    p->clock.tick = tick;
    int64_t time = p->clock.elapsed / p->song->division;
    if (time > SMF_MAX_TIME) smf_warn(p->song, SMF_WARN_LONG);
    return MIN(time, SMF_MAX_TIME);
}

static void release(Piano *p, uint8_t pitch, int64_t time) {
    Note *note = &p->sounding[pitch];
    if (!note->velocity) return;
    note->release = time;
    performance_add_note(p->ret, *note);
    note->velocity = 0;
}

static void play_note(Piano *p, const SmfEvent *event, int64_t time) {
    uint8_t pitch = event->data[0], velocity = event->data[1];
    release(p, pitch, time);
    if ((event->status & 0xF0) == 0x90 && velocity > 0)
        p->sounding[pitch] = (Note){time, time, pitch, velocity};
}

static uint8_t pedal_value(const Piano *p) {
    uint8_t value = 0;
    for (int i = 0; i < 16; i++) value = MAX(value, p->pedal[i]);
    return value;
}

static void move_pedal(Piano *p, int channel, uint8_t value, int64_t time) {
    p->pedal[channel] = value;
    performance_add_pedal(p->ret, time, pedal_value(p));
}

static void play(Piano *p, const SmfEvent *event) {
    int64_t time = advance(p, event->tick);
    int channel = event->status & 0x0F;
    if (event->status == SMF_TEMPO_STATUS) {
        if (!p->song->fixed_tempo) p->clock.tempo = smf_u24(event->data);
    } else if (channel == DRUM_CHANNEL) {
        return;
    } else if ((event->status & 0xF0) == 0xB0) {
        move_pedal(p, channel, event->data[1], time);
    } else {
        play_note(p, event, time);
    }
}

void smf_piano_play(SmfSong *song, Performance *ret) {
    Piano p = {.song = song, .ret = ret, .clock.tempo = song->tempo};
    // Stable: at one tick, events keep the order of the tracks and within them.
    if (song->report.tracks > 1) g_array_sort(song->events, by_tick);
    for (guint i = 0; i < song->events->len; i++)
        play(&p, &g_array_index(song->events, SmfEvent, i));
    int64_t end = advance(&p, (uint32_t)song->end);
    for (uint8_t pitch = 0; pitch < 128; pitch++) release(&p, pitch, end);
    if (pedal_value(&p) >= PEDAL_DOWN) performance_add_pedal(ret, end, 0);
    performance_finish(ret);
}
