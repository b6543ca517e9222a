#include "thread/background.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NICE 15

void background_enter(void) {
    // On Linux a thread has a nice value of its own; who may not set it goes on as it
    // is.
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
}
