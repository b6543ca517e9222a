// Makes what test_torch.py compares with: torch_demo WHAT OUT.safetensors ARGUMENTS...
//
//     windows CORPUS WEIGHT SEED CONTEXT LATENTS KEEP SPAN BIAS anywhere|epoch
//         windows 0 .. COUNT - 1 of step 3, augmented
//     model MODEL SEED
//         logits, loss and gradients on random tokens, and the tokens
//     chords SEED COUNT STEPS
//         tokens of progressions that return, and the codes behind each of them
//     muon SEED
//         a matrix before and after two updates, and what they take
#include "app/data/augment_range.h"
#include "model/files/model.h"
#include "model/perceiver.h"
#include "model/recall/chords.h"
#include "model/train/data/batch.h"
#include "model/train/optimizer/muon.h"

#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 12, ROWS = 24, COLUMNS = 40, TOKENS = 97 };
#define Z 1e-4

static GArray *tensors;

static void put(const char *name, Dtype dtype, int rows, int columns,
                const void *data) {
    Tensor t = {.name = g_strdup(name),
                .dtype = dtype,
                .dims = columns ? 2 : 1,
                .shape = {rows, columns},
                .data = data};
    g_array_append_val(tensors, t);
}

static void put_numbered(const char *name, int i, const int32_t *data, int count) {
    g_autofree char *full = g_strdup_printf("%s%d", name, i);
    put(full, DTYPE_I32, count, 0, g_memdup2(data, (gsize)count * sizeof *data));
}

static bool windows(char **a, GError **error) {
    Corpus corpus;
    if (!corpus_open(&corpus, a[0], NULL, error)) return false;
    corpus_weigh(&corpus, g_ascii_strtod(*++a, NULL));
    AugmentRange range = augment_range_usual;
    augment_range_set(&range, AUGMENT_LOUDNESS, "-2..2");
    augment_range_set(&range, AUGMENT_UNTOUCHED, "0.2");
    Config c = {
        .vocabulary = corpus.vocabulary, .context = atoi(a[2]), .latents = atoi(a[3])};
    BatchSource s = {.corpus = &corpus,
                     .split = SPLIT_TRAIN,
                     .config = &c,
                     .keep = g_ascii_strtod(a[4], NULL),
                     .span = atoi(a[5]),
                     .bias = g_ascii_strtod(a[6], NULL),
                     .augment = augment_range_draw,
                     .augment_data = &range,
                     .seed = g_ascii_strtoull(a[1], NULL, 10)};
    Epochs epochs = epochs_new(&corpus, SPLIT_TRAIN, c.context, s.seed);
    for (int i = 0; i < COUNT; i++) {
        Segment segment;
        bool epoch = strcmp(a[7], "epoch") == 0;
        if (epoch) epochs_take(&epochs, &segment, 1, c.latents);
        BatchWindow w;
        batch_draw(&s, &w, epoch ? &segment : NULL, 3, i);
        int T = w.in.wholes;
        put_numbered("tokens", i, w.tokens, T + 1);
        put_numbered("kept", i, w.positions, w.in.keys);
        put_numbered("n", i, &w.in.n, 1);
        float bias = (float)w.in.bias;
        put(g_strdup_printf("bias%d", i), DTYPE_F32, 1, 0,
            g_memdup2(&bias, sizeof bias));
        window_free(&w);
    }
    epochs_free(&epochs);
    corpus_close(&corpus);
    return true;
}

static void put_gradient(void *data, const Parameter *t) {
    g_autofree char *name = g_strconcat("d.", t->name, NULL);
    put(name, DTYPE_F32, t->rows, t->columns, *t->at);
    (void)data;
}

static bool model(char **a, GError **error) {
    static Model m;
    if (!model_load(a[0], &m, error)) return false;
    const Config *c = &m.config;
    int T = MIN(TOKENS - 1, c->context), n = MIN(T, c->latents);
    Rng rng = rng_new(g_ascii_strtoull(a[1], NULL, 10), 1);
    Token *tokens = g_new(Token, T + 1);
    int *positions = g_new(int, T);
    // Few ids and times, so that some return in the same order.
    for (int i = 0; i <= T; i++)
        tokens[i] = rng_below(&rng, 2)   ? 60 + (Token)rng_below(&rng, 5)
                    : rng_below(&rng, 2) ? 259 + (Token)rng_below(&rng, 6)
                                         : (Token)rng_below(&rng, 390);
    for (int i = 0; i < T; i++) positions[i] = i;
    Perceiver *net = perceiver_new(c, NULL, T, n);
    Parameters dw;
    parameters_new(&dw, c);
    Inputs in = {.tokens = tokens, .positions = positions, .keys = T, .n = n};
    const real *logits = perceiver_forward(net, &m.parameters, &in, (Dropout){0});
    put("tokens", DTYPE_I32, T + 1, 0, tokens);
    size_t size = (size_t)n * (size_t)c->vocabulary * sizeof *logits;
    put("logits", DTYPE_F32, n, c->vocabulary, g_memdup2(logits, size));
    double loss;
    perceiver_loss(net, tokens + T - n + 1, Z, 1.0 / n, &loss);
    perceiver_backward(net, &dw, &m.parameters);
    parameters_each(c, &dw, put_gradient, NULL);
    return true;
}

static bool chords(char **a, GError **error) {
    Rng rng = rng_new(g_ascii_strtoull(a[0], NULL, 10), 1);
    int count = atoi(a[1]);
    Config c = {.vocabulary = 393,
                .recall_heads = 1,
                .recall_first = 3,
                .recall_end = 131,
                .chord_steps = atoi(a[2]),
                .time_first = 259,
                .time_end = 359};
    int R = config_recalled(&c);
    Token *tokens = g_new(Token, count);
    uint8_t *code = g_new(uint8_t, R);
    int32_t *codes = g_new(int32_t, (size_t)count * (size_t)R);
    ChordIndex index = {0};
    int back = 0, by = 0;
    for (int i = 0; i < count; i++) {
        // Now and then what follows was played before, moved, to the ends too.
        if (i > 0 && rng_below(&rng, 60) == 0)
            back = 1 + (int)rng_below(&rng, (uint32_t)i),
            by = (int)rng_below(&rng, 4) ? 0 : (int)rng_below(&rng, 121) - 60;
        int id = 50 + 4 * (int)rng_below(&rng, 5);
        Token t = rng_below(&rng, 2) ? c.time_first + (Token)rng_below(&rng, 5)
                                     : c.recall_first + id;
        if (rng_below(&rng, 80) == 0)
            t = (Token)rng_below(&rng, 393);
        else if (back)
            t = tokens[i - back];
        if (back && t >= c.recall_first && t < c.recall_end)
            t = CLAMP(t + by, c.recall_first, c.recall_end - 1);
        tokens[i] = t;
        chord_index_set(&index, tokens, i + 1, &c);
        chords_listen(code, &index, 0, &c);
        for (int q = 0; q < R; q++) codes[i * R + q] = code[q];
    }
    put("tokens", DTYPE_I32, count, 0, tokens);
    put("codes", DTYPE_I32, count, R, codes);
    (void)error;
    return true;
}

static bool muon(char **a, GError **error) {
    Rng rng = rng_new(g_ascii_strtoull(a[0], NULL, 10), 1);
    size_t count = ROWS * COLUMNS, size = count * sizeof(real);
    real *w = g_malloc(size), *grad = g_malloc(size), *m = g_malloc0(size);
    for (size_t i = 0; i < count; i++) {
        w[i] = (real)rng_normal(&rng);
        grad[i] = (real)rng_normal(&rng);
    }
    put("before", DTYPE_F32, ROWS, COLUMNS, g_memdup2(w, size));
    put("grad", DTYPE_F32, ROWS, COLUMNS, grad);
    MuonMatrix x = {w, m, grad, ROWS, COLUMNS};
    for (int i = 0; i < 2; i++) muon_update(NULL, &x, 1, 0.02, 0.5, 0.1);
    put("after", DTYPE_F32, ROWS, COLUMNS, w);
    put("momentum", DTYPE_F32, ROWS, COLUMNS, m);
    (void)error;
    return true;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int arguments;
        bool (*run)(char **a, GError **error);
    } parts[] = {{"windows", 9, windows},
                 {"model", 2, model},
                 {"chords", 3, chords},
                 {"muon", 1, muon}};
    tensors = g_array_new(FALSE, FALSE, sizeof(Tensor));
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (argc < 3 || strcmp(argv[1], parts[i].name) != 0 ||
            argc != 3 + parts[i].arguments)
            continue;
        GError *error = NULL;
        if (parts[i].run(argv + 3, &error) &&
            safetensors_write(argv[2], NULL, (Tensor *)(void *)tensors->data,
                              (int)tensors->len, &error))
            return 0;
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return 2;
}
