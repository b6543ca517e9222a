#include "app/document/document_file.h"
#include "app/document/journal.h"
#include "model/files/replace.h"
#include "tests/app/random_document.h"
#include "tests/full_disk.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

static char *top; // holds a folder for each test

static char *fresh_folder(void) {
    static int count;
    return g_strdup_printf("%s/%d", top, count++);
}

static bool same_text(char *a, char *b) {
    bool same = strcmp(a, b) == 0;
    g_free(a);
    g_free(b);
    return same;
}

static bool same_history(const Document *a, const Document *b) {
    return a->history.bytes->len == b->history.bytes->len &&
           memcmp(a->history.bytes->data, b->history.bytes->data,
                  a->history.bytes->len) == 0;
}

static bool parse(Document *ret, const uint8_t *bytes, size_t size, char **trouble,
                  GError **error) {
    return document_parse(ret, bytes, size, "session", trouble, error);
}

static Document start(uint32_t seed, GRand **ret_random) {
    *ret_random = g_rand_new_with_seed(seed);
    return random_document(*ret_random, 0);
}

static guint files_in(const char *folder, const char *suffix) {
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    guint count = 0;
    while (dir && (name = g_dir_read_name(dir)))
        count += g_str_has_suffix(name, suffix);
    if (dir) g_dir_close(dir);
    return count;
}

// Leaves a document as a crash does: its journal without a program.
static char *crashed(const char *folder, const Document *d, size_t bytes) {
    g_mkdir_with_parents(folder, 0700);
    char *path = g_build_filename(folder, "2001-02-03-040506-0.journal", NULL);
    CHECK(g_file_set_contents(path, (const char *)d->history.bytes->data, (gssize)bytes,
                              NULL));
    return path;
}

TEST(a_history_gives_the_same_document_again) {
    GRand *r = g_rand_new_with_seed(1);
    for (int i = 0; i < 60; i++) {
        Document d = random_document(r, 120), again;
        char *trouble;
        const GByteArray *bytes = d.history.bytes;
        CHECK(parse(&again, bytes->data, bytes->len, &trouble, NULL) && !trouble);
        CHECK(same_history(&d, &again));
        CHECK(same_text(document_text(&d), document_text(&again)));
        for (int j = 0; j < 20; j++) { // undone edits are in the journal too
            CHECK(document_undo(&d, NULL) == document_undo(&again, NULL));
            CHECK(same_text(document_text(&d), document_text(&again)));
        }
        document_clear(&again);
        document_clear(&d);
    }
    g_rand_free(r);
}

TEST(a_saved_session_is_the_same_document_when_it_is_loaded) {
    GRand *r = g_rand_new_with_seed(2);
    g_autofree char *path = g_build_filename(top, "song" DOCUMENT_SUFFIX, NULL);
    Document d = random_document(r, 200), again;
    char *trouble;
    CHECK(replace_contents(path, d.history.bytes->data, d.history.bytes->len, NULL));
    CHECK(document_load(&again, path, &trouble, NULL) && !trouble);
    CHECK(same_history(&d, &again));
    document_clear(&d);
    document_clear(&again);
    g_rand_free(r);
}

static bool is_prefix(const Document *part, const Document *whole) {
    return part->history.bytes->len <= whole->history.bytes->len &&
           memcmp(part->history.bytes->data, whole->history.bytes->data,
                  part->history.bytes->len) == 0;
}

TEST(cut_at_any_byte_it_gives_the_operations_before_or_a_sentence) {
    GRand *r = g_rand_new_with_seed(3);
    Document d = random_document(r, 60);
    size_t size = d.history.bytes->len, whole = 0, refused = 0, last = 0;
    for (size_t cut = 0; cut < size; cut++) {
        // A separate allocation, so that reading beyond the end is detected.
        g_autofree uint8_t *bytes = g_memdup2(d.history.bytes->data, cut);
        Document part;
        char *trouble = NULL;
        g_autoptr(GError) error = NULL;
        if (!parse(&part, bytes, cut, &trouble, &error)) {
            CHECK(error && g_str_has_prefix(error->message, "session: "));
            CHECK(last == 0);
            refused++;
            continue;
        }
        CHECK(is_prefix(&part, &d) && part.history.bytes->len >= last);
        CHECK(part.history.bytes->len <= cut);
        CHECK((trouble == NULL) == (part.history.bytes->len == cut));
        whole += !trouble;
        last = part.history.bytes->len;
        g_free(trouble);
        document_clear(&part);
    }
    CHECK(whole > 20 && refused > HISTORY_HEADER);
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_flipped_bit_is_found_and_what_came_before_it_is_kept) {
    GRand *r = g_rand_new_with_seed(4);
    Document d = random_document(r, 60);
    const GByteArray *history = d.history.bytes;
    for (guint i = 0; i < history->len; i++) {
        g_autofree uint8_t *bytes = g_memdup2(history->data, history->len);
        bytes[i] ^= (uint8_t)(1 << g_rand_int_range(r, 0, 8));
        Document part;
        char *trouble = NULL;
        g_autoptr(GError) error = NULL;
        if (!parse(&part, bytes, history->len, &trouble, &error)) {
            CHECK(error != NULL);
            continue;
        }
        CHECK(trouble && is_prefix(&part, &d) && part.history.bytes->len <= i);
        g_free(trouble);
        document_clear(&part);
    }
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_record_that_was_dropped_or_moved_is_found) {
    GRand *r = g_rand_new_with_seed(5);
    Document d = random_document(r, 0), part;
    for (int i = 0; i < 4; i++) document_add_played(&d, 0, 5, true, NULL);
    guint record = HISTORY_RECORD + 16, size = d.history.bytes->len;
    g_autofree uint8_t *bytes = g_memdup2(d.history.bytes->data, size);
    guint second = size - 3 * record; // all four records have the same length
    memmove(bytes + second, bytes + second + record, 2 * record);
    char *trouble;
    CHECK(parse(&part, bytes, size - record, &trouble, NULL) && trouble);
    CHECK(part.takes->len == 2);
    g_free(trouble);
    document_clear(&part);
    document_clear(&d);
    g_rand_free(r);
}

TEST(an_operation_that_makes_no_sense_is_named_with_its_place) {
    GRand *r = g_rand_new_with_seed(6);
    Document d = random_document(r, 0), part;
    size_t at = d.history.bytes->len;
    GByteArray *bytes = g_byte_array_new();
    operation_encode(bytes, &(Operation){.kind = OPERATION_REMOVE, .take = 7});
    history_append(&d.history, bytes->data, bytes->len);
    char *trouble;
    CHECK(parse(&part, d.history.bytes->data, d.history.bytes->len, &trouble, NULL));
    g_autofree char *want = g_strdup_printf(
        "session: byte %zu: this operation makes no sense: there is no "
        "take 7; what follows is left out",
        at);
    CHECK(same_text(trouble, g_strdup(want)));
    g_byte_array_unref(bytes);
    document_clear(&part);
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_newer_format_and_a_foreign_file_are_refused_with_a_sentence) {
    static const char *const files[][2] = {
        {"MThd\0\0\0\6xxxxxxxx", "session: is no par-midi session"},
        {"par-midi\2\0\0\0\0\0\0\0",
         "session: has version 2 of the format, this program reads 1"},
        {"par-midi\1\0\0\0\0\0\0\0", "session: the session is empty"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        Document d;
        char *trouble;
        g_autoptr(GError) error = NULL;
        CHECK(!parse(&d, (const uint8_t *)files[i][0], 16, &trouble, &error));
        CHECK(error && strcmp(error->message, files[i][1]) == 0);
    }
}

TEST(a_folder_or_a_pipe_is_no_session_and_none_waits_for_it) {
    g_autofree char *pipe = g_build_filename(top, "pipe", NULL);
    Document d;
    char *trouble;
    CHECK(mkfifo(pipe, 0600) == 0);
    CHECK(!document_load(&d, pipe, &trouble, NULL));
    CHECK(!document_load(&d, top, &trouble, NULL));
    unlink(pipe);
}

TEST(a_journal_follows_its_document_and_is_put_away_in_order) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(7, &r), again;
    Journal *j, *next;
    char *trouble;
    CHECK(journal_open(&j, folder, NULL));
    for (int i = 0; i < 300; i++) {
        random_step(&d, r);
        journal_follow(j, &d);
    }
    CHECK(journal_sync(j, NULL) && !journal_trouble(j));
    CHECK(files_in(folder, ".journal") == 1);
    CHECK(journal_close(j, NULL));
    CHECK(files_in(folder, ".journal") == 0);
    g_autofree char *path = journal_newest(folder);
    CHECK(path && document_load(&again, path, &trouble, NULL) && !trouble);
    CHECK(same_history(&d, &again));
    document_clear(&again);
    CHECK(journal_restore(&next, &again, folder, path, &trouble, NULL) && !trouble);
    CHECK(same_history(&d, &again) && !g_file_test(path, G_FILE_TEST_EXISTS));
    random_step(&again, r);
    journal_follow(next, &again);
    CHECK(journal_close(next, NULL));
    document_clear(&d);
    document_clear(&again);
    g_rand_free(r);
}

TEST(a_session_in_which_nothing_happened_leaves_no_file) {
    g_autofree char *folder = fresh_folder();
    Document d;
    Journal *j;
    CHECK(document_begin(&d, ORIGIN_OPENED, "", &(Performance){0}, NULL));
    CHECK(journal_open(&j, folder, NULL));
    journal_follow(j, &d);
    DocumentView view = d.view; // a view alone is not worth keeping
    view.loop_to = 1000000;
    view.looping = true;
    CHECK(document_set_view(&d, view, NULL));
    journal_follow(j, &d);
    CHECK(journal_close(j, NULL));
    CHECK(files_in(folder, "") == 0);
    document_clear(&d);
}

TEST(a_crashed_session_is_found_summed_up_and_restored) {
    g_autofree char *folder = fresh_folder();
    Document d, again;
    Performance root = {0};
    CHECK(document_begin(&d, ORIGIN_OPENED, "prelude.mid", &root, NULL));
    int take = document_add_played(&d, 0, 0, true, NULL);
    Event keys[] = {{5, EVENT_ONSET, 60, 80}, {6, EVENT_ONSET, 64, 80}};
    CHECK(document_add_events(&d, take, keys, 2, NULL));
    g_autofree char *path = crashed(folder, &d, d.history.bytes->len);
    GPtrArray *found = journal_scan(folder);
    CHECK(found->len == 1);
    if (found->len == 1) {
        const JournalSummary *s = g_ptr_array_index(found, 0);
        CHECK(strcmp(s->path, path) == 0 && strcmp(s->name, "prelude.mid") == 0);
        CHECK(s->takes == 1 && s->notes == 2 && !s->trouble);
        CHECK(ABS(s->time - g_get_real_time() / 1000000) < 100);
    }
    g_ptr_array_unref(found);
    Journal *j;
    char *trouble;
    CHECK(journal_restore(&j, &again, folder, path, &trouble, NULL) && !trouble);
    CHECK(same_history(&d, &again) && !g_file_test(path, G_FILE_TEST_EXISTS));
    found = journal_scan(folder);
    CHECK(found->len == 0); // this program's own journal is in use
    g_ptr_array_unref(found);
    CHECK(journal_close(j, NULL));
    document_clear(&d);
    document_clear(&again);
}

TEST(a_half_written_record_is_cut_off_and_the_file_kept_beside) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(8, &r), again;
    document_add_played(&d, 0, 5, true, NULL);
    size_t whole = d.history.bytes->len;
    rename_take(&d, 1, "a name");
    g_autofree char *path = crashed(folder, &d, d.history.bytes->len - 1);
    Journal *j;
    char *trouble;
    CHECK(journal_restore(&j, &again, folder, path, &trouble, NULL) && trouble);
    CHECK(again.history.bytes->len == whole && is_prefix(&again, &d));
    CHECK(files_in(folder, ".damaged") == 1 && files_in(folder, ".journal") == 1);
    g_free(trouble);
    CHECK(journal_close(j, NULL));
    document_clear(&d);
    document_clear(&again);
    g_rand_free(r);
}

TEST(what_a_running_program_has_is_not_offered_restored_or_deleted) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(9, &r), again;
    Journal *j, *other;
    char *trouble;
    CHECK(journal_open(&j, folder, NULL));
    document_add_played(&d, 0, 5, true, NULL);
    journal_follow(j, &d);
    CHECK(journal_sync(j, NULL));
    GPtrArray *found = journal_scan(folder);
    CHECK(found->len == 0);
    g_ptr_array_unref(found);
    GDir *dir = g_dir_open(folder, 0, NULL);
    g_autofree char *path = g_build_filename(folder, g_dir_read_name(dir), NULL);
    g_dir_close(dir);
    g_autoptr(GError) error = NULL;
    CHECK(!journal_restore(&other, &again, folder, path, &trouble, &error));
    g_autofree char *want = g_strdup_printf("%s: is in use by another par-midi", path);
    CHECK(error && strcmp(error->message, want) == 0);
    CHECK(!journal_discard(path, NULL) && g_file_test(path, G_FILE_TEST_EXISTS));
    CHECK(journal_open(&other, folder, NULL)); // each document has its own
    CHECK(journal_close(other, NULL));
    CHECK(journal_close(j, NULL));
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_crashed_session_can_be_discarded) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(10, &r);
    g_autofree char *path = crashed(folder, &d, d.history.bytes->len);
    CHECK(journal_discard(path, NULL) && files_in(folder, "") == 0);
    CHECK(!journal_discard(path, NULL));
    document_clear(&d);
    g_rand_free(r);
}

static void named(const char *folder, const char *stem, const char *suffix) {
    g_autofree char *name = g_strconcat(stem, suffix, NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    CHECK(g_file_test(path, G_FILE_TEST_EXISTS));
}

static Journal *open_with(const char *folder, const Document *d) {
    Journal *j = NULL;
    CHECK(journal_open(&j, folder, NULL));
    journal_follow(j, d);
    return j;
}

static bool refused(Journal *j, const char *name, const char *sentence) {
    g_autoptr(GError) error = NULL;
    bool ok = journal_set_name(j, name, &error);
    if (ok || strcmp(error->message, sentence) == 0) return !ok;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

TEST(a_session_keeps_its_name_through_closing_opening_and_a_crash) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(20, &r), again, third;
    Journal *j = open_with(folder, &d), *next;
    char *trouble;
    CHECK(journal_name(j) == NULL);
    CHECK(journal_set_name(j, "An Évening, no. 2.5", NULL));
    named(folder, "An Évening, no. 2.5", ".journal");
    g_autofree char *name = journal_name(j);
    CHECK(name && strcmp(name, "An Évening, no. 2.5") == 0);
    CHECK(journal_close(j, NULL)); // it has no takes, but a name
    named(folder, "An Évening, no. 2.5", ".par-midi");
    g_autofree char *path = journal_newest(folder);
    CHECK(journal_restore(&next, &again, folder, path, &trouble, NULL) && !trouble);
    named(folder, "An Évening, no. 2.5", ".journal");
    CHECK(files_in(folder, "") == 1);
    // A crash leaves the file without its lock.
    g_autofree char *left = g_strdup(journal_path(next));
    g_autofree char *bytes = NULL;
    gsize size = 0;
    document_add_played(&again, 0, 5, true, NULL);
    journal_follow(next, &again);
    CHECK(journal_sync(next, NULL) && g_file_get_contents(left, &bytes, &size, NULL));
    CHECK(journal_close(next, NULL));
    CHECK(journal_discard(path, NULL));
    CHECK(g_file_set_contents(left, bytes, (gssize)size, NULL));
    CHECK(journal_restore(&next, &third, folder, left, &trouble, NULL) && !trouble);
    CHECK(same_history(&again, &third) && files_in(folder, "") == 1);
    CHECK(journal_close(next, NULL));
    named(folder, "An Évening, no. 2.5", ".par-midi");
    document_clear(&d);
    document_clear(&again);
    document_clear(&third);
    g_rand_free(r);
}

TEST(a_name_belongs_to_one_session_open_or_closed) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(21, &r);
    Journal *a = open_with(folder, &d), *b = open_with(folder, &d), *c;
    static const char taken[] = "There is a session called \"Evening\" already.";
    CHECK(journal_set_name(a, "Evening", NULL) && refused(b, "Evening", taken));
    g_autoptr(GError) error = NULL;
    CHECK(!journal_copy(&c, &d, folder, "Evening", &error));
    CHECK(error && strcmp(error->message, taken) == 0);
    CHECK(files_in(folder, "") == 2);
    CHECK(journal_close(a, NULL));
    CHECK(refused(b, "Evening", taken) && files_in(folder, "") == 2);
    CHECK(journal_set_name(b, "Night", NULL) && journal_set_name(b, "Night", NULL));
    CHECK(journal_set_name(b, "Morning", NULL) && journal_close(b, NULL));
    named(folder, "Morning", ".par-midi");
    g_autofree char *evening = g_build_filename(folder, "Evening.par-midi", NULL);
    CHECK(!journal_rename(evening, "Morning", NULL));
    CHECK(journal_rename(evening, "Night", NULL) && files_in(folder, "") == 2);
    named(folder, "Night", ".par-midi");
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_copy_goes_on_and_the_session_stays_as_it_was) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(22, &r), first, second;
    Journal *a = open_with(folder, &d), *b;
    char *trouble;
    CHECK(journal_set_name(a, "One", NULL));
    document_add_played(&d, 0, 5, true, NULL);
    journal_follow(a, &d);
    CHECK(journal_copy(&b, &d, folder, "Two", NULL) && journal_close(a, NULL));
    document_add_played(&d, 0, 6, true, NULL);
    journal_follow(b, &d);
    CHECK(journal_close(b, NULL));
    g_autofree char *one = g_build_filename(folder, "One.par-midi", NULL);
    g_autofree char *two = g_build_filename(folder, "Two.par-midi", NULL);
    CHECK(document_load(&first, one, &trouble, NULL) && !trouble);
    CHECK(document_load(&second, two, &trouble, NULL) && !trouble);
    CHECK(first.takes->len + 1 == d.takes->len && same_history(&second, &d));
    document_clear(&first);
    document_clear(&second);
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_name_that_cannot_be_is_a_sentence) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(23, &r);
    Journal *j = open_with(folder, &d);
    g_autofree char *longest = g_strnfill(200, 'x');
    g_autofree char *longer = g_strnfill(201, 'x');
    static const char edge[] =
        "A session's name begins and ends with a letter or a sign.";
    CHECK(refused(j, "", edge) && refused(j, " x", edge) && refused(j, "x ", edge));
    CHECK(refused(j, "a/b", "A session's name has no / in it."));
    CHECK(refused(j, "../x", "A session's name has no / in it."));
    CHECK(refused(j, ".x", "A session's name does not begin with a dot."));
    CHECK(refused(j, "a\tb", "A session's name has no control characters."));
    CHECK(refused(j, "a\302\205b", "A session's name has no control characters."));
    CHECK(refused(j, "a\377", "A session's name is UTF-8 text."));
    CHECK(refused(j, longer, "A session's name has at most 200 bytes."));
    CHECK(refused(j, "2001-02-03-040506-7",
                  "That is what a session without a name is called."));
    CHECK(files_in(folder, "") == 1 && !journal_name(j));
    CHECK(journal_set_name(j, longest, NULL) && journal_close(j, NULL));
    document_clear(&d);
    g_rand_free(r);
}

TEST(what_has_takes_is_listed_and_stays_however_old_and_many) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(24, &r);
    document_add_played(&d, 0, 5, true, NULL);
    for (int i = 0; i < 70; i++) {
        Journal *j = open_with(folder, &d);
        g_autofree char *name = g_strdup_printf("Evening %02d", i);
        CHECK(i % 2 || journal_set_name(j, name, NULL));
        CHECK(journal_close(j, NULL));
    }
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        CHECK(g_utime(path, &(struct utimbuf){1, 1}) == 0);
    }
    g_dir_close(dir);
    Journal *j = open_with(folder, &d); // as at the start of the program
    CHECK(journal_sync(j, NULL));
    GPtrArray *crashed_ones = journal_scan(folder), *all = journal_list(folder);
    CHECK(crashed_ones->len == 0 && all->len == 71);
    const JournalSummary *newest = all->pdata[0], *old = all->pdata[70];
    CHECK(newest->in_use && !old->in_use && old->time == 1 && !old->name);
    size_t with_name = 0;
    for (guint i = 0; i < all->len; i++) {
        JournalSummary *s = all->pdata[i];
        journal_summary_read(s);
        with_name += s->session != NULL;
        CHECK(s->name && s->takes == 1 && journal_summary_worth(s) && !s->trouble);
    }
    CHECK(with_name == 35);
    g_ptr_array_unref(crashed_ones);
    g_ptr_array_unref(all);
    CHECK(journal_close(j, NULL));
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_session_that_is_put_away_is_kept_and_offered_no_more) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(25, &r);
    document_add_played(&d, 0, 5, true, NULL);
    g_autofree char *path = crashed(folder, &d, d.history.bytes->len);
    CHECK(journal_put_away(path, NULL));
    GPtrArray *found = journal_scan(folder);
    CHECK(found->len == 0 && files_in(folder, ".par-midi") == 1);
    g_ptr_array_unref(found);
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_file_elsewhere_is_not_taken_for_a_session_of_the_program) {
    g_autofree char *folder = fresh_folder(), *other = fresh_folder();
    GRand *r;
    Document d = start(11, &r), again;
    g_autofree char *path = crashed(other, &d, d.history.bytes->len);
    Journal *j;
    char *trouble;
    CHECK(!journal_restore(&j, &again, folder, path, &trouble, NULL));
    CHECK(g_file_test(path, G_FILE_TEST_EXISTS));
    document_clear(&d);
    g_rand_free(r);
}

TEST(an_unreadable_journal_is_offered_by_its_trouble) {
    g_autofree char *folder = fresh_folder();
    g_mkdir_with_parents(folder, 0700);
    g_autofree char *path = g_build_filename(folder, "x.journal", NULL);
    CHECK(g_file_set_contents(path, "not at all a session", -1, NULL));
    GPtrArray *found = journal_scan(folder);
    CHECK(found->len == 1);
    if (found->len == 1) {
        const JournalSummary *s = g_ptr_array_index(found, 0);
        CHECK(s->trouble && strcmp(s->name, "") == 0);
    }
    g_ptr_array_unref(found);
}

// The steps of a program that is killed, the same for each kill.
static GRand *steps(void) { return g_rand_new_with_seed(12); }

static void live_until_killed(const char *folder) {
    GRand *r = steps();
    Document d = random_document(r, 0);
    Journal *j;
    if (!journal_open(&j, folder, NULL)) _exit(1);
    for (;;) {
        random_step(&d, r);
        journal_follow(j, &d);
        g_usleep(20);
    }
}

// Returns the bytes of the only journal in a folder; 0 before it exists.
static size_t journal_size(const char *folder) {
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name = dir ? g_dir_read_name(dir) : NULL;
    g_autofree char *path = name ? g_build_filename(folder, name, NULL) : NULL;
    GStatBuf st = {0};
    size_t size = path && g_stat(path, &st) == 0 ? (size_t)st.st_size : 0;
    if (dir) g_dir_close(dir);
    return size;
}

// Two minutes are enough on the busiest machine.
static void await_size(const char *folder, size_t size) {
    for (int i = 0; i < 120000 && journal_size(folder) < size; i++) g_usleep(1000);
}

TEST(a_killed_program_leaves_a_journal_of_all_but_its_last_moment) {
    GRand *kills = g_rand_new_with_seed(13);
    size_t longest = 0;
    for (int kill_number = 0; kill_number < 12; kill_number++) {
        g_autofree char *folder = fresh_folder();
        pid_t child = fork();
        if (child == 0) live_until_killed(folder);
        await_size(folder, (size_t)g_rand_int_range(kills, 0, 20000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        GPtrArray *found = journal_scan(folder);
        if (found->len == 1) {
            const JournalSummary *s = g_ptr_array_index(found, 0);
            Document d;
            Journal *j;
            char *trouble;
            CHECK(journal_restore(&j, &d, folder, s->path, &trouble, NULL));
            GRand *r = steps();
            Document want = random_document(r, 0);
            while (want.history.bytes->len < d.history.bytes->len)
                random_step(&want, r);
            CHECK(same_history(&d, &want));
            longest = MAX(longest, d.history.bytes->len);
            g_free(trouble);
            CHECK(journal_close(j, NULL));
            document_clear(&d);
            document_clear(&want);
            g_rand_free(r);
        }
        g_ptr_array_unref(found);
    }
    CHECK(longest > 10000);
    g_rand_free(kills);
}

TEST(what_is_handed_over_is_in_the_file_within_a_moment) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(14, &r);
    Journal *j;
    CHECK(journal_open(&j, folder, NULL));
    document_add_played(&d, 0, 5, true, NULL);
    journal_follow(j, &d);
    await_size(folder, d.history.bytes->len);
    CHECK(journal_size(folder) == d.history.bytes->len);
    CHECK(journal_close(j, NULL));
    document_clear(&d);
    g_rand_free(r);
}

TEST(a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(15, &r), again;
    Journal *j;
    signal(SIGXFSZ, SIG_IGN);
    CHECK(journal_open(&j, folder, NULL));
    journal_follow(j, &d);
    CHECK(journal_sync(j, NULL));
    limit_files(d.history.bytes->len + 37); // the limit lies within a record
    for (int i = 0; i < 200; i++) {
        random_step(&d, r);
        journal_follow(j, &d);
    }
    g_autoptr(GError) error = NULL;
    CHECK(!journal_sync(j, &error) && error);
    g_autofree char *trouble = journal_trouble(j);
    CHECK(trouble && strcmp(trouble, error->message) == 0);
    CHECK(
        g_str_has_suffix(trouble, "what happens cannot be kept safe: File too large"));
    limit_files(RLIM_INFINITY);
    CHECK(journal_sync(j, NULL) && !journal_trouble(j));
    CHECK(journal_close(j, NULL));
    g_autofree char *path = journal_newest(folder);
    char *doubt;
    CHECK(path && document_load(&again, path, &doubt, NULL) && !doubt);
    CHECK(same_history(&d, &again));
    document_clear(&d);
    document_clear(&again);
    g_rand_free(r);
}

TEST(a_restore_that_has_no_room_leaves_the_old_journal_alone) {
    g_autofree char *folder = fresh_folder();
    GRand *r;
    Document d = start(16, &r), again;
    document_add_played(&d, 0, 5, true, NULL);
    g_autofree char *path = crashed(folder, &d, d.history.bytes->len);
    Journal *j;
    char *trouble;
    limit_files(30);
    CHECK(!journal_restore(&j, &again, folder, path, &trouble, NULL));
    limit_files(RLIM_INFINITY);
    CHECK(files_in(folder, "") == 1 && document_load(&again, path, &trouble, NULL));
    CHECK(same_history(&d, &again));
    document_clear(&d);
    document_clear(&again);
    g_rand_free(r);
}

TEST(a_folder_that_cannot_be_is_a_sentence_and_no_journal) {
    Journal *j = NULL;
    g_autoptr(GError) error = NULL;
    CHECK(!journal_open(&j, "/dev/null/sessions", &error) && !j);
    CHECK(error &&
          g_str_has_prefix(error->message, "/dev/null/sessions: what happens "));
    CHECK(journal_close(NULL, NULL));
    GPtrArray *found = journal_scan("/dev/null/sessions");
    CHECK(found->len == 0 && !journal_newest("/dev/null/sessions"));
    g_ptr_array_unref(found);
}

static void remove_tree(const char *path) {
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    if (dir) g_dir_close(dir);
    g_remove(path);
}

int main(void) {
    top = g_dir_make_tmp("par-journal-XXXXXX", NULL);
    RUN(a_history_gives_the_same_document_again);
    RUN(a_saved_session_is_the_same_document_when_it_is_loaded);
    RUN(cut_at_any_byte_it_gives_the_operations_before_or_a_sentence);
    RUN(a_flipped_bit_is_found_and_what_came_before_it_is_kept);
    RUN(a_record_that_was_dropped_or_moved_is_found);
    RUN(an_operation_that_makes_no_sense_is_named_with_its_place);
    RUN(a_newer_format_and_a_foreign_file_are_refused_with_a_sentence);
    RUN(a_folder_or_a_pipe_is_no_session_and_none_waits_for_it);
    RUN(a_journal_follows_its_document_and_is_put_away_in_order);
    RUN(a_session_in_which_nothing_happened_leaves_no_file);
    RUN(a_crashed_session_is_found_summed_up_and_restored);
    RUN(a_half_written_record_is_cut_off_and_the_file_kept_beside);
    RUN(what_a_running_program_has_is_not_offered_restored_or_deleted);
    RUN(a_crashed_session_can_be_discarded);
    RUN(a_session_keeps_its_name_through_closing_opening_and_a_crash);
    RUN(a_name_belongs_to_one_session_open_or_closed);
    RUN(a_copy_goes_on_and_the_session_stays_as_it_was);
    RUN(a_name_that_cannot_be_is_a_sentence);
    RUN(what_has_takes_is_listed_and_stays_however_old_and_many);
    RUN(a_session_that_is_put_away_is_kept_and_offered_no_more);
    RUN(a_file_elsewhere_is_not_taken_for_a_session_of_the_program);
    RUN(an_unreadable_journal_is_offered_by_its_trouble);
    RUN(a_killed_program_leaves_a_journal_of_all_but_its_last_moment);
    RUN(what_is_handed_over_is_in_the_file_within_a_moment);
    RUN(a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again);
    RUN(a_restore_that_has_no_room_leaves_the_old_journal_alone);
    RUN(a_folder_that_cannot_be_is_a_sentence_and_no_journal);
    remove_tree(top);
    g_free(top);
    return test_end();
}
