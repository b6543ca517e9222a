#include "audio/keys.h"

static int get(const Keys *k, int pitch) {
    return atomic_load_explicit(&k->held[pitch], memory_order_relaxed);
}

static void set(Keys *k, int pitch, int sources) {
    atomic_store_explicit(&k->held[pitch], (uint8_t)sources, memory_order_relaxed);
}

void keys_press(Keys *k, AudioSource source, int pitch) {
    set(k, pitch, get(k, pitch) | 1 << source);
}

bool keys_release(Keys *k, AudioSource source, int pitch) {
    int before = get(k, pitch), after = before & ~(1 << source);
    set(k, pitch, after);
    return before && !after;
}

int keys_held(const Keys *k, int pitch) { return get(k, pitch); }

bool keys_any(const Keys *k) {
    for (int pitch = 0; pitch < PITCHES; pitch++)
        if (get(k, pitch)) return true;
    return false;
}

void keys_set_pedal(Keys *k, AudioSource source, Pedal pedal, int value) {
    k->pedal[pedal][source] = (uint8_t)value;
}

int keys_pedal(const Keys *k, Pedal pedal) {
    int deepest = 0;
    for (int source = 0; source < SOURCES; source++)
        deepest = MAX(deepest, k->pedal[pedal][source]);
    return deepest;
}
