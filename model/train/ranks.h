// The processes that train one model together, started by `mpirun -n K`: ranks 0 to K -
// 1. Each has all of the weights and a share of the windows. Only rank 0 reads and
// writes the run. The ranks exchange sums, and what rank 0 has read.
//
// A rank does not notice that another one dies. mpirun does, and ends the others with
// SIGTERM and, a second later, with SIGKILL (after five seconds with Open MPI's `--mca
// odls_base_sigkill_timeout 5`). So every wait here gives up when `*stop` is set. A
// rank that gave up or failed leaves by itself, and mpirun ends the others.
//
// Only ranks_mpi.c calls MPI; a build without MPI compiles ranks_alone.c instead. All
// calls must come from the thread that joined.
#ifndef MODEL_TRAIN_RANKS_H
#define MODEL_TRAIN_RANKS_H

#include "model/real.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Ranks {
    int rank, count;
    int here; // how many of them run on this machine
} Ranks;

// The value for a process that trains alone.
#define RANKS_ALONE ((Ranks){.rank = 0, .count = 1, .here = 1})

// Returns how many processes mpirun (of Open MPI or MPICH) has started, this one
// included; 1 without mpirun.
int ranks_started(void);

// Joins the other processes. If there are none, MPI is not initialised at all. Fails if
// there are some and this build has no MPI.
bool ranks_join(Ranks *ret, GError **error);

// Leaves; must be called at the end. `together` says that all ranks call it after
// having waited for each other.
void ranks_leave(const Ranks *r, bool together);

// Replaces each of the `count` numbers (fewer than 2^31) by its sum over all ranks,
// with the same bits on all of them. Returns false when *stop was set; MPI may still
// write to the numbers then, and the rank can only leave.
bool ranks_sum(const Ranks *r, real *numbers, size_t count, const volatile int *stop);

// Replaces the bytes of every rank by those of rank 0. Returns false as above.
bool ranks_share(const Ranks *r, void *bytes, size_t size, const volatile int *stop);

// Waits for all ranks and returns whether all were `ok`. Returns false when *stop is
// set.
bool ranks_agree(const Ranks *r, bool ok, const volatile int *stop);

#endif
