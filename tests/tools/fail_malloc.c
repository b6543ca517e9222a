// To be preloaded: makes one allocation of a program fail, or all from there on.
//   FAIL_AT=K      the K-th allocation after main() was entered fails; 0: none
//   FAIL_LEAST=N   only allocations of at least N bytes count; 1: all
//   FAIL_EVER=1    every later one fails too
//   FAIL_OWN=1     only allocations by the program itself count, not by a library
//   FAIL_MARK=FILE receives the number of allocations at the end, with FAIL_AT=0;
//                  otherwise the file is made when an allocation fails
// OpenBLAS does not check the result of allocations, so its own always succeed here.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static atomic_long count;
static long at = -1; // not yet in main()
static size_t least;
static bool ever, own;
static int (*program)(int, char **, char **);

static bool is_spared(const void *caller) {
    Dl_info info, main;
    if (!dladdr(caller, &info) || !info.dli_fname) return false;
    if (strstr(info.dli_fname, "openblas")) return true;
    return own && dladdr(*(void **)&program, &main) && info.dli_fbase != main.dli_fbase;
}

static void make_mark(void) {
    const char *mark = getenv("FAIL_MARK");
    int file = mark ? open(mark, O_WRONLY | O_CREAT, 0666) : -1;
    if (file >= 0) close(file);
}

static bool fails(size_t size, const void *caller) {
    if (at < 0 || size < least || is_spared(caller)) return false;
    long now = atomic_fetch_add(&count, 1) + 1;
    if (!at || now < at || (now > at && !ever)) return false;
    make_mark();
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
    at = -1; // allocations in exit() are not counted
    FILE *file = mark ? fopen(mark, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", made);
    fclose(file);
}

static int in_main(int argc, char **argv, char **environment) {
    least = (size_t)number("FAIL_LEAST");
    ever = number("FAIL_EVER") != 0;
    own = number("FAIL_OWN") != 0;
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
