#include "model/train/ranks.h"

#include <mpi.h>
#include <sched.h>

// Ranks that are in step answer within a thousand polls. A wait that is longer, for
// example while rank 0 validates, polls with pauses and leaves the core free.
enum { SPINS = 1000, PAUSE_MICROSECONDS = 100 };

// How long a rank that leaves by itself waits before it ends, to give rank 0 time to
// save: mpirun waits for its SIGKILL in a sleep() that the end of any process cuts
// short.
enum { LINGER_SECONDS = 5 };

bool ranks_join(Ranks *ret, GError **error) {
    *ret = RANKS_ALONE;
    if (ranks_started() == 1) return true;
    int given;
    MPI_Comm here;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &ret->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ret->count);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &ret->here);
    MPI_Comm_free(&here);
    return true;
}

// A rank that leaves by itself must not call MPI_Finalize(), which would wait for all
// ranks.
void ranks_leave(const Ranks *r, bool together) {
    if (r->count == 1) return;
    if (together)
        MPI_Finalize();
    else if (r->rank > 0)
        g_usleep(LINGER_SECONDS * G_USEC_PER_SEC);
}

static bool done(MPI_Request request, const volatile int *stop) {
    int is_done = 0;
    for (int i = 0; !is_done; i++) {
        if (*stop) return false;
        MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
        if (i < SPINS)
            sched_yield();
        else
            g_usleep(PAUSE_MICROSECONDS);
    }
    return true;
}

bool ranks_sum(const Ranks *r, real *numbers, size_t count, const volatile int *stop) {
    if (r->count == 1) return true;
    MPI_Request request;
    MPI_Iallreduce(MPI_IN_PLACE, numbers, (int)count,
                   sizeof(real) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE, MPI_SUM,
                   MPI_COMM_WORLD, &request);
    return done(request, stop);
}

bool ranks_share(const Ranks *r, void *bytes, size_t size, const volatile int *stop) {
    if (r->count == 1) return true;
    for (size_t at = 0, piece; at < size; at += piece) {
        MPI_Request request;
        piece = MIN(size - at, (size_t)1 << 30);
        MPI_Ibcast((char *)bytes + at, (int)piece, MPI_BYTE, 0, MPI_COMM_WORLD,
                   &request);
        if (!done(request, stop)) return false;
    }
    return true;
}
