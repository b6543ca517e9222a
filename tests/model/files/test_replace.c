#include "model/files/replace.h"
#include "tests/test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder, *file, *temporary;

static bool holds(const char *path, const char *want) {
    g_autofree char *got = NULL;
    gsize size;
    return g_file_get_contents(path, &got, &size, NULL) && size == strlen(want) &&
           memcmp(got, want, size) == 0;
}

static bool put(const char *path, const char *text) {
    return replace_contents(path, text, strlen(text), NULL);
}

// Returns whether replacing `path` fails with a sentence that has the path and `why`.
static bool refused(const char *path, const char *why) {
    g_autoptr(GError) error = NULL;
    if (replace_contents(path, "new", 3, &error)) return false;
    g_autofree char *want = g_strdup_printf("%s: could not be written: %s", path, why);
    if (strcmp(error->message, want) == 0) return true;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

TEST(a_new_file_has_its_bytes_and_leaves_no_temporary) {
    CHECK(put(file, "one"));
    CHECK(holds(file, "one"));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
}

TEST(a_file_is_replaced_by_a_shorter_one) {
    CHECK(put(file, "a long one"));
    CHECK(put(file, "two"));
    CHECK(holds(file, "two"));
    CHECK(put(file, ""));
    CHECK(holds(file, ""));
}

TEST(the_old_bytes_stay_until_the_commit) {
    CHECK(put(file, "old"));
    Replace r;
    CHECK(replace_begin(&r, file, NULL));
    replace_write(&r, "new", 3);
    CHECK(fflush(r.file) == 0);
    CHECK(holds(file, "old"));
    CHECK(replace_commit(&r, NULL));
    CHECK(holds(file, "new"));
}

TEST(an_abort_keeps_the_old_bytes) {
    CHECK(put(file, "old"));
    Replace r;
    CHECK(replace_begin(&r, file, NULL));
    replace_write(&r, "new", 3);
    replace_abort(&r);
    CHECK(holds(file, "old"));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
    replace_abort(&r);
    replace_abort(&(Replace){0});
}

TEST(what_a_killed_program_left_is_written_over) {
    CHECK(g_file_set_contents(temporary, "half of something long", -1, NULL));
    CHECK(put(file, "whole"));
    CHECK(holds(file, "whole"));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
}

TEST(a_file_in_the_current_folder_needs_no_folder_in_its_name) {
    g_autofree char *here = g_get_current_dir();
    CHECK(chdir(folder) == 0);
    CHECK(put("file", "here"));
    CHECK(holds(file, "here"));
    CHECK(chdir(here) == 0);
}

TEST(a_folder_that_is_missing_is_named) {
    g_autofree char *path = g_build_filename(folder, "none", "file", NULL);
    CHECK(refused(path, "No such file or directory"));
}

TEST(a_folder_is_not_replaced) {
    g_autofree char *path = g_build_filename(folder, "sub", NULL);
    CHECK(mkdir(path, 0700) == 0);
    CHECK(refused(path, "there is a folder of this name"));
    CHECK(rmdir(path) == 0);
}

TEST(a_device_is_not_replaced) {
    CHECK(refused("/dev/full", "there is a device of this name"));
    CHECK(!g_file_test("/dev/full.tmp", G_FILE_TEST_EXISTS));
}

TEST(a_link_stays_and_what_it_names_is_replaced) {
    g_autofree char *real = g_build_filename(folder, "real", NULL);
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    CHECK(put(real, "old"));
    CHECK(symlink(real, link) == 0);
    CHECK(put(link, "new"));
    CHECK(holds(real, "new"));
    CHECK(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    CHECK(unlink(link) == 0 && unlink(real) == 0);
}

TEST(a_link_to_a_device_or_to_nothing_is_refused_and_stays) {
    const char *targets[] = {"/dev/full", "/nonexistent/file"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autofree char *link = g_build_filename(folder, "link", NULL);
        CHECK(symlink(targets[i], link) == 0);
        CHECK(!put(link, "new"));
        CHECK(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
        CHECK(unlink(link) == 0);
    }
}

TEST(a_temporary_that_points_elsewhere_is_not_followed) {
    g_autofree char *victim = g_build_filename(folder, "victim", NULL);
    CHECK(put(victim, "innocent"));
    CHECK(symlink(victim, temporary) == 0);
    CHECK(!put(file, "new"));
    CHECK(holds(victim, "innocent"));
    CHECK(unlink(temporary) == 0 && unlink(victim) == 0);
}

// A limit on the size of files simulates a full disk.
static bool limit_files(rlim_t bytes) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    limit.rlim_cur = bytes;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

TEST(a_write_that_fails_keeps_the_old_bytes_and_says_why) {
    static char big[1 << 20];
    CHECK(put(file, "old"));
    signal(SIGXFSZ, SIG_IGN);
    for (size_t size = 5000; size <= sizeof big; size *= 2) {
        g_autoptr(GError) error = NULL;
        CHECK(limit_files(4096));
        bool ok = replace_contents(file, big, size, &error);
        CHECK(limit_files(RLIM_INFINITY));
        CHECK(!ok && strstr(error->message, ": could not be written: File too large"));
        CHECK(holds(file, "old"));
        CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
    }
}

TEST(a_full_disk_is_found_when_the_last_bytes_leave_the_buffer) {
    CHECK(put(file, "old"));
    Replace r;
    g_autoptr(GError) error = NULL;
    CHECK(replace_begin(&r, file, NULL));
    int full = open("/dev/full", O_WRONLY);
    CHECK(full >= 0 && dup2(full, fileno(r.file)) >= 0);
    close(full);
    replace_write(&r, "new", 3);
    CHECK(r.code == 0);
    CHECK(!replace_commit(&r, &error));
    CHECK(error && g_str_has_suffix(error->message, ": No space left on device"));
    CHECK(error && g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC));
    CHECK(holds(file, "old"));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
}

// The other files in the folder, and their times, are as before.
static bool checks(const char *path) {
    g_autoptr(GError) error = NULL;
    struct stat before = {0}, after = {0};
    CHECK(stat(folder, &before) == 0);
    bool ok = replace_check(path, &error);
    CHECK(ok == !error && stat(folder, &after) == 0);
    CHECK(before.st_nlink == after.st_nlink && before.st_size == after.st_size);
    return ok;
}

TEST(a_check_changes_neither_the_file_nor_what_has_the_temporarys_name) {
    CHECK(put(file, "old"));
    CHECK(checks(file) && holds(file, "old"));
    CHECK(!g_file_test(temporary, G_FILE_TEST_EXISTS));
    CHECK(g_file_set_contents(temporary, "precious", -1, NULL));
    CHECK(checks(file) && holds(temporary, "precious"));
    CHECK(unlink(file) == 0);
    CHECK(checks(file) && holds(temporary, "precious"));
    CHECK(!g_file_test(file, G_FILE_TEST_EXISTS) && unlink(temporary) == 0);
    CHECK(checks(file) && !g_file_test(file, G_FILE_TEST_EXISTS));
}

TEST(a_check_refuses_what_a_save_would) {
    g_autofree char *none = g_build_filename(folder, "none", "file", NULL);
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    CHECK(!checks(none) && !checks(folder) && !checks("/dev/full"));
    CHECK(symlink("/nonexistent/file", link) == 0 && !checks(link));
    CHECK(unlink(link) == 0 && symlink(file, temporary) == 0 && !checks(file));
    CHECK(unlink(temporary) == 0 && mkdir(temporary, 0700) == 0 && !checks(file));
    CHECK(rmdir(temporary) == 0);
}

TEST(no_descriptor_is_lost) {
    int before = dup(0);
    close(before);
    for (int i = 0; i < 10; i++) CHECK(put(file, "again") && checks(file));
    CHECK(refused("/dev/full", "there is a device of this name"));
    int after = dup(0);
    close(after);
    CHECK(before == after);
}

int main(void) {
    folder = g_dir_make_tmp("par-midi-replace-XXXXXX", NULL);
    file = g_build_filename(folder, "file", NULL);
    temporary = g_strconcat(file, ".tmp", NULL);
    RUN(a_new_file_has_its_bytes_and_leaves_no_temporary);
    RUN(a_file_is_replaced_by_a_shorter_one);
    RUN(the_old_bytes_stay_until_the_commit);
    RUN(an_abort_keeps_the_old_bytes);
    RUN(what_a_killed_program_left_is_written_over);
    RUN(a_file_in_the_current_folder_needs_no_folder_in_its_name);
    RUN(a_folder_that_is_missing_is_named);
    RUN(a_folder_is_not_replaced);
    RUN(a_device_is_not_replaced);
    RUN(a_link_stays_and_what_it_names_is_replaced);
    RUN(a_link_to_a_device_or_to_nothing_is_refused_and_stays);
    RUN(a_temporary_that_points_elsewhere_is_not_followed);
    RUN(a_write_that_fails_keeps_the_old_bytes_and_says_why);
    RUN(a_full_disk_is_found_when_the_last_bytes_leave_the_buffer);
    RUN(a_check_changes_neither_the_file_nor_what_has_the_temporarys_name);
    RUN(a_check_refuses_what_a_save_would);
    RUN(no_descriptor_is_lost);
    g_unlink(file);
    g_rmdir(folder);
    g_free(temporary);
    g_free(file);
    g_free(folder);
    return test_end();
}
