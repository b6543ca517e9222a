// Sums and shares numbers among the ranks. Each rank prints a line, and all lines must
// be the same: the checksums of both, and whether all agreed without and with a rank
// that failed.
#include "model/rng.h"
#include "model/train/ranks.h"

#include <stdio.h>

enum { COUNT = 100003 };

static char *checksum(const real *numbers) {
    return g_compute_checksum_for_data(G_CHECKSUM_MD5, (const guchar *)numbers,
                                       COUNT * sizeof *numbers);
}

int main(void) {
    const volatile int never = 0;
    Ranks ranks;
    if (!ranks_join(&ranks, NULL)) return 1;
    Rng rng = rng_new(7, (uint64_t)ranks.rank);
    real *numbers = g_new(real, COUNT);
    for (int i = 0; i < COUNT; i++) numbers[i] = (real)rng_normal(&rng);
    bool ok = ranks_sum(&ranks, numbers, COUNT, &never);
    g_autofree char *sum = checksum(numbers);
    for (int i = 0; i < COUNT; i++) numbers[i] = (real)rng_normal(&rng);
    ok = ok && ranks_share(&ranks, numbers, COUNT * sizeof *numbers, &never);
    g_autofree char *shared = checksum(numbers);
    bool agreed = ranks_agree(&ranks, ok, &never);
    bool with_failure = ranks_agree(&ranks, ranks.rank != ranks.count - 1, &never);
    printf("%d ranks: %s %s %d %d\n", ranks.count, sum, shared, agreed, with_failure);
    g_free(numbers);
    ranks_leave(&ranks, true);
    return 0;
}
