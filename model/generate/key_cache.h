// The keys and values of all layers that a run keeps (run.h), for the attention of the
// latents to come (attention_step.h). They are int8, since reading them is most of the
// work, with a scale for each head of each row, and lie in blocks of B = KEY_BLOCK
// rows. In each head of a block keys lie 16 side by side:
//
//     k: (h, B/16, dh/2, 16, 2)    v: (h, B/2, dh, 2)    their scales: (h, B)
//
// in the pairs of lanes.h.
//
// Caches that were copied from each other share their blocks; the first that writes
// into one gets a copy of its own (copy on write). So the keys and values of a prompt
// are stored once for all its takes, and come from memory once for a step of all.
#ifndef MODEL_GENERATE_KEY_CACHE_H
#define MODEL_GENERATE_KEY_CACHE_H

#include "model/layers/layers.h"

enum { KEY_BLOCK = 128 }; // rows

typedef struct KeyBlock {
    int users;    // caches that have it
    char *memory; // the store's; (L, h) heads
} KeyBlock;

// What a block has for one head.
typedef struct KeyHead {
    int8_t *k, *v;
    real *k_scale, *v_scale;
} KeyHead;

// The blocks of all caches that may share some. The store has enough for every cache to
// own all of its N rows, so for each block that is shared another one is free, and
// writing never fails for lack of memory. Blocks of freed caches are kept for later
// ones until the store is freed. Several threads may use a store, each its own caches.
typedef struct KeyStore KeyStore;

KeyStore *key_store_new(const Config *c);
void key_store_free(KeyStore *s); // after its caches; accepts NULL

typedef struct KeyCache {
    KeyStore *store;   // borrowed
    KeyBlock **blocks; // owned; the blocks are the store's
} KeyCache;

KeyCache key_cache_new(KeyStore *s); // zeroed if there is not enough memory
void key_cache_free(KeyCache *c);    // accepts a zeroed one
void key_cache_copy(KeyCache *to, const KeyCache *from); // of the same store

// Head h of this layer in the block that begins with row KEY_BLOCK * block.
KeyHead key_cache_head(const KeyCache *c, int layer, int block, int h);

// Stores k (already rotated) and v, (n, d), as rows [row, row + n) of a layer.
void key_cache_write(Pool *p, KeyCache *to, int layer, const real *k, const real *v,
                     int row, int n);
// Reads the first n rows of a layer as float: (n, d).
void key_cache_read(Pool *p, real *k, real *v, const KeyCache *from, int layer, int n);

#endif
