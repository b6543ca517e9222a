#include "audio/piano.h"

#include <math.h>

#define LOG_10_BY_20 0.1151293f // a decibel, as a power of e

void piano_init(Piano *p, uint32_t heard) {
    ring_init(&p->heard, sizeof(HeardEvent), heard);
    atomic_init(&p->volume, 1);
    p->loudness = 1;
    p->limiter = LIMITER_INIT;
    wire_init(&p->wire);
}

void piano_free(Piano *p) {
    synth_close(p->synth);
    synth_close(p->incoming);
    synth_close(p->outgoing);
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
    if (keys_release(&p->keys, source, pitch) && p->synth)
        synth_note_off(p->synth, pitch);
}

static void move_pedal(Piano *p, AudioSource source, Pedal pedal, int value) {
    int before = keys_pedal(&p->keys, pedal);
    keys_set_pedal(&p->keys, source, pedal, value);
    int after = keys_pedal(&p->keys, pedal);
    if (after != before && p->synth) synth_pedal(p->synth, pedal, after);
    wire_pedal(&p->wire, source, pedal, value);
}

void piano_apply(Piano *p, AudioEvent event) {
    if (event.kind == EVENT_ONSET && event.value == 0) event.kind = EVENT_RELEASE;
    switch (event.kind) {
    case EVENT_ONSET:
        keys_press(&p->keys, event.source, event.pitch);
        if (p->synth) synth_note_on(p->synth, event.pitch, event.value);
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
    if (p->synth) synth_all_off(p->synth);
    wire_panic(&p->wire);
}

// ---- sound

// From `loudness` to `wanted` in a straight line.
static void fade(float *left, float *right, float loudness, float wanted) {
    float step = (wanted - loudness) / SYNTH_BLOCK;
    for (int i = 0; i < SYNTH_BLOCK; i++) {
        float g = loudness + step * (float)(i + 1);
        left[i] *= g;
        right[i] *= g;
    }
}

// The synth that was given takes over after a block in which the old one fades.
static void take_over(Piano *p, float *left, float *right) {
    if (atomic_load(&p->outgoing)) return;
    Synth *next = atomic_exchange(&p->incoming, NULL);
    if (!next) return;
    fade(left, right, 1, 0);
    atomic_store(&p->outgoing, p->synth);
    p->synth = next;
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        synth_pedal(next, pedal, keys_pedal(&p->keys, pedal));
}

// What the level has fallen to after a block, or the block's loudest sample.
static float level_after(float level, float loudest, int rate) {
    float fall = PIANO_METER_FALL * LOG_10_BY_20 * SYNTH_BLOCK / (float)rate;
    return fmaxf(level * (1 - fall), loudest);
}

void piano_render(Piano *p, float *left, float *right, int rate) {
    if (p->synth) synth_set_reverb(p->synth, atomic_load(&p->reverb));
    if (p->synth && synth_rate(p->synth) == rate)
        synth_render(p->synth, left, right, SYNTH_BLOCK);
    else
        for (int i = 0; i < SYNTH_BLOCK; i++) left[i] = right[i] = 0;
    take_over(p, left, right);
    click_add(&p->click, left, right, SYNTH_BLOCK, rate);
    float wanted = atomic_load(&p->mute) ? 0 : atomic_load(&p->volume);
    if (wanted != 1 || p->loudness != 1) fade(left, right, p->loudness, wanted);
    p->loudness = wanted;
    float loudest = limiter_apply(&p->limiter, left, right, SYNTH_BLOCK, rate);
    atomic_store(&p->level, level_after(atomic_load(&p->level), loudest, rate));
}
