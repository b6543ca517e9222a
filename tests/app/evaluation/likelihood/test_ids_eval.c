// Compares the likelihood of files of ids with a plain computation of it.
#include "app/evaluation/likelihood/evaluation.h"
#include "tests/test.h"
#include "tests/toy_corpus.h"

enum { LENGTH = 50 };

static char *folder;

static char *in_folder(const char *name) {
    return g_build_filename(folder, name, NULL);
}

// Saves a random model for an encoding.
static char *save_model(const Encoding *e) {
    Config c = {.vocabulary = e->vocabulary,
                .context = 64,
                .latents = 64,
                .width = 32,
                .heads = 2,
                .layers = 1,
                .rotary_wavelength = 64};
    Parameters w = {0};
    Rng rng = rng_new(7, 1);
    CHECK(parameters_new(&w, &c));
    parameters_initialise(&w, &c, &rng);
    for (int i = 0; i < c.vocabulary * c.width; i++) // these weights begin at zero
        w.head.weight[i] = (real)(0.3 * rng_normal(&rng));
    char *path = in_folder("model.safetensors");
    CHECK(model_save(path, &c, &w, e->name, DTYPE_F32, NULL, NULL));
    parameters_free(&w);
    return path;
}

// Returns -log p of ids 0 .. count - 1 after the end token that opens a piece: one
// forward pass for all of them, and a softmax in double for each.
static double plain_nats(const char *model, const int *ids, int count) {
    Model m;
    CHECK(model_load(model, &m, NULL));
    int V = m.config.vocabulary;
    Token tokens[LENGTH + 1] = {V - 1};
    int positions[LENGTH + 1];
    for (int i = 0; i < count; i++) tokens[i + 1] = ids[i];
    for (int i = 0; i < count; i++) positions[i] = i;
    Perceiver *net = perceiver_new(&m.config, NULL, 64, 64);
    Inputs in = {.tokens = tokens,
                 .positions = positions,
                 .keys = count,
                 .n = count,
                 .whole = tokens,
                 .wholes = count};
    const real *logits = perceiver_forward(net, &m.parameters, &in, (Dropout){0});
    double nats = 0;
    for (int i = 0; i < count; i++, logits += V) {
        double sum = 0;
        for (int v = 0; v < V; v++) sum += exp((double)logits[v]);
        nats += log(sum) - (double)logits[ids[i]];
    }
    perceiver_free(net);
    model_free(&m);
    return nats;
}

// Measures the file as the program does, and compares the result with the plain
// computation.
static void check(const char *name, const Encoding *e, const void *bytes, size_t size,
                  const int *ids, int count) {
    g_autofree char *model = save_model(e), *path = in_folder(name);
    CHECK(g_file_set_contents(path, bytes, (gssize)size, NULL));
    EvaluationOptions o = {.model = model,
                           .ids = true,
                           .context_count = 1,
                           .threads = 1,
                           .only_float = true};
    Evaluation evaluation;
    Score score[EVALUATION_CONTEXTS];
    CHECK(evaluation_open(&evaluation, &o, NULL));
    CHECK(evaluation_measure(&evaluation, path, score, (EvaluateReport){0}, NULL));
    CHECK(score->likelihood.tokens == count);
    double want = plain_nats(model, ids, count);
    CHECK(want > 0.5 * count * log(e->vocabulary));
    CHECK_NEAR(score->likelihood.nats, want, 1e-4 * want);
    evaluation_close(&evaluation);
}

TEST(the_likelihood_of_bytes_is_the_plain_one) {
    Encoding e = encoding_of_bytes();
    char text[LENGTH];
    int ids[LENGTH];
    for (int i = 0; i < LENGTH; i++) ids[i] = (uint8_t)(text[i] = (char)(i * i));
    check("a.txt", &e, text, sizeof text, ids, LENGTH);
}

TEST(the_likelihood_of_numbers_is_the_plain_one) {
    Encoding e = encoding_of_ids(1000);
    uint8_t bytes[2 * LENGTH];
    int ids[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
        ids[i] = i * i * 7 % 1000;
        bytes[2 * i] = (uint8_t)ids[i];
        bytes[2 * i + 1] = (uint8_t)(ids[i] >> 8);
    }
    check("a.ids", &e, bytes, sizeof bytes, ids, LENGTH);
}

TEST(the_likelihood_of_an_image_is_that_of_its_samples) {
    Encoding e = encoding_of_bytes();
    char image[11 + 48];
    int ids[48];
    memcpy(image, "P6\n4 4\n255\n", 11);
    for (int i = 0; i < 48; i++) ids[i] = (uint8_t)(image[11 + i] = (char)(5 * i));
    check("a.ppm", &e, image, sizeof image, ids, 48);
}

// The place that the visits have reached, and their logits.
typedef struct Visits {
    int place, vocabulary;
    real *logits; // (LENGTH, V)
} Visits;

static void visit(void *data, int place, const real *logits) {
    Visits *v = data;
    CHECK(place == ++v->place);
    memcpy(v->logits + (size_t)(place - 1) * (size_t)v->vocabulary, logits,
           (size_t)v->vocabulary * sizeof *logits);
}

TEST(windows_predicted_at_the_same_time_are_those_predicted_one_by_one) {
    Encoding e = encoding_of_bytes();
    g_autofree char *path = save_model(&e);
    Model m;
    CHECK(model_load(path, &m, NULL));
    Config c = m.config;
    c.context = 16, c.latents = 8;
    int V = c.vocabulary;
    Token tokens[LENGTH + 1] = {V - 1};
    for (int i = 1; i <= LENGTH; i++) tokens[i] = i * i % 256;
    Visits visits[4];
    Likelihood sums[4] = {0};
    const int threads[] = {1, 2, 3, 9};
    for (int i = 0; i < 4; i++) {
        Predictors *p = predictors_new(&c, threads[i], false);
        visits[i] = (Visits){0, V, g_new(real, LENGTH * V)};
        evaluate_each(p, &m.parameters, &c, tokens, LENGTH + 1, 3, visit, &visits[i],
                      (EvaluateReport){0});
        evaluate_piece(&sums[i], p, &m.parameters, &c, tokens, LENGTH + 1, 3,
                       (EvaluateReport){0});
        CHECK(visits[i].place == LENGTH && sums[i].tokens == LENGTH);
        CHECK(sums[i].nats == sums[0].nats);
        CHECK(memcmp(visits[i].logits, visits[0].logits,
                     (size_t)(LENGTH * V) * sizeof(real)) == 0);
        predictors_free(p);
    }
    for (int i = 0; i < 4; i++) g_free(visits[i].logits);
    model_free(&m);
}

TEST(what_is_of_another_kind_is_refused) {
    Encoding e = encoding_of_bytes();
    g_autofree char *model = save_model(&e), *path = in_folder("a.ids");
    EvaluationOptions o = {.model = model, .context_count = 1, .threads = 1};
    Evaluation evaluation;
    Score score[EVALUATION_CONTEXTS];
    g_autoptr(GError) error = NULL;
    CHECK(!evaluation_open(&evaluation, &o, NULL)); // opened as a model of music
    o.ids = true;
    CHECK(evaluation_open(&evaluation, &o, NULL));
    CHECK(!evaluation_measure(&evaluation, path, score, (EvaluateReport){0}, &error) &&
          g_str_has_suffix(error->message,
                           "is a file of ids of 16 bits, where bytes are wanted"));
    evaluation_close(&evaluation);
}

int main(void) {
    folder = toy_folder();
    RUN(the_likelihood_of_bytes_is_the_plain_one);
    RUN(the_likelihood_of_numbers_is_the_plain_one);
    RUN(the_likelihood_of_an_image_is_that_of_its_samples);
    RUN(windows_predicted_at_the_same_time_are_those_predicted_one_by_one);
    RUN(what_is_of_another_kind_is_refused);
    toy_remove(folder);
    g_free(folder);
    return test_end();
}
