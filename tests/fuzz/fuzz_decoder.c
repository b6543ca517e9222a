// Decodes any tokens: the first byte chooses the tokenizer, then each token is two
// bytes. The result must be a valid performance whose own tokens are legal and decode
// to it again. After any tokens the grammar must be able to close the piece.
#include "tests/fuzz/fuzz.h"
#include "tests/sound.h"
#include "tests/streams.h"

static GArray *tokens_of(const uint8_t *data, size_t size) {
    GArray *tokens = g_array_new(false, false, sizeof(Token));
    for (size_t i = 0; i + 1 < size; i += 2) {
        Token token = (int16_t)(data[i] | data[i + 1] << 8);
        g_array_append_val(tokens, token);
    }
    return tokens;
}

static void check_closing(const GArray *tokens, TokenizerKind kind) {
    Grammar g;
    Token closing[GRAMMAR_CLOSE_MAX];
    grammar_init(&g, kind);
    for (guint i = 0; i < tokens->len && !g.ended; i++)
        grammar_push(&g, stream_tokens(tokens)[i]);
    if (g.ended) return;
    size_t count = grammar_close(&g, closing);
    MUST(count > 0 && count <= GRAMMAR_CLOSE_MAX);
    for (size_t i = 0; i < count; i++) grammar_push(&g, closing[i]);
    MUST(g.ended && !g.pedal);
    for (int key = 0; key < 128; key++) MUST(!g.sounding[key]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    TokenizerKind kind = data[0] & 1 ? TOKENIZER_PEDAL : TOKENIZER_PERFORMANCE;
    GArray *tokens = tokens_of(data + 1, size - 1);
    Performance p = {0};
    tokenizer_decode(&p, stream_tokens(tokens), tokens->len);
    MUST(performance_is_sound(&p));
    GArray *spelled = tokenizer_encode(&p, kind), *again = stream_again(spelled, kind);
    MUST(stream_legal(spelled, kind) && stream_equal(spelled, again));
    check_closing(tokens, kind);
    g_array_unref(again);
    g_array_unref(spelled);
    g_array_unref(tokens);
    performance_clear(&p);
    return 0;
}
