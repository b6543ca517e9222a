// The desktop app: a window on a piece that plays, is played, and is continued by the
// model.
#ifndef APP_DESKTOP_DESKTOP_H
#define APP_DESKTOP_DESKTOP_H

// Runs until the user quits; `file` is opened, a demo prompt if it is NULL. Returns the
// exit status.
int desktop_run(const char *file);

#endif
