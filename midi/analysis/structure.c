#include "midi/analysis/structure.h"

#include "midi/analysis/fitness.h"
#include "midi/analysis/similarity.h"

static StructureLength length_of(int frames) {
    int64_t length = (int64_t)frames * SIMILARITY_FRAME;
    return length < 8000000    ? STRUCTURE_SHORT
           : length < 15000000 ? STRUCTURE_MIDDLE
                               : STRUCTURE_LONG;
}

void structure_measure(double ret[STRUCTURE_LENGTHS], const Performance *p,
                       int64_t from, int64_t to) {
    int N = similarity_frames(from, to), shortest = 3000000 / SIMILARITY_FRAME;
    int step = 1 + (N - 1) / STRUCTURE_EVERY;
    double *chroma = g_new(double, N *SIMILARITY_CLASSES + 1);
    double *S = g_new(double, N *N + 1), *room = g_new(double, (N + 2) * (N + 1));
    similarity_chroma(chroma, p, from, to);
    similarity(S, chroma, N);
    for (int i = 0; i < STRUCTURE_LENGTHS; i++) ret[i] = 0;
    for (int M = shortest; M <= N; M += step)
        for (int begin = 0; begin + M <= N; begin += step) {
            double *best = &ret[length_of(M)];
            *best = MAX(*best, fitness(S, N, begin, M, room));
        }
    g_free(chroma);
    g_free(S);
    g_free(room);
}
