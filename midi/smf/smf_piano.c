#include "midi/smf/smf_song.h"

enum { CHANNELS = 16, PITCHES = 128 };

typedef struct Channel {
    uint32_t open[PITCHES]; // open notes of all its sources
    uint32_t endings;       // messages so far that ended all open notes
    uint8_t pedal[PEDALS];
} Channel;

typedef struct Piano {
    SmfSong *song;
    Performance *ret;
    uint32_t tick; // the current tick
    Channel channels[CHANNELS];
    uint32_t open[PITCHES]; // open notes of all channels but the drums
    Note sounding[PITCHES]; // velocity 0: silent
} Piano;

static int by_tick(const void *a, const void *b) {
    const SmfEvent *x = a, *y = b;
    return (x->tick > y->tick) - (x->tick < y->tick);
}

static int64_t advance(Piano *p, uint32_t tick) {
    p->tick = tick;
    int64_t time = tempo_map_time(p->song->tempo, tick);
    if (time > SMF_MAX_TIME) smf_warn(p->song, SMF_WARN_LONG);
    return MIN(time, SMF_MAX_TIME);
}

// A key press or release, and its time.
typedef struct Touch {
    int channel;
    uint8_t pitch, velocity; // velocity 0: a note-off
    int64_t time;
} Touch;

static void end_sound(Piano *p, uint8_t pitch, int64_t time) {
    Note *note = &p->sounding[pitch];
    if (!note->velocity) return;
    note->release = time;
    performance_add_note(p->ret, *note);
    note->velocity = 0;
}

static void strike(Piano *p, Touch touch) {
    p->channels[touch.channel].open[touch.pitch]++;
    if (touch.channel == SMF_DRUM_CHANNEL) return;
    p->open[touch.pitch]++;
    end_sound(p, touch.pitch, touch.time);
    p->sounding[touch.pitch] = (Note){touch.time, touch.time, touch.pitch,
                                      touch.velocity};
}

// Ends `count` of the channel's open notes. The key goes up when no source holds it.
static void let_go(Piano *p, Touch touch, uint32_t count) {
    p->channels[touch.channel].open[touch.pitch] -= count;
    if (touch.channel == SMF_DRUM_CHANNEL) return;
    p->open[touch.pitch] -= count;
    if (p->open[touch.pitch] == 0) end_sound(p, touch.pitch, touch.time);
}

// Returns how many of the source's open notes a note-off ends. Which ones does not
// matter, because they share one key.
static uint32_t ended_by_note_off(Piano *p, const SmfKey *key) {
    if (key->offs >= key->ons) return MIN(key->open, 1);
    uint32_t older = key->open - (key->fresh_tick == p->tick ? key->fresh : 0);
    uint32_t ended = older > 0 ? older : key->open;
    if (ended > 1) smf_warn(p->song, SMF_WARN_STUCK);
    return ended;
}

// Applies messages that have ended all notes of the channel since the source's
// last event.
static void catch_up(const Piano *p, SmfKey *key, int channel) {
    if (key->endings == p->channels[channel].endings) return;
    key->endings = p->channels[channel].endings;
    key->ended += key->open;
    key->open = key->fresh = 0;
}

static void play_note(Piano *p, SmfKey *key, Touch touch) {
    catch_up(p, key, touch.channel);
    if (touch.velocity > 0) {
        if (key->fresh_tick != p->tick) key->fresh = 0;
        key->fresh_tick = p->tick;
        key->fresh++;
        key->open++;
        strike(p, touch);
    } else if (key->open > 0) {
        uint32_t ended = ended_by_note_off(p, key);
        key->open -= ended;
        key->fresh = MIN(key->fresh, key->open);
        let_go(p, touch, ended);
    } else if (key->ended > 0) {
        key->ended--; // the note-off of a note that was already ended
    } else {
        smf_warn(p->song, SMF_WARN_ORPHAN);
    }
}

static void end_all_notes(Piano *p, Touch touch) {
    Channel *c = &p->channels[touch.channel];
    c->endings++;
    for (touch.pitch = 0; touch.pitch < PITCHES; touch.pitch++)
        if (c->open[touch.pitch]) let_go(p, touch, c->open[touch.pitch]);
}

static uint8_t pedal_value(const Piano *p, Pedal pedal) {
    uint8_t value = 0;
    for (int i = 0; i < CHANNELS; i++) value = MAX(value, p->channels[i].pedal[pedal]);
    return value;
}

static void move_pedal(Piano *p, Touch touch, Pedal pedal, uint8_t value) {
    if (touch.channel == SMF_DRUM_CHANNEL) return;
    p->channels[touch.channel].pedal[pedal] = value;
    performance_move_pedal(p->ret, touch.time, pedal, pedal_value(p, pedal));
}

static void control(Piano *p, const SmfEvent *event, Touch touch) {
    switch (event->data[0]) {
    case SMF_RESET_CONTROLLERS:
        for (Pedal pedal = 0; pedal < PEDALS; pedal++) move_pedal(p, touch, pedal, 0);
        break;
    case SMF_ALL_SOUND_OFF:
    case SMF_ALL_NOTES_OFF: end_all_notes(p, touch); break;
    default: move_pedal(p, touch, pedal_of_controller(event->data[0]), event->data[1]);
    }
}

static void play_meta(Piano *p, const SmfEvent *event) {
    TempoMap *tempo = p->song->tempo;
    const uint8_t *data = event->data;
    if (event->status == SMF_TEMPO)
        tempo_map_add_tempo(tempo, event->tick, smf_u24(data));
    if (event->status == SMF_METRE)
        tempo_map_add_metre(tempo, (Metre){event->tick, data[0], data[1], data[2],
                                           (uint8_t)event->key});
    if (event->status == SMF_KEY)
        tempo_map_add_key(tempo,
                          (KeySignature){event->tick, (int8_t)data[0], data[1] == 1});
}

static void play(Piano *p, const SmfEvent *event) {
    Touch touch = {.channel = event->status & 0x0F, .time = advance(p, event->tick)};
    if (event->status < 0x80) {
        play_meta(p, event);
    } else if ((event->status & 0xF0) == 0xB0) {
        control(p, event, touch);
    } else {
        touch.pitch = event->data[0];
        touch.velocity = (event->status & 0xF0) == 0x90 ? event->data[1] : 0;
        play_note(p, &g_array_index(p->song->keys, SmfKey, event->key), touch);
    }
}

static void let_all_go(Piano *p, int64_t end) {
    for (int channel = 0; channel < CHANNELS; channel++)
        for (int pitch = 0; pitch < PITCHES; pitch++)
            if (p->channels[channel].open[pitch]) smf_warn(p->song, SMF_WARN_STUCK);
    for (uint8_t pitch = 0; pitch < PITCHES; pitch++) end_sound(p, pitch, end);
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        if (pedal_value(p, pedal) >= PEDAL_DOWN)
            performance_move_pedal(p->ret, end, pedal, 0);
}

void smf_piano_play(SmfSong *song, Performance *ret) {
    Piano p = {.song = song, .ret = ret};
    // The sort is stable: events at one tick keep the order of the tracks and within
    // a track.
    if (song->report.tracks > 1) g_array_sort(song->events, by_tick);
    for (guint i = 0; i < song->events->len; i++)
        play(&p, &g_array_index(song->events, SmfEvent, i));
    let_all_go(&p, advance(&p, (uint32_t)song->end));
    performance_finish(ret);
}
