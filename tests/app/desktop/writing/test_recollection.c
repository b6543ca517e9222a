#include "app/data/repertoire.h"
#include "app/desktop/writing/recollection.h"
#include "tests/test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#define TRIES                                                                          \
    12000 // of 10 ms: the busiest machine finds what is waited for in that time

static GRand *dice; // seeded, so every run is the same
static char *folder, *model, *index_path;
static void nothing(void *data) {}

// Makes notes 100 ms apart. The first `learnt` are those of the training piece, a fifth
// higher.
static Performance studied;
static Performance piece(int learnt, int others) {
    Performance p = {0};
    for (int i = 0; i < learnt + others; i++) {
        Note n = {i * 100000, i * 100000 + 80000,
                  (uint8_t)g_rand_int_range(dice, 30, 90), 80};
        if (i < learnt) n.pitch = (uint8_t)(studied.notes[i].pitch + 7);
        performance_add_note(&p, n);
    }
    performance_finish(&p);
    return p;
}

static void open_index(void) {
    folder = g_dir_make_tmp("par-midi-XXXXXX", NULL);
    model = g_build_filename(folder, "m.safetensors", NULL);
    index_path = g_build_filename(folder, "m.repertoire", NULL);
    studied = piece(0, 200);
    Repertoire r;
    repertoire_init(&r);
    CHECK(repertoire_add(&r, "Berg: Sonata", studied.notes, studied.note_count));
    GByteArray *bytes = repertoire_bytes(&r);
    CHECK(g_file_set_contents(index_path, (char *)bytes->data, bytes->len, NULL));
    g_byte_array_unref(bytes);
    repertoire_clear(&r);
}

static void close_index(void) {
    g_unlink(index_path);
    g_rmdir(folder);
    g_free(folder);
    g_free(model);
    g_free(index_path);
    performance_clear(&studied);
}

// Waits until so many passages are known, or a message that contains this text.
static View await(Recollection *r, int passages, const char *lack) {
    View v = {0};
    for (int i = 0; i < TRIES; i++, g_usleep(10000)) {
        recollection_show(r, &v);
        if (lack ? v.lens.passages_lack && strstr(v.lens.passages_lack, lack)
                 : v.lens.passages_known && v.lens.passage_count == passages)
            return v;
    }
    CHECK(!"it comes");
    return v;
}

TEST(a_passage_of_the_training_set_is_named_as_the_piece_grows) {
    Recollection *r = recollection_new((Wake){nothing, NULL});
    Performance p = piece(10, 0), grown = piece(40, 60), other = piece(0, 100);
    recollection_follow(r, model, &p, 1, 0);
    await(r, 0, NULL);
    CHECK(recollection_is_behind(r, 2));
    recollection_follow(r, model, &grown, 2, 0);
    CHECK(!recollection_is_behind(r, 2));
    View v = await(r, 1, NULL);
    const ViewPassage *found = &v.lens.passages[0];
    CHECK(strcmp(found->name, "Berg: Sonata") == 0 && found->notes >= 40);
    CHECK(found->span.from == 0 && found->span.to >= 3900000);
    CHECK(found->span.to < 4500000 && !v.lens.passages_lack);
    // While a longer version of the piece is searched, the passages stay; another piece
    // has none.
    performance_add_note(&grown, (Note){11000000, 11100000, 60, 80});
    performance_finish(&grown);
    recollection_follow(r, model, &grown, 3, 0);
    recollection_show(r, &v);
    CHECK(v.lens.passage_count == 1);
    recollection_follow(r, model, &other, 4, 0);
    recollection_show(r, &v);
    CHECK(v.lens.passage_count == 0);
    await(r, 0, NULL);
    recollection_free(r);
    performance_clear(&p);
    performance_clear(&grown);
    performance_clear(&other);
}

TEST(a_model_without_an_index_or_with_a_damaged_one_says_so) {
    g_autofree char *bare = g_build_filename(folder, "bare.safetensors", NULL);
    g_autofree char *bad = g_build_filename(folder, "bad.safetensors", NULL);
    g_autofree char *damaged = g_build_filename(folder, "bad.repertoire", NULL);
    CHECK(g_file_set_contents(damaged, "PARREPE1 and nothing else", -1, NULL));
    Recollection *r = recollection_new((Wake){nothing, NULL});
    Performance p = piece(40, 60);
    recollection_follow(r, bare, &p, 1, 0);
    await(r, 0, "without an index");
    recollection_follow(r, bad, &p, 1, 0);
    await(r, 0, "bad.repertoire: byte 0");
    recollection_follow(r, model, &p, 1, 0);
    CHECK(!await(r, 1, NULL).lens.passages_lack);
    // There are no requests any more.
    recollection_follow(r, NULL, &p, 1, 0);
    View v = {0};
    recollection_show(r, &v);
    CHECK(v.lens.passage_count == 0 && !v.lens.passages_lack &&
          !recollection_is_behind(r, 2));
    recollection_free(r);
    performance_clear(&p);
    g_unlink(damaged);
}

// Makes an index as large as that of a corpus.
static void write_large_index(const char *path) {
    enum { PIECES = 500, NOTES = 2000 };
    Repertoire r;
    repertoire_init(&r);
    for (int piece = 0; piece < PIECES; piece++) {
        Note line[NOTES];
        for (int i = 0; i < NOTES; i++)
            line[i] = (Note){i * INT64_C(100000), 0,
                             (uint8_t)g_rand_int_range(dice, 30, 90), 80};
        CHECK(repertoire_add(&r, "one of them", line, NOTES));
    }
    GByteArray *bytes = repertoire_bytes(&r);
    CHECK(g_file_set_contents(path, (char *)bytes->data, bytes->len, NULL));
    g_byte_array_unref(bytes);
    repertoire_clear(&r);
}

// Times are those of the processor, so that they hold on a busy machine too.
static double cpu_seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

static double time_of_reading(const char *large) {
    Repertoire whole;
    double begin = cpu_seconds();
    CHECK(repertoire_load(&whole, large, NULL, NULL));
    double ret = cpu_seconds() - begin;
    repertoire_clear(&whole);
    return ret;
}

// A large index is being read when `give_up` is called, after which no more than half
// of the work of reading it is done.
static void check_given_up(void (*give_up)(Recollection *r, const Performance *p)) {
    g_autofree char *path = g_build_filename(folder, "large.safetensors", NULL);
    g_autofree char *large = g_build_filename(folder, "large.repertoire", NULL);
    write_large_index(large);
    double reading = time_of_reading(large);
    Performance p = piece(40, 60);
    Recollection *r = recollection_new((Wake){nothing, NULL});
    double begin = cpu_seconds();
    recollection_follow(r, path, &p, 1, 0);
    while (cpu_seconds() - begin < reading / 10) g_usleep(1000); // until it is reading
    give_up(r, &p);
    CHECK(cpu_seconds() - begin < reading / 2);
    performance_clear(&p);
    g_unlink(large);
}

static void close_it(Recollection *r, const Performance *p) { recollection_free(r); }

static void ask_about_another(Recollection *r, const Performance *p) {
    recollection_follow(r, model, p, 1, 0);
    await(r, 1, NULL);
    recollection_free(r);
}

TEST(closing_does_not_wait_for_an_index_that_is_being_read) {
    check_given_up(close_it);
}

TEST(asking_about_another_model_gives_up_an_index_that_is_being_read) {
    check_given_up(ask_about_another);
}

// Even if the index was given up before.
TEST(an_index_is_read_when_its_model_is_asked_about_again) {
    g_autofree char *path = g_build_filename(folder, "large.safetensors", NULL);
    g_autofree char *large = g_build_filename(folder, "large.repertoire", NULL);
    write_large_index(large);
    Performance p = piece(40, 60);
    Recollection *r = recollection_new((Wake){nothing, NULL});
    recollection_follow(r, path, &p, 1, 0);
    recollection_follow(r, model, &p, 1, 0);
    await(r, 1, NULL);
    recollection_follow(r, path, &p, 1, 0);
    await(r, 0, NULL);
    recollection_free(r);
    performance_clear(&p);
    g_unlink(large);
}

int main(void) {
    dice = g_rand_new_with_seed(7);
    open_index();
    RUN(a_passage_of_the_training_set_is_named_as_the_piece_grows);
    RUN(a_model_without_an_index_or_with_a_damaged_one_says_so);
    RUN(closing_does_not_wait_for_an_index_that_is_being_read);
    RUN(asking_about_another_model_gives_up_an_index_that_is_being_read);
    RUN(an_index_is_read_when_its_model_is_asked_about_again);
    close_index();
    g_rand_free(dice);
    return test_end();
}
