#include "audio/ring.h"

#include <glib.h>
#include <string.h>

void ring_init(Ring *r, uint32_t item_size, uint32_t capacity) {
    g_assert(capacity > 0 && (capacity & (capacity - 1)) == 0);
    *r = (Ring){.mask = capacity - 1, .item_size = item_size};
    r->slots = g_malloc_n(capacity, item_size);
}

void ring_free(Ring *r) {
    g_free(r->slots);
    *r = (Ring){0};
}

static unsigned char *slot(const Ring *r, uint32_t count) {
    return r->slots + (size_t)(count & r->mask) * r->item_size;
}

bool ring_push(Ring *r, const void *item) {
    uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    if (head - tail > r->mask) return false;
    memcpy(slot(r, head), item, r->item_size);
    atomic_store_explicit(&r->head, head + 1, memory_order_release);
    return true;
}

bool ring_peek(Ring *r, void *item) {
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    uint32_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    if (head == tail) return false;
    memcpy(item, slot(r, tail), r->item_size);
    return true;
}

bool ring_pop(Ring *r, void *item) {
    if (!ring_peek(r, item)) return false;
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
    return true;
}

void ring_drop(Ring *r) {
    uint32_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    atomic_store_explicit(&r->tail, head, memory_order_release);
}
