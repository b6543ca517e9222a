#include "model/train/ranks.h"

int ranks_started(void) {
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text = g_getenv(names[i]);
        if (text) return (int)CLAMP(g_ascii_strtoll(text, NULL, 10), 1, G_MAXINT);
    }
    return 1;
}

bool ranks_agree(const Ranks *r, bool ok, const volatile int *stop) {
    real failures = !ok;
    return ranks_sum(r, &failures, 1, stop) && failures == 0;
}
