// Compares tempo maps, for tests that read back what was written.
#ifndef TESTS_TEMPO_MAPS_H
#define TESTS_TEMPO_MAPS_H

#include "midi/tempo_map.h"

static inline bool equal_tempi(const TempoMap *a, const TempoMap *b) {
    if (a->tempi->len != b->tempi->len) return false;
    for (guint i = 0; i < a->tempi->len; i++) {
        TempoChange x = g_array_index(a->tempi, TempoChange, i);
        TempoChange y = g_array_index(b->tempi, TempoChange, i);
        if (x.tick != y.tick || x.tempo != y.tempo) return false;
    }
    return true;
}

static inline bool equal_signatures(const TempoMap *a, const TempoMap *b) {
    if (a->metres->len != b->metres->len || a->keys->len != b->keys->len) return false;
    for (guint i = 0; i < a->metres->len; i++) {
        Metre x = g_array_index(a->metres, Metre, i);
        Metre y = g_array_index(b->metres, Metre, i);
        if (x.tick != y.tick || x.beats != y.beats || x.unit != y.unit ||
            x.clocks != y.clocks || x.quarter != y.quarter)
            return false;
    }
    for (guint i = 0; i < a->keys->len; i++) {
        KeySignature x = g_array_index(a->keys, KeySignature, i);
        KeySignature y = g_array_index(b->keys, KeySignature, i);
        if (x.tick != y.tick || x.sharps != y.sharps || x.minor != y.minor)
            return false;
    }
    return true;
}

// Either may be NULL.
static inline bool equal_tempo_maps(const TempoMap *a, const TempoMap *b) {
    if (!a || !b) return a == b;
    return a->division == b->division && equal_tempi(a, b) && equal_signatures(a, b) &&
           g_strcmp0(a->title, b->title) == 0 && g_strcmp0(a->names, b->names) == 0;
}

#endif
