#include "midi/analysis/fitness.h"

#include <glib.h>
#include <math.h>

// The matrix D of a segment, with M + 1 columns.
typedef struct Family {
    double *D;
    int N, M;
} Family;

static double *row_of(const Family *f, int n) { return f->D + (n + 2) * (f->M + 1); }

// Initialises the two rows before the first one. No path leads from them, except that
// D[-1,0], the gap between paths, is 0.
static void begin(const Family *f) {
    for (int i = 0; i < 2 * (f->M + 1); i++) f->D[i] = -(double)INFINITY;
    row_of(f, -1)[0] = 0;
}

static void fill(const Family *f, const double *S, int from) {
    begin(f);
    for (int n = 0; n < f->N; n++) {
        const double *s = S + n * f->N + from, *before = row_of(f, n - 1),
                     *earlier = row_of(f, n - 2);
        double *row = row_of(f, n);
        row[0] = MAX(before[0], before[f->M]);
        row[1] = row[0] + s[0];
        if (f->M > 1) row[2] = s[1] + MAX(before[1], earlier[1]);
        for (int m = 3; m <= f->M; m++) {
            double few = MAX(before[m - 1], before[m - 2]);
            row[m] = s[m - 1] + MAX(few, earlier[m - 1]);
        }
    }
}

// Adds up the cells and rows of the path that ends in row n; returns the row in which
// it begins.
static int follow(const Family *f, int n, int *cells, int *rows) {
    int last = n;
    *cells += 1;
    for (int m = f->M; m > 1; (*cells)++) {
        double straight = row_of(f, n - 1)[m - 1], steep = row_of(f, n - 2)[m - 1],
               wide = m > 2 ? row_of(f, n - 1)[m - 2] : -(double)INFINITY;
        if (straight >= wide && straight >= steep)
            n--, m--;
        else if (wide >= steep)
            n--, m -= 2;
        else
            n -= 2, m--;
    }
    *rows += last - n + 1;
    return n;
}

double fitness(const double *S, int N, int from, int M, double *room) {
    Family f = {room, N, M};
    fill(&f, S, from);
    double best = MAX(row_of(&f, N - 1)[0], row_of(&f, N - 1)[M]);
    int cells = 0, rows = 0;
    for (int n = N - 1; n >= 0; n--)
        if (row_of(&f, n)[M] > row_of(&f, n)[0]) n = follow(&f, n, &cells, &rows);
    double score = (best - M) / MAX(1, cells), coverage = (double)(rows - M) / N;
    return score > 0 && coverage > 0 ? 2 * score * coverage / (score + coverage) : 0;
}
