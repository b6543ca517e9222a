#include "midi/analysis/similarity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = SIMILARITY_CLASSES };

int similarity_frames(int64_t from, int64_t to) {
    return (int)((to - from) / SIMILARITY_FRAME);
}

static void add_note(double *loud, const Note *n, int64_t from, int frames) {
    int64_t first = MAX(0, (n->onset - from) / SIMILARITY_FRAME);
    for (int64_t i = first; i < frames; i++) {
        int64_t begin = from + i * SIMILARITY_FRAME, end = begin + SIMILARITY_FRAME;
        int64_t within = MIN(n->release, end) - MAX(n->onset, begin);
        if (within <= 0) return;
        loud[i * CLASSES + n->pitch % CLASSES] += n->velocity * (double)within /
                                                  SIMILARITY_FRAME;
    }
}

static void normalize(double c[CLASSES]) {
    double square = 0;
    for (int k = 0; k < CLASSES; k++) square += c[k] * c[k];
    for (int k = 0; k < CLASSES; k++)
        c[k] = square > 0 ? c[k] / sqrt(square) : 1 / sqrt(CLASSES);
}

void similarity_chroma(double *chroma, const Performance *p, int64_t from, int64_t to) {
    int N = similarity_frames(from, to), around = SIMILARITY_SMOOTH / 2;
    double *loud = g_new0(double, N *CLASSES + 1);
    for (size_t i = 0; i < p->note_count; i++)
        if (p->notes[i].onset < to && p->notes[i].release > from)
            add_note(loud, &p->notes[i], from, N);
    for (int n = 0; n < N; n++) {
        double *c = chroma + n * CLASSES;
        memset(c, 0, CLASSES * sizeof *c);
        for (int i = MAX(0, n - around); i <= MIN(N - 1, n + around); i++)
            for (int k = 0; k < CLASSES; k++) c[k] += loud[i * CLASSES + k];
        normalize(c);
    }
    g_free(loud);
}

static double alike(const double *a, const double *b) {
    double best = 0;
    for (int by = 0; by < CLASSES; by++) {
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) sum += a[k] * b[(k + by) % CLASSES];
        best = MAX(best, sum);
    }
    return best;
}

// Returns the mean of s along the diagonal from (n, m) on, or up to there if direction
// is -1, with m moving at this tempo.
static double along(const double *s, int N, int n, int m, int direction, double tempo) {
    double sum = 0;
    for (int l = 0; l < SIMILARITY_ALONG; l++) {
        int i = n + direction * l, k = m + direction * (int)lround(l * tempo);
        if (i >= 0 && i < N && k >= 0 && k < N) sum += s[i * N + k];
    }
    return sum / SIMILARITY_ALONG;
}

static void smooth(double *t, const double *s, int N) {
    for (int n = 0; n < N; n++)
        for (int m = 0; m < N; m++) {
            double best = 0;
            for (int tempo = 0; tempo < SIMILARITY_TEMPI; tempo++) {
                double ratio = pow(2, 2.0 * tempo / (SIMILARITY_TEMPI - 1) - 1);
                best = MAX(best, MAX(along(s, N, n, m, 1, ratio),
                                     along(s, N, n, m, -1, ratio)));
            }
            t[n * N + m] = best;
        }
}

static int greatest_first(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x < *y) - (*x > *y);
}

// Scales the greatest quarter of t to 0-1 and sets the others to SIMILARITY_OTHER.
static void threshold(double *S, const double *t, int N) {
    int cells = N * N;
    double *sorted = g_memdup2(t, (size_t)cells * sizeof *t);
    qsort(sorted, (size_t)cells, sizeof *sorted, greatest_first);
    double most = sorted[0], least = sorted[(cells + 3) / 4 - 1];
    g_free(sorted);
    for (int i = 0; i < cells; i++)
        S[i] = t[i] < least   ? SIMILARITY_OTHER
               : most > least ? (t[i] - least) / (most - least)
                              : 1;
}

void similarity(double *S, const double *chroma, int N) {
    if (N < 1) return;
    double *s = g_new(double, N *N), *t = g_new(double, N *N);
    for (int n = 0; n < N; n++)
        for (int m = 0; m < N; m++)
            s[n * N + m] = alike(chroma + n * CLASSES, chroma + m * CLASSES);
    smooth(t, s, N);
    threshold(S, t, N);
    for (int n = 0; n < N; n++) S[n * N + n] = 1;
    g_free(s);
    g_free(t);
}
