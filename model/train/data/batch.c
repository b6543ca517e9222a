#include "model/train/data/batch.h"

#include <math.h>

static int draw_piece(const Corpus *c, Split split, Rng *rng) {
    // The modulo's bias is negligible: 62 bits are far more than any corpus has tokens.
    uint64_t wide = (uint64_t)rng_next(rng) << 30 ^ rng_next(rng);
    int64_t at = (int64_t)(wide % (uint64_t)MAX(1, corpus_share(c, split)));
    for (int i = 0; i < c->piece_count; i++) {
        if (c->pieces[i].split != split) continue;
        int64_t share = piece_share(&c->pieces[i]);
        if (at < share) return i;
        at -= share;
    }
    return -1;
}

// Cuts the window whose inputs end before token `end`. It has up to n latents.
static void cut(BatchWindow *ret, const Config *c, const Token *tokens, int end,
                int n) {
    int T = MIN(end, c->context);
    n = MIN(n, MIN(T, c->latents));
    *ret = (BatchWindow){.tokens = g_new(Token, T + 1), .positions = g_new(int, T)};
    memcpy(ret->tokens, tokens + end - T, ((size_t)T + 1) * sizeof(Token));
    for (int i = 0; i < T; i++) ret->positions[i] = i;
    ret->targets = ret->tokens + T - n + 1;
    ret->in = (Inputs){.tokens = ret->tokens,
                       .positions = ret->positions,
                       .keys = T,
                       .n = n,
                       .whole = ret->tokens,
                       .wholes = T};
}

void window_cut(BatchWindow *ret, const Config *c, const Token *piece, int end) {
    cut(ret, c, piece, end, c->latents);
}

// Sets stays[i] for `left` of the `prefix` inputs, chosen at random (Knuth's algorithm
// S).
static void choose_tokens(bool *stays, int prefix, int left, Rng *rng) {
    for (int i = 0; i < prefix; i++) {
        stays[i] = rng_below(rng, (uint32_t)(prefix - i)) < (uint32_t)left;
        left -= stays[i];
    }
}

// Does the same by spans. The prefix is treated as a ring, so that no input stays more
// often than another. It is cut at a random place into spans of span / 4 to span
// inputs. Spans are chosen in random order until `left` inputs stay; of the last span
// only a part may stay.
static void choose_spans(bool *stays, int prefix, int left, int span, Rng *rng) {
    int least = MAX(1, span / 4), count = 0;
    int *begins = g_new(int, prefix + 1);
    for (int at = 0; at < prefix; count++) {
        begins[count] = at;
        at += least + (int)rng_below(rng, (uint32_t)(span - least + 1));
    }
    begins[count] = prefix;
    int *order = g_new(int, count);
    for (int i = 0; i < count; i++) {
        int j = (int)rng_below(rng, (uint32_t)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    memset(stays, false, (size_t)prefix * sizeof *stays);
    int turned = (int)rng_below(rng, (uint32_t)MAX(1, prefix));
    for (int i = 0; left > 0; i++)
        for (int k = begins[order[i]]; left > 0 && k < begins[order[i] + 1];
             k++, left--)
            stays[(turned + k) % prefix] = true;
    g_free(begins);
    g_free(order);
}

// Keeps round(keep * prefix) inputs of the prefix, and every input that is a latent.
static void drop_prefix(BatchWindow *w, const BatchSource *s, Rng *rng) {
    int T = w->in.keys, prefix = T - w->in.n, kept = 0;
    int left = (int)lround(s->keep * prefix);
    bool *stays = g_new(bool, prefix + 1);
    if (s->span > 1)
        choose_spans(stays, prefix, left, s->span, rng);
    else
        choose_tokens(stays, prefix, left, rng);
    w->kept = g_new(Token, T);
    for (int i = 0; i < T; i++) {
        if (i < prefix && !stays[i]) continue;
        w->kept[kept] = w->tokens[i];
        w->positions[kept++] = i;
    }
    w->in.tokens = w->kept;
    w->in.keys = kept;
    if (left > 0) w->in.bias = (real)(s->bias * log((double)prefix / left));
    g_free(stays);
}

static Segment anywhere(const BatchSource *s, Rng *rng) {
    int piece = draw_piece(s->corpus, s->split, rng);
    int end = 1 + (int)rng_below(rng, (uint32_t)s->corpus->pieces[piece].count - 1);
    return (Segment){piece, end, MIN(end, s->config->latents)};
}

// Augments only the part of the piece that the window needs, and cuts the window out of
// it.
static void cut_augmented(BatchWindow *ret, const BatchSource *s, Segment b, Rng rng) {
    // A faster tempo leaves fewer tokens, so take some more to fill the context.
    int most = s->config->context + s->config->context / 16;
    int from = MAX(0, b.end - most), count = b.end + 1 - from;
    int first = count - b.n; // target
    const uint16_t *tokens_of = s->corpus->pieces[b.piece].tokens;
    Token *part = g_new(Token, count);
    for (int i = 0; i < count; i++) part[i] = tokens_of[from + i];
    GArray *changed = s->augment
                          ? s->augment(s->augment_data, part, count, &first, &rng)
                          : NULL;
    const Token *tokens = part;
    if (changed && changed->len >= 2) {
        tokens = (const Token *)(void *)changed->data;
        count = (int)changed->len;
    }
    cut(ret, s->config, tokens, count - 1, CLAMP(count - first, 1, count - 1));
    if (changed) g_array_unref(changed);
    g_free(part);
}

void batch_draw(const BatchSource *source, BatchWindow *ret, const Segment *segment,
                int64_t step, int index) {
    uint64_t seed = source->seed + (uint64_t)step * 0x9E3779B97F4A7C15u;
    Rng rng = rng_new(seed, (uint64_t)index), own = rng_new(seed, ~(uint64_t)index);
    Segment b = segment ? *segment : anywhere(source, &rng);
    cut_augmented(ret, source, b, own);
    if (source->keep < 1) drop_prefix(ret, source, &rng);
}

void window_free(BatchWindow *w) {
    g_free(w->tokens);
    g_free(w->kept);
    g_free(w->positions);
    *w = (BatchWindow){0};
}
