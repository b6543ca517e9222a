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

// The recall block, see recall.h.
enum {
    RECALL_STEPS = 24, // lags in which steps are compared
    RECALL_IDS = 4,    // lags in which ids are
    RECALL_LAGS = RECALL_STEPS + RECALL_IDS,
    RECALL_ENTRIES = 12, // entries, and
    RECALL_TOKENS = 2,   // tokens, that a latent has heard last
    RECALL_PAST = RECALL_ENTRIES + RECALL_TOKENS,
};
typedef struct Recall {
    real *lags;                   // (heads, RECALL_LAGS)
    real *sink;                   // (heads)
    real *next;                   // (R heads, d): a row an id and head
    real *after, *before;         // (V heads, d): a row a token and head
    real *past_table, *past_lags; // (V, d), (RECALL_PAST, d)
    Norm norm_f;
    Linear feed; // (d, d)
} Recall;

typedef struct Parameters {
    real *embed;   // (V, d)
    Linear latent; // (d, d)
    Norm norm_kv;  // of the cross-attention's keys and values
    Block cross;
    Block *layers; // owned; L of them
    Norm final_norm;
    Linear head;   // (V, d)
    Recall recall; // if the configuration has it
    real *memory;  // owned; all of the above lies in it
    size_t count;  // of numbers in memory
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

// Weights N(0, 1/in), biases 0, norms 1 and 0, embed N(0, 1), head weights 0; recall as
// its own table says.
void parameters_initialise(Parameters *p, const Config *c, Rng *rng);

// Takes over another's numbers by name. Shapes may differ in the vocabulary alone: of
// the tensors with rows a token the rows that both have. What the other has not stays
// as it is: recall, if only one of both has it.
void parameters_take(Parameters *p, const Config *c, const Parameters *from,
                     const Config *from_config);

#endif
