// Damaged and hostile model files: every change is detected, and no claim of a file is
// trusted before it was checked.
#include "tests/test.h"
#include "tests/tiny_model.h"

#include <glib/gstdio.h>
#include <stdlib.h>

enum { TIMES = 1000 };

static char *folder, *file, *changed;

// Returns whether a file of these bytes is loaded; if not, there must be a sentence.
static bool loads(const char *bytes, size_t size) {
    g_autoptr(GError) error = NULL;
    Model m = {0};
    FILE *to = fopen(changed, "wb");
    CHECK(to && fwrite(bytes, 1, size, to) == size && fclose(to) == 0);
    if (model_load(changed, &m, &error)) {
        CHECK(!error);
        model_free(&m);
        return true;
    }
    CHECK(error && g_str_has_prefix(error->message, changed));
    CHECK(!m.parameters.memory && !m.hash);
    return false;
}

static char *saved_with(gsize *size, const Config *recall) {
    char *bytes = NULL;
    Model m;
    tiny_model_with(&m, TOKENIZER_PEDAL, 1, recall);
    CHECK(model_save(file, &m.config, &m.parameters, m.tokenizer, DTYPE_BF16, NULL,
                     NULL));
    CHECK(g_file_get_contents(file, &bytes, size, NULL));
    CHECK(loads(bytes, *size));
    model_free(&m);
    return bytes;
}

static char *saved(gsize *size) { return saved_with(size, NULL); }

// Recall of note onsets before the last of the tiny model's layers.
static const Config recalls = {.recall_heads = 3,
                               .recall_layer = 1,
                               .recall_first = TOKEN_NOTE_ON,
                               .recall_end = TOKEN_NOTE_OFF};

// The same with chords of notes within three steps.
static const Config hears_chords = {.recall_heads = 3,
                                    .recall_layer = 1,
                                    .recall_first = TOKEN_NOTE_ON,
                                    .recall_end = TOKEN_NOTE_OFF,
                                    .chord_steps = 3,
                                    .time_first = TOKEN_TIME_SHIFT,
                                    .time_end = TOKEN_VELOCITY};

static const Config gated = {.gates = 1, .values = 1, .logit_cap = 15};

TEST(a_bit_flipped_at_a_thousand_places_is_found) {
    gsize size;
    g_autofree char *bytes = saved(&size);
    int missed = 0;
    for (int i = 0; i < TIMES; i++) {
        // Half of the bits are in the header, where their meanings differ most.
        size_t at = (size_t)rand() % (i % 2 ? size : MIN(size, 4096));
        char bit = (char)(1 << rand() % 8);
        bytes[at] ^= bit;
        missed += loads(bytes, size);
        bytes[at] ^= bit;
    }
    CHECK(missed == 0);
}

TEST(a_cut_at_a_thousand_lengths_is_found) {
    gsize size;
    g_autofree char *bytes = saved(&size);
    int missed = 0;
    for (int i = 0; i < TIMES; i++)
        missed += loads(bytes, (size_t)rand() % (i % 2 ? size : MIN(size, 4096)));
    CHECK(missed == 0);
}

TEST(two_tensors_that_changed_places_are_found) {
    gsize size;
    g_autofree char *bytes = saved(&size);
    char part[512];
    CHECK(size > 20000);
    char *a = bytes + size - sizeof part, *b = a - 4 * sizeof part;
    memcpy(part, a, sizeof part);
    memcpy(a, b, sizeof part);
    memcpy(b, part, sizeof part);
    CHECK(!loads(bytes, size));
}

// ---- invalid contents with right checksums

typedef enum Wrong {
    FROM_ZERO,
    MISSING,
    RESHAPED,
    INTEGERS,
    NOT_A_NUMBER,
    INFINITE,
    ONE_MORE
} Wrong;

// Saves the model with one key of the metadata changed; the writer adds right
// checksums.
static GPtrArray *metadata_with(const Safetensors *s, const char *key,
                                const char *value) {
    GPtrArray *pairs = g_ptr_array_new();
    GHashTableIter iter;
    gpointer k, v;
    g_hash_table_iter_init(&iter, s->metadata);
    while (g_hash_table_iter_next(&iter, &k, &v)) {
        if (strstr(k, "sha256")) continue;
        g_ptr_array_add(pairs, k);
        g_ptr_array_add(pairs, strcmp(k, key) == 0 ? (gpointer)value : v);
    }
    g_ptr_array_add(pairs, NULL);
    return pairs;
}

// Makes the last tensor invalid; `copy` holds its numbers. Returns the number of
// tensors.
static size_t spoil(Tensor *tensors, size_t count, Wrong wrong, uint16_t *copy) {
    Tensor *last = &tensors[count - 1];
    size_t n = tensor_elements(last);
    last->data = copy;
    if (wrong == RESHAPED)
        *last = (Tensor){last->name, DTYPE_BF16, 2, {1, (int64_t)n}, copy};
    if (wrong == INTEGERS) last->dtype = DTYPE_U8;
    if (wrong == NOT_A_NUMBER) copy[n - 1] = 0x7fc0;
    if (wrong == INFINITE) copy[0] = 0xff80;
    if (wrong == ONE_MORE) tensors[count] = *last, tensors[count].name = "more";
    return count + (wrong == ONE_MORE) - (wrong == MISSING);
}

// Writes the saved model again with a change, and tries to load it.
static bool refused(const char *key, const char *value, Wrong wrong, const char *why) {
    Safetensors s = {0};
    CHECK(safetensors_read(file, &s, NULL));
    GPtrArray *pairs = metadata_with(&s, key, value);
    g_autofree Tensor *tensors = g_new0(Tensor, s.tensor_count + 1);
    memcpy(tensors, s.tensors, s.tensor_count * sizeof *tensors);
    const Tensor *last = &tensors[s.tensor_count - 1];
    g_autofree uint16_t *copy = g_memdup2(last->data, 2 * tensor_elements(last));
    size_t count = spoil(tensors, s.tensor_count, wrong, copy);
    CHECK(safetensors_write(changed, (const char *const *)pairs->pdata, tensors, count,
                            NULL));
    g_ptr_array_unref(pairs);
    safetensors_clear(&s);
    g_autoptr(GError) error = NULL;
    Model m = {0};
    if (model_load(changed, &m, &error)) return model_free(&m), false;
    if (strstr(error->message, why)) return true;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

TEST(a_configuration_is_believed_within_its_bounds_only) {
    gsize size;
    g_free(saved(&size));
    static const char *const lies[][3] = {
        {"vocab_size", "65536", "fewer tensors"},
        {"vocab_size", "65537", "vocab_size is 65537, it must be"},
        {"vocab_size", "99999999999999999999", "vocab_size is not a number"},
        {"layers", "256", "fewer tensors"},
        {"layers", "257", "layers is 257, it must be"},
        {"layers", "-1", "layers is not a number"},
        {"layers", "1", "tensors that its configuration does not know"},
        {"width", "8192", "does not know (mlp_ratio, rotary_dims"},
        {"width", "2147483647", "width is 2147483647, it must be"},
        {"heads", "0", "heads is 0, it must be"},
        {"heads", "3", "cannot be shared by 3 heads"},
        {"context", "0", "context is 0, it must be"},
        {"context", "1048577", "context is 1048577, it must be"},
        {"latents", "97", "are more than the context"},
        {"latents", "", "latents is not a number"},
        {"rotary_max_wavelength", "nan", "rotary_max_wavelength"},
        {"rotary_max_wavelength", "-1", "rotary_max_wavelength"},
        {"norm_eps", "1", "norm_eps"},
        {"mlp_ratio", "5", "mlp_ratio"},
        {"architecture", "transformer", "is not a Perceiver AR model"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++)
        CHECK(refused(lies[i][0], lies[i][1], FROM_ZERO, lies[i][2]));
}

TEST(what_a_model_recalls_is_believed_within_its_bounds_only) {
    gsize size;
    g_free(saved_with(&size, &recalls));
    static const char *const lies[][3] = {
        {"recall_heads", "65", "recall_heads must be"},
        {"recall_heads", "-1", "recall_heads is not a number"},
        {"recall_heads", "0", "tensors that its configuration does not know"},
        {"recall_heads", "64", "fewer tensors"},
        {"recall_heads", "2", "tensor recall.lags is of another shape"},
        {"recall_layer", "2", "recall_layer must be one of the layers"},
        {"recall_layer", "", "recall_layer is not a number"},
        {"recall_first", "131", "must be a range of the vocabulary"},
        {"recall_first", "2147483647", "must be a range of the vocabulary"},
        {"recall_first", "4", "tensor recall.next is of another shape"},
        {"recall_end", "394", "must be a range of the vocabulary"},
        {"recall_end", "x", "recall_end is not a number"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++)
        CHECK(refused(lies[i][0], lies[i][1], FROM_ZERO, lies[i][2]));
    CHECK(!refused("recall_layer", "0", FROM_ZERO, ""));
}

TEST(what_chords_a_model_knows_is_believed_within_its_bounds_only) {
    gsize size;
    g_free(saved_with(&size, &hears_chords));
    static const char *const lies[][3] = {
        {"chord_steps", "1001", "chord_steps must be"},
        {"chord_steps", "0", "tensors that its configuration does not know"},
        {"chord_steps", "x", "chord_steps is not a number"},
        {"time_first", "359", "time_first and time_end must be"},
        {"time_end", "394", "time_first and time_end must be"},
        {"time_end", "2147483647", "time_first and time_end must be"},
        {"time_first", "130", "apart from recall's"},
        {"recall_end", "132", "at most 128 ids"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++)
        CHECK(refused(lies[i][0], lies[i][1], FROM_ZERO, lies[i][2]));
    CHECK(!refused("chord_steps", "5", FROM_ZERO, ""));
}

static void check_written(const Config *added) {
    Model m, read = {0};
    tiny_model_with(&m, TOKENIZER_PEDAL, 1, added);
    CHECK(
        model_save(file, &m.config, &m.parameters, m.tokenizer, DTYPE_F32, NULL, NULL));
    CHECK(model_load(file, &read, NULL));
    const Config *c = &read.config;
    CHECK(c->recall_heads == added->recall_heads &&
          c->recall_layer == added->recall_layer &&
          c->recall_first == added->recall_first && c->recall_end == added->recall_end);
    CHECK(c->chord_steps == added->chord_steps && c->time_first == added->time_first &&
          c->time_end == added->time_end);
    CHECK(c->gates == added->gates && c->values == added->values &&
          c->logit_cap == added->logit_cap);
    CHECK(read.parameters.count == m.parameters.count &&
          memcmp(read.parameters.memory, m.parameters.memory,
                 m.parameters.count * sizeof(real)) == 0);
    model_free(&m);
    model_free(&read);
}

TEST(a_model_that_recalls_is_read_as_it_was_written) { check_written(&recalls); }

TEST(a_model_with_chords_is_read_as_it_was_written) { check_written(&hears_chords); }

TEST(a_model_with_gates_values_and_a_cap_is_read_as_it_was_written) {
    check_written(&gated);
}

TEST(the_tensors_are_those_of_the_configuration_and_hold_numbers) {
    gsize size;
    g_free(saved(&size));
    CHECK(!refused("", "", FROM_ZERO, ""));
    CHECK(refused("", "", MISSING, "is missing"));
    CHECK(refused("", "", RESHAPED, "is of another shape than the model's"));
    CHECK(refused("", "", INTEGERS, "is not of floating point"));
    CHECK(refused("", "", NOT_A_NUMBER, "holds a number that is not finite"));
    CHECK(refused("", "", INFINITE, "holds a number that is not finite"));
    CHECK(refused("", "", ONE_MORE, "tensors that its configuration does not know"));
}

int main(void) {
    folder = g_dir_make_tmp("par-midi-model-XXXXXX", NULL);
    file = g_build_filename(folder, "model.safetensors", NULL);
    changed = g_build_filename(folder, "changed.safetensors", NULL);
    srand(1);
    RUN(a_bit_flipped_at_a_thousand_places_is_found);
    RUN(a_cut_at_a_thousand_lengths_is_found);
    RUN(two_tensors_that_changed_places_are_found);
    RUN(a_configuration_is_believed_within_its_bounds_only);
    RUN(what_a_model_recalls_is_believed_within_its_bounds_only);
    RUN(what_chords_a_model_knows_is_believed_within_its_bounds_only);
    RUN(a_model_that_recalls_is_read_as_it_was_written);
    RUN(a_model_with_chords_is_read_as_it_was_written);
    RUN(a_model_with_gates_values_and_a_cap_is_read_as_it_was_written);
    RUN(the_tensors_are_those_of_the_configuration_and_hold_numbers);
    g_unlink(file);
    g_unlink(changed);
    g_rmdir(folder);
    g_free(file);
    g_free(changed);
    g_free(folder);
    return test_end();
}
