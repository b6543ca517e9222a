// A thread that computes what nobody waits for.
#ifndef THREAD_BACKGROUND_H
#define THREAD_BACKGROUND_H

// The calling thread gives way to all others from now on. It cannot be undone.
void background_enter(void);

#endif
