// A ring used by one thread, and by two.
#include "audio/ring.h"
#include "tests/test.h"

#include <pthread.h>
#include <sched.h>

enum { ITEMS = 200000 };

TEST(a_full_ring_refuses_and_an_empty_one_too) {
    Ring r;
    ring_init(&r, sizeof(int), 4);
    int x = 0;
    CHECK(!ring_pop(&r, &x) && !ring_peek(&r, &x));
    for (int i = 0; i < 4; i++) CHECK(ring_push(&r, &i));
    CHECK(!ring_push(&r, &x));
    for (int i = 0; i < 4; i++) CHECK(ring_pop(&r, &x) && x == i);
    CHECK(!ring_pop(&r, &x));
    ring_free(&r);
}

TEST(looking_takes_nothing_and_dropping_takes_all) {
    Ring r;
    ring_init(&r, sizeof(int), 8);
    int x = 0;
    for (int i = 0; i < 5; i++) CHECK(ring_push(&r, &i));
    CHECK(ring_peek(&r, &x) && x == 0 && ring_peek(&r, &x) && x == 0);
    CHECK(ring_pop(&r, &x) && x == 0 && ring_peek(&r, &x) && x == 1);
    ring_drop(&r);
    CHECK(!ring_peek(&r, &x) && !ring_pop(&r, &x));
    CHECK(ring_push(&r, &(int){7}) && ring_pop(&r, &x) && x == 7);
    ring_free(&r);
}

static void *push_all(void *arg) {
    for (uint64_t i = 0; i < ITEMS; i++)
        while (!ring_push(arg, &(uint64_t[2]){i, ~i})) sched_yield();
    return NULL;
}

TEST(two_threads_see_every_item_whole_and_in_order) {
    Ring r;
    ring_init(&r, sizeof(uint64_t[2]), 64);
    atomic_store(&r.head, UINT32_MAX - 100); // cross the wrap of the counts
    atomic_store(&r.tail, UINT32_MAX - 100);
    pthread_t t;
    CHECK(pthread_create(&t, NULL, push_all, &r) == 0);
    uint64_t bad = 0, item[2];
    for (uint64_t i = 0; i < ITEMS; i++) {
        while (!ring_pop(&r, item)) sched_yield();
        bad += item[0] != i || item[1] != ~i;
    }
    CHECK(bad == 0);
    pthread_join(t, NULL);
    ring_free(&r);
}

int main(void) {
    RUN(a_full_ring_refuses_and_an_empty_one_too);
    RUN(looking_takes_nothing_and_dropping_takes_all);
    RUN(two_threads_see_every_item_whole_and_in_order);
    return test_end();
}
