// Finds a block of notes that is played again and again, while the notes arrive.
//
// Notes are symbols s_0, s_1 ...: their pitches or, to ignore transposition, the
// intervals from note to note. The newest n notes are a loop of a block of L notes if
//
//     s_j = s_(j - L)   for the newest n - L of them,   n >= LOOP_TIMES x L
//
// that is, if the block was played at least LOOP_TIMES times without a change. Blocks
// of up to LOOP_BLOCK notes are found, with LOOP_BLOCK comparisons per note.
#ifndef MIDI_ANALYSIS_LOOP_H
#define MIDI_ANALYSIS_LOOP_H

#include <stdint.h>

#define LOOP_BLOCK 128
#define LOOP_TIMES 4

typedef struct Loop {
    int count; // notes so far
    int symbols[LOOP_BLOCK];
    int64_t onsets[LOOP_BLOCK]; // of the newest notes, note i at i % LOOP_BLOCK
    // For each L: number of newest notes that equal the note L before.
    int same[LOOP_BLOCK + 1];
    // For each L: onset of the note L before the first of these.
    int64_t begin[LOOP_BLOCK + 1];
} Loop;

typedef struct LoopPassage {
    int block, notes;   // L and n; 0: there is no loop
    int next;           // the symbol that would continue the loop
    int64_t begin, end; // onsets of its first and newest note, in the caller's unit
} LoopPassage;

// A zeroed Loop is empty. Symbols may be any numbers; onsets must not decrease.
void loop_push(Loop *l, int symbol, int64_t onset);

// Returns the longest loop that the newest note is part of; of equally long ones that
// with the shortest block.
LoopPassage loop_now(const Loop *l);

#endif
