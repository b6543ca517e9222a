// To be preloaded into par-midi: counts what its JACK callback must not do, from its
// entry to its return: calls of the heap, locks, and system calls. The kernel
// dispatches system calls to us; at most one is counted per callback. At the end the
// counts are written to the file $PAR_RT_GUARD. With $PAR_RT_GUARD_TRIP the callback
// does all of this, to show that it is detected.
#include <jack/jack.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

enum { ALLOW, BLOCK }; // SYSCALL_DISPATCH_FILTER_...
enum { SYSCALL_LENGTH = 2 };

#define OWN _Thread_local __attribute__((tls_model("initial-exec")))

static OWN volatile char armed; // the kernel reads it too
static OWN bool watched;
static atomic_long callbacks, heap_calls, lock_calls, calls;
static JackProcessCallback process;

#include "tests/count_calls.h"

// Makes the system call without being dispatched again.
static void see(int signal, siginfo_t *info, void *context) {
    ucontext_t *c = context;
    calls++;
    armed = ALLOW;
    c->uc_mcontext.gregs[REG_RIP] -= SYSCALL_LENGTH;
}

static void watch(void) {
    struct sigaction action = {.sa_sigaction = see, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
    if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, &armed) != 0) calls = -1;
    watched = true;
}

static void trip(void) {
    static GMutex mutex;
    g_free(g_malloc(1));
    g_mutex_lock(&mutex);
    g_mutex_unlock(&mutex);
    syscall(SYS_getppid);
}

static int watched_process(jack_nframes_t frames, void *data) {
    static int trips = -1;
    if (trips < 0) trips = getenv("PAR_RT_GUARD_TRIP") != NULL;
    if (!watched) watch();
    armed = BLOCK;
    int status = process(frames, data);
    if (trips) trip();
    armed = ALLOW;
    callbacks++;
    return status;
}

// FluidSynth's driver sets a callback too, for its MIDI input. It is passed on
// unchanged.
int jack_set_process_callback(jack_client_t *client, JackProcessCallback call,
                              void *data) {
    int (*next)(jack_client_t *, JackProcessCallback, void *);
    *(void **)&next = dlsym(RTLD_NEXT, "jack_set_process_callback");
    bool ours = g_strcmp0(jack_get_client_name(client), "par-midi") == 0;
    if (ours) process = call;
    return next(client, ours ? watched_process : call, data);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("PAR_RT_GUARD");
    g_autofree char *text = g_strdup_printf(
        "callbacks %ld heap %ld locks %ld calls %ld\n", callbacks, heap_calls,
        lock_calls, calls);
    if (path) g_file_set_contents(path, text, -1, NULL);
}
