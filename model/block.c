#include "model/block.h"

BlockWeights block_weights(const Block *b, const Config *c) {
    const Attn *a = &b->attn;
    int d = c->width;
    return (BlockWeights){
        .norm_attn = &b->norm_attn,
        .norm_mlp = &b->norm_mlp,
        .q = qlinear_matrix(&a->q, d, d),
        .k = qlinear_matrix(&a->k, d, d),
        .v = qlinear_matrix(&a->v, d, d),
        .out = qlinear_matrix(&a->out, d, d),
        .up = qlinear_matrix(&b->mlp.up, d, MLP_RATIO * d),
        .down = qlinear_matrix(&b->mlp.down, MLP_RATIO * d, d),
        .gate = qlinear_matrix(&a->gate, d, a->gate.weight ? c->heads : 0),
        .values = a->values};
}

int block_matrices(Matrix *ret[BLOCK_MATRICES], BlockWeights *w) {
    Matrix *all[BLOCK_MATRICES] = {&w->q,  &w->k,    &w->v,   &w->out,
                                   &w->up, &w->down, &w->gate};
    memcpy(ret, all, sizeof all);
    return w->gate.out ? BLOCK_MATRICES : BLOCK_MATRICES - 1;
}

static void map(Pool *p, real *y, const real *x, const Matrix *w, int n) {
    qlinear_forward(p, &(QLinear){y, w}, 1, x, n);
}

// The end of both sub-blocks: y = x + dropout(linear(a)).
static void end_sub_block(Pool *p, real *y, const real *a, const Matrix *w,
                          const real *x, double rate, uint32_t key, int n) {
    map(p, y, a, w, n);
    residual(p, y, x, rate, key, n * w->out);
}

void block_forward(Pool *p, const BlockActs *a, const BlockWeights *w, const real *x,
                   const BlockAttend *attend, BlockDrop drop, int first, int n,
                   const Config *c) {
    // Attention
    int d = c->width, asking = w->gate.out ? 2 : 1;
    size_t from = (size_t)first * (size_t)d;
    norm_forward(p, a->attn_in, a->attn_mean, a->attn_rstd, x, w->norm_attn, n, d);
    const QLinear maps[] = {
        {a->k, &w->k}, {a->v, &w->v}, {a->q, &w->q}, {a->gate, &w->gate}};
    bool at_once = attend->self && first == 0;
    if (attend->self) qlinear_forward(p, maps, at_once ? 2 + asking : 2, a->attn_in, n);
    if (w->values) embed_add(a->v, w->values, attend->tokens, n, d);
    n -= first;
    if (!at_once) qlinear_forward(p, maps + 2, asking, a->attn_in + from, n);
    attend->forward(attend->data, a);
    if (w->gate.out) gate_forward(p, a->gated, a->gate, a->o, n, c);
    end_sub_block(p, a->mid, w->gate.out ? a->gated : a->o, &w->out, x + from,
                  drop.rate, drop.keys[0], n);
    // MLP
    norm_forward(p, a->mlp_in, a->mlp_mean, a->mlp_rstd, a->mid, w->norm_mlp, n, d);
    map(p, a->up, a->mlp_in, &w->up, n);
    squared_relu_forward(p, a->up, n * w->up.out);
    end_sub_block(p, a->out, a->up, &w->down, a->mid, drop.rate, drop.keys[1], n);
}

// Writes the gradient of `a` in y = x + dropout(linear(a)). dz is the gradient of y,
// and without a change also that of x.
static void end_sub_block_backward(Pool *p, const BlockGrads *g, real *da, Linear *dw,
                                   const real *a, const Linear *w, double rate,
                                   uint32_t key, int n, int in, int d) {
    const real *dy = g->dz;
    if (rate > 0) {
        dropout(p, g->dropped, g->dz, rate, key, n * d);
        dy = g->dropped;
    }
    linear_backward(p, da, false, dw, dy, a, w, n, in, d);
}

// The steps of block_forward() in reverse order.
void block_backward(Pool *p, const BlockGrads *g, Block *dw, const BlockActs *a,
                    const Block *w, const real *x, const BlockAttend *attend,
                    BlockDrop drop, int n, const Config *c) {
    int d = c->width, wide = MLP_RATIO * d;
    const Linear *gate = w->attn.gate.weight ? &w->attn.gate : NULL;
    // MLP
    end_sub_block_backward(p, g, g->up, &dw->mlp.down, a->up, &w->mlp.down, drop.rate,
                           drop.keys[1], n, wide, d);
    squared_relu_backward(p, g->up, a->up, n * wide);
    linear_backward(p, g->dnorm, false, &dw->mlp.up, g->up, a->mlp_in, &w->mlp.up, n, d,
                    wide);
    norm_backward(p, g->dz, &dw->norm_mlp, g->dnorm, a->mid, &w->norm_mlp, a->mlp_mean,
                  a->mlp_rstd, n, d);
    // Attention
    end_sub_block_backward(p, g, g->d_o, &dw->attn.out, gate ? a->gated : a->o,
                           &w->attn.out, drop.rate, drop.keys[0], n, d, d);
    if (gate) gate_backward(p, g->d_o, g->gate, g->d_o, a->o, a->gate, n, c);
    attend->backward(attend->data, g, a);
    if (w->attn.values) embed_backward(dw->attn.values, g->dv, attend->tokens, n, d);
    linear_backward(p, g->dnorm, false, &dw->attn.q, g->dq, a->attn_in, &w->attn.q, n,
                    d, d);
    if (attend->self) {
        linear_backward(p, g->dnorm, true, &dw->attn.k, g->dk, a->attn_in, &w->attn.k,
                        n, d, d);
        linear_backward(p, g->dnorm, true, &dw->attn.v, g->dv, a->attn_in, &w->attn.v,
                        n, d, d);
    }
    if (gate)
        linear_backward(p, g->dnorm, true, &dw->attn.gate, g->gate, a->attn_in, gate, n,
                        d, c->heads);
    norm_backward(p, g->dz, &dw->norm_attn, g->dnorm, x, &w->norm_attn, a->attn_mean,
                  a->attn_rstd, n, d);
}

void block_latents(Pool *p, real *z, real *embedded, const real *embed,
                   const Matrix *latent, const Rotary *rotary, const Token *tokens,
                   int first, int n, const Config *c) {
    embed_forward(embedded, embed, tokens, n, c->width);
    if (c->places) rotary_places(embedded, rotary, first, n, c);
    map(p, z, embedded, latent, n);
}

void block_kinds(Pool *p, const BlockKinds *kinds, const Parameters *w,
                 const Config *c) {
    int V = c->vocabulary, d = c->width;
    const Attn *a = &w->cross.attn;
    norm_forward(p, kinds->kv, kinds->mean, kinds->rstd, w->embed, &w->norm_kv, V, d);
    linear_forward(p, kinds->k, kinds->kv, &a->k, V, d, d);
    linear_forward(p, kinds->v, kinds->kv, &a->v, V, d, d);
}

void block_kinds_backward(Pool *p, Parameters *dw, real *dkv, const real *dk,
                          const real *dv, const BlockKinds *kinds, const Parameters *w,
                          const Config *c) {
    int V = c->vocabulary, d = c->width;
    const Attn *a = &w->cross.attn;
    Attn *da = &dw->cross.attn;
    linear_backward(p, dkv, false, &da->k, dk, kinds->kv, &a->k, V, d, d);
    linear_backward(p, dkv, true, &da->v, dv, kinds->kv, &a->v, V, d, d);
    norm_backward(p, dw->embed, &dw->norm_kv, dkv, w->embed, &w->norm_kv, kinds->mean,
                  kinds->rstd, V, d);
}

void block_logits(Pool *p, real *logits, real *normed, real *mean, real *rstd,
                  const real *z, const Norm *final_norm, const Matrix *head, int n) {
    norm_forward(p, normed, mean, rstd, z, final_norm, n, head->in);
    map(p, logits, normed, head, n);
}

void block_cap(Pool *p, real *logits, int n, const Config *c) {
    if (c->logit_cap) soft_cap(p, logits, c->logit_cap, n * c->vocabulary);
}
