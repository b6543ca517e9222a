// The entries of a timeline, which recall.h compares: the tokens whose ids lie in
// [recall_first, recall_end) of the configuration, in order of place, and which of them
// each latent has heard. Of integers only.
#ifndef MODEL_RECALL_RECALL_INDEX_H
#define MODEL_RECALL_RECALL_INDEX_H

#include "model/parameters.h"

// Entry e is the token at place[e].
typedef struct RecallIndex {
    int *id;             // owned; p_e: the token's id, counted from recall_first
    int *step;           // owned; d_e = p_e - p_{e-1}; of entry 0 without meaning
    int *place;          // owned; t_e
    Token *after;        // owned; the token behind entry e - 1; as above
    Token *before;       // owned; the token before entry e; as above
    int entries, length; // E; tokens that were read
    int room;
} RecallIndex;

// Room for so many entries at once. False: there is no memory for it. Without it the
// index grows as it reads.
bool recall_index_reserve(RecallIndex *x, int entries);
// Reads the tokens from `length` to `count` of a timeline whose first `length` were
// read before. A zeroed index is an empty one.
void recall_index_read(RecallIndex *x, const Token *tokens, int count, const Config *c);
// Forgets the tokens from `length` on.
void recall_index_cut(RecallIndex *x, int length);
void recall_index_free(RecallIndex *x); // accepts a zeroed index

// What a latent knows of the entries: [first, seen), 0 if there are none in reach.
// Latents that know the same share what they recall.
typedef struct RecallState {
    int first, seen;
} RecallState;

typedef struct RecallStates {
    RecallState *at; // owned; (C), in the latents' order
    int *of;         // owned; (n): each latent's among them
    Token *past;  // owned; (n, RECALL_PAST): what it heard last, see recall.h; -1: none
    int count, n; // C <= n
} RecallStates;

// Room for `n` latents; false: there is no memory for it. Freeing accepts a zeroed
// struct, and what init left.
bool recall_states_init(RecallStates *s, int n);
void recall_states_free(RecallStates *s);

// For the n latents from place `from` on; each knows its own token and those before it,
// of the newest `span` only unless that is 0.
void recall_states_find(RecallStates *s, const RecallIndex *x, const Token *tokens,
                        int from, int n, int span);

#endif
