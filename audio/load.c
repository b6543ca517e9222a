#include "audio/load.h"

void load_count(Load *l, double share) {
    int step = share < 0    ? 0
               : share >= 2 ? LOAD_STEPS - 1
                            : (int)(share * LOAD_STEPS_A_PERIOD);
    atomic_fetch_add_explicit(&l->steps[step], 1, memory_order_relaxed);
    if ((float)share > atomic_load_explicit(&l->most, memory_order_relaxed))
        atomic_store_explicit(&l->most, (float)share, memory_order_relaxed);
}

LoadCounts load_counts(const Load *l) {
    LoadCounts c;
    for (int i = 0; i < LOAD_STEPS; i++)
        c.steps[i] = atomic_load_explicit(&l->steps[i], memory_order_relaxed);
    c.most = atomic_load_explicit(&l->most, memory_order_relaxed);
    return c;
}

double load_quantile(const LoadCounts *c, double callbacks) {
    uint64_t all = 0, seen = 0;
    for (int i = 0; i < LOAD_STEPS; i++) all += c->steps[i];
    for (int i = 0; i < LOAD_STEPS && all; i++) {
        seen += c->steps[i];
        if ((double)seen >= callbacks * (double)all)
            return (i + 1.0) / LOAD_STEPS_A_PERIOD;
    }
    return 0;
}
