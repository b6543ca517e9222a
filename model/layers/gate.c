// The gates of the heads.
#include "model/layers/layers.h"

typedef struct Job {
    real *y, *gates, *dx;
    const real *o, *dy, *gate;
    int dh;
} Job;

enum { GRAIN = 1 << 9 }; // heads of rows

VECTOR_CLONES
static void forward(void *data, int begin, int end) {
    const Job j = *(const Job *)data;
    for (int i = begin; i < end; i++) {
        size_t at = (size_t)i * (size_t)j.dh;
        real gate = j.gates[i] = 2 / (1 + real_exp(-j.gates[i]));
        for (int c = 0; c < j.dh; c++) j.y[at + (size_t)c] = j.o[at + (size_t)c] * gate;
    }
}

void gate_forward(Pool *p, real *y, real *gate, const real *o, int n, const Config *c) {
    pool_run(p, n * c->heads, GRAIN, forward,
             &(Job){.y = y, .gates = gate, .o = o, .dh = config_head_width(c)});
}

// d/dx of 2 / (1 + exp(-x)) = gate (1 - gate / 2)
VECTOR_CLONES
static void backward(void *data, int begin, int end) {
    const Job j = *(const Job *)data;
    for (int i = begin; i < end; i++) {
        size_t at = (size_t)i * (size_t)j.dh;
        real gate = j.gate[i], sum = 0;
        for (int c = 0; c < j.dh; c++) {
            real dy = j.dy[at + (size_t)c];
            sum += dy * j.o[at + (size_t)c];
            j.y[at + (size_t)c] = dy * gate;
        }
        j.dx[i] = sum * gate * (1 - gate / 2);
    }
}

void gate_backward(Pool *p, real *d_o, real *dx, const real *dy, const real *o,
                   const real *gate, int n, const Config *c) {
    pool_run(p, n * c->heads, GRAIN, backward,
             &(Job){.y = d_o,
                    .dx = dx,
                    .dy = dy,
                    .o = o,
                    .gate = gate,
                    .dh = config_head_width(c)});
}
