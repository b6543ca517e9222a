#include "model/layers/layers.h"

#include <math.h>
#include <stdlib.h>

typedef struct Job {
    real *logits;
    const Token *targets;
    double *nll, *lse; // (N) each
    double z, scale;
    int cap, V;
} Job;

VECTOR_CLONES
static void rows(void *data, int begin, int end) {
    const Job *j = data;
    int V = j->V;
    for (int i = begin; i < end; i++) {
        real *x = j->logits + (size_t)i * (size_t)V, top = x[0], sum = 0;
        real target = x[j->targets[i]], to_tanh = j->cap ? 1 / (real)j->cap : 0;
#pragma omp simd reduction(max : top)
        for (int v = 0; v < V; v++) top = x[v] > top ? x[v] : top;
#pragma omp simd reduction(+ : sum)
        for (int v = 0; v < V; v++) sum += real_exp(x[v] - top);
        double lse = (double)top + log((double)sum);
        j->nll[i] = lse - (double)target;
        j->lse[i] = lse;
        if (j->scale == 0) continue;
        // d/dx of lse - x[target] + z lse^2  =  softmax (1 + 2 z lse) - onehot(target),
        // times the slope of the soft cap, 1 - tanh^2
        real each = (real)(j->scale * (1 + 2 * j->z * lse) / (double)sum);
        for (int v = 0; v < V; v++) {
            real t = x[v] * to_tanh;
            x[v] = real_exp(x[v] - top) * each * (1 - t * t);
        }
        real t = target * to_tanh;
        x[j->targets[i]] -= (real)j->scale * (1 - t * t);
    }
}

double loss_forward_backward(Pool *p, double *loss, real *logits, const Token *targets,
                             double z, double scale, int cap, int N, int V) {
    double *nll = g_new(double, N), *lse = g_new(double, N), sum = 0;
    pool_run(p, N, 32, rows, &(Job){logits, targets, nll, lse, z, scale, cap, V});
    *loss = 0;
    for (int i = 0; i < N; i++) { // in a fixed order, whatever the threads
        sum += nll[i];
        *loss += nll[i] + z * lse[i] * lse[i];
    }
    g_free(nll);
    g_free(lse);
    return sum;
}
