// Simulates a full disk: no file of this process can grow beyond so many bytes, until
// RLIM_INFINITY lifts the limit. A test that includes this must ignore SIGXFSZ.
#ifndef TESTS_FULL_DISK_H
#define TESTS_FULL_DISK_H

#include <sys/resource.h>

static inline void limit_files(rlim_t bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

#endif
