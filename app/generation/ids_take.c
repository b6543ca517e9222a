#include "app/generation/ids_take.h"

void ids_take_begin(IdsTake *t, Session *s, int vocabulary, const GArray *prompt,
                    const Sampler *sampler, uint64_t seed, bool may_end) {
    *t = (IdsTake){.session = s,
                   .sampler = *sampler,
                   .rng = rng_new(seed, 0),
                   .tokens = g_array_copy((GArray *)prompt),
                   .prompt = prompt->len,
                   .legal = g_new(bool, vocabulary),
                   .vocabulary = vocabulary};
    for (Token v = 0; v < vocabulary; v++) t->legal[v] = may_end || v < vocabulary - 1;
}

void ids_take_clear(IdsTake *t) {
    if (t->tokens) g_array_unref(t->tokens);
    g_free(t->legal);
    *t = (IdsTake){0};
}

bool ids_take_next(IdsTake *t) {
    const Token *tokens = &g_array_index(t->tokens, Token, 0);
    const real *logits = session_sync(t->session, tokens, (int)t->tokens->len);
    Token id = sampler_draw(&t->sampler, logits, t->legal, t->vocabulary, &t->rng);
    if (id == t->vocabulary - 1) return false;
    g_array_append_val(t->tokens, id);
    return true;
}

size_t ids_take_length(const IdsTake *t) { return t->tokens->len - t->prompt; }

const Token *ids_take_all(const IdsTake *t) {
    return &g_array_index(t->tokens, Token, 1);
}
