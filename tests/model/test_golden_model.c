// Compares the program with numbers from an independent float64 implementation of
// model/MODEL.md, for cases of any shape: the small case in tests/golden, and the
// others in the folder PAR_GOLDEN (default: ../shared/golden), if it exists.
#include "tests/test.h"

#include "model/files/model.h"
#include "model/generate/session.h"
#include "model/kernels/bf16.h"
#include "model/perceiver.h"
#include "model/train/optimizer/optimizer.h"

#include <stdlib.h>

#define Z 1e-4

// The mean error of rounding a number, relative to the size of its row. bf16 keeps 8
// bits. An int8 step is a 127th of the largest number of a row, about three times the
// others, and rounding is wrong by a quarter of a step.
#define BF16 0x1p-9
#define INT8 0x1p-7

static const char *folder, *name; // of the current case

static void read_case(Safetensors *ret, const char *file) {
    char *path = g_build_filename(folder, name, file, NULL);
    GError *error = NULL;
    if (!safetensors_read(path, ret, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    g_free(path);
}

typedef struct Case {
    Model model;
    Safetensors golden;
    Token *tokens; // owned; T + 1 of them
    int T, n;
    Pool *pool;
    Perceiver *net;
    int *positions;
    Inputs whole;
} Case;

// Copies a tensor's elements, since they may be unaligned in the file.
static void *elements(const Safetensors *s, const char *tensor, Dtype dtype,
                      int *count) {
    const Tensor *t = safetensors_find(s, tensor);
    if (!t || t->dtype != dtype) {
        fprintf(stderr, "%s: tensor %s is missing or of another type\n", name, tensor);
        exit(1);
    }
    *count = (int)tensor_elements(t);
    return g_memdup2(t->data, (gsize)*count * dtype_size(dtype));
}

static void open_case(Case *c) {
    *c = (Case){0};
    Safetensors file = {0};
    read_case(&file, "model.safetensors");
    GError *error = NULL;
    if (!model_from_safetensors(&file, name, &c->model, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    safetensors_clear(&file);
    read_case(&c->golden, "golden.safetensors");
    int count;
    c->tokens = elements(&c->golden, "tokens", DTYPE_I32, &count);
    c->T = count - 1;
    c->n = MIN(c->model.config.latents, c->T);
    c->pool = pool_new(2);
    c->net = perceiver_new(&c->model.config, c->pool, c->T, c->n);
    c->positions = g_new(int, c->T);
    for (int i = 0; i < c->T; i++) c->positions[i] = i;
    c->whole = (Inputs){
        .tokens = c->tokens, .positions = c->positions, .keys = c->T, .n = c->n};
}

static void close_case(Case *c) {
    perceiver_free(c->net);
    pool_free(c->pool);
    model_free(&c->model);
    safetensors_clear(&c->golden);
    g_free(c->positions);
    g_free(c->tokens);
}

static double number(const Case *c, const char *key) {
    const char *text = safetensors_metadata(&c->golden, key);
    return text ? g_ascii_strtod(text, NULL) : (double)NAN;
}

// The bound for logits if the operands of each product are rounded. The output of a
// product changes by `rounding` of its size, with independent signs, so all products
// between tokens and logits change these by the root of their number. The largest of
// thousands of logits is at 6 times that. There are eight products per layer: queries,
// keys, values, scores, their sums, the output, up and down.
static double off_by(const Case *c, double rounding, const real *logits, size_t n) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (double)logits[i] * (double)logits[i];
    int products = 8 * (c->model.config.layers + 1) + 2;
    return 6 * rounding * sqrt(products) * sqrt(squares / (double)n);
}

static double distance(const real *got, const float *want, size_t n) {
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)got[i] - (double)want[i]);
        if (isnan(d)) return HUGE_VAL;
        worst = fmax(worst, d);
    }
    return worst;
}

TEST(logits_agree_with_the_reference) {
    Case c;
    open_case(&c);
    const real *logits = perceiver_forward(c.net, &c.model.parameters, &c.whole,
                                           (Dropout){0});
    int count;
    float *want = elements(&c.golden, "logits", DTYPE_F32, &count);
    CHECK(count == c.n * c.model.config.vocabulary);
    CHECK_NEAR(distance(logits, want, (size_t)count), 0, 2e-4);
    g_free(want);
    close_case(&c);
}

// Tries both kinds of network, since one that only predicts keeps less.
TEST(the_last_latents_alone_are_predicted_as_among_all) {
    Case c;
    open_case(&c);
    const Parameters *w = &c.model.parameters;
    int count, V = c.model.config.vocabulary, firsts[] = {c.n / 3, c.n - 1, 0};
    float *want = elements(&c.golden, "logits", DTYPE_F32, &count);
    Perceiver *net = perceiver_new_to_predict(&c.model.config, c.pool, c.T, c.n);
    for (size_t i = 0; i < G_N_ELEMENTS(firsts); i++) {
        size_t before = (size_t)firsts[i] * (size_t)V, left = (size_t)count - before;
        const real *logits = perceiver_predict(net, w, &c.whole, firsts[i]);
        CHECK_NEAR(distance(logits, want + before, left), 0, 2e-4);
        logits = perceiver_predict(c.net, w, &c.whole, firsts[i]);
        CHECK_NEAR(distance(logits, want + before, left), 0, 2e-4);
    }
    perceiver_free(net);
    g_free(want);
    close_case(&c);
}

TEST(logits_and_loss_in_bf16_agree_with_the_reference_to_its_rounding) {
    Case c;
    open_case(&c);
    pool_set_mixed(c.pool, true);
    const real *logits = perceiver_forward(c.net, &c.model.parameters, &c.whole,
                                           (Dropout){0});
    int count;
    float *want = elements(&c.golden, "logits", DTYPE_F32, &count);
    CHECK(count == c.n * c.model.config.vocabulary);
    double bound = off_by(&c, BF16, want, (size_t)count);
    double off = distance(logits, want, (size_t)count);
    CHECK_NEAR(off, 0, bound);
    CHECK(off > 1e-5); // otherwise bf16 was not used
    double loss, nll = perceiver_loss(c.net, c.tokens + c.T - c.n + 1, Z, 0, &loss);
    // The error is both positive and negative, so its mean is small.
    CHECK_NEAR(nll / c.n, number(&c, "nll"), bound / 6);
    CHECK_NEAR(loss / c.n, number(&c, "loss"), bound / 6);
    g_free(want);
    close_case(&c);
}

TEST(loss_agrees_with_the_reference) {
    Case c;
    open_case(&c);
    perceiver_forward(c.net, &c.model.parameters, &c.whole, (Dropout){0});
    double loss, nll = perceiver_loss(c.net, c.tokens + c.T - c.n + 1, Z, 0, &loss);
    CHECK_NEAR(nll / c.n, number(&c, "nll"), 2e-5);
    CHECK_NEAR(loss / c.n, number(&c, "loss"), 2e-5);
    close_case(&c);
}

TEST(loss_under_prefix_dropout_agrees_with_the_reference) {
    Case c;
    open_case(&c);
    int kept_count, keys = 0;
    int32_t *kept = elements(&c.golden, "prefix_kept", DTYPE_I32, &kept_count);
    Token *tokens = g_new(Token, c.T);
    int *positions = g_new(int, c.T);
    for (int i = 0; i < kept_count; i++) positions[keys++] = kept[i];
    for (int i = c.T - c.n; i < c.T; i++) positions[keys++] = i;
    for (int i = 0; i < keys; i++) tokens[i] = c.tokens[positions[i]];
    Inputs in = {.tokens = tokens, .positions = positions, .keys = keys, .n = c.n};
    perceiver_forward(c.net, &c.model.parameters, &in, (Dropout){0});
    double loss, nll = perceiver_loss(c.net, c.tokens + c.T - c.n + 1, Z, 0, &loss);
    CHECK_NEAR(nll / c.n, number(&c, "nll_prefix_kept"), 2e-5);
    CHECK_NEAR(loss / c.n, number(&c, "loss_prefix_kept"), 2e-5);
    g_free(kept);
    g_free(tokens);
    g_free(positions);
    close_case(&c);
}

static double gradient(Case *c, Parameters *dw) {
    memset(dw->memory, 0, dw->count * sizeof(real));
    perceiver_forward(c->net, &c->model.parameters, &c->whole, (Dropout){0});
    double loss;
    perceiver_loss(c->net, c->tokens + c->T - c->n + 1, Z, 1.0 / c->n, &loss);
    perceiver_backward(c->net, dw, &c->model.parameters);
    return loss / c->n;
}

typedef struct Reference {
    const Safetensors *grads;
    double relative, absolute; // the allowed mean error of a tensor
} Reference;

static void compare_gradient(void *data, const Parameter *t) {
    const Reference *r = data;
    int count;
    float *w = elements(r->grads, t->name, DTYPE_F32, &count);
    double norm = 0, difference = 0;
    CHECK((size_t)count == parameter_size(t));
    if ((size_t)count != parameter_size(t)) return;
    for (size_t i = 0; i < parameter_size(t); i++) {
        double d = (double)(*t->at)[i] - (double)w[i];
        norm += (double)w[i] * (double)w[i];
        difference += d * d;
    }
    // In the unrotated channels, a key's bias changes all scores of a query by the same
    // amount, which softmax ignores. So its gradient there is 0 apart from rounding.
    bool ok = sqrt(difference) <= r->relative * sqrt(norm) + r->absolute;
    if (!ok)
        fprintf(stderr, "%s: off by %g of %g\n", t->name, sqrt(difference), sqrt(norm));
    CHECK(ok);
    g_free(w);
}

static void check_gradient(bool mixed) {
    Case c;
    open_case(&c);
    pool_set_mixed(c.pool, mixed);
    Safetensors grads = {0};
    read_case(&grads, "grads.safetensors");
    Parameters dw;
    parameters_new(&dw, &c.model.config);
    gradient(&c, &dw);
    Reference r = {&grads, 1e-3, 1e-7};
    if (mixed) {
        // The backward pass has twice as many further products; and this is a mean.
        r.relative = 2 * off_by(&c, BF16, &(real){1}, 1) / 6;
        r.absolute = 1e-4 * gradient_norm(c.pool, dw.memory, dw.count);
    }
    parameters_each(&c.model.config, &dw, compare_gradient, &r);
    parameters_free(&dw);
    safetensors_clear(&grads);
    close_case(&c);
}

TEST(every_gradient_agrees_with_the_reference) { check_gradient(false); }

TEST(every_gradient_in_bf16_agrees_with_the_reference_to_its_rounding) {
    check_gradient(true);
}

TEST(ten_adamw_steps_agree_with_the_reference) {
    Case c;
    open_case(&c);
    int steps, same;
    double *losses = elements(&c.golden, "adamw_losses", DTYPE_F64, &steps);
    double *norms = elements(&c.golden, "adamw_grad_norms", DTYPE_F64, &same);
    CHECK(steps > 0 && steps == same);
    Parameters dw;
    Optimizer adamw;
    parameters_new(&dw, &c.model.config);
    optimizer_init(&adamw, &c.model.config, false, 0.999, 0.01);
    for (int i = 0; i < steps; i++) {
        double loss = gradient(&c, &dw),
               norm = gradient_norm(c.pool, dw.memory, dw.count);
        CHECK_NEAR(loss, losses[i], 1e-3);
        CHECK_NEAR(norm, norms[i], 1e-2 * norms[i]);
        optimizer_update(&adamw, c.pool, &c.model.config, &c.model.parameters,
                         dw.memory, 1e-3, norm > 1 ? 1 / norm : 1, true);
    }
    optimizer_free(&adamw);
    parameters_free(&dw);
    g_free(losses);
    g_free(norms);
    close_case(&c);
}

TEST(greedy_tokens_with_the_cache_agree_with_the_reference) {
    Case c;
    open_case(&c);
    int count;
    int32_t *want = elements(&c.golden, "greedy_cached", DTYPE_I32, &count);
    CHECK(count == 2 * c.model.config.latents);
    int prompt = c.T;
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    g_array_append_vals(tokens, c.tokens, (guint)prompt);
    Weights *weights = weights_new(&c.model, false);
    Session *s = session_new(weights, c.pool);
    int wrong = 0;
    for (int i = 0; i < count; i++) {
        const real *logits = session_sync(s, (const Token *)(void *)tokens->data,
                                          (int)tokens->len);
        Token best = 0;
        for (int v = 1; v < c.model.config.vocabulary; v++)
            if (logits[v] > logits[best]) best = v;
        wrong += best != want[i];
        g_array_append_val(tokens, best);
    }
    if (wrong)
        fprintf(stderr, "%s: %d of %d greedy tokens differ\n", name, wrong, count);
    CHECK(wrong == 0);
    session_free(s);
    weights_free(weights);
    g_array_unref(tokens);
    g_free(want);
    close_case(&c);
}

TEST(logits_from_int8_weights_are_the_exact_ones_to_their_rounding) {
    Case c;
    open_case(&c);
    int count, V = c.model.config.vocabulary, total;
    int32_t *next = elements(&c.golden, "greedy_cached", DTYPE_I32, &count);
    total = c.T + count;
    Token *tokens = g_new(Token, total);
    memcpy(tokens, c.tokens, (size_t)c.T * sizeof *tokens);
    memcpy(tokens + c.T, next, (size_t)count * sizeof *tokens);
    Weights *exact = weights_new(&c.model, false), *int8 = weights_new(&c.model, true);
    Session *a = session_new(exact, c.pool), *b = session_new(int8, c.pool);
    // Follows the greedy tokens of the reference.
    for (int n = c.T; n < total; n++) {
        const real *want = session_sync(a, tokens, n),
                   *got = session_sync(b, tokens, n);
        CHECK_NEAR(distance(got, want, (size_t)V), 0,
                   off_by(&c, INT8, want, (size_t)V));
    }
    session_free(a), session_free(b);
    weights_free(exact), weights_free(int8);
    g_free(next);
    g_free(tokens);
    close_case(&c);
}

static void test_case(void) {
    bool mixed = bf16_here();
    fprintf(stderr, "case %s\n", name);
    RUN(logits_agree_with_the_reference);
    RUN(the_last_latents_alone_are_predicted_as_among_all);
    RUN(loss_agrees_with_the_reference);
    if (mixed)
        RUN(logits_and_loss_in_bf16_agree_with_the_reference_to_its_rounding);
    else
        SKIP("this CPU has no bf16 products");
    RUN(loss_under_prefix_dropout_agrees_with_the_reference);
    RUN(every_gradient_agrees_with_the_reference);
    if (mixed)
        RUN(every_gradient_in_bf16_agrees_with_the_reference_to_its_rounding);
    else
        SKIP("this CPU has no bf16 products");
    RUN(ten_adamw_steps_agree_with_the_reference);
    RUN(greedy_tokens_with_the_cache_agree_with_the_reference);
    RUN(logits_from_int8_weights_are_the_exact_ones_to_their_rounding);
}

// Returns the number of cases without `except`.
static int test_folder(const char *path, const char *except) {
    GDir *dir = g_dir_open(path, 0, NULL);
    int cases = 0;
    folder = path;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, "golden.safetensors",
                                                 NULL);
        if (g_strcmp0(name, except) == 0 || !g_file_test(file, G_FILE_TEST_EXISTS))
            continue;
        test_case();
        cases++;
    }
    if (dir) g_dir_close(dir);
    return cases;
}

int main(void) {
    const char *given = g_getenv("PAR_GOLDEN");
    bool any = test_folder(PAR_SOURCE_ROOT "/tests/golden", NULL) > 0;
    int more = given ? test_folder(given, NULL)
                     : test_folder(PAR_SOURCE_ROOT "/../shared/golden", "small");
    if (!any || (given && !more)) {
        fprintf(stderr, "%s: holds no golden case\n", any ? given : "tests/golden");
        return 1;
    }
    if (!more) SKIP("no further golden cases in this checkout");
    return test_end();
}
