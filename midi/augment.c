#include "midi/augment.h"

const double augment_stretch[AUGMENT_STRETCHES] = {0.95, 0.975, 1.0, 1.025, 1.05};

static int64_t stretched(int64_t time, double stretch) {
    return (int64_t)((double)time * stretch + 0.5);
}

static uint8_t transposed(uint8_t pitch, int semitones) {
    int moved = pitch + semitones;
    return moved >= 0 && moved < 128 ? (uint8_t)moved : pitch;
}

GArray *augment_piece(const Token *tokens, size_t count, TokenizerKind kind,
                      int semitones, double stretch) {
    Performance p = {0};
    tokenizer_decode(&p, tokens, count);
    for (size_t i = 0; i < p.note_count; i++) {
        Note *note = &p.notes[i];
        note->onset = stretched(note->onset, stretch);
        note->release = stretched(note->release, stretch);
        note->pitch = transposed(note->pitch, semitones);
    }
    for (size_t i = 0; i < p.pedal_count; i++)
        p.pedal[i].time = stretched(p.pedal[i].time, stretch);
    performance_finish(&p);
    GArray *augmented = tokenizer_encode(&p, kind);
    performance_clear(&p);
    return augmented;
}
