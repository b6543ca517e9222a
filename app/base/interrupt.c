#include "app/base/interrupt.h"

#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#define ECHO_MILLISECONDS 200 // two signals in this time are one wish to stop

// These are globals because a signal handler can reach nothing else.
static volatile sig_atomic_t stop_signal, stops, counted, last_stop;

static int milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)(now.tv_sec % 1000000 * 1000 + now.tv_nsec / 1000000);
}

static void on_stop(int signal_number) {
    // timeout(1) and other parents signal both the program and its process group.
    bool echo = stops > 0 && milliseconds() - last_stop < ECHO_MILLISECONDS;
    last_stop = milliseconds();
    if (echo) return;
    if (stops == (counted ? 2 : 1)) _exit(128 + signal_number);
    if (stops == 0) stop_signal = signal_number;
    stops = stops + 1;
}

static void watch_signals(void) {
    static bool watching;
    if (watching) return;
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    watching = true;
}

const volatile int *interrupt_flag(void) {
    watch_signals();
    return &stop_signal;
}

int interrupt_count(void) {
    watch_signals();
    counted = 1;
    return stops;
}

int interrupt_status(int status) {
    int stop = *interrupt_flag();
    return stop ? 128 + stop : status;
}
