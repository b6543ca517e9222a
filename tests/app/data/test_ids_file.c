#include "app/data/ids_file.h"
#include "tests/test.h"

#include <glib/gstdio.h>
#include <unistd.h>

static Ids parsed;
static char *said; // the error's sentence, or NULL

static bool parse_bytes(const char *path, const void *bytes, size_t size) {
    GError *error = NULL;
    ids_clear(&parsed);
    g_clear_pointer(&said, g_free);
    bool ok = ids_parse(bytes, size, path, 300, &parsed, &error);
    if (!ok) said = g_strdup(error->message);
    g_clear_error(&error);
    return ok;
}

static bool parse(const char *path, const char *text) {
    return parse_bytes(path, text, strlen(text));
}

static bool holds(const Token *want, guint count) {
    return parsed.tokens->len == count &&
           memcmp(parsed.tokens->data, want, count * sizeof *want) == 0;
}
#define HOLDS(...)                                                                     \
    holds((const Token[]){__VA_ARGS__},                                                \
          sizeof((const Token[]){__VA_ARGS__}) / sizeof(Token))

// Returns whether the bytes are refused with this sentence.
static bool refuses(const char *path, const char *text, const char *sentence) {
    if (!parse(path, text) && strcmp(said, sentence) == 0) return true;
    fprintf(stderr, "%s\n", said ? said : "was read");
    return false;
}

TEST(any_file_is_its_bytes_between_two_ends) {
    CHECK(parse("a.txt", "Hi\n") && HOLDS(256, 'H', 'i', '\n', 256));
    CHECK(parse_bytes("a", "\0\xFF", 2) && HOLDS(256, 0, 255, 256));
    CHECK(parse("ppm", "P6") && HOLDS(256, 'P', '6', 256));
}

TEST(a_file_of_ids_is_its_little_endian_numbers_between_two_ends) {
    CHECK(parse_bytes("a.ids", "\x2B\x01\x00\x00", 4) && HOLDS(300, 299, 0, 300));
    CHECK(parse_bytes("A.IDS", "\x01\x00", 2) && HOLDS(300, 1, 300));
}

TEST(an_image_is_its_samples_in_raster_order) {
    CHECK(parse("a.ppm", "P6\n2 1\n255\nabcdef") &&
          HOLDS(256, 'a', 'b', 'c', 'd', 'e', 'f', 256));
    CHECK(parsed.image.width == 2 && parsed.image.height == 1);
    CHECK(parse("a.PPM", "P6\n# by hand\n1 # wide\n2\t255\n\nbcdef"));
    CHECK(parsed.image.width == 1 && parsed.image.height == 2);
    CHECK(HOLDS(256, '\n', 'b', 'c', 'd', 'e', 'f', 256)); // after one space the raster
}

TEST(an_empty_file_is_said) {
    CHECK(refuses("a.txt", "", "a.txt: is empty"));
    CHECK(refuses("a.ids", "", "a.ids: is empty"));
    CHECK(refuses("a.ppm", "", "a.ppm: is empty"));
}

TEST(an_id_beyond_the_vocabulary_is_said_with_its_byte) {
    CHECK(!parse_bytes("a.ids", "\x01\x00\x2C\x01", 4));
    CHECK(strcmp(said, "a.ids: byte 2: the id 300 is beyond a vocabulary of 300") == 0);
    CHECK(!parse_bytes("a.ids", "\x01\x00\x02", 3));
    CHECK(strcmp(said, "a.ids: byte 2: half a number of 16 bits") == 0);
}

TEST(an_image_that_cannot_be_read_is_said_with_the_byte) {
    CHECK(refuses("a.ppm", "P3\n1 1\n255\n1 2 3",
                  "a.ppm: byte 0: is no image of the kind P6"));
    CHECK(refuses("a.ppm", "P6\n1 1\n65535\nabcdef",
                  "a.ppm: byte 7: the image has samples of 16 bits, only 8 can be "
                  "read"));
    CHECK(refuses("a.ppm", "P6\n1 1\n100\nabc",
                  "a.ppm: byte 7: the image's samples do not go up to 255"));
    CHECK(refuses("a.ppm", "P6\n2 1\n255\nabcde",
                  "a.ppm: byte 11: 5 samples follow, an image of 2 x 1 has 6"));
    CHECK(refuses("a.ppm", "P6\n2 1\n255\nabcdefg",
                  "a.ppm: byte 11: 7 samples follow, an image of 2 x 1 has 6"));
    CHECK(refuses("a.ppm", "P6\n0 1\n255\n",
                  "a.ppm: byte 3: the image's width or height is out of range"));
    CHECK(refuses("a.ppm", "P6\n1 99999999999999999999\n255\nabc",
                  "a.ppm: byte 5: the image's width or height is out of range"));
    CHECK(refuses("a.ppm", "P6\n2 1",
                  "a.ppm: byte 6: the image's header lacks one of its three numbers"));
    CHECK(refuses("a.ppm", "P6\n2 1\n255",
                  "a.ppm: byte 10: the image's header does not "
                  "end"));
}

TEST(what_is_read_is_written_the_same) {
    const char *const paths[] = {"a.txt", "a.ids", "a.ppm"};
    const char *const files[] = {"text", "\1\0\2\1", "P6\n1 2\n255\nabcdef"};
    const size_t sizes[] = {4, 4, 17};
    for (int i = 0; i < 3; i++) {
        CHECK(parse_bytes(paths[i], files[i], sizes[i]));
        if (!parsed.tokens) continue;
        GByteArray *bytes = ids_write(parsed.kind, parsed.image,
                                      &g_array_index(parsed.tokens, Token, 1),
                                      parsed.tokens->len - 2);
        CHECK(bytes->len == sizes[i] && memcmp(bytes->data, files[i], sizes[i]) == 0);
        g_byte_array_unref(bytes);
    }
}

TEST(a_file_is_read_and_what_is_none_is_said) {
    g_autofree char *folder = g_dir_make_tmp("ids-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.ppm", NULL);
    g_autoptr(GError) error = NULL, none = NULL;
    ImageSize size = {0};
    CHECK(g_file_set_contents(path, "P6\n1 1\n255\nabc", -1, NULL));
    ids_clear(&parsed);
    CHECK(ids_read(path, 0, &parsed, NULL) && HOLDS(256, 'a', 'b', 'c', 256));
    CHECK(ids_image_size(path, &size) && size.width == 1 && size.height == 1);
    CHECK(!ids_read(folder, 0, &parsed, &error) &&
          g_str_has_suffix(error->message, ": is not a file"));
    g_unlink(path);
    CHECK(!ids_read(path, 0, &parsed, &none) &&
          g_str_has_suffix(none->message, ": No such file or directory"));
    CHECK(!ids_image_size(path, &size));
    g_rmdir(folder);
}

int main(void) {
    RUN(any_file_is_its_bytes_between_two_ends);
    RUN(a_file_of_ids_is_its_little_endian_numbers_between_two_ends);
    RUN(an_image_is_its_samples_in_raster_order);
    RUN(an_empty_file_is_said);
    RUN(an_id_beyond_the_vocabulary_is_said_with_its_byte);
    RUN(an_image_that_cannot_be_read_is_said_with_the_byte);
    RUN(what_is_read_is_written_the_same);
    RUN(a_file_is_read_and_what_is_none_is_said);
    ids_clear(&parsed);
    g_free(said);
    return test_end();
}
