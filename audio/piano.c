#include "audio/piano.h"

#include <math.h>

#define LOG_10_BY_20 0.1151293f // a decibel, as a power of e
#define RING_OUT     3          // seconds, of a synth that is replaced

void piano_init(Piano *p, uint32_t heard) {
    ring_init(&p->heard, sizeof(HeardEvent), heard);
    atomic_init(&p->volume, 1);
    p->loudness = 1;
    p->limiter = LIMITER_INIT;
    wire_init(&p->wire);
}

void piano_free(Piano *p) {
    synth_close(p->synth.now);
    synth_close(p->synth.leaving);
    synth_close(p->synth.incoming);
    synth_close(p->synth.outgoing);
    ring_free(&p->heard);
}

// ---- keys

static void tell(Piano *p, AudioEvent event) {
    if (event.time == AUDIO_NOW) event.time = p->position;
    ring_push(&p->heard, &(HeardEvent){p->clock, event});
}

static bool holds(const Piano *p, AudioSource source, int pitch) {
    return keys_held(&p->keys, pitch) & 1 << source;
}

static void key_up(Piano *p, AudioSource source, int pitch) {
    wire_key_up(&p->wire, source, pitch);
    if (!keys_release(&p->keys, source, pitch)) return;
    if (p->synth.now) synth_note_off(p->synth.now, pitch);
    if (p->synth.leaving) synth_note_off(p->synth.leaving, pitch);
}

static void move_pedal(Piano *p, AudioSource source, Pedal pedal, int value) {
    int before = keys_pedal(&p->keys, pedal);
    keys_set_pedal(&p->keys, source, pedal, value);
    int after = keys_pedal(&p->keys, pedal);
    if (after != before && p->synth.now) synth_pedal(p->synth.now, pedal, after);
    if (after != before && p->synth.leaving)
        synth_pedal(p->synth.leaving, pedal, after);
    wire_pedal(&p->wire, source, pedal, value);
}

void piano_apply(Piano *p, AudioEvent event) {
    if (event.kind == EVENT_ONSET && event.value == 0) event.kind = EVENT_RELEASE;
    switch (event.kind) {
    case EVENT_ONSET:
        keys_press(&p->keys, event.source, event.pitch);
        if (p->synth.now) synth_note_on(p->synth.now, event.pitch, event.value);
        if (p->synth.leaving) synth_note_off(p->synth.leaving, event.pitch);
        wire_key_down(&p->wire, event.source, event.written, event.pitch, event.value);
        break;
    case EVENT_RELEASE:
        if (!holds(p, event.source, event.pitch)) return;
        key_up(p, event.source, event.pitch);
        break;
    case EVENT_PEDAL:
        if (event.pitch >= PEDALS) return;
        move_pedal(p, event.source, (Pedal)event.pitch, event.value);
        break;
    case AUDIO_CLICK: click_strike(&p->click, event.value); return;
    case AUDIO_RELEASE: piano_let_go(p, event.source); return;
    default: return;
    }
    tell(p, event);
}

void piano_let_go(Piano *p, AudioSource source) {
    bool any = false;
    for (int pitch = 0; pitch < PITCHES; pitch++) {
        if (!holds(p, source, pitch)) continue;
        key_up(p, source, pitch);
        any = true;
    }
    for (Pedal pedal = 0; pedal < PEDALS; pedal++) {
        any = any || p->keys.pedal[pedal][source] > 0;
        move_pedal(p, source, pedal, 0);
    }
    if (any) tell(p, (AudioEvent){AUDIO_NOW, .kind = AUDIO_RELEASE, .source = source});
}

void piano_silence(Piano *p) {
    for (int source = 0; source < SOURCES; source++) piano_let_go(p, source);
    if (p->synth.now) synth_all_off(p->synth.now);
    if (p->synth.leaving) synth_all_off(p->synth.leaving);
    wire_panic(&p->wire);
}

// ---- sound

// Scales a block, with the factor going from `loudness` to `wanted` in a straight line.
static void fade(float *left, float *right, float loudness, float wanted) {
    float step = (wanted - loudness) / SYNTH_BLOCK;
    for (int i = 0; i < SYNTH_BLOCK; i++) {
        float g = loudness + step * (float)(i + 1);
        left[i] *= g;
        right[i] *= g;
    }
}

// Renders one, or nothing if it is none or made for another rate.
static void sound(Piano *p, Synth *s, float *left, float *right, int rate) {
    if (s && synth_rate(s) == rate) {
        synth_set_reverb(s, atomic_load(&p->reverb));
        synth_render(s, left, right, SYNTH_BLOCK);
    } else {
        for (int i = 0; i < SYNTH_BLOCK; i++) left[i] = right[i] = 0;
    }
}

// Adds what still sounds of the synth that was replaced, until it has faded away.
static void ring_out(Piano *p, float *left, float *right, int rate) {
    float old_left[SYNTH_BLOCK], old_right[SYNTH_BLOCK];
    if (!p->synth.leaving) return;
    float gain = fmaxf(0, p->synth.ringing - SYNTH_BLOCK / (RING_OUT * (float)rate));
    sound(p, p->synth.leaving, old_left, old_right, rate);
    fade(old_left, old_right, p->synth.ringing, gain);
    for (int i = 0; i < SYNTH_BLOCK; i++) {
        left[i] += old_left[i];
        right[i] += old_right[i];
    }
    p->synth.ringing = gain;
    bool ended = gain == 0 || synth_is_silent(p->synth.leaving) ||
                 synth_rate(p->synth.leaving) != rate;
    if (!ended || atomic_load(&p->synth.outgoing)) return;
    atomic_store(&p->synth.outgoing, p->synth.leaving);
    p->synth.leaving = NULL;
}

// The synth that was given plays what is struck from now on.
static void take_over(Piano *p) {
    if (p->synth.leaving) return;
    Synth *next = atomic_exchange(&p->synth.incoming, NULL);
    if (!next) return;
    p->synth.leaving = p->synth.now;
    p->synth.ringing = 1;
    p->synth.now = next;
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        synth_pedal(next, pedal, keys_pedal(&p->keys, pedal));
}

// Returns the meter's level after a block: the fallen level or the block's loudest
// sample, whichever is higher.
static float level_after(float level, float loudest, int rate) {
    float fall = PIANO_METER_FALL * LOG_10_BY_20 * SYNTH_BLOCK / (float)rate;
    return fmaxf(level * (1 - fall), loudest);
}

void piano_render(Piano *p, float *left, float *right, int rate) {
    sound(p, p->synth.now, left, right, rate);
    ring_out(p, left, right, rate);
    take_over(p);
    click_add(&p->click, left, right, SYNTH_BLOCK, rate);
    float wanted = atomic_load(&p->mute) ? 0 : atomic_load(&p->volume);
    if (wanted != 1 || p->loudness != 1) fade(left, right, p->loudness, wanted);
    p->loudness = wanted;
    float loudest = limiter_apply(&p->limiter, left, right, SYNTH_BLOCK, rate);
    atomic_store(&p->level, level_after(atomic_load(&p->level), loudest, rate));
}
