// The desktop app: a window that shows a piece, plays it, records live playing, and
// lets the model continue it.
#ifndef APP_DESKTOP_DESKTOP_H
#define APP_DESKTOP_DESKTOP_H

// Runs until the user quits. Opens `file`, or a demo prompt if it is NULL. Returns the
// exit status.
int desktop_run(const char *file);

#endif
