// Every learned tensor of the model, in one allocation.
//
// parameters_each() is the one table: names, shapes and order stand there and nowhere
// else. Placing, counting, initialising, checkpoints, weight decay and the tests walk
// it. Gradients and Adam's moments are further Parameters of the same shape, so that
// the optimizer, the norm, zeroing and saving are loops over one flat array.
#ifndef MODEL_PARAMETERS_H
#define MODEL_PARAMETERS_H

#include "model/config.h"
#include "model/real.h"
#include "model/rng.h"

// y = x Wt + b                                        weight: (out, in)  bias: (out)
typedef struct Linear {
    real *weight, *bias;
} Linear;

// LayerNorm                                           weight, bias: (d)
typedef struct Norm {
    real *weight, *bias;
} Norm;

typedef struct Attn {
    Linear q, k, v, out; // (d, d) each
} Attn;

typedef struct Mlp {
    Linear up, down; // (4d, d), (d, 4d)
} Mlp;

// Attention and MLP, each around a residual. `norm_attn` is LN_attn of a self-attention
// layer and LN_q of the cross-attention.
typedef struct Block {
    Norm norm_attn;
    Attn attn;
    Norm norm_mlp;
    Mlp mlp;
} Block;

typedef struct Parameters {
    real *embed;   // (V, d)
    Linear latent; // (d, d)
    Norm norm_kv;  // of the cross-attention's keys and values
    Block cross;
    Block *layers; // owned; L of them
    Norm final_norm;
    Linear head;  // (V, d)
    real *memory; // owned; all of the above lies in it
    size_t count; // of numbers in memory
} Parameters;

// One tensor of the table. columns is 0 for a vector.
typedef struct Parameter {
    const char *name; // "layers.3.attn.q.weight"
    int rows, columns;
    real **at;
} Parameter;
typedef void (*ParameterVisit)(void *data, const Parameter *parameter);
void parameters_each(const Config *c, Parameters *p, ParameterVisit visit, void *data);

static inline size_t parameter_size(const Parameter *t) {
    return (size_t)t->rows * (size_t)(t->columns ? t->columns : 1);
}

size_t parameters_count(const Config *c);

// Allocates, all zeros. False, and zeroed, if there is no memory for it. Freeing
// accepts a zeroed struct.
bool parameters_new(Parameters *ret, const Config *c);
// With a tail: so many further zeros in `memory`, behind the `count`.
bool parameters_new_tailed(Parameters *ret, const Config *c, size_t tail);
void parameters_free(Parameters *p);

// Weights N(0, 1/in), biases 0, norms 1 and 0, embed N(0, 1), head weights 0.
void parameters_initialise(Parameters *p, const Config *c, Rng *rng);

// Takes over another's numbers, whose shape may differ in the vocabulary alone: of the
// tensors with a row a token the rows that both have; the others stay as they are.
void parameters_take(Parameters *p, const Config *c, const Parameters *from,
                     const Config *from_config);

#endif
