#include "app/evaluation/likelihood/copy_score.h"
#include "midi/smf/smf_write.h"
#include "tests/test.h"
#include "tests/toy_corpus.h"

enum { SECOND = 1000000, V = VOCABULARY_PEDAL, PITCHES = 128 };

static char *folder; // for the files of the tests

// Makes random music of five notes per second, so many seconds long.
static char *piece_file(const char *name, int seconds, uint64_t seed) {
    Performance p = {0};
    Rng rng = rng_new(seed, 0);
    for (int i = 0; i < seconds * 5; i++) {
        int64_t onset = 3 * SECOND + (int64_t)i * SECOND / 5;
        performance_add_note(&p, (Note){onset, onset + SECOND / 5 - 20000,
                                        (uint8_t)(20 + rng_below(&rng, 80)), 79});
    }
    performance_finish(&p);
    char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GBytes) bytes = smf_write(&p, NULL, NULL);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    CHECK(g_file_set_contents(path, data, (gssize)size, NULL));
    performance_clear(&p);
    return path;
}

// A model whose parameters are zero, so that every token is equally likely. With
// `recalls` its recall predicts what came next where the last notes occurred before.
static Evaluation evaluation_of(bool recalls) {
    Config c = {.vocabulary = V,
                .context = 8192,
                .latents = 256,
                .width = PITCHES,
                .heads = 2,
                .layers = 1,
                .rotary_wavelength = 4096,
                .recall_heads = 1,
                .recall_first = TOKEN_NOTE_ON,
                .recall_end = TOKEN_NOTE_OFF};
    Evaluation e = {.configs = {c},
                    .context_count = 1,
                    .encoding = encoding_of_music(TOKENIZER_PEDAL),
                    .stride = 128,
                    .model = {.config = c}};
    Parameters *w = &e.model.parameters;
    parameters_new(w, &c);
    w->recall.sink[0] = 8;
    for (int a = 0; a < 24; a++) w->recall.lags[a] = (real)(4 * pow(0.8, a));
    for (int i = 0; i < PITCHES && recalls; i++) {
        w->recall.next[i * PITCHES + i] = 1;
        w->final_norm.weight[i] = 1;
        w->head.weight[(TOKEN_NOTE_ON + i) * PITCHES + i] = 1;
    }
    e.predictors = predictors_new(&c, 1, false);
    return e;
}

static double mean(const CopyScore *s, CopyNats nats, CopyHearing h) {
    return copy_score_mean(s, nats, h, h).mean;
}

TEST(to_a_model_that_knows_nothing_every_hearing_is_as_unlikely) {
    g_autofree char *a = piece_file("a.mid", 61, 1), *b = piece_file("b.mid", 61, 2);
    Evaluation e = evaluation_of(false);
    CopyScore s;
    copy_score_init(&s, &e);
    CHECK(copy_score_add(&s, &(CopyFiles){a, b, b}, (EvaluateReport){0}, NULL));
    for (int i = 0; i < COPY_HEARINGS; i++) {
        CHECK_NEAR(mean(&s, COPY_PITCHES, (CopyHearing)i), log(PITCHES), 1e-5);
        CHECK_NEAR(mean(&s, COPY_TOKENS, (CopyHearing)i), log(V), 1e-5);
    }
    copy_score_clear(&s);
    evaluation_close(&e);
}

TEST(a_model_that_recalls_knows_the_pitches_of_the_second_hearing_alone) {
    g_autofree char *a = piece_file("a.mid", 61, 1), *b = piece_file("b.mid", 61, 2),
                    *c = piece_file("c.mid", 61, 3);
    Evaluation e = evaluation_of(true);
    CopyScore s;
    copy_score_init(&s, &e);
    CHECK(copy_score_add(&s, &(CopyFiles){a, b, c}, (EvaluateReport){0}, NULL));
    CHECK(mean(&s, COPY_PITCHES, COPY_FIRST) > log(PITCHES) - 0.5);
    CHECK(mean(&s, COPY_PITCHES, COPY_UNHEARD) > log(PITCHES) - 0.5);
    // It is not 0, because the first few notes cannot be predicted.
    CHECK(mean(&s, COPY_PITCHES, COPY_SECOND) < 0.5);
    Interval copied = copy_score_mean(&s, COPY_PITCHES, COPY_SECOND, COPY_UNHEARD);
    CHECK_NEAR(copied.mean,
               mean(&s, COPY_PITCHES, COPY_UNHEARD) -
                   mean(&s, COPY_PITCHES, COPY_SECOND),
               1e-9);
    // The other piece is the theme itself, so nothing is unheard.
    CHECK(copy_score_add(&s, &(CopyFiles){a, b, a}, (EvaluateReport){0}, NULL));
    CopyPiece same = g_array_index(s.pieces, CopyPiece, 1);
    for (int n = 0; n < COPY_NATS; n++)
        CHECK(same.nats[n][COPY_SECOND] == same.nats[n][COPY_UNHEARD]);
    copy_score_clear(&s);
    evaluation_close(&e);
}

TEST(a_piece_that_is_shorter_than_its_part_is_refused_by_name) {
    g_autofree char *a = piece_file("a.mid", 61, 1), *b = piece_file("b.mid", 59, 2),
                    *c = piece_file("c.mid", 29, 3);
    Evaluation e = evaluation_of(false);
    CopyScore s;
    copy_score_init(&s, &e);
    const CopyFiles files[] = {{c, a, a}, {a, b, a}, {a, a, c}};
    const char *const shortest[] = {c, b, c};
    for (int i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;
        CHECK(!copy_score_add(&s, &files[i], (EvaluateReport){0}, &error));
        CHECK(g_str_has_prefix(error->message, shortest[i]));
    }
    CHECK(s.pieces->len == 0);
    copy_score_clear(&s);
    evaluation_close(&e);
}

int main(void) {
    folder = toy_folder();
    RUN(to_a_model_that_knows_nothing_every_hearing_is_as_unlikely);
    RUN(a_model_that_recalls_knows_the_pitches_of_the_second_hearing_alone);
    RUN(a_piece_that_is_shorter_than_its_part_is_refused_by_name);
    toy_remove(folder);
    g_free(folder);
    return test_end();
}
