#include "app/base/deflate.h"
#include "app/data/repertoire.h"
#include "tests/test.h"

#include <string.h>

static GRand *dice; // seeded, so every run is the same

// Makes a line of notes about a quarter of a second apart, with intervals as pianists
// play them.
static Note *melody(int notes) {
    Note *line = g_new0(Note, notes);
    int64_t onset = 0;
    for (int i = 0; i < notes; i++) {
        int pitch = i ? line[i - 1].pitch + g_rand_int_range(dice, -12, 13) : 60;
        if (pitch < 21 || pitch > 108) pitch = 60;
        line[i] = (Note){onset, onset, (uint8_t)pitch, 80};
        onset += g_rand_int_range(dice, 100000, 400000);
    }
    return line;
}

// Three pieces, one of them empty, and the same after writing and reading a file.
static Repertoire three(Note *lines[3], Repertoire *ret_read) {
    static const char *const names[] = {"Satie: Gymnopédie No. 1", "", "b\xff.mid"};
    static const int counts[] = {1000, 0, 333};
    Repertoire r;
    repertoire_init(&r);
    for (int i = 0; i < 3; i++) {
        lines[i] = melody(counts[i]);
        CHECK(repertoire_add(&r, names[i], lines[i], (size_t)counts[i]));
    }
    GByteArray *bytes = repertoire_bytes(&r);
    CHECK(repertoire_parse(ret_read, bytes->data, bytes->len, "index", NULL, NULL));
    g_byte_array_unref(bytes);
    return r;
}

TEST(a_file_gives_the_names_and_pitches_back_and_moments_within_a_second) {
    Note *lines[3];
    Repertoire read, written = three(lines, &read);
    CHECK(read.names->len == 3);
    for (int i = 0; i < 3; i++) {
        size_t count, other;
        Note *a = match_line(written.index, i, &count);
        Note *b = match_line(read.index, i, &other);
        CHECK(count == other);
        CHECK(strcmp(written.names->pdata[i], read.names->pdata[i]) == 0);
        for (size_t k = 0; k < count; k++) {
            CHECK(a[k].pitch == b[k].pitch);
            CHECK(ABS(a[k].onset - b[k].onset) < 1000000);
            CHECK(k == 0 || b[k].onset >= b[k - 1].onset);
        }
        CHECK(count == 0 || ABS(a[count - 1].onset - b[count - 1].onset) < 100001);
        g_free(a);
        g_free(b);
        g_free(lines[i]);
    }
    repertoire_clear(&written);
    repertoire_clear(&read);
}

// Replaces the notes from `at` on by those of a line, transposed by so many semitones.
static Performance piece_with(const Note *line, int first, int count, int at,
                              int semitones) {
    Performance p = {0};
    Note *own = melody(200);
    for (int i = 0; i < 200; i++) {
        Note n = own[i];
        if (i >= at && i < at + count)
            n.pitch = (uint8_t)(line[first + i - at].pitch + semitones);
        n.release = n.onset + 90000;
        performance_add_note(&p, n);
    }
    performance_finish(&p);
    g_free(own);
    return p;
}

TEST(a_passage_of_a_piece_is_named_at_any_pitch_and_other_music_is_not) {
    Note *lines[3];
    Repertoire read, written = three(lines, &read);
    for (int semitones = -11; semitones <= 11; semitones++) {
        Performance p = piece_with(lines[2], 200, 24, 100, semitones);
        GArray *found = match_passages(read.index, &p, REPERTOIRE_PASSAGE);
        CHECK(found->len == 1);
        const Match *m = &g_array_index(found, Match, 0);
        // A note before or after the passage may fit by chance.
        CHECK(m->notes >= 24 && m->notes <= 26);
        CHECK(strcmp(read.names->pdata[m->piece], "b\xff.mid") == 0);
        CHECK(m->transposed == semitones);
        CHECK(m->query_onset <= p.notes[100].onset);
        CHECK(m->query_last >= p.notes[123].onset);
        CHECK(ABS(m->onset - lines[2][200].onset) < 1500000);
        g_array_unref(found);
        performance_clear(&p);
    }
    Performance other = piece_with(lines[2], 200, 0, 0, 0);
    GArray *found = match_passages(read.index, &other, REPERTOIRE_PASSAGE);
    CHECK(found->len == 0);
    g_array_unref(found);
    performance_clear(&other);
    for (int i = 0; i < 3; i++) g_free(lines[i]);
    repertoire_clear(&written);
    repertoire_clear(&read);
}

static bool refuses(const uint8_t *bytes, size_t size) {
    Repertoire r = {0};
    GError *error = NULL;
    bool ok = !repertoire_parse(&r, bytes, size, "an.index", NULL, &error) &&
              !r.index && g_str_has_prefix(error->message, "an.index: byte ");
    g_clear_error(&error);
    return ok;
}

TEST(a_damaged_or_cut_index_is_a_sentence_that_names_it) {
    Note *lines[3];
    Repertoire read, written = three(lines, &read);
    GByteArray *bytes = repertoire_bytes(&written);
    for (guint i = 0; i < bytes->len; i += 1 + bytes->len / 200) {
        CHECK(refuses(bytes->data, i));
        bytes->data[i] ^= 1 << (i % 8);
        CHECK(refuses(bytes->data, bytes->len));
        bytes->data[i] ^= 1 << (i % 8);
    }
    g_byte_array_append(bytes, (const guint8 *)"more", 4);
    CHECK(refuses(bytes->data, bytes->len));
    for (int i = 0; i < 4; i++) bytes->data[8 + i] = 0xFF; // a size of four gigabytes
    CHECK(refuses(bytes->data, bytes->len));
    g_byte_array_unref(bytes);
    for (int i = 0; i < 3; i++) g_free(lines[i]);
    repertoire_clear(&written);
    repertoire_clear(&read);
}

TEST(what_is_packed_unpacks_to_its_own_size_and_to_no_other) {
    uint8_t in[5000], out[5001];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i % 7 * g_rand_int(dice) % 3);
    for (size_t size = 0; size <= sizeof in; size += 1000) {
        GByteArray *packed = deflate_pack(in, size);
        CHECK(deflate_unpack(out, size, packed->data, packed->len, NULL));
        CHECK(memcmp(in, out, size) == 0);
        CHECK(!deflate_unpack(out, size + 1, packed->data, packed->len, NULL));
        CHECK(size == 0 ||
              !deflate_unpack(out, size - 1, packed->data, packed->len, NULL));
        CHECK(!deflate_unpack(out, size, packed->data, packed->len - 1, NULL));
        g_byte_array_unref(packed);
    }
}

TEST(an_index_lies_beside_its_model) {
    g_autofree char *a = repertoire_path("/m/model.safetensors");
    g_autofree char *b = repertoire_path("other");
    CHECK(strcmp(a, "/m/model.repertoire") == 0 && strcmp(b, "other.repertoire") == 0);
}

int main(void) {
    dice = g_rand_new_with_seed(5);
    RUN(a_file_gives_the_names_and_pitches_back_and_moments_within_a_second);
    RUN(a_passage_of_a_piece_is_named_at_any_pitch_and_other_music_is_not);
    RUN(a_damaged_or_cut_index_is_a_sentence_that_names_it);
    RUN(what_is_packed_unpacks_to_its_own_size_and_to_no_other);
    RUN(an_index_lies_beside_its_model);
    g_rand_free(dice);
    return test_end();
}
