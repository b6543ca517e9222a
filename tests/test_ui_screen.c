#include "test.h"
#include "ui/toolkit/theme.h"
#include "ui_stage.h"

#include <glib/gstdio.h>

#define SECOND 1000000

static Stage stage;
static Performance music;
static ViewPart part;
static ViewTake takes[3] = {
    {.id = 10,
     .parent = -1,
     .from = 30 * SECOND,
     .to = 50 * SECOND,
     .name = "1",
     .source = NOTE_OF_MODEL},
    {.id = 11,
     .parent = -1,
     .from = 30 * SECOND,
     .to = 55 * SECOND,
     .name = "2",
     .source = NOTE_OF_MODEL},
    {.id = 12,
     .parent = 1,
     .from = 40 * SECOND,
     .to = 60 * SECOND,
     .name = "3",
     .source = NOTE_OF_MODEL},
};
static const char *const names[] = {"one", "two", "three"};

// A piece with takes, devices and all that makes every command possible.
static void open_stage(void) {
    stage_open(&stage, 1280, 800, 1);
    music = (Performance){0};
    performance_add_note(&music, (Note){SECOND, 60 * SECOND, 60, 90});
    performance_finish(&music);
    part = (ViewPart){.music = &music, .span = {0, 30 * SECOND}};
    View *v = &stage.view;
    v->title = "Nocturne.mid";
    v->parts = &part, v->part_count = 1;
    v->end = 60 * SECOND;
    v->position = 20 * SECOND;
    v->takes = takes, v->take_count = 3, v->take = 1, v->compared = 0;
    v->undo = v->redo = "this";
    v->heard = true;
    v->sound = (ViewSound){.running = true,
                           .volume = .5,
                           .buffer = 512,
                           .outputs = {names, 3, 0},
                           .soundfonts = {names, 3, 1},
                           .inputs = {names, 3, -1}};
    v->export_path = "/tmp/song";
    v->recent = names, v->recent_count = 3;
    v->recovery = "A session was not closed.";
    v->exporting = (ViewExport){"song.wav", .5};
    stage_frame(&stage);
}

static void close_stage(void) {
    stage_close(&stage);
    performance_clear(&music);
}

static bool sends(const char *key, CommandId id) {
    stage_forget(&stage);
    stage_key(&stage, key);
    Command c = stage_command(&stage);
    bool same = c.id == id;
    command_clear(&c);
    stage_forget(&stage);
    return same;
}

TEST(keys_send_the_commands_of_the_table) {
    open_stage();
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
        bool own = command_info(id)->value == VALUE_SHOWN ||
                   id == COMMAND_EXPORT_MIDI || id == COMMAND_EXPORT_WAV;
        for (int n = 0; *command_keys(id, n) && !own; n++)
            CHECK(sends(command_keys(id, n), id));
    }
    close_stage();
}

TEST(the_windows_own_keys_send_what_they_come_to) {
    static const struct {
        const char *key;
        CommandId id;
        int64_t time;
    } cases[] = {{"Home", COMMAND_SEEK, 0},
                 {"End", COMMAND_SEEK, 60 * SECOND},
                 {"Left", COMMAND_SEEK, 19 * SECOND},
                 {"Shift+Right", COMMAND_SEEK, 30 * SECOND},
                 {"Ctrl+M", COMMAND_MARK, 20 * SECOND},
                 {"F", COMMAND_FORK, 20 * SECOND},
                 {"L", COMMAND_LOOP, 1},
                 {"F5", COMMAND_DUET, 1}};
    open_stage();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        stage_key(&stage, cases[i].key);
        Command c = stage_command(&stage);
        CHECK(c.id == cases[i].id && c.integer == cases[i].time);
        CHECK(stage_command(&stage).id == COMMAND_NONE);
    }
    stage_key(&stage, "Ctrl+Up");
    Command c = stage_command(&stage);
    CHECK(c.id == COMMAND_SPEED);
    CHECK_NEAR(c.number, 1.05, 1e-9);
    stage_key(&stage, "Shift+Down");
    c = stage_command(&stage);
    CHECK(c.id == COMMAND_VOLUME);
    CHECK_NEAR(c.number, .45, 1e-9);
    stage_key(&stage, "Shift+End");
    c = stage_command(&stage);
    CHECK(c.id == COMMAND_SELECT && c.span.from == 20 * SECOND &&
          c.span.to == 60 * SECOND);
    stage_key(&stage, "Shift+L");
    c = stage_command(&stage);
    CHECK(c.id == COMMAND_LOOP_SPAN && c.span.from == 20 * SECOND);
    stage_key(&stage, "Ctrl+Q");
    CHECK(stage_command(&stage).id == COMMAND_QUIT);
    close_stage();
}

// What was sent: each command's name, and with it which one of a list, a take, a number
// of takes.
static void note_sent(GHashTable *sent) {
    for (Command c; command_next(&stage.queue, &c); command_clear(&c)) {
        const CommandInfo *info = command_info(c.id);
        bool which = info->value == VALUE_INTEGER && c.id != COMMAND_SEED;
        g_hash_table_add(sent, g_strdup(info->name));
        g_hash_table_add(
            sent, g_strdup_printf("%s %d", info->name, which ? (int)c.integer : 0));
        if (c.id == COMMAND_LENGTH) stage.view.sampling.seconds = c.number;
    }
}

// What can be worked: the window or, by its key, an overlay, and its pages.
static const struct {
    const char *overlay, *title;
    int page, controls; // at least as many as Tab reaches
} places[] = {{NULL, NULL, 0, 45},
              {"F2", "Sound and MIDI", 0, 14},
              {"F2", "Sound and MIDI", 1, 14},
              {"F2", "Sound and MIDI", 2, 14},
              {"Ctrl+R", "Recent", 0, 6},
              {"Ctrl+S", "Export", 0, 6},
              {"Ctrl+E", "Export", 0, 6}};

static void go_to(size_t place) {
    if (places[place].overlay) stage_key(&stage, places[place].overlay);
    for (int i = 0; i < places[place].page; i++) stage_key(&stage, "Right");
    stage_forget(&stage);
}

static void open_place(size_t place) {
    open_stage();
    stage.blind = true;
    stage.view.sampling.seconds = 295; // next to endless
    go_to(place);
}

// Works each control that Tab reaches, by the arrows and by Enter.
static void work_controls(size_t place, GHashTable *sent) {
    static const char *const keys[] = {"Right", "Right", "Left", "Enter"};
    for (int tabs = 1; tabs <= places[place].controls; tabs++)
        for (int enter = 0; enter < 2; enter++) {
            open_place(place);
            for (int i = 0; i < tabs; i++) {
                stage_key_event(&stage, "Tab", true);
                if (i % 30 == 29) stage_frame(&stage);
            }
            stage_frame(&stage);
            for (size_t k = enter ? 3 : 0; k < G_N_ELEMENTS(keys); k++) {
                stage_key(&stage, keys[k]);
                note_sent(sent);
            }
            close_stage();
        }
}

// Chooses each row of a list.
static void work_list(size_t place, GHashTable *sent) {
    for (int row = 0; row < 3; row++) {
        open_place(place);
        for (int i = 0; i < 3; i++) stage_key(&stage, "Up");
        for (int i = 0; i < row; i++) stage_key(&stage, "Down");
        stage_key(&stage, "Enter");
        note_sent(sent);
        close_stage();
    }
}

static void press_keys(GHashTable *sent) {
    open_stage();
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        for (int n = 0; *command_keys(id, n); n++) {
            stage_key(&stage, command_keys(id, n));
            note_sent(sent);
            stage_key(&stage, "Esc");
            stage_forget(&stage);
        }
    close_stage();
}

static GHashTable *sent_by_keyboard(void) {
    static GHashTable *sent; // made once, for it takes its time
    if (sent) return g_hash_table_ref(sent);
    sent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    press_keys(sent);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        work_controls(i, sent);
        if (places[i].overlay) work_list(i, sent);
    }
    static const CommandId otherwise[] = {COMMAND_NOTE_ON, COMMAND_NOTE_OFF}; // letters
    for (size_t i = 0; i < G_N_ELEMENTS(otherwise); i++)
        g_hash_table_add(sent, g_strdup(command_info(otherwise[i])->name));
    return g_hash_table_ref(sent);
}

static void click_at(size_t place, double x, double y, GHashTable *sent) {
    const char *title = places[place].title;
    if (title && !stage_shows(&stage, title)) go_to(place);
    stage_move(&stage, x, y);
    stage_press(&stage, MOUSE_LEFT, 1);
    stage_release(&stage);
    note_sent(sent);
    if (title) return;
    stage_frame(&stage);
    if (stage_shows(&stage, "Esc closes")) stage_key(&stage, "Esc");
    stage_forget(&stage);
}

// Clicks all over the window, of whose roll a part will do, or where an overlay can be;
// as far apart as controls are large.
static void click_all(size_t place, GHashTable *sent) {
    open_place(place);
    if (places[place].overlay) {
        for (double y = 160; y < 640; y += 13)
            for (double x = 330; x < 950; x += 30) click_at(place, x, y, sent);
    } else {
        for (double y = 4; y < 800; y += 11)
            for (double x = y > 150 && y < 600 ? 900 : 4; x < 1280; x += 17)
                click_at(place, x, y, sent);
    }
    close_stage();
}

TEST(every_command_can_be_had_by_the_keyboard_alone) {
    g_autoptr(GHashTable) sent = sent_by_keyboard();
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
        const char *name = command_info(id)->name;
        bool reached = g_hash_table_contains(sent, name) || *command_keys(id, 0);
        if (!reached) fprintf(stderr, "%s\n", name);
        CHECK(reached);
    }
}

// Numbers, times and keys aside, which the keyboard changes by steps of its own.
TEST(whatever_a_click_does_a_key_can_do) {
    g_autoptr(GHashTable) by_key = sent_by_keyboard();
    g_autoptr(GHashTable)
        by_mouse = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) click_all(i, by_mouse);
    CHECK(g_hash_table_size(by_mouse) > 40);
    GHashTableIter each;
    gpointer what;
    g_hash_table_iter_init(&each, by_mouse);
    while (g_hash_table_iter_next(&each, &what, NULL)) {
        bool reached = g_hash_table_contains(by_key, what) ||
                       g_str_has_prefix(what, "Key ");
        if (!reached) fprintf(stderr, "%s\n", (char *)what);
        CHECK(reached);
    }
}

TEST(space_plays_and_only_enter_works_the_focused_control) {
    open_stage();
    stage.view.exporting.name = NULL;
    stage_key(&stage, "Tab");
    stage_key(&stage, "Space");
    CHECK(stage_command(&stage).id == COMMAND_PLAY);
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_key(&stage, "Esc"); // lets go of the focus, and is still panic
    CHECK(stage_command(&stage).id == COMMAND_PANIC);
    stage_key(&stage, "Enter");
    CHECK(stage_command(&stage).id == COMMAND_CONTINUE);
    close_stage();
}

TEST(what_a_notice_asks_comes_first_by_tab) {
    open_stage();
    stage_key(&stage, "Tab");
    stage_key(&stage, "Enter");
    CHECK(stage_command(&stage).id == COMMAND_RESTORE);
    stage_key(&stage, "Tab");
    stage_key(&stage, "Enter");
    CHECK(stage_command(&stage).id == COMMAND_DISCARD);
    close_stage();
}

TEST(a_click_leaves_the_keyboard_where_it_was) {
    open_stage();
    double x = 1280 - THEME_COLUMN / 2;
    stage_click(&stage, x, THEME_TRANSPORT + 30);
    CHECK(stage_command(&stage).id == COMMAND_CONTINUE);
    stage_key(&stage, "Space");
    CHECK(stage_command(&stage).id == COMMAND_PLAY);
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    close_stage();
}

TEST(a_press_that_leaves_the_button_does_nothing) {
    open_stage();
    stage_move(&stage, 1280 - THEME_COLUMN / 2, THEME_TRANSPORT + 30);
    stage_press(&stage, MOUSE_LEFT, 1);
    stage_move(&stage, 1000, 500);
    stage_release(&stage);
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    close_stage();
}

TEST(what_is_not_possible_is_not_sent) {
    open_stage();
    stage.view.writing = WRITING_NO_MODEL;
    stage.view.undo = NULL;
    stage_click(&stage, 1280 - THEME_COLUMN / 2, THEME_TRANSPORT + 30);
    stage_key(&stage, "Enter");
    stage_key(&stage, "Ctrl+Z");
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    close_stage();
}

TEST(esc_closes_an_overlay_and_shift_esc_is_panic_even_there) {
    open_stage();
    stage_key(&stage, "F1");
    CHECK(stage_shows(&stage, "All shortcuts"));
    stage_key(&stage, "Shift+Esc");
    CHECK(stage_command(&stage).id == COMMAND_PANIC);
    CHECK(stage_shows(&stage, "All shortcuts"));
    stage_key(&stage, "Esc");
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    CHECK(!stage_shows(&stage, "All shortcuts"));
    stage_key(&stage, "Esc");
    CHECK(stage_command(&stage).id == COMMAND_PANIC);
    close_stage();
}

TEST(nothing_under_an_overlay_can_be_reached) {
    open_stage();
    stage_key(&stage, "F1");
    stage_click(&stage, 1270, THEME_TRANSPORT + 30); // beside the card: closes it
    stage_frame(&stage);
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    CHECK(!stage_shows(&stage, "All shortcuts"));
    stage_key(&stage, "F2");
    stage_key(&stage, "Space");
    stage_key(&stage, "Delete");
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    close_stage();
}

TEST(the_help_shows_every_key_and_does_what_is_clicked) {
    open_stage();
    stage_key(&stage, "F1");
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        if (command_info(id)->group) {
            CHECK(stage_shows(&stage, command_info(id)->name));
            CHECK(stage_shows(&stage, command_keys(id, 0)));
        }
    close_stage();
}

TEST(a_dropped_file_is_opened) {
    open_stage();
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    g_ptr_array_add(files, (char *)"/tmp/a b.mid");
    stage.input.dropped = files;
    stage_frame(&stage);
    Command c = stage_command(&stage);
    CHECK(c.id == COMMAND_OPEN_FILE && strcmp(c.text, "/tmp/a b.mid") == 0);
    command_clear(&c);
    close_stage();
}

TEST(an_export_goes_to_the_path_that_was_edited) {
    open_stage();
    stage_key(&stage, "Ctrl+E");
    for (int i = 0; i < 4; i++) stage_key(&stage, "Backspace");
    stage_type(&stage, " 2.wav");
    stage_key(&stage, "Left");
    stage_key(&stage, "Space"); // comes as text, not as a command
    stage_key(&stage, "Enter");
    Command c = stage_command(&stage);
    CHECK(c.id == COMMAND_EXPORT_WAV && strcmp(c.text, "/tmp/song 2.wav") == 0);
    if (c.id) command_clear(&c);
    close_stage();
}

TEST(an_export_asks_once_before_it_replaces_a_file) {
    g_autofree char *folder = g_dir_make_tmp("par-export-XXXXXX", NULL);
    g_autofree char *song = g_build_filename(folder, "song", NULL);
    g_autofree char *midi = g_strconcat(song, ".mid", NULL);
    CHECK(g_file_set_contents(midi, "", 0, NULL));
    open_stage();
    stage.view.export_path = song;
    for (int again = 0; again < 2; again++) { // another time it asks again
        stage_key(&stage, "Ctrl+S");
        stage_key(&stage, "Enter");
        CHECK(stage_command(&stage).id == COMMAND_NONE);
        CHECK(stage_shows(&stage, "A file of that name is there."));
        stage_key(&stage, "Left"); // moves the cursor only
        CHECK(stage_shows(&stage, "A file of that name is there."));
        stage_key(&stage, "Enter");
        Command c = stage_command(&stage);
        CHECK(c.id == COMMAND_EXPORT_MIDI && strcmp(c.text, midi) == 0);
        if (c.id) command_clear(&c);
        CHECK(!stage_shows(&stage, "A file of that name is there."));
    }
    stage_key(&stage, "Ctrl+S");
    stage_key(&stage, "Enter");
    stage_type(&stage, "2"); // another file, which is not there
    CHECK(!stage_shows(&stage, "A file of that name is there."));
    stage_key(&stage, "Enter");
    Command c = stage_command(&stage);
    CHECK(c.id == COMMAND_EXPORT_MIDI);
    if (c.id) command_clear(&c);
    close_stage();
    g_unlink(midi);
    g_rmdir(folder);
}

TEST(a_seed_is_typed_and_kept_only_by_enter) {
    open_stage();
    double x = 1280 - THEME_COLUMN + 110;
    double y = 0;
    for (double at = 300; at < 500 && !y; at += 4) { // where the field is
        stage_click(&stage, x, at);
        if (stage.wish.text) y = at;
    }
    CHECK(y > 0);
    stage_forget(&stage);
    stage_type(&stage, "42");
    CHECK(stage_command(&stage).id == COMMAND_NONE);
    stage_key(&stage, "Enter");
    Command c = stage_command(&stage);
    CHECK(c.id == COMMAND_SEED && c.integer == 742);
    CHECK(!stage.wish.text);
    close_stage();
}

TEST(a_take_is_chosen_by_a_click_on_it) {
    open_stage();
    bool found[3] = {false};
    for (double y = 600; y < 700; y += 3) {
        stage_click(&stage, 640, y);
        for (Command c; (c = stage_command(&stage)).id; command_clear(&c))
            if (c.id == COMMAND_TAKE) found[c.integer - 10] = true;
    }
    CHECK(found[0] && found[1] && !found[2]); // the third begins further right
    close_stage();
}

static bool has_colour(Color color) { // where the takes are
    bool found = false;
    for (double y = 600; y < 700; y++) found |= stage_pixel(&stage, 700, y) == color;
    return found;
}

TEST(a_take_has_the_colour_of_who_made_it) {
    static const Color colours[] = {THEME_PROMPT, THEME_PLAYED, THEME_MODEL};
    for (NoteSource s = NOTE_PLAYED; s <= NOTE_OF_MODEL; s++) {
        open_stage();
        takes[1].source = s;
        stage_frame(&stage);
        for (NoteSource other = NOTE_PLAYED; other <= NOTE_OF_MODEL; other++)
            CHECK(has_colour(colours[other] & 0xFFFFFF) == (other == s));
        close_stage();
    }
}

TEST(an_idle_screen_asks_for_no_frame) {
    open_stage();
    stage_move(&stage, 500, 300);
    stage_frame(&stage);
    CHECK(stage.wish.wait < 0);
    stage_frame(&stage);
    CHECK(stage.damaged == 0);
    stage_move(&stage, 1280 - THEME_COLUMN / 2, THEME_TRANSPORT + 30);
    CHECK(stage.wish.wait > 0); // words will appear beside the button
    stage.input.now += SECOND;
    stage_frame(&stage);
    CHECK(stage_shows(&stage, "The model goes on from the marker"));
    stage_frame(&stage);
    CHECK(stage.wish.wait < 0 && stage.damaged == 0);
    close_stage();
}

TEST(a_playing_screen_asks_for_frames_as_often_as_something_moves) {
    open_stage();
    stage.view.playing = true;
    stage_frame(&stage);
    int near = stage.wish.wait;
    CHECK(near >= 16 && near <= 100);
    for (int i = 0; i < 20; i++) stage_key(&stage, "+");
    CHECK(stage.wish.wait < near);
    close_stage();
}

TEST(a_command_is_followed_by_a_frame_that_shows_what_came_of_it) {
    open_stage();
    stage_key_event(&stage, "Space", true);
    stage_frame(&stage);
    CHECK(stage.wish.wait == 0);
    stage_forget(&stage);
    stage_frame(&stage);
    CHECK(stage.wish.wait < 0);
    close_stage();
}

TEST(scale_goes_by_steps_and_stays_in_bounds) {
    open_stage();
    stage_key(&stage, "Ctrl++");
    CHECK_NEAR(stage.wish.scale, 1.1, 1e-9);
    for (int i = 0; i < 40; i++) stage_key(&stage, "Ctrl+-");
    CHECK(stage.wish.scale >= .5);
    for (int i = 0; i < 60; i++) stage_key(&stage, "Ctrl++");
    CHECK(stage.wish.scale <= 3);
    stage_key(&stage, "Ctrl+0");
    CHECK_NEAR(screen_look(stage.screen).scale, 1, 1e-9);
    close_stage();
}

TEST(every_message_can_be_read) {
    static const char *const words[CONCERNS] = {"file words",   "model words",
                                                "output words", "font words",
                                                "input words",  "export words"};
    for (Concern c = 0; c < CONCERNS; c++) {
        open_stage();
        stage.view.exporting.name = NULL;
        stage.view.messages[c] = (ViewMessage){words[c], true};
        stage_frame(&stage);
        CHECK(stage_shows(&stage, words[c]));
        close_stage();
    }
}

TEST(what_became_of_an_export_is_seen_though_there_is_no_sound) {
    open_stage();
    stage.view.exporting.name = NULL;
    for (Concern c = CONCERN_OUTPUT; c < CONCERN_EXPORT; c++)
        stage.view.messages[c] = (ViewMessage){"no sound at all", true};
    for (int wrong = 0; wrong < 2; wrong++) {
        stage.view.messages[CONCERN_EXPORT] = (ViewMessage){"what became of it", wrong};
        stage_frame(&stage);
        CHECK(stage_shows(&stage, "what became of it"));
    }
    stage.view.exporting.name = "another.wav"; // which takes its time
    stage_frame(&stage);
    CHECK(stage_shows(&stage, "what became of it"));
    stage.view.exporting.name = NULL;
    stage.view.messages[CONCERN_EXPORT] = (ViewMessage){0};
    stage_frame(&stage);
    CHECK(stage_shows(&stage, "no sound at all"));
    close_stage();
}

TEST(any_state_is_drawn_at_any_size) {
    static const double sizes[][3] = {{1280, 800, 1},  {960, 540, 2}, {900, 600, 1},
                                      {720, 480, 1},   {300, 200, 1}, {10, 10, 1},
                                      {3840, 1600, .5}};
    static const char *const overlays[] = {"F1", "F2", "Ctrl+R", "Ctrl+S", "F11"};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (size_t o = 0; o < G_N_ELEMENTS(overlays); o++) {
            open_stage();
            View view = stage.view;
            stage_close(&stage);
            stage_open(&stage, sizes[i][0], sizes[i][1], sizes[i][2]);
            stage.view = view;
            stage_frame(&stage);
            stage_key(&stage, overlays[o]);
            stage_move(&stage, sizes[i][0] / 2, sizes[i][1] / 2);
            close_stage();
        }
}

// Whatever is pressed, clicked and shown, nothing breaks; a sanitizer looks on.
TEST(random_use_breaks_nothing) {
    GRand *rand = g_rand_new_with_seed(5);
    open_stage();
    for (int i = 0; i < 3000; i++) {
        View *v = &stage.view;
        stage.input.x = g_rand_double_range(rand, -10, 1300);
        stage.input.y = g_rand_double_range(rand, -10, 820);
        int kind = g_rand_int_range(rand, 0, 6);
        CommandId id = (CommandId)g_rand_int_range(rand, 1, COMMANDS);
        if (kind == 0 && *command_keys(id, 0))
            stage_key_event(&stage, command_keys(id, 0), true);
        if (kind == 1) {
            stage.input.pressed = (MouseButton)g_rand_int_range(rand, 1, 4);
            stage.input.held = stage.input.pressed;
            stage.input.clicks = g_rand_int_range(rand, 1, 3);
        }
        if (kind == 2 && stage.input.held)
            stage.input.released = stage.input.held, stage.input.held = MOUSE_NONE;
        if (kind == 3) stage.input.wheel_y = g_rand_double_range(rand, -3, 3);
        if (kind == 4)
            g_strlcpy(stage.input.text, "\xc3\xa9 x", sizeof stage.input.text);
        if (kind == 5) {
            stage.input.focus_lost = g_rand_int_range(rand, 0, 9) == 0;
            v->take_count = g_rand_int_range(rand, 0, 4);
            v->take = g_rand_int_range(rand, -1, v->take_count + 1);
            v->compared = g_rand_int_range(rand, -1, 3);
            v->playing = g_rand_boolean(rand);
            v->position = g_rand_int(rand);
            v->writing = (Writing)g_rand_int_range(rand, 0, 5);
        }
        stage_frame(&stage);
        stage_forget(&stage);
    }
    close_stage();
    g_rand_free(rand);
}

int main(void) {
    RUN(keys_send_the_commands_of_the_table);
    RUN(the_windows_own_keys_send_what_they_come_to);
    RUN(every_command_can_be_had_by_the_keyboard_alone);
    RUN(whatever_a_click_does_a_key_can_do);
    RUN(space_plays_and_only_enter_works_the_focused_control);
    RUN(what_a_notice_asks_comes_first_by_tab);
    RUN(a_click_leaves_the_keyboard_where_it_was);
    RUN(a_press_that_leaves_the_button_does_nothing);
    RUN(what_is_not_possible_is_not_sent);
    RUN(esc_closes_an_overlay_and_shift_esc_is_panic_even_there);
    RUN(nothing_under_an_overlay_can_be_reached);
    RUN(the_help_shows_every_key_and_does_what_is_clicked);
    RUN(a_dropped_file_is_opened);
    RUN(an_export_goes_to_the_path_that_was_edited);
    RUN(an_export_asks_once_before_it_replaces_a_file);
    RUN(a_seed_is_typed_and_kept_only_by_enter);
    RUN(a_take_is_chosen_by_a_click_on_it);
    RUN(a_take_has_the_colour_of_who_made_it);
    RUN(an_idle_screen_asks_for_no_frame);
    RUN(a_playing_screen_asks_for_frames_as_often_as_something_moves);
    RUN(a_command_is_followed_by_a_frame_that_shows_what_came_of_it);
    RUN(scale_goes_by_steps_and_stays_in_bounds);
    RUN(every_message_can_be_read);
    RUN(what_became_of_an_export_is_seen_though_there_is_no_sound);
    RUN(any_state_is_drawn_at_any_size);
    RUN(random_use_breaks_nothing);
    return test_end();
}
