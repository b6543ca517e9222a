// Returns whether a performance keeps the invariants of midi/performance.h.
#ifndef TESTS_SOUND_H
#define TESTS_SOUND_H

#include "midi/performance.h"

static inline bool notes_are_sound(const Performance *p) {
    const Note *last[128] = {0}; // the last note of each pitch
    for (size_t i = 0; i < p->note_count; i++) {
        const Note *n = &p->notes[i];
        if (n->onset < 0 || n->release < n->onset) return false;
        if (n->pitch > 127 || n->velocity < 1 || n->velocity > 127) return false;
        if (i > 0 && n[-1].onset > n->onset) return false;
        if (i > 0 && n[-1].onset == n->onset && n[-1].pitch >= n->pitch) return false;
        if (last[n->pitch] && last[n->pitch]->release > n->onset) return false;
        last[n->pitch] = n;
    }
    return true;
}

static inline bool performance_is_sound(const Performance *p) {
    for (size_t i = 0; i < p->pedal_count; i++) {
        PedalChange change = p->pedal[i];
        if (change.time < 0 || change.value > 127) return false;
        if (change.value == (i > 0 ? p->pedal[i - 1].value : 0)) return false;
        if (i > 0 && p->pedal[i - 1].time > change.time) return false;
    }
    uint8_t value[PEDALS] = {0};
    for (size_t i = 0; i < p->move_count; i++) {
        PedalMove move = p->moves[i];
        if (move.pedal == PEDAL_DAMPER || move.pedal >= PEDALS) return false;
        if (move.time < 0 || move.value > 127 || move.value == value[move.pedal])
            return false;
        if (i > 0 && p->moves[i - 1].time > move.time) return false;
        value[move.pedal] = move.value;
    }
    return notes_are_sound(p);
}

// Returns whether two valid performances are the same to the microsecond. Their tempo
// maps are not compared.
static inline bool performance_equal(const Performance *a, const Performance *b) {
    if (a->note_count != b->note_count || a->pedal_count != b->pedal_count)
        return false;
    for (size_t i = 0; i < a->note_count; i++) {
        Note x = a->notes[i], y = b->notes[i];
        if (x.onset != y.onset || x.release != y.release || x.pitch != y.pitch ||
            x.velocity != y.velocity)
            return false;
    }
    for (size_t i = 0; i < a->pedal_count; i++)
        if (a->pedal[i].time != b->pedal[i].time ||
            a->pedal[i].value != b->pedal[i].value)
            return false;
    // Two pedals that move at the same time may be in any order.
    for (Pedal pedal = PEDAL_SOSTENUTO; pedal < PEDALS; pedal++) {
        size_t i = 0, k = 0;
        for (;; i++, k++) {
            while (i < a->move_count && a->moves[i].pedal != pedal) i++;
            while (k < b->move_count && b->moves[k].pedal != pedal) k++;
            if (i == a->move_count || k == b->move_count) break;
            if (a->moves[i].time != b->moves[k].time ||
                a->moves[i].value != b->moves[k].value)
                return false;
        }
        if (i < a->move_count || k < b->move_count) return false;
    }
    return true;
}

#endif
