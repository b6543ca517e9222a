// Files made by hand, by other writers (shared/golden) and by our own writer, whole and
// damaged.
#include "model/files/safetensors.h"
#include "tests/test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder, *file;

// Parses a file with this header and `data_size` zeros. A negative `length` means the
// header's own.
static bool parse(const char *header, long long length, size_t data_size,
                  Safetensors *ret, GError **error) {
    size_t size = strlen(header);
    uint64_t n = length < 0 ? size : (uint64_t)length;
    uint8_t *bytes = g_malloc0(8 + size + data_size);
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(n >> 8 * i);
    memcpy(bytes + 8, header, size);
    bool ok = safetensors_parse(bytes, 8 + size + data_size, "x", ret, error);
    g_free(bytes);
    return ok;
}

static bool accepted(const char *header, size_t data_size) {
    Safetensors s;
    g_autoptr(GError) error = NULL;
    if (parse(header, -1, data_size, &s, &error)) return safetensors_clear(&s), true;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

static bool refused(const char *header, long long length, size_t data_size,
                    const char *why) {
    Safetensors s = {.tensor_count = 77};
    g_autoptr(GError) error = NULL;
    if (parse(header, length, data_size, &s, &error))
        return safetensors_clear(&s), false;
    g_autofree char *want = g_strconcat("x: ", why, NULL);
    if (strcmp(error->message, want) != 0) {
        fprintf(stderr, "%s\n", error->message);
        return false;
    }
    return s.tensor_count == 77;
}

#define T(dtype, shape, offsets)                                                       \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

TEST(an_empty_file_is_too_short) {
    Safetensors s;
    for (size_t size = 0; size < 8; size++) {
        g_autoptr(GError) error = NULL;
        CHECK(!safetensors_parse((const uint8_t *)"\1\0\0\0\0\0\0\0", size, "x", &s,
                                 &error));
        CHECK(error && strstr(error->message, "too short"));
    }
}

TEST(a_header_longer_than_the_file_is_refused) {
    CHECK(refused("{}", 3, 0, "byte 0: a header of 3 bytes, the file ends before"));
    CHECK(
        refused("{}", 0x7fffffffffffffff, 0,
                "byte 0: a header of 9223372036854775807 bytes, the file ends before"));
}

TEST(a_header_of_more_than_100_mb_is_refused) {
    CHECK(refused("{}", 100000001, 100000001,
                  "byte 0: a header of 100000001 bytes, more than 100 MB"));
}

TEST(a_header_that_does_not_begin_with_a_brace_is_refused) {
    CHECK(refused(" {}", -1, 0, "byte 8: the header does not begin with {"));
    CHECK(refused("[]", -1, 0, "byte 8: the header does not begin with {"));
    CHECK(refused("", -1, 0, "byte 8: the header does not begin with {"));
}

TEST(what_is_not_json_is_refused_where_it_ends_to_be) {
    CHECK(refused("{", -1, 0, "byte 9: not JSON"));
    CHECK(refused("{\"a\":}", -1, 0, "byte 13: not JSON"));
    CHECK(refused("{}}", -1, 0, "byte 10: not JSON"));
    CHECK(refused("{} {}", -1, 0, "byte 11: not JSON"));
}

TEST(what_is_not_utf8_is_refused) {
    CHECK(refused("{\"\xff\":1}", -1, 0, "byte 10: not UTF-8"));
    CHECK(refused("{}  ", 4, 0, "byte 9: not UTF-8") == false);
    CHECK(refused("{}", 3, 1, "byte 10: not UTF-8")); // followed by a zero byte
    CHECK(refused("{\"a\\u0000b\":1}", -1, 0, "a zero within a text"));
    CHECK(refused("{\f}", -1, 0, "byte 9: a control character"));
}

TEST(no_tensors_at_all_are_allowed) {
    CHECK(accepted("{}", 0));
    CHECK(accepted("{}   ", 0));
    CHECK(accepted("{\"__metadata__\":{}}", 0));
}

TEST(a_scalar_has_no_dims_and_one_element) {
    Safetensors s;
    CHECK(parse("{\"a\":" T("F32", "[]", "[0,4]") "}", -1, 4, &s, NULL));
    const Tensor *t = safetensors_find(&s, "a");
    CHECK(t && t->dims == 0 && tensor_elements(t) == 1);
    safetensors_clear(&s);
}

TEST(tensors_without_elements_are_allowed) {
    CHECK(accepted("{\"a\":" T("F32", "[2,0]", "[0,0]") "}", 0));
    CHECK(accepted(
        "{\"b\":" T("U8", "[3]", "[0,3]") ",\"a\":" T("F32", "[0]", "[0,0]") "}", 3));
}

TEST(tensors_come_in_the_order_of_their_bytes) {
    Safetensors s;
    CHECK(
        parse("{\"b\":" T("U8", "[3]", "[4,7]") ",\"a\":" T("F32", "[1]", "[0,4]") "}",
              -1, 7, &s, NULL));
    CHECK(s.tensor_count == 2);
    CHECK(strcmp(s.tensors[0].name, "a") == 0 && strcmp(s.tensors[1].name, "b") == 0);
    CHECK((const char *)s.tensors[1].data - (const char *)s.tensors[0].data == 4);
    CHECK(safetensors_find(&s, "b") == &s.tensors[1]);
    CHECK(safetensors_find(&s, "c") == NULL);
    safetensors_clear(&s);
}

TEST(overlapping_tensors_are_refused) {
    CHECK(
        refused("{\"a\":" T("U8", "[4]", "[0,4]") ",\"b\":" T("U8", "[4]", "[2,6]") "}",
                -1, 6, "tensor b: overlaps another"));
    GString *ten = g_string_new("{");
    for (int i = 0; i < 10; i++)
        g_string_append_printf(ten, "%s\"t%d\":" T("U8", "[4]", "[0,4]"), i ? "," : "",
                               i);
    g_string_append_c(ten, '}');
    CHECK(refused(ten->str, -1, 4, "tensor t1: overlaps another"));
    g_string_free(ten, TRUE);
}

TEST(a_hole_is_refused) {
    CHECK(refused("{\"a\":" T("U8", "[4]", "[1,5]") "}", -1, 5,
                  "tensor a: a gap before it"));
    CHECK(
        refused("{\"a\":" T("U8", "[4]", "[0,4]") ",\"b\":" T("U8", "[4]", "[5,9]") "}",
                -1, 9, "tensor b: a gap before it"));
}

TEST(tensors_must_fill_the_file) {
    const char *four = "{\"a\":" T("U8", "[4]", "[0,4]") "}";
    CHECK(accepted(four, 4));
    CHECK(refused(four, -1, 3, "the tensors do not fill the file, which ends before"));
    CHECK(refused(four, -1, 5, "the tensors do not fill the file, which ends later"));
    CHECK(refused("{}", -1, 1, "the tensors do not fill the file, which ends later"));
}

TEST(a_shape_must_have_the_bytes_of_its_offsets) {
    const char *why = "tensor a: shape and offsets do not agree";
    CHECK(refused("{\"a\":" T("F32", "[2]", "[0,4]") "}", -1, 4, why));
    CHECK(refused("{\"a\":" T("F32", "[1]", "[4,0]") "}", -1, 4, why));
    // The number of elements does not fit into 64 bits, or the number of bytes does
    // not.
    CHECK(
        refused("{\"a\":" T("U8", "[4294967296,4294967296]", "[0,0]") "}", -1, 0, why));
    CHECK(refused("{\"a\":" T("F32", "[2147483648,2147483648]", "[0,0]") "}", -1, 0,
                  why));
}

TEST(shapes_and_offsets_are_integers_that_a_double_holds) {
    const char *shape = "tensor a: the shape is not 0 to 4 integers";
    const char *offsets = "tensor a: the offsets are not two integers";
    CHECK(refused("{\"a\":" T("U8", "[-1]", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "[1.5]", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "[\"4\"]", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "4", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "[1e300]", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "[9007199254740994]", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "[1,1,1,1,4]", "[0,4]") "}", -1, 4, shape));
    CHECK(refused("{\"a\":" T("U8", "[4]", "[0]") "}", -1, 4, offsets));
    CHECK(refused("{\"a\":" T("U8", "[4]", "[0,4,4]") "}", -1, 4, offsets));
    CHECK(refused("{\"a\":" T("U8", "[4]", "[0,1e99]") "}", -1, 4, offsets));
    CHECK(refused("{\"a\":" T("U8", "[4]", "{}") "}", -1, 4, offsets));
}

TEST(an_unknown_dtype_is_refused) {
    const char *why = "tensor a: the dtype is not one known here";
    CHECK(refused("{\"a\":" T("F31", "[1]", "[0,4]") "}", -1, 4, why));
    CHECK(refused("{\"a\":" T("", "[1]", "[0,4]") "}", -1, 4, why));
    CHECK(refused("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", -1, 4, why));
}

TEST(what_is_there_twice_is_refused) {
    CHECK(
        refused("{\"a\":" T("U8", "[1]", "[0,1]") ",\"a\":" T("U8", "[1]", "[1,2]") "}",
                -1, 2, "tensor a: there twice"));
    CHECK(refused("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],"
                  "\"data_offsets\":[0,1]}}",
                  -1, 1, "tensor a: a part is unknown or there twice"));
    CHECK(refused("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", -1, 0,
                  "a key of the metadata is there twice"));
    CHECK(refused("{\"__metadata__\":{},\"__metadata__\":{}}", -1, 0,
                  "there are two __metadata__"));
}

TEST(metadata_are_text) {
    CHECK(refused("{\"__metadata__\":{\"k\":1}}", -1, 0,
                  "the metadata are not all text"));
    CHECK(refused("{\"__metadata__\":[]}", -1, 0, "__metadata__ is not an object"));
}

TEST(a_name_that_would_trouble_a_terminal_is_refused) {
    const char *why = "a tensor's name is empty, too long or not printable";
    CHECK(refused("{\"\\u001b[2J\":1}", -1, 0, why));
    CHECK(refused("{\"\":1}", -1, 0, why));
    CHECK(refused("{\"a\":1}", -1, 0, "tensor a: not described"));
    CHECK(accepted("{\"h\\u00e4nde/\\\"1\\\"\":" T("U8", "[1]", "[0,1]") "}", 1));
}

TEST(a_hundred_thousand_tensors_are_refused) {
    GString *many = g_string_new("{");
    for (int i = 0; i < 100000; i++)
        g_string_append_printf(many, "%s\"%d\":" T("U8", "[0]", "[0,0]"), i ? "," : "",
                               i);
    g_string_append_c(many, '}');
    CHECK(refused(many->str, -1, 0, "more than 65536 tensors"));
    g_string_free(many, TRUE);
}

TEST(deep_or_endless_json_is_refused_without_much_memory) {
    GString *deep = g_string_new("{\"a\":");
    for (int i = 0; i < 500000; i++) g_string_append_c(deep, '[');
    CHECK(refused(deep->str, -1, 0, "byte 1012: not JSON")); // cJSON's own limit
    g_string_assign(deep, "{\"a\":[0");
    for (int i = 0; i < 2000000; i++) g_string_append(deep, ",0");
    g_string_append(deep, "]}");
    CHECK(refused(deep->str, -1, 0, "the header has too many parts"));
    g_string_free(deep, TRUE);
}

// ---- the writer

static float weights[3][5];
static uint16_t halves[7];
static int64_t steps;
static uint8_t rest[3];

static const char *const metadata[] = {"title", "A \"b\" \\ \n \xc3\xa9", "empty", "",
                                       NULL};

static const Tensor tensors[] = {
    {"weights", DTYPE_F32, 2, {3, 5}, weights},
    {"rest", DTYPE_U8, 1, {3}, rest}, // the next tensors are unaligned
    {"halves", DTYPE_BF16, 1, {7}, halves},
    {"none", DTYPE_F64, 2, {0, 9}, NULL},
    {"steps", DTYPE_I64, 0, {0}, &steps},
};

static void fill(void *bytes, size_t size, uint32_t seed) {
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        ((uint8_t *)bytes)[i] = (uint8_t)(seed >> 24);
    }
}

static bool write_sample(void) {
    fill(weights, sizeof weights, 1); // any bits, including NaN
    fill(halves, sizeof halves, 2);
    fill(&steps, sizeof steps, 3);
    fill(rest, sizeof rest, 4);
    return safetensors_write(file, metadata, tensors, G_N_ELEMENTS(tensors), NULL);
}

TEST(what_is_written_is_read_bit_by_bit) {
    Safetensors s;
    CHECK(write_sample());
    CHECK(safetensors_read(file, &s, NULL));
    CHECK(s.tensor_count == G_N_ELEMENTS(tensors));
    for (size_t i = 0; i < s.tensor_count; i++) {
        const Tensor *want = &tensors[i], *got = safetensors_find(&s, want->name);
        CHECK(got == &s.tensors[i]);
        CHECK(got->dtype == want->dtype && got->dims == want->dims);
        CHECK(memcmp(got->shape, want->shape, sizeof got->shape) == 0);
        size_t size = tensor_elements(want) * dtype_size(want->dtype);
        CHECK(size == 0 || memcmp(got->data, want->data, size) == 0);
    }
    CHECK(strcmp(safetensors_metadata(&s, "title"), metadata[1]) == 0);
    CHECK(strcmp(safetensors_metadata(&s, "empty"), "") == 0);
    CHECK(strcmp(safetensors_metadata(&s, "sha256"), s.sha256) == 0);
    CHECK(safetensors_metadata(&s, "none") == NULL);
    safetensors_clear(&s);
    safetensors_clear(&s);
}

static uint8_t *sample(gsize *size) {
    char *bytes;
    CHECK(write_sample());
    CHECK(g_file_get_contents(file, &bytes, size, NULL));
    return (uint8_t *)bytes;
}

TEST(the_same_tensors_give_the_same_file) {
    gsize size, size_again;
    g_autofree uint8_t *once = sample(&size), *again = sample(&size_again);
    CHECK(size == size_again && memcmp(once, again, size) == 0);
}

static bool reads(const uint8_t *bytes, size_t size) {
    Safetensors s;
    bool ok = safetensors_parse(bytes, size, "x", &s, NULL);
    if (ok) safetensors_clear(&s);
    return ok;
}

TEST(a_flipped_bit_is_found) {
    gsize size;
    g_autofree uint8_t *bytes = sample(&size);
    CHECK(reads(bytes, size));
    int missed = 0;
    for (size_t bit = 0; bit < size * 8; bit++) { // all bits, some thousands
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (reads(bytes, size)) missed++;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(size * 8 > 1000);
    CHECK(missed == 0);
}

TEST(a_cut_is_found) {
    gsize size;
    g_autofree uint8_t *bytes = sample(&size);
    int missed = 0;
    for (size_t cut = 0; cut < size; cut++) { // a copy, to detect overreads
        uint8_t *part = g_memdup2(bytes, cut);
        missed += reads(part, cut);
        g_free(part);
    }
    CHECK(missed == 0);
}

TEST(bytes_at_the_end_are_found) {
    gsize size;
    g_autofree uint8_t *bytes = sample(&size);
    bytes = g_realloc(bytes, size + 1);
    bytes[size] = 0;
    CHECK(!reads(bytes, size + 1));
}

TEST(a_large_file_with_flips_and_cuts_at_random_is_refused) {
    static float large[100][100];
    fill(large, sizeof large, 5);
    Tensor t = {"large", DTYPE_F32, 2, {100, 100}, large};
    CHECK(safetensors_write(file, NULL, &t, 1, NULL));
    char *contents;
    gsize size;
    CHECK(g_file_get_contents(file, &contents, &size, NULL));
    uint8_t *bytes = (uint8_t *)contents;
    srand(1);
    int missed = 0;
    for (int i = 0; i < 1000; i++) {
        size_t at = (size_t)rand() % size;
        uint8_t bit = (uint8_t)(1 << rand() % 8);
        bytes[at] ^= bit;
        missed += reads(bytes, size);
        bytes[at] ^= bit;
        missed += reads(bytes, (size_t)rand() % size);
    }
    CHECK(missed == 0);
    CHECK(reads(bytes, size));
    g_free(bytes);
}

TEST(one_checksum_without_the_other_is_refused) {
    CHECK(refused("{\"__metadata__\":{\"sha256\":\"0\"}}", -1, 0,
                  "one of its two checksums is missing"));
    CHECK(refused("{\"__metadata__\":{\"header_sha256\":\"0\"}}", -1, 0,
                  "one of its two checksums is missing"));
    CHECK(refused("{\"__metadata__\":{\"sha256\":\"0\",\"header_sha256\":\"0\"}}", -1,
                  0, "the header is damaged: its checksum differs"));
}

TEST(a_write_that_fails_says_why) {
    g_autofree char *path = g_build_filename(folder, "none", "file", NULL);
    g_autoptr(GError) error = NULL;
    CHECK(!safetensors_write(path, NULL, tensors, 1, &error));
    CHECK(error && strstr(error->message, "No such file or directory"));
}

// ---- files

TEST(a_file_that_cannot_be_read_is_named) {
    Safetensors s;
    g_autofree char *none = g_build_filename(folder, "none", NULL);
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    CHECK(mkfifo(fifo, 0600) == 0);
    const char *const want[][2] = {{none, "No such file or directory"},
                                   {folder, "not a regular file"},
                                   {fifo, "not a regular file"},
                                   {"/dev/zero", "not a regular file"}};
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
        g_autoptr(GError) error = NULL;
        CHECK(!safetensors_read(want[i][0], &s, &error));
        g_autofree char *sentence = g_strconcat(want[i][0], ": ", want[i][1], NULL);
        CHECK(error && strcmp(error->message, sentence) == 0);
    }
    CHECK(g_unlink(fifo) == 0);
}

TEST(a_claim_beyond_the_file_allocates_nothing) {
    Safetensors s;
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600); // 4 TB, all of them a hole
    CHECK(fd >= 0 && write(fd, "\2\0\0\0\0\0\0\0{}", 10) == 10);
    if (ftruncate(fd, (off_t)1 << 42) == 0) CHECK(!safetensors_read(file, &s, NULL));
    close(fd);
}

TEST(floating_point_tensors_become_floats) {
    const uint16_t bf16[] = {0x3f80, 0xc000, 0x7f80};
    const double f64[] = {1, -2, 0.1};
    float got[3];
    CHECK(tensor_to_float(&(Tensor){"", DTYPE_BF16, 1, {3}, bf16}, got));
    CHECK(got[0] == 1 && got[1] == -2 && isinf(got[2]));
    CHECK(tensor_to_float(&(Tensor){"", DTYPE_F64, 1, {3}, f64}, got));
    CHECK(got[0] == 1 && got[1] == -2 && got[2] == 0.1f);
    CHECK(tensor_to_float(&(Tensor){"", DTYPE_F32, 1, {2}, (float[]){5, 6}}, got));
    CHECK(got[0] == 5 && got[1] == 6);
    CHECK(!tensor_to_float(&(Tensor){"", DTYPE_I32, 1, {1}, (int32_t[]){1}}, got));
}

static int golden_files;

TEST(files_of_other_writers_are_read) {
    const char *root = PAR_SOURCE_ROOT "/../shared/golden";
    GDir *sets = g_dir_open(root, 0, NULL);
    for (const char *set; sets && (set = g_dir_read_name(sets));) {
        g_autofree char *inner = g_build_filename(root, set, NULL);
        GDir *dir = g_dir_open(inner, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
            if (!g_str_has_suffix(name, ".safetensors")) continue;
            g_autofree char *path = g_build_filename(inner, name, NULL);
            g_autoptr(GError) error = NULL;
            Safetensors s;
            bool ok = safetensors_read(path, &s, &error);
            CHECK(ok);
            if (error) fprintf(stderr, "%s\n", error->message);
            if (ok) {
                CHECK(s.tensor_count > 0);
                safetensors_clear(&s);
            }
            golden_files++;
        }
        if (dir) g_dir_close(dir);
    }
    if (sets) g_dir_close(sets);
}

static bool has_python(void) {
    g_autofree char *python = g_find_program_in_path("python3");
    return python != NULL;
}

// Runs a reader written from the published rules. Returns NULL if it refuses the file.
static char *python_says(const char *path) {
    char *argv[] = {"python3", PAR_SOURCE_ROOT "/tests/tools/read_safetensors.py",
                    (char *)path, NULL};
    char *out = NULL;
    int status = -1;
    if (!g_spawn_sync(NULL, argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                      &out, NULL, &status, NULL))
        return NULL;
    if (status == 0) return out;
    g_free(out);
    return NULL;
}

TEST(a_reader_by_the_published_rules_agrees) {
    Safetensors s;
    CHECK(write_sample() && safetensors_read(file, &s, NULL));
    g_autofree char *out = python_says(file);
    CHECK(out != NULL);
    g_autofree char *all = g_strdup_printf("all bytes %d %s\n", 60 + 3 + 14 + 8,
                                           s.sha256);
    CHECK(out && strstr(out, "weights F32 [3, 5] ") && strstr(out, "steps I64 [] "));
    CHECK(out && g_str_has_suffix(out, all));
    CHECK(truncate(file, 100) == 0);
    g_autofree char *none = python_says(file);
    CHECK(none == NULL);
    safetensors_clear(&s);
}

int main(void) {
    folder = g_dir_make_tmp("par-midi-safetensors-XXXXXX", NULL);
    file = g_build_filename(folder, "file.safetensors", NULL);
    RUN(an_empty_file_is_too_short);
    RUN(a_header_longer_than_the_file_is_refused);
    RUN(a_header_of_more_than_100_mb_is_refused);
    RUN(a_header_that_does_not_begin_with_a_brace_is_refused);
    RUN(what_is_not_json_is_refused_where_it_ends_to_be);
    RUN(what_is_not_utf8_is_refused);
    RUN(no_tensors_at_all_are_allowed);
    RUN(a_scalar_has_no_dims_and_one_element);
    RUN(tensors_without_elements_are_allowed);
    RUN(tensors_come_in_the_order_of_their_bytes);
    RUN(overlapping_tensors_are_refused);
    RUN(a_hole_is_refused);
    RUN(tensors_must_fill_the_file);
    RUN(a_shape_must_have_the_bytes_of_its_offsets);
    RUN(shapes_and_offsets_are_integers_that_a_double_holds);
    RUN(an_unknown_dtype_is_refused);
    RUN(what_is_there_twice_is_refused);
    RUN(metadata_are_text);
    RUN(a_name_that_would_trouble_a_terminal_is_refused);
    RUN(a_hundred_thousand_tensors_are_refused);
    RUN(deep_or_endless_json_is_refused_without_much_memory);
    RUN(what_is_written_is_read_bit_by_bit);
    RUN(the_same_tensors_give_the_same_file);
    RUN(a_flipped_bit_is_found);
    RUN(a_cut_is_found);
    RUN(bytes_at_the_end_are_found);
    RUN(a_large_file_with_flips_and_cuts_at_random_is_refused);
    RUN(one_checksum_without_the_other_is_refused);
    RUN(a_write_that_fails_says_why);
    RUN(a_file_that_cannot_be_read_is_named);
    RUN(a_claim_beyond_the_file_allocates_nothing);
    RUN(floating_point_tensors_become_floats);
    RUN(files_of_other_writers_are_read);
    if (!golden_files) fprintf(stderr, "no shared/golden here: skipped\n");
    if (has_python())
        RUN(a_reader_by_the_published_rules_agrees);
    else
        fprintf(stderr, "no python3 here: skipped\n");
    g_unlink(file);
    g_rmdir(folder);
    g_free(file);
    g_free(folder);
    return test_end();
}
