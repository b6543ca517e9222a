// A folder with the files "in" and "other", links to them, and paths that a command
// might write.
#include "app/base/outputs.h"
#include "tests/test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refused(const char *in, const char *out, const char *out_2,
                    const char *why) {
    g_autoptr(GError) error = NULL;
    bool ok = outputs_are_apart(PATHS(NULL, in), PATHS(out, NULL, out_2), &error);
    CHECK(ok == !error);
    if (!ok && !strstr(error->message, why)) fprintf(stderr, "%s\n", error->message);
    return !ok && strstr(error->message, why);
}

static bool allowed(const char *in, const char *out, const char *out_2) {
    return outputs_are_apart(PATHS(NULL, in), PATHS(out, NULL, out_2), NULL);
}

static void put(const char *name) { CHECK(g_file_set_contents(name, "", 0, NULL)); }

TEST(an_output_that_is_an_input_is_refused_by_whatever_name) {
    g_autofree char *whole = g_canonicalize_filename("in", NULL);
    CHECK(refused("in", "in", NULL, "in: is not written over, for what it holds is"));
    CHECK(refused("in", "./in", NULL, "./in: is not written over, for in is read"));
    CHECK(refused("in", whole, NULL, "for in is read"));
    CHECK(refused(whole, "in", NULL, "in: is not"));
    CHECK(refused("in", "other", "sub/../in", "sub/../in: "));
}

TEST(links_are_looked_through) {
    CHECK(symlink("in", "soft") == 0 && link("in", "hard") == 0);
    CHECK(symlink(".", "here") == 0);
    CHECK(refused("in", "soft", NULL, "soft: ") && refused("soft", "in", NULL, "in: "));
    CHECK(refused("in", "hard", NULL, "hard: "));
    CHECK(refused("in", "here/in", NULL, "here/in: "));
    CHECK(refused("none", "here/new", "new", "two outputs"));
}

TEST(two_outputs_that_are_one_are_refused_there_or_not_yet) {
    CHECK(refused(NULL, "in", "in", "in: two outputs cannot both be written there"));
    CHECK(refused(NULL, "new", "./new", "./new: two outputs"));
    CHECK(refused(NULL, "new", "none/../new", "two outputs"));
    CHECK(refused(NULL, "none/new", "none/./new", "two outputs"));
}

TEST(what_is_written_in_passing_counts) {
    put("in.tmp");
    CHECK(refused("in.tmp", "in", NULL, "in: is not written over, for in.tmp is read"));
    CHECK(refused(NULL, "new", "new.tmp", "new.tmp: two outputs"));
    CHECK(refused(NULL, "new.tmp", "new", "new: two outputs"));
}

TEST(a_stream_that_a_shell_opened_a_file_for_is_that_file) {
    int kept[] = {dup(0), dup(1)}, in = open("in", O_RDONLY), out = open("in", O_RDWR);
    fflush(stdout);
    dup2(in, 0);
    bool input = refused("-", "in", NULL,
                         "in: is not written over, for standard input");
    bool other = allowed("-", "other", NULL);
    dup2(kept[0], 0);
    dup2(out, 1);
    bool output = refused("in", "-", NULL,
                          "standard output: is not written over, for in");
    bool twice = refused(NULL, "-", "in", "in: two outputs");
    dup2(kept[1], 1);
    CHECK(input && other && output && twice);
    close(in), close(out), close(kept[0]), close(kept[1]);
}

TEST(everything_else_is_allowed) {
    CHECK(allowed("in", "other", "new") && allowed(NULL, NULL, NULL));
    CHECK(allowed("in", "sub/in", "sub/new"));
    int kept[] = {dup(0), dup(1)}, pipes[2];
    CHECK(pipe(pipes) == 0);
    fflush(stdout);
    dup2(pipes[0], 0), dup2(pipes[1], 1);
    bool streams = allowed("-", "-", "-"); // pipes and terminals hold no data to lose
    dup2(kept[0], 0), dup2(kept[1], 1);
    CHECK(streams);
    close(kept[0]), close(kept[1]), close(pipes[0]), close(pipes[1]);
}

int main(void) {
    g_autofree char *folder = g_dir_make_tmp("outputs-XXXXXX", NULL);
    CHECK(chdir(folder) == 0 && g_mkdir("sub", 0777) == 0);
    put("in");
    put("other");
    RUN(an_output_that_is_an_input_is_refused_by_whatever_name);
    RUN(links_are_looked_through);
    RUN(two_outputs_that_are_one_are_refused_there_or_not_yet);
    RUN(what_is_written_in_passing_counts);
    RUN(a_stream_that_a_shell_opened_a_file_for_is_that_file);
    RUN(everything_else_is_allowed);
    const char *made[] = {"in", "other", "soft", "hard", "here", "in.tmp", "sub"};
    for (size_t i = 0; i < G_N_ELEMENTS(made); i++) g_remove(made[i]);
    g_rmdir(folder);
    return test_end();
}
