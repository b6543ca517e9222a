// The entries of a timeline that recall.h searches: the tokens whose ids lie in
// [recall_first, recall_end) of the configuration, in order of position; and which of
// them each latent may use. All of it is integers.
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

// Reserves memory for this many entries. Returns false if it is lacking. An index
// without a reserve grows as it reads.
bool recall_index_reserve(RecallIndex *x, int entries);
// Reads the tokens from `length` to `count` of a timeline whose first `length` tokens
// were read before. A zeroed index is empty.
void recall_index_read(RecallIndex *x, const Token *tokens, int count, const Config *c);
// Removes the tokens from `length` on.
void recall_index_cut(RecallIndex *x, int length);
void recall_index_free(RecallIndex *x); // accepts a zeroed index

// Returns how many of `count` rising places, which are `stride` bytes apart, are before
// `place`.
int recall_places_before(const int *first, size_t stride, int count, int place);

// The range of entries that a latent may use: [first, seen), or 0, 0 if none are in
// reach. Latents with the same range share a state, which is computed once.
typedef struct RecallState {
    int first, seen;
} RecallState;

typedef struct RecallStates {
    RecallState *at; // owned; (C), in the latents' order
    int *of;         // owned; (n): each latent's among them
    Token *past;  // owned; (n, RECALL_PAST): what it heard last, see recall.h; -1: none
    int count, n; // C <= n
} RecallStates;

// Allocates memory for `n` latents. Returns false if it is lacking. Freeing accepts a
// zeroed struct, also after a failure.
bool recall_states_init(RecallStates *s, int n);
void recall_states_free(RecallStates *s);

// Finds the states of the n latents from position `from` on. Each may use its own token
// and those before it; of these only the newest `span`, unless span is 0.
void recall_states_find(RecallStates *s, const RecallIndex *x, const Token *tokens,
                        int from, int n, int span);

#endif
