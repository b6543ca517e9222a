// Chords, a term of the logits of the NOTE_ONs that the paper's model does not have. It
// continues a progression of chords that was played before, in any transposition, and
// whatever the order in which the notes of each chord are struck: recall.h compares
// notes in that order, and so loses a passage of chords.
//
// Entries are those of recall.h. Entries that begin within chord_steps of the first of
// them form a chord, a set of ids. Time is the sum of the tokens with ids in
// [time_first, time_end), each of id - time_first + 1 steps. At a position, g is the
// chord to which an entry would belong that came next: the newest one, of which notes
// are known already, or a new one. For each earlier chord h, moved so that the lowest
// notes of the chords before it and before g are the same:
//
//     L_h = the number of notes of the chords before g that equal those before h, chord
//           by chord, counted from the newest to the first that differs
//           + the number of the notes of g so far; 24 at most; if one of the notes of
//           g is not in h, h is out
//     left_h = the number of the notes of h, of those moved to 0 .. R-1, that g does
//           not have
//
// For each id q, T_q and R_q are L_h and left_h of the h with the largest L_h > 0 among
// those that have q where g does not; of several the newest counts, and without one
// both are 0. Only chords that begin in reach of the position count. With the learned
// table, and the logits z of the entries:
//
//     z_q += b_q - log ( sum over ids of exp(z + b) / sum over ids of exp(z) )
//     b_q  = strength CHORD_SCALE table[bin of T_q, least of R_q and 7]
//
// So the probability that an entry comes next stays what it is, and the choice among
// the ids changes. The strength is 1 as trained. T and R depend on tokens alone.
#ifndef MODEL_RECALL_CHORDS_H
#define MODEL_RECALL_CHORDS_H

#include "model/kernels/pool.h"
#include "model/parameters.h"

#define CHORD_SCALE 64 // lets the optimizer's small steps move the table far enough

// A set of ids, counted from recall_first.
typedef struct ChordIds {
    uint64_t low, high;
} ChordIds;

typedef struct Chord {
    ChordIds ids;
    int place;    // of its first token
    int64_t step; // its time
    int notes, lowest;
} Chord;

// The chords of the first `length` tokens of a timeline. A zeroed index is empty.
typedef struct ChordIndex {
    Chord *at; // owned
    int count, room;
    int length;   // tokens that were read
    int64_t step; // their time
} ChordIndex;

// Makes the index one of the first `count` tokens. Those that it has read already must
// be the same, unless chord_index_cut() removed them.
void chord_index_set(ChordIndex *x, const Token *tokens, int count, const Config *c);
// Removes the tokens from `length` on.
void chord_index_cut(ChordIndex *x, int length);
void chord_index_free(ChordIndex *x); // accepts a zeroed index

// Writes to code, (R), where each id's number is in the table, for the position after
// the index's tokens. Of these only the newest `span` count, unless span is 0. Returns
// false if all of them are 0.
bool chords_listen(uint8_t *code, const ChordIndex *x, int span, const Config *c);

// Adds the term to the logits of the R entries.
void chords_add(real *z, const uint8_t *code, const real *table, real strength, int R);

// What a position knows: the chords [first, next) as they are, and the notes of g.
// Positions with the same state share the search.
typedef struct ChordState {
    ChordIds so_far;
    int first, next;
} ChordState;

// The term of the latents of a window, and what is kept for backward.
typedef struct ChordActs {
    ChordIndex index;   // owned
    ChordState *states; // owned; (count), count <= n, in the latents' order
    int count;
    int *of;       // owned; (n): each latent's among them
    bool *found;   // owned; (count): whether some code is not 0
    uint8_t *code; // owned; (count, R)
    real *z;       // (n, R): the logits without the term; NULL: not kept
} ChordActs;

// Allocates for n latents. Returns false if there is not enough memory. Freeing accepts
// a zeroed struct.
bool chord_acts_init(ChordActs *a, int n, const Config *c);
void chord_acts_free(ChordActs *a);

// Adds the term to logits, (n, V), of the last n positions of the tokens (count).
void chords_forward(Pool *p, ChordActs *a, real *logits, const real *table,
                    const Token *tokens, int count, int n, int span, const Config *c);
// dlogits (n, V) is the gradient of the logits on entry with, on return without the
// term. Adds to dtable.
void chords_backward(const ChordActs *a, real *dlogits, real *dtable, const real *table,
                     int n, const Config *c);

#endif
