#include "tests/test.h"

#include "model/kernels/pool.h"

#include <glib.h>
#include <stdlib.h>

typedef struct Marks {
    int *times; // how often each index was processed
} Marks;

static void mark(void *data, int begin, int end) {
    Marks *m = data;
    for (int i = begin; i < end; i++) m->times[i]++;
}

TEST(every_index_is_covered_once_whatever_the_grain) {
    Pool *pool = pool_new(3);
    for (int round = 0; round < 3000; round++) {
        int count = 1 + round % 97, grain = 1 + round % 11;
        Marks m = {calloc((size_t)count, sizeof(int))};
        pool_run(pool, count, grain, mark, &m);
        for (int i = 0; i < count; i++) CHECK(m.times[i] == 1);
        free(m.times);
    }
    pool_free(pool);
}

static void long_sum(void *data, int begin, int end) {
    double *sums = data;
    for (int i = begin; i < end; i++)
        for (int k = 0; k < 1000; k++) sums[i] += 1.0 / (i + k + 1);
}

TEST(results_do_not_depend_on_the_number_of_threads) {
    double one[64] = {0}, three[64] = {0};
    Pool *pool = pool_new(3);
    pool_run(NULL, 64, 5, long_sum, one);
    pool_run(pool, 64, 5, long_sum, three);
    CHECK(memcmp(one, three, sizeof one) == 0);
    pool_free(pool);
}

TEST(workers_that_fell_asleep_are_woken) {
    Pool *pool = pool_new(2);
    for (int i = 0; i < 5; i++) {
        Marks m = {calloc(1000, sizeof(int))};
        g_usleep(20000);
        pool_run(pool, 1000, 1, mark, &m);
        for (int k = 0; k < 1000; k++) CHECK(m.times[k] == 1);
        free(m.times);
    }
    pool_free(pool);
}

TEST(an_empty_loop_returns) {
    Pool *pool = pool_new(2);
    pool_run(pool, 0, 4, mark, NULL);
    pool_free(pool);
    pool_free(NULL);
}

int main(void) {
    RUN(every_index_is_covered_once_whatever_the_grain);
    RUN(results_do_not_depend_on_the_number_of_threads);
    RUN(workers_that_fell_asleep_are_woken);
    RUN(an_empty_loop_returns);
    return test_end();
}
