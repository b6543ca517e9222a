#include "model/perceiver.h"

#include "model/block.h"
#include "model/files/memory.h"
#include "model/kernels/gemm.h"
#include "model/recall/chords.h"
#include "model/recall/recall.h"

// What forward computes, and backward needs.
typedef struct Acts {
    BlockKinds kinds;
    real *keys_r;              // (h, keys, r)
    real *latent_in, *latents; // embeddings of the last n, and latent() of them
    BlockActs cross, *layers;  // `layers` is owned
    RecallActs recall;         // used if the model has recall
    ChordActs chords;          // used if it has chords
    real *final_in, *final_mean, *final_rstd;
    real *logits; // (n, V); after perceiver_loss(), their gradient
} Acts;

typedef struct Grads {
    BlockGrads block;
    real *dkv, *dkinds_k, *dkinds_v, *dkeys_r;
} Grads;

struct Perceiver {
    Config config;
    Pool *pool;  // borrowed
    bool learns; // false: it only predicts
    Inputs in;   // the inputs of the last forward pass; borrowed
    int first;   // the first latent with logits
    int asking;  // the first latent with a query in the current block
    Dropout drop;
    Rotary rotary;
    real *memory; // owned; holds all arrays below
    Acts acts;
    Grads grads;
};

static real *take(real **next, size_t rows, int columns) {
    real *at = *next;
    // Rows of at least 64 bytes begin on a cache line.
    *next += (rows * (size_t)columns + 15) / 16 * 16;
    return at;
}

static void place_block(BlockActs *a, real **next, const Config *c, size_t n,
                        bool self) {
    int d = c->width;
    a->attn_in = take(next, n, d);
    a->attn_mean = take(next, n, 1);
    a->attn_rstd = take(next, n, 1);
    a->q = take(next, n, d);
    a->k = self ? take(next, n, d) : NULL;
    a->v = self ? take(next, n, d) : NULL;
    a->o = take(next, n, d);
    a->lse = take(next, n, c->heads);
    a->gate = c->gates && self ? take(next, n, c->heads) : NULL;
    a->gated = c->gates && self ? take(next, n, d) : NULL;
    a->mid = take(next, n, d);
    a->mlp_in = take(next, n, d);
    a->mlp_mean = take(next, n, 1);
    a->mlp_rstd = take(next, n, 1);
    a->up = take(next, n, MLP_RATIO * d);
    a->out = take(next, n, d);
}

static void place_recall(RecallActs *a, real **next, const Config *c, size_t n,
                         bool learns) {
    int d = c->width, read = recall_rows(c) * c->recall_heads;
    a->sums = take(next, (size_t)recall_groups(c), RECALL_SUMS);
    a->read = take(next, n, read);
    a->lse = take(next, n, c->recall_heads);
    a->said = take(next, n, d);
    a->past = take(next, n, d);
    a->past_mean = take(next, n, 1);
    a->past_rstd = take(next, n, 1);
    a->past_out = take(next, n, d);
    a->out = take(next, n, d);
    if (!learns) return;
    a->dread = take(next, n, read);
    a->parts = take(next, recall_scratch((int)n, c), 1);
}

static void place_acts(Acts *a, real **next, const Config *c, size_t keys, size_t n,
                       bool learns) {
    size_t V = (size_t)c->vocabulary;
    int d = c->width;
    a->kinds.kv = take(next, V, d);
    a->kinds.mean = take(next, V, 1);
    a->kinds.rstd = take(next, V, 1);
    a->kinds.k = take(next, V, d);
    a->kinds.v = take(next, V, d);
    a->keys_r = take(next, keys, c->heads * config_rotary(c));
    a->latent_in = take(next, n, d);
    a->latents = take(next, n, d);
    place_block(&a->cross, next, c, n, !learns);
    for (int i = 0; i < c->layers; i++)
        if (learns)
            place_block(&a->layers[i], next, c, n, true);
        else
            a->layers[i] = a->cross;
    a->final_in = take(next, n, d);
    a->final_mean = take(next, n, 1);
    a->final_rstd = take(next, n, 1);
    a->logits = take(next, n, c->vocabulary);
    if (c->recall_heads) place_recall(&a->recall, next, c, n, learns);
    if (c->chord_steps && learns) a->chords.z = take(next, n, config_recalled(c));
}

static void place_grads(Grads *g, real **next, const Config *c, size_t keys, size_t n) {
    size_t V = (size_t)c->vocabulary;
    int d = c->width;
    g->block.dz = take(next, n, d);
    g->block.dropped = take(next, n, d);
    g->block.dnorm = take(next, n, d);
    g->block.dq = take(next, n, d);
    g->block.dk = take(next, n, d);
    g->block.dv = take(next, n, d);
    g->block.d_o = take(next, n, d);
    g->block.up = take(next, n, MLP_RATIO * d);
    if (c->gates) g->block.gate = take(next, n, c->heads);
    g->block.scratch = take(next, n, c->heads);
    g->dkv = take(next, V, d);
    g->dkinds_k = take(next, V, d);
    g->dkinds_v = take(next, V, d);
    g->dkeys_r = take(next, keys, c->heads * config_rotary(c));
}

// Places all arrays in `memory` and returns how many numbers they take.
static size_t place(Perceiver *net, real *memory, int keys, int latents) {
    const Config *c = &net->config;
    real *next = memory;
    place_acts(&net->acts, &next, c, (size_t)keys, (size_t)latents, net->learns);
    if (net->learns) place_grads(&net->grads, &next, c, (size_t)keys, (size_t)latents);
    return (size_t)(next - memory);
}

static size_t memory_of(const Config *c, int keys, int latents, bool learns) {
    static real nowhere[1];
    Perceiver net = {
        .config = *c, .learns = learns, .acts.layers = g_new0(BlockActs, c->layers)};
    size_t count = place(&net, nowhere, keys, latents);
    g_free(net.acts.layers);
    return count * sizeof(real);
}

size_t perceiver_memory(const Config *c, int keys, int latents) {
    return memory_of(c, keys, latents, true);
}

static Perceiver *new_perceiver(const Config *c, Pool *pool, int keys, int latents,
                                bool learns) {
    gemm_init();
    Perceiver *net = g_new0(Perceiver, 1);
    net->config = *c;
    net->pool = pool;
    net->learns = learns;
    net->acts.layers = g_new0(BlockActs, c->layers);
    net->rotary = rotary_new(c, keys);
    net->memory = memory_new0(memory_of(c, keys, latents, learns), 1);
    bool recalls = !c->recall_heads ||
                   (recall_states_init(&net->acts.recall.states, latents) &&
                    recall_index_reserve(&net->acts.recall.index, keys));
    recalls &= !c->chord_steps || chord_acts_init(&net->acts.chords, latents, c);
    if (!net->memory || !net->rotary.fine || !recalls) {
        perceiver_free(net);
        return NULL;
    }
    place(net, net->memory, keys, latents);
    return net;
}

Perceiver *perceiver_new(const Config *c, Pool *pool, int keys, int latents) {
    return new_perceiver(c, pool, keys, latents, true);
}

Perceiver *perceiver_new_to_predict(const Config *c, Pool *pool, int keys,
                                    int latents) {
    return new_perceiver(c, pool, keys, latents, false);
}

void perceiver_free(Perceiver *net) {
    if (!net) return;
    g_free(net->acts.layers);
    recall_index_free(&net->acts.recall.index);
    recall_states_free(&net->acts.recall.states);
    chord_acts_free(&net->acts.chords);
    rotary_free(&net->rotary);
    memory_free(net->memory);
    g_free(net);
}

// Returns the dropout of block i in this step; block 0 is the cross-attention's.
static BlockDrop drop_of(const Perceiver *net, int i) {
    uint32_t key = net->drop.key, first = 2 * (uint32_t)i + 1;
    return (BlockDrop){net->drop.rate,
                       {rng_hash(key, first), rng_hash(key, first + 1)}};
}

static void attend_inputs(void *data, const BlockActs *a) {
    Perceiver *net = data;
    const Config *c = &net->config;
    const Inputs *in = &net->in;
    rotary(net->pool, a->q, &net->rotary, in->positions[in->keys - in->n], 1, in->n, c);
    cross_attention_forward(net->pool, a->o, a->lse, net->acts.keys_r, a->q,
                            net->acts.kinds.k, net->acts.kinds.v, &net->rotary, in, c);
}

static void attend_inputs_backward(void *data, const BlockGrads *g,
                                   const BlockActs *a) {
    Perceiver *net = data;
    const Config *c = &net->config;
    const Inputs *in = &net->in;
    cross_attention_backward(net->pool, g->dq, net->grads.dkinds_k, net->grads.dkinds_v,
                             net->grads.dkeys_r, g->d_o, a->q, net->acts.kinds.k,
                             net->acts.kinds.v, a->o, a->lse, net->acts.keys_r,
                             &net->rotary, in, c);
    rotary(net->pool, g->dq, &net->rotary, in->positions[in->keys - in->n], -1, in->n,
           c);
}

// Scores depend only on differences of positions, so the latents' positions may count
// from 0.
static void attend_latents(void *data, const BlockActs *a) {
    Perceiver *net = data;
    const Config *c = &net->config;
    int keys = net->in.n, n = keys - net->asking;
    rotary(net->pool, a->q, &net->rotary, net->asking, 1, n, c);
    rotary(net->pool, a->k, &net->rotary, 0, 1, keys, c);
    attention_forward(net->pool, a->o, a->lse, a->q, a->k, a->v, n, keys, c);
}

static void attend_latents_backward(void *data, const BlockGrads *g,
                                    const BlockActs *a) {
    Perceiver *net = data;
    const Config *c = &net->config;
    int n = net->in.n;
    attention_backward(net->pool, g->dq, g->dk, g->dv, g->scratch, g->d_o, a->q, a->k,
                       a->v, a->o, a->lse, n, n, c);
    rotary(net->pool, g->dq, &net->rotary, 0, -1, n, c);
    rotary(net->pool, g->dk, &net->rotary, 0, -1, n, c);
}

static BlockAttend inputs_of(Perceiver *net) {
    return (BlockAttend){
        .forward = attend_inputs, .backward = attend_inputs_backward, .data = net};
}

static BlockAttend latents_of(Perceiver *net) {
    return (BlockAttend){.forward = attend_latents,
                         .backward = attend_latents_backward,
                         .data = net,
                         .self = true,
                         .tokens = net->in.tokens + net->in.keys - net->in.n};
}

static bool recalls_before(const Perceiver *net, int i) {
    return net->config.recall_heads && net->config.recall_layer == i;
}

static const real *layer_output(const Perceiver *net, int i) {
    return i < 0 ? net->acts.cross.out : net->acts.layers[i].out;
}

// Returns the input of layer i.
static const real *layer_input(const Perceiver *net, int i) {
    return recalls_before(net, i) ? net->acts.recall.out : layer_output(net, i - 1);
}

static void recall_before(Perceiver *net, const Parameters *w, int i) {
    const Inputs *in = &net->in;
    recall_forward(net->pool, &net->acts.recall, &w->recall, layer_output(net, i - 1),
                   in->whole ? in->whole : in->tokens,
                   in->whole ? in->wholes : in->keys, in->n, in->span, &net->config);
}

static void continue_chords(Perceiver *net, const Parameters *w, int n) {
    const Inputs *in = &net->in;
    chords_forward(net->pool, &net->acts.chords, net->acts.logits, w->recall.chords,
                   in->whole ? in->whole : in->tokens,
                   in->whole ? in->wholes : in->keys, n, in->span, &net->config);
}

static real *forward(Perceiver *net, const Parameters *w, const Inputs *in,
                     Dropout drop, int first) {
    const Config *c = &net->config;
    Pool *p = net->pool;
    int n = in->n, d = c->width;
    Matrix latent = qlinear_matrix(&w->latent, d, d);
    Matrix head = qlinear_matrix(&w->head, d, c->vocabulary);
    BlockWeights cross = block_weights(&w->cross, c);
    net->in = *in;
    BlockAttend inputs = inputs_of(net), latents = latents_of(net);
    net->drop = drop;
    net->first = first;
    net->asking = 0;
    block_latents(p, net->acts.latents, net->acts.latent_in, w->embed, &latent,
                  &net->rotary, in->tokens + in->keys - n, in->positions[in->keys - n],
                  n, c);
    block_kinds(p, &net->acts.kinds, w, c);
    block_forward(p, &net->acts.cross, &cross, net->acts.latents, &inputs,
                  drop_of(net, 0), 0, n, c);
    for (int i = 0; i < c->layers; i++) {
        net->asking = i == c->layers - 1 ? first : 0;
        BlockWeights layer = block_weights(&w->layers[i], c);
        if (recalls_before(net, i)) recall_before(net, w, i);
        block_forward(p, &net->acts.layers[i], &layer, layer_input(net, i), &latents,
                      drop_of(net, i + 1), net->asking, n, c);
    }
    block_logits(p, net->acts.logits, net->acts.final_in, net->acts.final_mean,
                 net->acts.final_rstd,
                 layer_output(net, c->layers - 1) +
                     (size_t)(first - net->asking) * (size_t)d,
                 &w->final_norm, &head, n - first);
    if (c->chord_steps) continue_chords(net, w, n - first);
    block_cap(p, net->acts.logits, n - first, c);
    return net->acts.logits;
}

real *perceiver_forward(Perceiver *net, const Parameters *w, const Inputs *in,
                        Dropout drop) {
    return forward(net, w, in, drop, 0);
}

const real *perceiver_predict(Perceiver *net, const Parameters *w, const Inputs *in,
                              int first) {
    return forward(net, w, in, (Dropout){0}, first);
}

double perceiver_loss(Perceiver *net, const Token *targets, double z, double scale,
                      double *loss) {
    return loss_forward_backward(net->pool, loss, net->acts.logits, targets, z, scale,
                                 net->config.logit_cap, net->in.n,
                                 net->config.vocabulary);
}

double perceiver_score(Perceiver *net, const Token *targets) {
    double loss;
    return loss_forward_backward(net->pool, &loss, net->acts.logits,
                                 targets + net->first, 0, 0, 0, net->in.n - net->first,
                                 net->config.vocabulary);
}

// The steps of perceiver_forward() in reverse order. g.dz is always the gradient of z.
void perceiver_backward(Perceiver *net, Parameters *dw, const Parameters *w) {
    const Config *c = &net->config;
    Pool *p = net->pool;
    BlockGrads g = net->grads.block;
    BlockAttend inputs = inputs_of(net), latents = latents_of(net);
    int n = net->in.n, d = c->width;
    if (c->chord_steps)
        chords_backward(&net->acts.chords, net->acts.logits, dw->recall.chords,
                        w->recall.chords, n, c);
    linear_backward(p, g.dnorm, false, &dw->head, net->acts.logits, net->acts.final_in,
                    &w->head, n, d, c->vocabulary);
    memset(g.dz, 0, (size_t)n * (size_t)d * sizeof(real));
    norm_backward(p, g.dz, &dw->final_norm, g.dnorm, layer_output(net, c->layers - 1),
                  &w->final_norm, net->acts.final_mean, net->acts.final_rstd, n, d);
    for (int i = c->layers - 1; i >= 0; i--) {
        block_backward(p, &g, &dw->layers[i], &net->acts.layers[i], &w->layers[i],
                       layer_input(net, i), &latents, drop_of(net, i + 1), n, c);
        if (recalls_before(net, i))
            recall_backward(p, &net->acts.recall, &dw->recall,
                            (real *const[]){g.dnorm, g.dq}, g.dz, &w->recall, c);
    }
    block_backward(p, &g, &dw->cross, &net->acts.cross, &w->cross, net->acts.latents,
                   &inputs, drop_of(net, 0), n, c);
    block_kinds_backward(p, dw, net->grads.dkv, net->grads.dkinds_k,
                         net->grads.dkinds_v, &net->acts.kinds, w, c);
    linear_backward(p, g.dnorm, false, &dw->latent, g.dz, net->acts.latent_in,
                    &w->latent, n, d, d);
    embed_backward(dw->embed, g.dnorm, net->in.tokens + net->in.keys - n, n, d);
}
