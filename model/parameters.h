// Every learned tensor of the model, in one allocation.
//
// parameters_each() is the only table of names, shapes and order. Placing, counting,
// initialising, checkpoints, weight decay and the tests iterate over it. Gradients are
// further Parameters of the same shape, and Adam's moments flat arrays, so that the
// optimizer, the norm, zeroing and saving are loops over one flat array.
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
    Linear gate;         // (h, d), of self-attention if the configuration has gates
    real *values;        // (V, d), of self-attention if it has values
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
    RECALL_STEPS = 24, // the lags in which intervals are compared
    RECALL_IDS = 4,    // the lags in which ids are compared
    RECALL_LAGS = RECALL_STEPS + RECALL_IDS,
    RECALL_ENTRIES = 12, // the last entries, and
    RECALL_TOKENS = 2,   // the last tokens, that enter F
    RECALL_PAST = RECALL_ENTRIES + RECALL_TOKENS,
    CHORD_LENGTHS = 13, // bins of notes, and
    CHORD_LEFT = 8,     // of notes left, in chords.h
};
typedef struct Recall {
    real *lags;                   // (heads, RECALL_LAGS)
    real *sink;                   // (heads)
    real *next;                   // (R heads, d): a row for each id and head
    real *after, *before;         // (V heads, d): a row for each token and head
    real *past_table, *past_lags; // (V, d), (RECALL_PAST, d)
    Norm norm_f;
    Linear feed;  // (d, d)
    real *chords; // (CHORD_LENGTHS, CHORD_LEFT), of chords.h
} Recall;

typedef struct Parameters {
    real *embed;   // (V, d)
    Linear latent; // (d, d)
    Norm norm_kv;  // for the cross-attention's keys and values
    Block cross;
    Block *layers; // owned; L of them
    Norm final_norm;
    Linear head;   // (V, d)
    Recall recall; // empty without recall in the configuration
    real *memory;  // owned; holds all of the tensors above
    size_t count;  // the number of numbers in memory
} Parameters;

// One tensor of the table; `columns` is 0 for a vector.
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

// Allocates parameters that are all zero. Returns false, with *ret zeroed, if there is
// not enough memory. Freeing accepts a zeroed struct.
bool parameters_new(Parameters *ret, const Config *c);
// Does the same with a tail: `tail` further zeros in `memory` after the `count`
// numbers.
bool parameters_new_tailed(Parameters *ret, const Config *c, size_t tail);
void parameters_free(Parameters *p);

// Initialises: weights N(0, 1/in), biases 0, norms 1 and 0, embed N(0, 1); head
// weights, gates and values 0; recall as the table in MODEL.md says.
void parameters_initialise(Parameters *p, const Config *c, Rng *rng);

// Copies the numbers of another model by name. The shapes may differ only in the
// vocabulary and in the number of layers. Of tensors with a row per token, the rows
// that both models have are copied. What the other model does not have stays as it is:
// recall, chords, gates and values. Layers that it does not have come after its own;
// what they add to their input is set to zero, so that the result is the other model's.
void parameters_take(Parameters *p, const Config *c, const Parameters *from,
                     const Config *from_config);

#endif
