// A queue of items of one size between exactly two threads: one pushes, one pops.
//
// Neither side ever blocks, allocates or makes a system call, so either may be the
// audio thread. `head` and `tail` only grow (and wrap at 2^32); the slot of a count is
// `count & mask`, and `head - tail` items are inside. The pusher owns head, the popper
// tail; each publishes its own with a release store and reads the other's with an
// acquire load, which is all the ordering that copying an item needs.
#ifndef AUDIO_RING_H
#define AUDIO_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Ring {
    alignas(64) _Atomic uint32_t head; // items ever pushed
    alignas(64) _Atomic uint32_t tail; // items ever popped
    alignas(64) uint32_t mask;         // capacity - 1
    uint32_t item_size;                // bytes
    unsigned char *slots;              // owned
} Ring;

// `capacity` is a power of two. Freeing accepts a zeroed Ring.
void ring_init(Ring *r, uint32_t item_size, uint32_t capacity);
void ring_free(Ring *r);

bool ring_push(Ring *r, const void *item); // RT safe. False: full, not pushed.
bool ring_pop(Ring *r, void *item);        // RT safe. False: empty.
bool ring_peek(Ring *r, void *item);       // RT safe. As pop, but leaves it there.
void ring_drop(Ring *r);                   // RT safe. The popper's: empties it.

#endif
