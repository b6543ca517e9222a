// Every case of the golden folder (PAR_GOLDEN, default ../shared/golden): numbers from
// an independent float64 reference of PERCEIVER_AR.md, whatever the case's shape.
#include "tests/test.h"

#include "model/model.h"
#include "model/perceiver.h"
#include "model/session.h"
#include "model/train/adamw.h"

#include <stdlib.h>

#define Z 1e-4

static const char *folder, *name; // of the case at hand

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

// Copies of a tensor's elements, since in the file they stand on any byte.
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
    c->whole = (Inputs){c->tokens, c->positions, c->T, c->n, 0};
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
    Inputs in = {tokens, positions, keys, c.n, 0};
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

static void compare_gradient(void *data, const Parameter *t) {
    int count;
    float *w = elements(data, t->name, DTYPE_F32, &count);
    double norm = 0, difference = 0;
    CHECK((size_t)count == parameter_size(t));
    if ((size_t)count != parameter_size(t)) return;
    for (size_t i = 0; i < parameter_size(t); i++) {
        double d = (double)(*t->at)[i] - (double)w[i];
        norm += (double)w[i] * (double)w[i];
        difference += d * d;
    }
    // A key's bias moves all of a query's scores alike, which softmax does not see: its
    // gradient is 0 but for rounding, in the unrotated channels.
    bool ok = sqrt(difference) <= 1e-3 * sqrt(norm) + 1e-7;
    if (!ok)
        fprintf(stderr, "%s: off by %g of %g\n", t->name, sqrt(difference), sqrt(norm));
    CHECK(ok);
    g_free(w);
}

TEST(every_gradient_agrees_with_the_reference) {
    Case c;
    open_case(&c);
    Safetensors grads = {0};
    read_case(&grads, "grads.safetensors");
    Parameters dw;
    parameters_new(&dw, &c.model.config);
    gradient(&c, &dw);
    parameters_each(&c.model.config, &dw, compare_gradient, &grads);
    parameters_free(&dw);
    safetensors_clear(&grads);
    close_case(&c);
}

TEST(ten_adamw_steps_agree_with_the_reference) {
    Case c;
    open_case(&c);
    int steps, same;
    double *losses = elements(&c.golden, "adamw_losses", DTYPE_F64, &steps);
    double *norms = elements(&c.golden, "adamw_grad_norms", DTYPE_F64, &same);
    CHECK(steps > 0 && steps == same);
    Parameters dw;
    AdamW adam;
    parameters_new(&dw, &c.model.config);
    adamw_init(&adam, dw.count, 0.999, 0.01);
    for (int i = 0; i < steps; i++) {
        double loss = gradient(&c, &dw),
               norm = gradient_norm(c.pool, dw.memory, dw.count);
        CHECK_NEAR(loss, losses[i], 1e-3);
        CHECK_NEAR(norm, norms[i], 1e-2 * norms[i]);
        adamw_update(&adam, c.pool, &c.model.config, &c.model.parameters, dw.memory,
                     1e-3, norm > 1 ? 1 / norm : 1, true);
    }
    adamw_free(&adam);
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

int main(void) {
    const char *env = g_getenv("PAR_GOLDEN");
    char *standard = g_build_filename(PAR_SOURCE_ROOT, "..", "shared", "golden", NULL);
    folder = env ? env : standard;
    GDir *dir = g_dir_open(folder, 0, NULL);
    int cases = 0;
    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, "golden.safetensors", NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS)) {
            fprintf(stderr, "case %s\n", name);
            RUN(logits_agree_with_the_reference);
            RUN(loss_agrees_with_the_reference);
            RUN(loss_under_prefix_dropout_agrees_with_the_reference);
            RUN(every_gradient_agrees_with_the_reference);
            RUN(ten_adamw_steps_agree_with_the_reference);
            RUN(greedy_tokens_with_the_cache_agree_with_the_reference);
            cases++;
        }
        g_free(path);
    }
    if (dir) g_dir_close(dir);
    if (!cases && env) {
        fprintf(stderr, "%s: holds no golden case\n", folder);
        return 1;
    }
    if (!cases) SKIP("no golden cases in this checkout");
    g_free(standard);
    return test_end();
}
