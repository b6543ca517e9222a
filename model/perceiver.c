#include "model/perceiver.h"

#include "model/files/memory.h"
#include "model/kernels/gemm.h"
#include "model/recall/recall.h"

// What a block leaves for its backward. The squared ReLU keeps its output only.
typedef struct Acts {
    real *attn_in, *attn_mean, *attn_rstd; // LN_attn or LN_q: (n, d), (n), (n)
    real *q, *k, *v, *o, *lse;          // (n, d) and (h, n); k, v of a self-attention
    real *mid;                          // after attention and residual: (n, d)
    real *mlp_in, *mlp_mean, *mlp_rstd; // LN_mlp
    real *up;                           // after the squared ReLU: (n, 4d)
    real *out;                          // (n, d)
} Acts;

struct Perceiver {
    Config config;
    Pool *pool; // borrowed
    Inputs in;  // of the last forward; borrowed
    Dropout drop;
    Rotary rotary;
    real *memory; // owned; all below lies in it

    real *kv, *kv_mean, *kv_rstd; // LN_kv(embed): (V, d), (V), (V)
    real *kinds_k, *kinds_v;      // (V, d)
    real *keys_r;                 // (h, keys, r)
    real *latent_in, *latents;    // embeddings of the last n, and latent() of them
    Acts cross, *layers;          // layers owned
    RecallActs recall;            // if the model has it
    real *final_in, *final_mean, *final_rstd;
    real *logits; // (n, V); after perceiver_loss() their gradient

    real *dz, *dropped, *dnorm, *dq, *dk, *dv, *d_o, *dup, *scratch; // backward's
    real *dkv, *dkinds_k, *dkinds_v, *dkeys_r;
};

static real *take(real **next, size_t rows, int columns) {
    real *at = *next;
    // Rows of 64 bytes and more begin on a cache line.
    *next += (rows * (size_t)columns + 15) / 16 * 16;
    return at;
}

static void place_block(Acts *a, real **next, const Config *c, size_t n, bool self) {
    int d = c->width;
    a->attn_in = take(next, n, d);
    a->attn_mean = take(next, n, 1);
    a->attn_rstd = take(next, n, 1);
    a->q = take(next, n, d);
    a->k = self ? take(next, n, d) : NULL;
    a->v = self ? take(next, n, d) : NULL;
    a->o = take(next, n, d);
    a->lse = take(next, n, c->heads);
    a->mid = take(next, n, d);
    a->mlp_in = take(next, n, d);
    a->mlp_mean = take(next, n, 1);
    a->mlp_rstd = take(next, n, 1);
    a->up = take(next, n, MLP_RATIO * d);
    a->out = take(next, n, d);
}

static void place_recall(RecallActs *a, real **next, const Config *c, size_t n) {
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
    a->dread = take(next, n, read);
    a->parts = take(next, recall_scratch((int)n, c), 1);
}

// Points everything into `memory` and returns how much of it that takes.
static size_t place(Perceiver *net, real *memory, int keys, int latents) {
    const Config *c = &net->config;
    size_t V = (size_t)c->vocabulary, n = (size_t)latents;
    int d = c->width, r = config_rotary(c);
    real *next = memory;
    net->kv = take(&next, V, d);
    net->kv_mean = take(&next, V, 1);
    net->kv_rstd = take(&next, V, 1);
    net->kinds_k = take(&next, V, d);
    net->kinds_v = take(&next, V, d);
    net->keys_r = take(&next, (size_t)keys, c->heads * r);
    net->latent_in = take(&next, n, d);
    net->latents = take(&next, n, d);
    place_block(&net->cross, &next, c, n, false);
    for (int i = 0; i < c->layers; i++) place_block(&net->layers[i], &next, c, n, true);
    net->final_in = take(&next, n, d);
    net->final_mean = take(&next, n, 1);
    net->final_rstd = take(&next, n, 1);
    net->logits = take(&next, n, c->vocabulary);
    net->dz = take(&next, n, d);
    net->dropped = take(&next, n, d);
    net->dnorm = take(&next, n, d);
    net->dq = take(&next, n, d);
    net->dk = take(&next, n, d);
    net->dv = take(&next, n, d);
    net->d_o = take(&next, n, d);
    net->dup = take(&next, n, MLP_RATIO * d);
    net->scratch = take(&next, n, c->heads);
    net->dkv = take(&next, V, d);
    net->dkinds_k = take(&next, V, d);
    net->dkinds_v = take(&next, V, d);
    net->dkeys_r = take(&next, (size_t)keys, c->heads * r);
    if (c->recall_heads) place_recall(&net->recall, &next, c, n);
    return (size_t)(next - memory);
}

size_t perceiver_memory(const Config *c, int keys, int latents) {
    static real nowhere[1];
    Perceiver net = {.config = *c, .layers = g_new0(Acts, c->layers)};
    size_t count = place(&net, nowhere, keys, latents);
    g_free(net.layers);
    return count * sizeof(real);
}

Perceiver *perceiver_new(const Config *c, Pool *pool, int keys, int latents) {
    gemm_init();
    Perceiver *net = g_new0(Perceiver, 1);
    net->config = *c;
    net->pool = pool;
    net->layers = g_new0(Acts, c->layers);
    net->rotary = rotary_new(c, keys);
    net->memory = memory_new0(perceiver_memory(c, keys, latents), 1);
    bool recalls = !c->recall_heads ||
                   (recall_states_init(&net->recall.states, latents) &&
                    recall_index_reserve(&net->recall.index, keys));
    if (!net->memory || !net->rotary.fine || !recalls) {
        perceiver_free(net);
        return NULL;
    }
    place(net, net->memory, keys, latents);
    return net;
}

void perceiver_free(Perceiver *net) {
    if (!net) return;
    g_free(net->layers);
    recall_index_free(&net->recall.index);
    recall_states_free(&net->recall.states);
    rotary_free(&net->rotary);
    memory_free(net->memory);
    g_free(net);
}

// The dropout of half block `half` in this step: two of them a block, the cross first.
static uint32_t drop_key(const Perceiver *net, int half) {
    return rng_hash(net->drop.key, (uint32_t)half + 1);
}

// y = x + dropout(linear(a)): how both halves of a block end.
static void end_half(Perceiver *net, real *y, const real *a, const Linear *w, int in,
                     const real *x, int half) {
    int n = net->in.n, d = net->config.width;
    linear_forward(net->pool, y, a, w, n, in, d);
    residual(net->pool, y, x, net->drop.rate, drop_key(net, half), n * d);
}

static void mlp_forward(Perceiver *net, Acts *a, const Block *w, int half) {
    int n = net->in.n, d = net->config.width, wide = MLP_RATIO * d;
    norm_forward(net->pool, a->mlp_in, a->mlp_mean, a->mlp_rstd, a->mid, &w->norm_mlp,
                 n, d);
    linear_forward(net->pool, a->up, a->mlp_in, &w->mlp.up, n, d, wide);
    squared_relu_forward(net->pool, a->up, n * wide);
    end_half(net, a->out, a->up, &w->mlp.down, wide, a->mid, half);
}

static void cross_forward(Perceiver *net, const Parameters *w, const real *x) {
    const Config *c = &net->config;
    const Block *b = &w->cross;
    Acts *a = &net->cross;
    Pool *p = net->pool;
    int n = net->in.n, d = c->width, V = c->vocabulary;
    int first = net->in.positions[net->in.keys - n];
    norm_forward(p, net->kv, net->kv_mean, net->kv_rstd, w->embed, &w->norm_kv, V, d);
    linear_forward(p, net->kinds_k, net->kv, &b->attn.k, V, d, d);
    linear_forward(p, net->kinds_v, net->kv, &b->attn.v, V, d, d);
    norm_forward(p, a->attn_in, a->attn_mean, a->attn_rstd, x, &b->norm_attn, n, d);
    linear_forward(p, a->q, a->attn_in, &b->attn.q, n, d, d);
    rotary(p, a->q, &net->rotary, first, 1, n, c);
    cross_attention_forward(p, a->o, a->lse, net->keys_r, a->q, net->kinds_k,
                            net->kinds_v, &net->rotary, &net->in, c);
    end_half(net, a->mid, a->o, &b->attn.out, d, x, 0);
    mlp_forward(net, a, b, 1);
}

static void layer_forward(Perceiver *net, Acts *a, const Block *w, const real *x,
                          int i) {
    const Config *c = &net->config;
    Pool *p = net->pool;
    int n = net->in.n, d = c->width;
    norm_forward(p, a->attn_in, a->attn_mean, a->attn_rstd, x, &w->norm_attn, n, d);
    linear_forward(p, a->q, a->attn_in, &w->attn.q, n, d, d);
    linear_forward(p, a->k, a->attn_in, &w->attn.k, n, d, d);
    linear_forward(p, a->v, a->attn_in, &w->attn.v, n, d, d);
    rotary(p, a->q, &net->rotary, 0, 1, n, c); // scores know differences only,
    rotary(p, a->k, &net->rotary, 0, 1, n, c); // so the latents may count from 0
    attention_forward(p, a->o, a->lse, a->q, a->k, a->v, n, n, c);
    end_half(net, a->mid, a->o, &w->attn.out, d, x, 2 * i + 2);
    mlp_forward(net, a, w, 2 * i + 3);
}

static bool recalls_before(const Perceiver *net, int i) {
    return net->config.recall_heads && net->config.recall_layer == i;
}

static const real *layer_output(const Perceiver *net, int i) {
    return i < 0 ? net->cross.out : net->layers[i].out;
}

// What layer i reads.
static const real *layer_input(const Perceiver *net, int i) {
    return recalls_before(net, i) ? net->recall.out : layer_output(net, i - 1);
}

static void recall_before(Perceiver *net, const Parameters *w, int i) {
    const Inputs *in = &net->in;
    recall_forward(net->pool, &net->recall, &w->recall, layer_output(net, i - 1),
                   in->whole ? in->whole : in->tokens,
                   in->whole ? in->wholes : in->keys, in->n, in->span, &net->config);
}

real *perceiver_forward(Perceiver *net, const Parameters *w, const Inputs *in,
                        Dropout drop) {
    const Config *c = &net->config;
    int n = in->n, d = c->width;
    net->in = *in;
    net->drop = drop;
    embed_forward(net->latent_in, w->embed, in->tokens + in->keys - n, n, d);
    if (c->places)
        rotary_places(net->latent_in, &net->rotary, in->positions[in->keys - n], n, c);
    linear_forward(net->pool, net->latents, net->latent_in, &w->latent, n, d, d);
    cross_forward(net, w, net->latents);
    for (int i = 0; i < c->layers; i++) {
        if (recalls_before(net, i)) recall_before(net, w, i);
        layer_forward(net, &net->layers[i], &w->layers[i], layer_input(net, i), i);
    }
    norm_forward(net->pool, net->final_in, net->final_mean, net->final_rstd,
                 layer_output(net, c->layers - 1), &w->final_norm, n, d);
    linear_forward(net->pool, net->logits, net->final_in, &w->head, n, d,
                   c->vocabulary);
    return net->logits;
}

double perceiver_loss(Perceiver *net, const Token *targets, double z, double scale,
                      double *loss) {
    return loss_forward_backward(net->pool, loss, net->logits, targets, z, scale,
                                 net->in.n, net->config.vocabulary);
}

double perceiver_score(Perceiver *net, const Token *targets, int first) {
    double loss;
    int V = net->config.vocabulary;
    return loss_forward_backward(net->pool, &loss,
                                 net->logits + (size_t)first * (size_t)V,
                                 targets + first, 0, 0, net->in.n - first, V);
}

// Writes the gradient of `a` in y = x + dropout(linear(a)); dz is y's, and stays x's.
static void end_half_backward(Perceiver *net, real *da, Linear *dw, const real *a,
                              const Linear *w, int in, int half) {
    int n = net->in.n, d = net->config.width;
    const real *dy = net->dz;
    if (net->drop.rate > 0) {
        dropout(net->pool, net->dropped, net->dz, net->drop.rate, drop_key(net, half),
                n * d);
        dy = net->dropped;
    }
    linear_backward(net->pool, da, false, dw, dy, a, w, n, in, d);
}

static void mlp_backward(Perceiver *net, const Acts *a, Block *dw, const Block *w,
                         int half) {
    int n = net->in.n, d = net->config.width, wide = MLP_RATIO * d;
    Pool *p = net->pool;
    end_half_backward(net, net->dup, &dw->mlp.down, a->up, &w->mlp.down, wide, half);
    squared_relu_backward(p, net->dup, a->up, n * wide);
    linear_backward(p, net->dnorm, false, &dw->mlp.up, net->dup, a->mlp_in, &w->mlp.up,
                    n, d, wide);
    norm_backward(p, net->dz, &dw->norm_mlp, net->dnorm, a->mid, &w->norm_mlp,
                  a->mlp_mean, a->mlp_rstd, n, d);
}

static void layer_backward(Perceiver *net, const Acts *a, Block *dw, const Block *w,
                           const real *x, int i) {
    const Config *c = &net->config;
    Pool *p = net->pool;
    int n = net->in.n, d = c->width;
    mlp_backward(net, a, dw, w, 2 * i + 3);
    end_half_backward(net, net->d_o, &dw->attn.out, a->o, &w->attn.out, d, 2 * i + 2);
    attention_backward(p, net->dq, net->dk, net->dv, net->scratch, net->d_o, a->q, a->k,
                       a->v, a->o, a->lse, n, n, c);
    rotary(p, net->dq, &net->rotary, 0, -1, n, c);
    rotary(p, net->dk, &net->rotary, 0, -1, n, c);
    linear_backward(p, net->dnorm, false, &dw->attn.q, net->dq, a->attn_in, &w->attn.q,
                    n, d, d);
    linear_backward(p, net->dnorm, true, &dw->attn.k, net->dk, a->attn_in, &w->attn.k,
                    n, d, d);
    linear_backward(p, net->dnorm, true, &dw->attn.v, net->dv, a->attn_in, &w->attn.v,
                    n, d, d);
    norm_backward(p, net->dz, &dw->norm_attn, net->dnorm, x, &w->norm_attn,
                  a->attn_mean, a->attn_rstd, n, d);
}

static void cross_backward(Perceiver *net, Parameters *dw, const Parameters *w,
                           const real *x) {
    const Config *c = &net->config;
    const Acts *a = &net->cross;
    Block *db = &dw->cross;
    const Block *b = &w->cross;
    Pool *p = net->pool;
    int n = net->in.n, d = c->width, V = c->vocabulary;
    mlp_backward(net, a, db, b, 1);
    end_half_backward(net, net->d_o, &db->attn.out, a->o, &b->attn.out, d, 0);
    cross_attention_backward(p, net->dq, net->dkinds_k, net->dkinds_v, net->dkeys_r,
                             net->d_o, a->q, net->kinds_k, net->kinds_v, a->o, a->lse,
                             net->keys_r, &net->rotary, &net->in, c);
    rotary(p, net->dq, &net->rotary, net->in.positions[net->in.keys - n], -1, n, c);
    linear_backward(p, net->dkv, false, &db->attn.k, net->dkinds_k, net->kv, &b->attn.k,
                    V, d, d);
    linear_backward(p, net->dkv, true, &db->attn.v, net->dkinds_v, net->kv, &b->attn.v,
                    V, d, d);
    norm_backward(p, dw->embed, &dw->norm_kv, net->dkv, w->embed, &w->norm_kv,
                  net->kv_mean, net->kv_rstd, V, d);
    linear_backward(p, net->dnorm, false, &db->attn.q, net->dq, a->attn_in, &b->attn.q,
                    n, d, d);
    norm_backward(p, net->dz, &db->norm_attn, net->dnorm, x, &b->norm_attn,
                  a->attn_mean, a->attn_rstd, n, d);
}

// perceiver_forward(), bottom to top. dz is the gradient of z throughout.
void perceiver_backward(Perceiver *net, Parameters *dw, const Parameters *w) {
    const Config *c = &net->config;
    Pool *p = net->pool;
    int n = net->in.n, d = c->width;
    linear_backward(p, net->dnorm, false, &dw->head, net->logits, net->final_in,
                    &w->head, n, d, c->vocabulary);
    memset(net->dz, 0, (size_t)n * (size_t)d * sizeof(real));
    norm_backward(p, net->dz, &dw->final_norm, net->dnorm,
                  layer_output(net, c->layers - 1), &w->final_norm, net->final_mean,
                  net->final_rstd, n, d);
    for (int i = c->layers - 1; i >= 0; i--) {
        layer_backward(net, &net->layers[i], &dw->layers[i], &w->layers[i],
                       layer_input(net, i), i);
        if (recalls_before(net, i))
            recall_backward(p, &net->recall, &dw->recall,
                            (real *const[]){net->dnorm, net->dq}, net->dz, &w->recall,
                            c);
    }
    cross_backward(net, dw, w, net->latents);
    linear_backward(p, net->dnorm, false, &dw->latent, net->dz, net->latent_in,
                    &w->latent, n, d, d);
    embed_backward(dw->embed, net->dnorm, net->in.tokens + net->in.keys - n, n, d);
}
