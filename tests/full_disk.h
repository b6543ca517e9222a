// A disk that fills up: no file of this process grows beyond so many bytes, until
// RLIM_INFINITY gives it room again. Who includes this ignores SIGXFSZ.
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
