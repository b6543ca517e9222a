// A test program is a list of TEST()s and a list of RUN()s. Each test prints one line
// of TAP, which `meson test` reads, and continues after a failed check.
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include "tests/sanitized.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int test_count, test_failures;
static bool test_ok;

#define TEST(name) static void name(void)

#define RUN(name)                                                                      \
    do {                                                                               \
        test_ok = true;                                                                \
        name();                                                                        \
        test_failures += !test_ok;                                                     \
        printf("%sok %d - %s\n", test_ok ? "" : "not ", ++test_count, #name);          \
    } while (0)

// Skips a rule that this machine cannot show, and says why.
#define SKIP(why) printf("ok %d # SKIP %s\n", ++test_count, why)

#define CHECK(cond)                                                                    \
    do {                                                                               \
        if (!(cond)) test_fail(__FILE__, __LINE__, #cond);                             \
    } while (0)

#define CHECK_NEAR(got, want, tol)                                                     \
    do {                                                                               \
        double got_ = (got), want_ = (want);                                           \
        if (!(fabs(got_ - want_) <= (tol))) {                                          \
            fprintf(stderr, "%s = %.9g, want %.9g +- %g\n", #got, got_, want_,         \
                    (double)(tol));                                                    \
            test_fail(__FILE__, __LINE__, #got " is near " #want);                     \
        }                                                                              \
    } while (0)

static inline void test_fail(const char *file, int line, const char *what) {
    test_ok = false;
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

static inline int test_end(void) {
    printf("1..%d\n", test_count);
    return test_failures != 0;
}

#endif
