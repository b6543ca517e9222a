// A thread that does one piece of work after the other.
#include "tests/test.h"
#include "thread/worker.h"

typedef struct Owner {
    Worker worker;
    int asked, done; // under its lock
    bool busy;
} Owner;

static bool work(void *data) {
    Owner *o = data;
    if (o->done == o->asked) return false;
    o->busy = true;
    monitor_changed(&o->worker.monitor);
    monitor_unlock(&o->worker.monitor);
    g_usleep(1000);
    monitor_lock(&o->worker.monitor);
    o->busy = false;
    o->done++;
    monitor_changed(&o->worker.monitor);
    return true;
}

static void ask(Owner *o, int pieces) {
    monitor_lock(&o->worker.monitor);
    o->asked += pieces;
    monitor_changed(&o->worker.monitor);
    monitor_unlock(&o->worker.monitor);
}

TEST(all_that_was_asked_is_done_though_the_worker_slept_before) {
    Owner o = {.asked = 0};
    worker_start_in_background(&o.worker, "test", work, &o);
    for (int round = 1; round <= 2; round++) {
        ask(&o, 3);
        monitor_lock(&o.worker.monitor);
        while (o.done < 3 * round) monitor_wait(&o.worker.monitor);
        monitor_unlock(&o.worker.monitor);
    }
    worker_end(&o.worker);
    CHECK(o.done == 6);
}

TEST(a_worker_that_ends_finishes_its_piece_and_begins_no_other) {
    Owner o = {.asked = 0};
    worker_start(&o.worker, "test", work, &o);
    ask(&o, 1 << 20);
    monitor_lock(&o.worker.monitor);
    while (!o.busy) monitor_wait(&o.worker.monitor);
    monitor_unlock(&o.worker.monitor);
    worker_end(&o.worker);
    CHECK(!o.busy);
    CHECK(o.done > 0 && o.done < o.asked);
}

int main(void) {
    RUN(all_that_was_asked_is_done_though_the_worker_slept_before);
    RUN(a_worker_that_ends_finishes_its_piece_and_begins_no_other);
    return test_end();
}
