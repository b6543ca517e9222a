// xdnd_drop FILE: drags a file over the window of par-midi and drops it there, as a
// file manager does (XDND 5). Succeeds if the window reports that it accepted the file.
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION  5
#define PATIENCE 3000 // milliseconds, for each answer

typedef struct Drag {
    Display *display;
    Window source, target;
    int x, y; // position in the root window
    char *uri;
} Drag;

static Atom atom(Drag *d, const char *name) {
    return XInternAtom(d->display, name, False);
}

static Window find(Display *d, Window at, const char *class) {
    XClassHint hint = {NULL, NULL};
    Window root, parent, *children = NULL, found = 0;
    unsigned count = 0;
    if (XGetClassHint(d, at, &hint) && g_strcmp0(hint.res_class, class) == 0)
        found = at;
    if (hint.res_name) XFree(hint.res_name);
    if (hint.res_class) XFree(hint.res_class);
    XQueryTree(d, at, &root, &parent, &children, &count);
    for (unsigned i = 0; i < count && !found; i++) found = find(d, children[i], class);
    if (children) XFree(children);
    return found;
}

static void say(Drag *d, const char *what, long a, long b, long c, long e) {
    XEvent event = {.xclient = {.type = ClientMessage,
                                .window = d->target,
                                .message_type = atom(d, what),
                                .format = 32,
                                .data.l = {(long)d->source, a, b, c, e}}};
    XSendEvent(d->display, d->target, False, NoEventMask, &event);
    XFlush(d->display);
}

static void give(Drag *d, const XSelectionRequestEvent *r) {
    XChangeProperty(d->display, r->requestor, r->property, r->target, 8,
                    PropModeReplace, (unsigned char *)d->uri, (int)strlen(d->uri));
    XEvent event = {.xselection = {.type = SelectionNotify,
                                   .requestor = r->requestor,
                                   .selection = r->selection,
                                   .target = r->target,
                                   .property = r->property,
                                   .time = r->time}};
    XSendEvent(d->display, r->requestor, False, NoEventMask, &event);
    XFlush(d->display);
}

// Answers the window's requests until it sends this message. Returns the message's
// second word, or -1.
static long await(Drag *d, const char *what) {
    struct pollfd in = {.fd = ConnectionNumber(d->display), .events = POLLIN};
    while (XPending(d->display) || poll(&in, 1, PATIENCE) > 0) {
        XEvent event;
        XNextEvent(d->display, &event);
        if (event.type == SelectionRequest) give(d, &event.xselectionrequest);
        if (event.type == ClientMessage && event.xclient.message_type == atom(d, what))
            return event.xclient.data.l[1];
    }
    return -1;
}

static bool drop(Drag *d) {
    Atom uris = atom(d, "text/uri-list"), copy = atom(d, "XdndActionCopy");
    XSetSelectionOwner(d->display, atom(d, "XdndSelection"), d->source, CurrentTime);
    say(d, "XdndEnter", VERSION << 24, (long)uris, 0, 0);
    say(d, "XdndPosition", 0, d->x << 16 | d->y, CurrentTime, (long)copy);
    if (!(await(d, "XdndStatus") & 1)) return false;
    say(d, "XdndDrop", 0, CurrentTime, 0, 0);
    return await(d, "XdndFinished") & 1;
}

int main(int argc, char **argv) {
    Drag d = {.display = XOpenDisplay(NULL), .x = 400, .y = 300};
    if (argc != 2 || !d.display) return 1;
    Window root = DefaultRootWindow(d.display);
    d.target = find(d.display, root, "par-midi");
    d.source = XCreateSimpleWindow(d.display, root, 0, 0, 1, 1, 0, 0, 0);
    g_autofree char *path = g_canonicalize_filename(argv[1], NULL);
    g_autofree char *uri = g_filename_to_uri(path, NULL, NULL);
    d.uri = g_strconcat(uri, "\r\n", NULL);
    bool taken = d.target && drop(&d);
    if (!taken) fprintf(stderr, "it was not taken\n");
    g_free(d.uri);
    XCloseDisplay(d.display);
    return !taken;
}
