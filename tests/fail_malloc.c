// To be preloaded: lets one allocation of a program fail, or all from there on.
//   FAIL_AT=K      the K-th after main() was entered; 0: none
//   FAIL_LEAST=N   of those of N bytes and more; 1: any
//   FAIL_EVER=1    and every later one of them
//   FAIL_MARK=FILE gets their number at the end, with FAIL_AT=0
// OpenBLAS does not look whether it got what it asked for; it always does here.
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static atomic_long count;
static long at = -1; // not yet in main()
static size_t least;
static bool ever;

static bool is_openblas(const void *caller) {
    Dl_info info;
    return dladdr(caller, &info) && info.dli_fname &&
           strstr(info.dli_fname, "openblas");
}

static bool fails(size_t size, const void *caller) {
    if (at < 0 || size < least || is_openblas(caller)) return false;
    long now = atomic_fetch_add(&count, 1) + 1;
    if (!at || now < at || (now > at && !ever)) return false;
    errno = ENOMEM;
    return true;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t n) { return fails(n, CALLER) ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) {
    return fails(n * size, CALLER) ? NULL : __libc_calloc(n, size);
}
void *realloc(void *p, size_t n) {
    return fails(n, CALLER) ? NULL : __libc_realloc(p, n);
}
void *memalign(size_t a, size_t n) {
    return fails(n, CALLER) ? NULL : __libc_memalign(a, n);
}
void *aligned_alloc(size_t a, size_t n) {
    return fails(n, CALLER) ? NULL : __libc_memalign(a, n);
}
int posix_memalign(void **ret, size_t a, size_t n) {
    void *p = fails(n, CALLER) ? NULL : __libc_memalign(a, n);
    if (!p) return ENOMEM;
    *ret = p;
    return 0;
}

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static void say_count(void) {
    const char *mark = getenv("FAIL_MARK");
    long made = atomic_load(&count);
    at = -1; // what exit() does is not the program's
    FILE *file = mark ? fopen(mark, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", made);
    fclose(file);
}

static int (*program)(int, char **, char **);

static int in_main(int argc, char **argv, char **environment) {
    least = (size_t)number("FAIL_LEAST");
    ever = number("FAIL_EVER") != 0;
    at = number("FAIL_AT");
    int status = program(argc, argv, environment);
    if (at == 0) say_count();
    at = -1;
    return status;
}

typedef int Start(int (*)(int, char **, char **), int, char **, void (*)(void),
                  void (*)(void), void (*)(void), void *);
Start __libc_start_main;

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                      void (*init)(void), void (*fini)(void), void (*rtld)(void),
                      void *end) {
    Start *next;
    *(void **)&next = dlsym(RTLD_NEXT, "__libc_start_main");
    program = main;
    return next(in_main, argc, argv, init, fini, rtld, end);
}
