#include "app/desktop/settings.h"
#include "app/desktop/writing/steer.h"
#include "audio/ports/touch.h"
#include "tests/test.h"
#include "ui/drawing/theme.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder, *path;

static Settings parsed(const char *text, char **trouble) {
    Settings s;
    settings_parse(&s, text, strlen(text), "settings.ini", trouble);
    return s;
}

static bool is_text(char *got, const char *want) {
    bool is = g_strcmp0(got, want) == 0;
    if (!is) fprintf(stderr, "%s\n", got ? got : "(nothing)");
    g_free(got);
    return is;
}

static Settings loaded(void) {
    Settings s;
    char *trouble;
    settings_load(&s, path, &trouble);
    CHECK(trouble == NULL);
    g_free(trouble);
    return s;
}

static void put(const char *text, gssize size) {
    CHECK(g_file_set_contents(path, text, size, NULL));
}

TEST(a_file_that_is_not_there_gives_the_usual_settings_without_a_word) {
    g_unlink(path);
    Settings s = loaded();
    CHECK(s.audio.buffer_frames == 512 && s.model.steer[STEER_TEMPERATURE] == 1 &&
          s.model.takes == 1 && s.window.follow);
    CHECK(strcmp(s.audio.device, "") == 0 && s.files.recent[0] == NULL);
    settings_clear(&s);
}

TEST(without_settings_the_window_draws_tokens_as_the_command_does) {
    char *trouble;
    Settings s = parsed("", &trouble);
    CHECK(trouble == NULL);
    const Sampler *usual = &continuation_sampler;
    CHECK(s.model.steer[STEER_TEMPERATURE] == usual->temperature &&
          s.model.top_p == usual->top_p);
    CHECK(s.model.min_p == usual->min_p && s.model.top_k == usual->top_k);
    settings_clear(&s);
}

static const WriterModel able = {.tokenizer = TOKENIZER_PEDAL, .recalls = true};

TEST(without_settings_no_dial_of_the_window_steers) {
    char *trouble;
    Settings s = parsed("", &trouble);
    Plan plan = {0};
    steer_plan(s.model.steer, &able, &plan);
    CHECK(plan.closeness == CONTINUATION_CLOSENESS && plan.sampler.temperature == 1);
    for (Dial dial = 0; dial < DIALS; dial++) CHECK(plan.dials.at[dial] == 0);
    settings_clear(&s);
}

TEST(a_dial_of_the_window_goes_as_far_as_that_of_the_command_and_is_remembered) {
    for (int at = -1; at <= 1; at++) {
        g_unlink(path);
        Settings s = loaded();
        for (Steer i = 0; i < STEERS; i++) s.model.steer[i] = steer_said(i, at);
        CHECK(settings_save(&s, path, NULL));
        settings_clear(&s);
        s = loaded();
        Plan plan = {0};
        View view = {0};
        steer_plan(s.model.steer, &able, &plan);
        steer_show(s.model.steer, &able, &view);
        for (Dial dial = 0; dial < DIALS; dial++)
            CHECK_NEAR(plan.dials.at[dial], at * dial_kinds[dial].most, 1e-5);
        CHECK(plan.closeness == (at < 0   ? 0
                                 : at > 0 ? CONTINUATION_CLOSEST
                                          : CONTINUATION_CLOSENESS));
        CHECK(plan.sampler.temperature == 1 + at);
        CHECK(plan.sampler.within.temperature == 1 + at);
        for (Steer i = 0; i < STEERS; i++)
            CHECK_NEAR(view.generation.steer[i].at, at, 1e-5);
        settings_clear(&s);
    }
}

TEST(what_a_model_lacks_is_in_the_middle_in_its_plans) {
    double said[STEERS];
    for (Steer i = 0; i < STEERS; i++) said[i] = steer_said(i, .5);
    const WriterModel plain = {.tokenizer = TOKENIZER_PERFORMANCE};
    Plan plan = {0};
    View view = {0};
    steer_plan(said, &plain, &plan);
    CHECK(plan.closeness == 1 && plan.dials.at[DIAL_PEDAL] == 0);
    CHECK(plan.dials.at[DIAL_DENSITY] == 1 && plan.dials.at[DIAL_REGISTER] == 12);
    steer_show(said, &plain, &view);
    CHECK(view.generation.steer[STEER_CLOSENESS].lacks &&
          view.generation.steer[STEER_PEDAL].lacks);
    CHECK(!view.generation.steer[STEER_DENSITY].lacks);
    steer_show(said, &able, &view);
    CHECK(!view.generation.steer[STEER_CLOSENESS].lacks &&
          !view.generation.steer[STEER_PEDAL].lacks);
}

TEST(what_is_saved_comes_back) {
    Settings s = loaded();
    settings_set(&s.audio.device, "USB Audio; [hw:1,0] = \"best\" \\ äöü ");
    settings_set(&s.audio.soundfont, "/home/cl\xe4ra/50% grand\n;.sf2");
    settings_set(&s.input.midi, " leading");
    s.audio.buffer_frames = 256;
    s.audio.volume = 0.35;
    s.model.top_p = 0.95;
    s.model.endless = true;
    s.window.follow = false;
    s.input.octave = -2;
    s.model.seed = INT64_C(9007199254740991);
    settings_add_recent(&s, "/music/a;b\\.mid");
    settings_add_recent(&s, "/music/\xff\xfe.mid");
    CHECK(settings_save(&s, path, NULL));
    Settings again = loaded();
    CHECK(strcmp(again.audio.device, s.audio.device) == 0);
    CHECK(strcmp(again.audio.soundfont, s.audio.soundfont) == 0);
    CHECK(strcmp(again.input.midi, s.input.midi) == 0);
    CHECK(again.audio.buffer_frames == 256 && again.input.octave == -2 &&
          again.model.seed == s.model.seed);
    CHECK(again.audio.volume == 0.35 && again.model.top_p == 0.95);
    CHECK(again.model.endless && !again.window.follow);
    CHECK(g_strv_equal((const char *const *)again.files.recent,
                       (const char *const *)s.files.recent));
    settings_clear(&again);
    settings_clear(&s);
}

static bool has(const Settings *s, Steer dial, int channel, int number) {
    return midi_controller_is(s->learned[dial], (MidiController){channel, number});
}

TEST(what_was_learned_is_remembered_and_so_is_what_was_forgotten) {
    g_unlink(path);
    Settings s = loaded();
    for (Steer i = 0; i < STEERS; i++) CHECK(has(&s, i, 0, 0));
    for (Steer i = 0; i < STEERS; i++)
        s.learned[i] = (MidiController){16 - (int)i, 119 * (int)i / (STEERS - 1)};
    CHECK(settings_save(&s, path, NULL));
    settings_clear(&s);
    s = loaded();
    for (Steer i = 0; i < STEERS; i++)
        CHECK(has(&s, i, 16 - (int)i, 119 * (int)i / (STEERS - 1)));
    s.learned[STEER_REGISTER] = s.learned[STEER_DENSITY]; // it changed its dial
    s.learned[STEER_DENSITY] = (MidiController){0};
    CHECK(settings_save(&s, path, NULL));
    settings_clear(&s);
    s = loaded();
    CHECK(has(&s, STEER_DENSITY, 0, 0) && has(&s, STEER_REGISTER, 16, 0));
    settings_clear(&s);
}

TEST(what_is_no_controller_or_a_pedal_or_another_dials_is_not_learned_and_is_named) {
    static const char *const wrong[] = {
        "21",     "0:21",  "17:21", "1:120", "1:-1",
        "1:64",   "16:66", "2:67",  "1:2:3", ":",
        "1:",     ":1",    "+1:2",  "1:2x",  "99999999999999999999:1",
        "one:two"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = g_strdup_printf("[learn]\nloudness=%s\n", wrong[i]);
        char *trouble;
        Settings s = parsed(text, &trouble);
        CHECK(has(&s, STEER_LOUDNESS, 0, 0));
        CHECK(is_text(trouble, "settings.ini: no sensible value, so the usual one: "
                               "learn/loudness"));
        settings_clear(&s);
    }
    char *trouble;
    Settings s = parsed("[learn]\nregister=3:9\ncloseness=3:9\nloudness=4:9\n"
                        "density=\n",
                        &trouble);
    CHECK(has(&s, STEER_REGISTER, 3, 9) && has(&s, STEER_CLOSENESS, 0, 0));
    CHECK(has(&s, STEER_LOUDNESS, 4, 9) && has(&s, STEER_DENSITY, 0, 0));
    CHECK(is_text(trouble, "settings.ini: no sensible value, so the usual one: "
                           "learn/closeness"));
    settings_clear(&s);
}

TEST(numbers_stand_in_the_file_as_people_write_them) {
    Settings s = loaded();
    s.model.top_p = 0.95;
    CHECK(settings_save(&s, path, NULL));
    g_autofree char *text = NULL;
    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    CHECK(strstr(text, "\ntop_p=0.95\n") && strstr(text, "\nbuffer_frames=256\n"));
    settings_clear(&s);
}

TEST(what_is_one_of_several_stands_in_the_file_by_its_name) {
    static const struct {
        const char *line;
        int theme, touch;
    } cases[] = {{"\ntheme=dark\n", THEME_DARK, TOUCH_SOFTEST},
                 {"\ntheme=light\n", THEME_LIGHT, TOUCH_SOFT},
                 {"\ntheme=high contrast\n", THEME_CONTRAST, TOUCH_NORMAL},
                 {"\ncurve=normal\n", THEME_DARK, TOUCH_NORMAL},
                 {"\ncurve=hard\n", THEME_DARK, TOUCH_HARD},
                 {"\ncurve=hardest\n", THEME_DARK, TOUCH_HARDEST}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Settings s = loaded();
        s.window.theme = cases[i].theme, s.input.curve = cases[i].touch;
        CHECK(settings_save(&s, path, NULL));
        settings_clear(&s);
        g_autofree char *text = NULL;
        CHECK(g_file_get_contents(path, &text, NULL, NULL));
        CHECK(strstr(text, cases[i].line));
        s = loaded();
        CHECK(s.window.theme == cases[i].theme && s.input.curve == cases[i].touch);
        settings_clear(&s);
    }
}

TEST(a_name_is_read_in_any_case_and_what_is_none_is_said) {
    char *trouble;
    Settings s = parsed("[input]\ncurve=HARD\n[window]\ntheme=Light\n", &trouble);
    CHECK(!trouble && s.input.curve == TOUCH_HARD && s.window.theme == THEME_LIGHT);
    settings_clear(&s);
    s = parsed("[input]\ncurve=granite\n[window]\ntheme=3\n", &trouble);
    CHECK(s.input.curve == TOUCH_NORMAL && s.window.theme == THEME_DARK);
    CHECK(is_text(trouble, "settings.ini: no sensible value, so the usual one: "
                           "input/curve, window/theme"));
    settings_clear(&s);
}

TEST(a_theme_that_an_older_program_kept_by_its_number_stays) {
    for (ThemeId theme = 0; theme < THEMES; theme++) {
        char *trouble;
        g_autofree char *text = g_strdup_printf("[window]\ntheme=%d\n", (int)theme);
        Settings s = parsed(text, &trouble);
        CHECK(!trouble && s.window.theme == (int)theme);
        settings_clear(&s);
    }
}

TEST(a_value_out_of_range_or_of_another_kind_takes_the_usual_one_and_is_named) {
    char *trouble;
    Settings s = parsed("[audio]\nbuffer_frames=0\nvolume=nan\n[model]\n"
                        "temperature=inf\ntop_p=0,9\ntakes=99999999999\ntop_k=7\n"
                        "endless=maybe\n[input]\nmidi=a\\nb\n[files]\nfolder=%zz\n",
                        &trouble);
    CHECK(s.audio.buffer_frames == 512 && s.audio.volume == 0.8 &&
          s.model.steer[STEER_TEMPERATURE] == 1);
    CHECK(s.model.top_p == 1 && s.model.takes == 1 && !s.model.endless &&
          s.model.top_k == 7);
    CHECK(strcmp(s.input.midi, "") == 0 && strcmp(s.files.folder, "") == 0);
    CHECK(is_text(trouble, "settings.ini: no sensible value, so the usual one: "
                           "audio/buffer_frames, audio/volume, input/midi, "
                           "model/temperature, model/top_p, model/takes, "
                           "model/endless, files/folder"));
    settings_clear(&s);
}

TEST(a_file_that_is_none_gives_the_usual_settings_and_is_kept_beside) {
    put("\x7f"
        "ELF\0\1 rubbish",
        15);
    Settings s;
    char *trouble;
    settings_load(&s, path, &trouble);
    CHECK(trouble &&
          strstr(trouble, "is no settings file, so all settings begin anew"));
    CHECK(s.audio.buffer_frames == 512);
    g_free(trouble);
    CHECK(settings_save(&s, path, NULL));
    g_autofree char *beside = g_strconcat(path, ".unreadable", NULL), *kept = NULL;
    gsize size;
    CHECK(g_file_get_contents(beside, &kept, &size, NULL) && size == 15);
    settings_clear(&s);
    s = loaded();
    settings_clear(&s);
}

TEST(a_file_that_is_none_and_cannot_be_moved_aside_is_left_alone) {
    g_autofree char *beside = g_strconcat(path, ".unreadable", NULL);
    g_autofree char *inside = g_build_filename(beside, "kept", NULL), *text = NULL;
    g_unlink(beside);
    CHECK(g_mkdir(beside, 0700) == 0 && g_file_set_contents(inside, "", 0, NULL));
    put("[audio\nvolume=0.1\n", -1);
    Settings s;
    char *trouble;
    settings_load(&s, path, &trouble);
    for (int i = 0; i < 2; i++) { // the second time gives the same
        g_autoptr(GError) error = NULL;
        s.audio.volume = .5;
        CHECK(!settings_save(&s, path, &error));
        CHECK(error && g_str_has_prefix(error->message, path) &&
              strstr(error->message, "so no settings are saved"));
    }
    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    CHECK(g_strcmp0(text, "[audio\nvolume=0.1\n") == 0);
    g_free(trouble);
    g_unlink(inside);
    g_rmdir(beside);
    CHECK(settings_save(&s, path, NULL)); // now that it is possible again
    settings_clear(&s);
    s = loaded();
    CHECK(s.audio.volume == .5);
    settings_clear(&s);
}

TEST(of_two_windows_each_saves_only_what_was_changed_in_it) {
    g_unlink(path);
    Settings a = loaded(), b = loaded();
    a.audio.volume = .25;
    settings_set(&a.audio.soundfont, "/grand.sf2");
    settings_add_recent(&a, "/music/a.mid");
    CHECK(settings_save(&a, path, NULL));
    b.model.top_p = .5;
    settings_add_recent(&b, "/music/b.mid");
    CHECK(settings_save(&b, path, NULL)); // the window that quits last
    Settings both = loaded();
    CHECK(both.audio.volume == .25 && both.model.top_p == .5);
    CHECK(strcmp(both.audio.soundfont, "/grand.sf2") == 0);
    CHECK(g_strv_length(both.files.recent) == 2 &&
          strcmp(both.files.recent[0], "/music/b.mid") == 0);
    settings_clear(&both);
    a.audio.volume = .75; // a value that did not change since it was saved
    CHECK(settings_save(&a, path, NULL));
    b.audio.volume = .8; // the value when this window was opened
    CHECK(settings_save(&b, path, NULL));
    both = loaded();
    CHECK(both.audio.volume == .75 && both.model.top_p == .5);
    CHECK(g_strv_length(both.files.recent) == 2);
    settings_clear(&both);
    settings_clear(&a);
    settings_clear(&b);
}

TEST(a_folder_a_pipe_or_a_huge_file_gives_the_usual_settings_and_a_sentence) {
    g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
    g_autofree char *huge = g_build_filename(folder, "huge", NULL);
    CHECK(mkfifo(pipe, 0600) == 0);
    CHECK(g_file_set_contents(huge, "[a]", -1, NULL));
    CHECK(truncate(huge, SETTINGS_MAX_BYTES + 1) == 0);
    const char *paths[] = {folder, pipe, huge};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        Settings s;
        char *trouble;
        settings_load(&s, paths[i], &trouble);
        CHECK(trouble && strstr(trouble, "could not be read") && s.model.takes == 1);
        g_free(trouble);
        settings_clear(&s);
    }
    g_unlink(pipe);
    g_unlink(huge);
}

TEST(what_is_not_known_here_stays_in_the_file) {
    put("# mine\n\n[audio]\n# loud\nvolume=0.5\nfuture=x;y\n[future]\na=b\n", -1);
    Settings s = loaded();
    CHECK(s.audio.volume == 0.5);
    s.audio.volume = 0.25;
    CHECK(settings_save(&s, path, NULL));
    settings_clear(&s);
    g_autofree char *text = NULL;
    CHECK(g_file_get_contents(path, &text, NULL, NULL));
    CHECK(
        g_str_has_prefix(text, "# mine\n\n[audio]\n# loud\nvolume=0.25\nfuture=x;y\n"));
    CHECK(strstr(text, "[future]\na=b\n"));
}

TEST(recent_files_are_newest_first_without_twins_and_only_those_there) {
    g_unlink(path);
    Settings s = loaded();
    g_autofree char *a = g_build_filename(folder, "a.mid", NULL);
    g_autofree char *b = g_build_filename(folder, "b.mid", NULL);
    CHECK(g_file_set_contents(a, "", 0, NULL) && g_file_set_contents(b, "", 0, NULL));
    settings_add_recent(&s, a);
    settings_add_recent(&s, "/nowhere/c.mid");
    settings_add_recent(&s, b);
    settings_add_recent(&s, a);
    g_auto(GStrv) there = settings_recent(&s);
    CHECK(g_strv_length(there) == 2 && strcmp(there[0], a) == 0);
    CHECK(g_strv_length(s.files.recent) == 3 && strcmp(s.files.recent[1], b) == 0);
    for (int i = 0; i < 50; i++) {
        g_autofree char *name = g_strdup_printf("/nowhere/%d.mid", i);
        settings_add_recent(&s, name);
    }
    CHECK(g_strv_length(s.files.recent) == SETTINGS_RECENT);
    CHECK(strcmp(s.files.recent[0], "/nowhere/49.mid") == 0);
    CHECK(settings_save(&s, path, NULL));
    settings_clear(&s);
    s = loaded();
    CHECK(g_strv_length(s.files.recent) == SETTINGS_RECENT);
    settings_clear(&s);
    g_unlink(a);
    g_unlink(b);
}

TEST(any_bytes_give_settings_in_range) {
    static const char start[] = "[audio]\nbuffer_frames=128\ndevice=x\n[model]\n"
                                "temperature=0.5\nseed=3\n[files]\nrecent=/a;/b%20c;\n";
    GRand *r = g_rand_new_with_seed(1);
    for (int i = 0; i < 20000; i++) {
        char text[sizeof start];
        memcpy(text, start, sizeof start);
        for (int n = g_rand_int_range(r, 1, 6); n > 0; n--)
            text[g_rand_int_range(r, 0, sizeof start - 1)] = (char)g_rand_int(r);
        Settings s;
        char *trouble;
        settings_parse(&s, text, sizeof start - 1, "fuzz", &trouble);
        CHECK(s.audio.buffer_frames >= 16 && s.audio.buffer_frames <= 8192);
        CHECK(s.model.steer[STEER_TEMPERATURE] >= 0 &&
              s.model.steer[STEER_TEMPERATURE] <= 5 && s.model.seed >= 0);
        CHECK(s.audio.device && s.files.recent &&
              g_utf8_validate(s.audio.device, -1, NULL));
        g_free(trouble);
        settings_clear(&s);
    }
    g_rand_free(r);
}

TEST(a_folder_that_cannot_be_made_is_a_sentence) {
    Settings s = loaded();
    g_autoptr(GError) error = NULL;
    CHECK(!settings_save(&s, "/dev/null/par/settings.ini", &error));
    CHECK(error &&
          g_str_has_prefix(error->message, "/dev/null/par: could not be made"));
    settings_clear(&s);
}

int main(void) {
    folder = g_dir_make_tmp("par-settings-XXXXXX", NULL);
    path = g_build_filename(folder, "settings.ini", NULL);
    RUN(without_settings_no_dial_of_the_window_steers);
    RUN(a_dial_of_the_window_goes_as_far_as_that_of_the_command_and_is_remembered);
    RUN(what_a_model_lacks_is_in_the_middle_in_its_plans);
    RUN(a_file_that_is_not_there_gives_the_usual_settings_without_a_word);
    RUN(without_settings_the_window_draws_tokens_as_the_command_does);
    RUN(what_is_saved_comes_back);
    RUN(numbers_stand_in_the_file_as_people_write_them);
    RUN(what_is_one_of_several_stands_in_the_file_by_its_name);
    RUN(a_name_is_read_in_any_case_and_what_is_none_is_said);
    RUN(a_theme_that_an_older_program_kept_by_its_number_stays);
    RUN(what_was_learned_is_remembered_and_so_is_what_was_forgotten);
    RUN(what_is_no_controller_or_a_pedal_or_another_dials_is_not_learned_and_is_named);
    RUN(a_value_out_of_range_or_of_another_kind_takes_the_usual_one_and_is_named);
    RUN(a_file_that_is_none_gives_the_usual_settings_and_is_kept_beside);
    RUN(a_file_that_is_none_and_cannot_be_moved_aside_is_left_alone);
    RUN(of_two_windows_each_saves_only_what_was_changed_in_it);
    RUN(a_folder_a_pipe_or_a_huge_file_gives_the_usual_settings_and_a_sentence);
    RUN(what_is_not_known_here_stays_in_the_file);
    RUN(recent_files_are_newest_first_without_twins_and_only_those_there);
    RUN(any_bytes_give_settings_in_range);
    RUN(a_folder_that_cannot_be_made_is_a_sentence);
    g_autofree char *beside = g_strconcat(path, ".unreadable", NULL);
    g_unlink(beside);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return test_end();
}
