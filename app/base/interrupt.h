// Being stopped by Ctrl-C or SIGTERM.
#ifndef APP_BASE_INTERRUPT_H
#define APP_BASE_INTERRUPT_H

// From the first call of either on, the first SIGINT or SIGTERM sets *interrupt_flag()
// to its number; a command that was stopped returns 128 + that. A second, but for
// an echo of the first, ends the program at once. To who counts them with
// interrupt_count() the second is still said, as the wish to cut short what a stopped
// command goes on to do, and a third is the end.
const volatile int *interrupt_flag(void);
int interrupt_count(void);

#endif
