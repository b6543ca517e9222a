// pixel_watch X Y: watches one pixel of the display and prints
//     seen T RRGGBB     its colour changed to this at T (microseconds since 1970)
// and, to stderr, `watching` when it has begun.
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BLINK 2000 // microseconds between two looks

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static unsigned long look(Display *d, int x, int y) {
    XImage *one = XGetImage(d, DefaultRootWindow(d), x, y, 1, 1, AllPlanes, ZPixmap);
    if (!one) exit(1);
    unsigned long color = XGetPixel(one, 0, 0);
    XDestroyImage(one);
    return color;
}

int main(int argc, char **argv) {
    Display *d = argc == 3 ? XOpenDisplay(NULL) : NULL;
    if (!d) return 1;
    int x = atoi(argv[1]), y = atoi(argv[2]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    unsigned long before = look(d, x, y);
    fprintf(stderr, "watching\n");
    for (;; usleep(BLINK)) {
        unsigned long color = look(d, x, y);
        if (color != before) printf("seen %lld %06lx\n", now(), color & 0xffffff);
        before = color;
    }
}
