#include "audio/click.h"

#include <math.h>

#define LOUDNESS 0.25f
#define DECAY    0.012f // seconds in which it falls to a third
#define SILENT   1e-4f
#define TURN     6.2831853f

void click_strike(Click *c, bool first) {
    *c = (Click){LOUDNESS, 0, first ? 1600 : 1000};
}

void click_add(Click *c, float *left, float *right, int frames, int rate) {
    float fall = 1 - 1 / (DECAY * (float)rate), step = c->frequency / (float)rate;
    for (int i = 0; i < frames && c->loudness > SILENT; i++) {
        float x = c->loudness * sinf(TURN * c->turn);
        left[i] += x;
        right[i] += x;
        c->loudness *= fall;
        c->turn += step;
        if (c->turn >= 1) c->turn -= 1;
    }
}
