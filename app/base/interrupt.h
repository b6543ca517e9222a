// Handles Ctrl-C and SIGTERM.
#ifndef APP_BASE_INTERRUPT_H
#define APP_BASE_INTERRUPT_H

// After the first call of a function here, the first SIGINT or SIGTERM sets
// *interrupt_flag() to its number. A second signal ends the program at once, unless it
// is an echo of the first. A command that counts signals with interrupt_count() also
// receives the second one, as the wish to shorten what it still does after the first;
// then the third ends the program.
const volatile int *interrupt_flag(void);
int interrupt_count(void);

// Returns the exit status of a command: 128 plus the number of the signal that stopped
// it, or else `status`.
int interrupt_status(int status);

#endif
