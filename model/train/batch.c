#include "model/train/batch.h"

#include <math.h>

static const Piece *draw_piece(const Corpus *c, Split split, Rng *rng) {
    // 62 bits are far more than any corpus has tokens, so the bias is nothing.
    uint64_t wide = (uint64_t)rng_next(rng) << 30 ^ rng_next(rng);
    int64_t at = (int64_t)(wide % (uint64_t)MAX(1, c->tokens[split]));
    for (int i = 0; i < c->piece_count; i++) {
        if (c->pieces[i].split != split) continue;
        if (at < c->pieces[i].count) return &c->pieces[i];
        at -= c->pieces[i].count;
    }
    return NULL;
}

void window_cut(Window *ret, const Config *c, const Token *piece, int end) {
    int T = MIN(end, c->context), n = MIN(T, c->latents);
    *ret = (Window){.tokens = g_new(Token, T + 1), .positions = g_new(int, T)};
    memcpy(ret->tokens, piece + end - T, ((size_t)T + 1) * sizeof(Token));
    for (int i = 0; i < T; i++) ret->positions[i] = i;
    ret->targets = ret->tokens + T - n + 1;
    ret->in = (Inputs){
        .tokens = ret->tokens, .positions = ret->positions, .keys = T, .n = n};
}

// Keeps round(keep * prefix) inputs before the latents, chosen at random (Knuth's
// algorithm S), and all of the latents' own.
static void drop_prefix(Window *w, double keep, Rng *rng) {
    int T = w->in.keys, prefix = T - w->in.n, kept = 0;
    int left = (int)lround(keep * prefix);
    w->kept = g_new(Token, T);
    for (int i = 0; i < T; i++) {
        if (i < prefix && rng_below(rng, (uint32_t)(prefix - i)) >= (uint32_t)left)
            continue;
        if (i < prefix) left--;
        w->kept[kept] = w->tokens[i];
        w->positions[kept++] = i;
    }
    w->in.tokens = w->kept;
    w->in.keys = kept;
}

void batch_draw(const BatchSource *source, Window *ret, int64_t step, int index) {
    Rng rng = rng_new(source->seed + (uint64_t)step * 0x9E3779B97F4A7C15u,
                      (uint64_t)index);
    const Piece *piece = draw_piece(source->corpus, source->split, &rng);
    GArray *tokens = piece_tokens(piece), *changed = NULL;
    if (source->augment)
        changed = source->augment(source->augment_data,
                                  (const Token *)(void *)tokens->data, (int)tokens->len,
                                  &rng);
    if (changed) {
        g_array_unref(tokens);
        tokens = changed;
    }
    int end = 1 + (int)rng_below(&rng, tokens->len - 1);
    window_cut(ret, source->config, (const Token *)(void *)tokens->data, end);
    if (source->keep < 1) drop_prefix(ret, source->keep, &rng);
    g_array_unref(tokens);
}

void window_free(Window *w) {
    g_free(w->tokens);
    g_free(w->kept);
    g_free(w->positions);
    *w = (Window){0};
}
