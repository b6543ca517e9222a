#include "model/generate/key_cache.h"

#include "model/files/memory.h"
#include "model/kernels/lanes.h"

#include <glib.h>
#include <pthread.h>

enum { LANES = LANES_KEYS };

struct KeyStore {
    int layers, heads, d, dh;
    int blocks; // of a cache
    // Of all below, and of the blocks' users. Not GLib's, which ThreadSanitizer does
    // not see.
    pthread_mutex_t lock;
    int caches;        // that exist
    int rooms;         // caches for which there are blocks
    GPtrArray *memory; // owned, of (blocks) each
    GPtrArray *free;   // owned, with the blocks in it, which no cache has
};

static int pairs_in(int dh) { return (dh + 1) / 2; }

static size_t numbers_of(int dh) { return (size_t)(2 * pairs_in(dh)) * KEY_BLOCK; }

static size_t head_bytes(int dh) {
    return 2 * numbers_of(dh) + 2 * KEY_BLOCK * sizeof(real);
}

static size_t block_bytes(const KeyStore *s) {
    return (size_t)s->layers * (size_t)s->heads * head_bytes(s->dh);
}

KeyStore *key_store_new(const Config *c) {
    KeyStore *s = g_new0(KeyStore, 1);
    *s = (KeyStore){.layers = c->layers,
                    .heads = c->heads,
                    .d = c->width,
                    .dh = config_head_width(c),
                    .blocks = (c->latents + KEY_BLOCK - 1) / KEY_BLOCK,
                    .memory = g_ptr_array_new_with_free_func(memory_free),
                    .free = g_ptr_array_new_with_free_func(g_free)};
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void key_store_free(KeyStore *s) {
    if (!s) return;
    g_ptr_array_unref(s->free);
    g_ptr_array_unref(s->memory);
    pthread_mutex_destroy(&s->lock);
    g_free(s);
}

static void let_go(KeyStore *s, KeyBlock *b) {
    if (--b->users == 0) g_ptr_array_add(s->free, b);
}

static KeyBlock *take(KeyStore *s) {
    KeyBlock *b = g_ptr_array_steal_index_fast(s->free, s->free->len - 1);
    b->users = 1;
    return b;
}

// Adds the blocks of one more cache. Returns false if there is not enough memory.
static bool grow(KeyStore *s) {
    size_t bytes = block_bytes(s);
    char *memory = memory_new0((size_t)s->blocks, bytes);
    if (!memory) return false;
    g_ptr_array_add(s->memory, memory);
    for (int i = 0; i < s->blocks; i++) {
        KeyBlock *b = g_new(KeyBlock, 1);
        *b = (KeyBlock){0, memory + (size_t)i * bytes};
        g_ptr_array_add(s->free, b);
    }
    s->rooms++;
    return true;
}

KeyCache key_cache_new(KeyStore *s) {
    KeyCache c = {0};
    pthread_mutex_lock(&s->lock);
    if (s->caches < s->rooms || grow(s)) {
        c = (KeyCache){s, g_new(KeyBlock *, s->blocks)};
        for (int i = 0; i < s->blocks; i++) c.blocks[i] = take(s);
        s->caches++;
    }
    pthread_mutex_unlock(&s->lock);
    return c;
}

void key_cache_free(KeyCache *c) {
    if (!c->blocks) return;
    KeyStore *s = c->store;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->blocks; i++) let_go(s, c->blocks[i]);
    s->caches--;
    pthread_mutex_unlock(&s->lock);
    g_free(c->blocks);
    *c = (KeyCache){0};
}

void key_cache_copy(KeyCache *to, const KeyCache *from) {
    KeyStore *s = to->store;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->blocks; i++) {
        from->blocks[i]->users++;
        let_go(s, to->blocks[i]);
        to->blocks[i] = from->blocks[i];
    }
    pthread_mutex_unlock(&s->lock);
}

KeyHead key_cache_head(const KeyCache *c, int layer, int block, int h) {
    int dh = c->store->dh, head = layer * c->store->heads + h;
    char *k = c->blocks[block]->memory + (size_t)head * head_bytes(dh);
    char *scales = k + numbers_of(dh);
    real *k_scale = (real *)(void *)scales, *v_scale = k_scale + KEY_BLOCK;
    int8_t *v = (int8_t *)(v_scale + KEY_BLOCK);
    return (KeyHead){(int8_t *)k, v, k_scale, v_scale};
}

// Copies under the lock: after it, another cache may have the old block for itself and
// write into it.
static void make_own(KeyCache *c, int block) {
    KeyStore *s = c->store;
    KeyBlock *shared = c->blocks[block];
    pthread_mutex_lock(&s->lock);
    if (shared->users > 1) {
        c->blocks[block] = take(s);
        memcpy(c->blocks[block]->memory, shared->memory, block_bytes(s));
        let_go(s, shared);
    }
    pthread_mutex_unlock(&s->lock);
}

// Returns the index of number c of a row among the numbers of a head.
static int key_at(int dh, int row, int c) {
    return row / LANES * LANES * 2 * pairs_in(dh) + (c / 2 * LANES + row % LANES) * 2 +
           c % 2;
}

static int value_at(int dh, int row, int c) {
    return row / 2 * 2 * dh + c * 2 + row % 2;
}

typedef struct Copy {
    const KeyCache *cache;
    real *k, *v;
    int layer, row, d, dh;
} Copy;

static void write_rows(void *data, int begin, int end) {
    const Copy *j = data;
    int dh = j->dh;
    int16_t *rounded = pool_task_scratch((size_t)(2 * pairs_in(dh)) * sizeof *rounded);
    for (int i = begin; i < end; i++)
        for (int h = 0; h * dh < j->d; h++) {
            size_t x = (size_t)i * (size_t)j->d + (size_t)(h * dh);
            int at = j->row + i, row = at % KEY_BLOCK;
            KeyHead to = key_cache_head(j->cache, j->layer, at / KEY_BLOCK, h);
            to.k_scale[row] = lanes_round(rounded, j->k + x, dh, INT8_MAX);
            for (int c = 0; c < dh; c++) to.k[key_at(dh, row, c)] = (int8_t)rounded[c];
            to.v_scale[row] = lanes_round(rounded, j->v + x, dh, INT8_MAX);
            for (int c = 0; c < dh; c++)
                to.v[value_at(dh, row, c)] = (int8_t)rounded[c];
        }
}

static void read_rows(void *data, int begin, int end) {
    const Copy *j = data;
    int dh = j->dh;
    for (int i = begin; i < end; i++)
        for (int h = 0; h * dh < j->d; h++) {
            size_t x = (size_t)i * (size_t)j->d + (size_t)(h * dh);
            int row = i % KEY_BLOCK;
            KeyHead from = key_cache_head(j->cache, j->layer, i / KEY_BLOCK, h);
            for (int c = 0; c < dh; c++) {
                j->k[x + (size_t)c] = from.k_scale[row] *
                                      (real)from.k[key_at(dh, row, c)];
                j->v[x + (size_t)c] = from.v_scale[row] *
                                      (real)from.v[value_at(dh, row, c)];
            }
        }
}

static Copy copy_of(const KeyCache *cache, int layer, const real *k, const real *v,
                    int row) {
    const KeyStore *s = cache->store;
    return (Copy){cache, (real *)k, (real *)v, layer, row, s->d, s->dh};
}

// Each task writes whole groups of LANES rows, because those share cache lines.
void key_cache_write(Pool *p, KeyCache *to, int layer, const real *k, const real *v,
                     int row, int n) {
    Copy j = copy_of(to, layer, k, v, row);
    for (int i = row / KEY_BLOCK; i * KEY_BLOCK < row + n; i++) make_own(to, i);
    pool_run(p, n, 4 * LANES, write_rows, &j);
}

void key_cache_read(Pool *p, real *k, real *v, const KeyCache *from, int layer, int n) {
    Copy j = copy_of(from, layer, k, v, 0);
    pool_run(p, n, 4 * LANES, read_rows, &j);
}
