// Key caches that share blocks: none sees what another one writes.
#include "model/generate/key_cache.h"
#include "model/rng.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 6,
    ROWS = 2 * KEY_BLOCK + 20,
    SIZE = ROWS * WIDTH,
    CACHES = 4,
    LAYERS = 2
};

static const Config config = {
    .width = WIDTH, .heads = 2, .layers = LAYERS, .latents = ROWS};

// A cache, and the numbers that were written to it.
typedef struct Case {
    KeyCache cache;
    real k[LAYERS][SIZE], v[LAYERS][SIZE];
} Case;

static void fill(Case *a, Rng *rng, int row, int n) {
    for (int l = 0; l < LAYERS; l++) {
        real *k = a->k[l] + row * WIDTH, *v = a->v[l] + row * WIDTH;
        for (int i = 0; i < n * WIDTH; i++) {
            k[i] = (real)rng_normal(rng);
            v[i] = (real)rng_normal(rng);
        }
        key_cache_write(NULL, &a->cache, l, k, v, row, n);
    }
}

static void begin(Case *a, KeyStore *store, Rng *rng) {
    a->cache = key_cache_new(store);
    CHECK(a->cache.blocks);
    fill(a, rng, 0, ROWS);
}

static void copy(Case *to, const Case *from) {
    key_cache_copy(&to->cache, &from->cache);
    memcpy(to->k, from->k, sizeof to->k);
    memcpy(to->v, from->v, sizeof to->v);
}

// Returns whether it has the same contents as a cache that was never copied.
static bool holds(const Case *a) {
    static real k[2][SIZE], v[2][SIZE];
    KeyStore *store = key_store_new(&config);
    KeyCache alone = key_cache_new(store);
    for (int l = 0; l < LAYERS; l++)
        key_cache_write(NULL, &alone, l, a->k[l], a->v[l], 0, ROWS);
    bool ok = true;
    for (int l = 0; l < LAYERS; l++) {
        key_cache_read(NULL, k[0], v[0], &alone, l, ROWS);
        key_cache_read(NULL, k[1], v[1], &a->cache, l, ROWS);
        ok &= memcmp(k[0], k[1], sizeof k[0]) == 0;
        ok &= memcmp(v[0], v[1], sizeof v[0]) == 0;
    }
    key_cache_free(&alone);
    key_store_free(store);
    return ok;
}

TEST(copies_share_their_blocks_until_one_writes_there) {
    Rng rng = rng_new(1, 1);
    KeyStore *store = key_store_new(&config);
    Case *a = calloc(2, sizeof *a), *b = a + 1;
    begin(a, store, &rng);
    begin(b, store, &rng);
    copy(b, a);
    for (int i = 0; i < 3; i++) CHECK(a->cache.blocks[i] == b->cache.blocks[i]);
    fill(b, &rng, KEY_BLOCK + 5, 1);
    CHECK(a->cache.blocks[0] == b->cache.blocks[0]);
    CHECK(a->cache.blocks[1] != b->cache.blocks[1]);
    CHECK(a->cache.blocks[2] == b->cache.blocks[2]);
    CHECK(holds(a) && holds(b));
    fill(a, &rng, 0, 3); // the source of the copy
    CHECK(holds(a) && holds(b));
    key_cache_free(&a->cache);
    CHECK(holds(b));
    key_cache_free(&b->cache);
    key_store_free(store);
    free(a);
}

TEST(caches_copied_written_and_freed_in_any_order_hold_each_its_own) {
    Rng rng = rng_new(2, 1);
    KeyStore *store = key_store_new(&config);
    Case *all = calloc(CACHES, sizeof *all);
    for (int i = 0; i < CACHES; i++) begin(&all[i], store, &rng);
    for (int i = 0; i < 400; i++) {
        Case *a = &all[rng_below(&rng, CACHES)];
        uint32_t what = rng_below(&rng, 10), row = rng_below(&rng, ROWS);
        if (what < 4) {
            copy(a, &all[rng_below(&rng, CACHES)]); // sometimes itself
        } else if (what < 9) {
            fill(a, &rng, (int)row, 1 + (int)rng_below(&rng, ROWS - row));
        } else {
            key_cache_free(&a->cache);
            begin(a, store, &rng);
        }
        if (i % 20 == 0)
            for (int k = 0; k < CACHES; k++) CHECK(holds(&all[k]));
    }
    for (int i = 0; i < CACHES; i++) key_cache_free(&all[i].cache);
    key_store_free(store);
    free(all);
}

int main(void) {
    RUN(copies_share_their_blocks_until_one_writes_there);
    RUN(caches_copied_written_and_freed_in_any_order_hold_each_its_own);
    return test_end();
}
