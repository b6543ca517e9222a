#include "app/desktop/piece/session_list.h"
#include "app/desktop/piece/sessions.h"
#include "app/document/document_file.h"
#include "tests/full_disk.h"
#include "tests/test.h"

#include <signal.h>
#include <unistd.h>

static Sessions sessions;
static Document document;

static void begin(void) {
    sessions = (Sessions){.folder = g_dir_make_tmp("par-sessions-XXXXXX", NULL)};
    CHECK(document_begin(&document, ORIGIN_OPENED, "a.mid", &(Performance){0}, NULL));
    CHECK(sessions_begin(&sessions, NULL, NULL));
    sessions_follow(&sessions, &document);
}

static void end(void) {
    CHECK(sessions_end(&sessions, &document, NULL));
    document_clear(&document);
    GDir *dir = g_dir_open(sessions.folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(sessions.folder, name, NULL);
        unlink(path);
    }
    g_dir_close(dir);
    rmdir(sessions.folder);
    sessions_close(&sessions);
}

static bool save(const char *name, bool copy) {
    return sessions_save(&sessions, &document, name, copy, NULL);
}

static bool is_called(const char *name) {
    g_autofree char *now = journal_name(sessions.journal);
    return g_strcmp0(now, name) == 0;
}

static char *file(const char *name) {
    return g_build_filename(sessions.folder, name, NULL);
}

static bool is_there(const char *name) {
    g_autofree char *path = file(name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static bool add_take(void) {
    return document_add_played(&document, 0, 5, true, NULL) > 0;
}

TEST(only_what_could_not_be_kept_would_be_lost) {
    begin();
    g_autofree char *nothing = sessions_loss(&sessions, &document);
    CHECK(!nothing);
    CHECK(document_set_bars(&document, (TappedBars){500000, 4, 0}, NULL));
    CHECK(journal_worth(&document) && document_undo(&document, NULL));
    CHECK(!journal_worth(&document));
    CHECK(add_take());
    g_autofree char *kept = sessions_loss(&sessions, &document);
    CHECK(!kept);
    signal(SIGXFSZ, SIG_IGN);
    limit_files(document.history.bytes->len); // the disk is full
    CHECK(add_take());
    g_autofree char *loss = sessions_loss(&sessions, &document);
    CHECK(loss && g_str_has_suffix(loss, "File too large"));
    CHECK(!sessions_may_end(&sessions, &document));
    CHECK(sessions_question(&sessions, &document) != NULL);
    sessions_stay(&sessions);
    CHECK(!sessions_question(&sessions, &document));
    CHECK(!save("Evening", false)); // it has the name, but reports that it is not saved
    CHECK(!sessions_may_end(&sessions, &document));
    CHECK(sessions_may_end(&sessions, &document)); // the second request ends it
    limit_files(RLIM_INFINITY);
    CHECK(save("Evening", false));
    CHECK(!sessions_question(&sessions, &document)); // everything is saved now
    g_autofree char *none = sessions_loss(&sessions, &document);
    CHECK(!none);
    CHECK(sessions_end(&sessions, &document, NULL));
    g_autofree char *without = sessions_loss(&sessions, &document);
    CHECK(without != NULL);
    end();
}

TEST(a_copy_of_a_session_without_a_name_is_the_session_itself) {
    begin();
    CHECK(add_take() && save("One", true) && is_called("One"));
    CHECK(save("Two", true) && is_called("Two") && is_there("One.par-midi"));
    CHECK(!save("One", true) && is_called("Two"));
    CHECK(save("Two", false) && is_called("Two"));
    end();
}

TEST(the_session_on_screen_is_renamed_but_not_deleted) {
    begin();
    CHECK(add_take() && save("One", false) && save("Two", true));
    g_autofree char *one = file("One.par-midi");
    g_autofree char *now = g_strdup(journal_path(sessions.journal));
    g_autoptr(GError) error = NULL;
    CHECK(!sessions_delete(&sessions, now, &error) && error);
    CHECK(sessions_rename(&sessions, now, "Three", NULL) && is_called("Three"));
    CHECK(sessions_delete(&sessions, one, NULL) && !is_there("One.par-midi"));
    end();
}

TEST(what_is_declined_is_offered_no_more_and_kept) {
    begin();
    CHECK(add_take());
    g_autofree char *crash = file("2001-02-03-040506-0.journal");
    CHECK(g_file_set_contents(crash, (char *)document.history.bytes->data,
                              document.history.bytes->len, NULL));
    sessions_find(&sessions, true);
    CHECK(sessions.offer && sessions.crashed && sessions_decline(&sessions, NULL));
    CHECK(!sessions.offer && is_there("2001-02-03-040506-0.par-midi"));
    end();
}

static void wake(void *data) { g_atomic_int_inc((int *)data); }

TEST(the_list_tells_names_lengths_and_takes_the_newest_first) {
    begin();
    int woken = 0;
    SessionList list;
    session_list_open(&list, (Wake){wake, &woken});
    CHECK(add_take() && save("One", false));
    session_list_read(&list, sessions.folder, true);
    View v = {0};
    for (int i = 0; i < 12000 && g_atomic_int_get(&woken) < 2; i++) g_usleep(10000);
    session_list_show(&list, &v);
    CHECK(v.sessions.count == 1 && v.sessions.list[0].named);
    CHECK(strcmp(v.sessions.list[0].name, "One") == 0);
    CHECK(strcmp(v.sessions.list[0].path, journal_path(sessions.journal)) == 0);
    CHECK(g_str_has_suffix(v.sessions.list[0].detail, ", open, 0:00, 1 take, a.mid"));
    session_list_close(&list);
    end();
}

int main(void) {
    RUN(only_what_could_not_be_kept_would_be_lost);
    RUN(a_copy_of_a_session_without_a_name_is_the_session_itself);
    RUN(the_session_on_screen_is_renamed_but_not_deleted);
    RUN(what_is_declined_is_offered_no_more_and_kept);
    RUN(the_list_tells_names_lengths_and_takes_the_newest_first);
    return test_end();
}
