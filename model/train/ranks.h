// The processes that train one model together, as `mpirun -n K` started them: ranks 0
// to K - 1, each with all of the weights and a share of the windows. Rank 0 leads: it
// alone reads and writes the run. What goes between them are sums, and what rank 0 has.
//
// A rank does not see another die: mpirun sees it, and ends the rest with SIGTERM,
// and a second later SIGKILL (Open MPI: `--mca odls_base_sigkill_timeout 5` makes that
// five). So whatever waits for others here gives up when `*stop` is set, and who gave
// up, or has failed, leaves alone and ends; mpirun then ends the others.
//
// ranks_mpi.c is the door to MPI; in a build without it stands ranks_alone.c. All calls
// come from the thread that joined.
#ifndef MODEL_TRAIN_RANKS_H
#define MODEL_TRAIN_RANKS_H

#include "model/real.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Ranks {
    int rank, count;
    int here; // of them on this machine
} Ranks;

// One that trains alone.
#define RANKS_ALONE ((Ranks){.rank = 0, .count = 1, .here = 1})

// As many processes as mpirun (Open MPI's, MPICH's) says it started with this one; 1
// without it.
int ranks_started(void);

// Joins the others that were started; without any MPI is not so much as initialised.
// Fails if there are some and this build has no MPI.
bool ranks_join(Ranks *ret, GError **error);

// At the end; `together`: all come here, and have waited for each other before.
void ranks_leave(const Ranks *r, bool together);

// Puts the sum over all ranks in place of each number (fewer than 2^31): the same bits
// everywhere. False: *stop; the numbers belong to MPI then, and only leaving is left.
bool ranks_sum(const Ranks *r, real *numbers, size_t count, const volatile int *stop);

// Puts rank 0's bytes in place of everybody's. False as above.
bool ranks_share(const Ranks *r, void *bytes, size_t size, const volatile int *stop);

// Waits until all have come here; true if each of them was `ok`. False too at *stop.
bool ranks_agree(const Ranks *r, bool ok, const volatile int *stop);

#endif
