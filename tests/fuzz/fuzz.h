// What all fuzzing harnesses share. A harness gives any bytes to one reader and checks
// the result. libFuzzer makes the bytes (run.sh), or replay.c reads them from corpus/.
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)                                                                     \
    do {                                                                               \
        if (!(cond)) {                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);                 \
            abort();                                                                   \
        }                                                                              \
    } while (0)

#endif
