#include "tests/test.h"
#include "tests/ui/ui_harness.h"
#include "ui/drawing/theme.h"
#include "ui/typing.h"

#include <glib/gstdio.h>

#define SECOND 1000000

static UiHarness harness;
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
static const ViewSession sessions[] = {
    {"/s/Evening.par-midi", "Evening", "3 takes, 2:10, 30 Nov 04:05", true},
    {"/s/1.par-midi", "Unnamed, 29 November, 23:10", "1 take, 0:41, 29 Nov 23:10",
     false},
    {"/s/Night.par-midi", "Night", "2 takes, 1:00, 28 Nov 23:10", true}};

// A piece with takes, devices and everything else that makes every command possible.
static void open_stage_blind(bool blind) {
    harness_open(&harness, 1280, 800, 1);
    harness.blind = blind;
    music = (Performance){0};
    performance_add_note(&music, (Note){SECOND, 60 * SECOND, 60, 90});
    performance_finish(&music);
    part = (ViewPart){.music = &music, .span = {0, 30 * SECOND}};
    View *v = &harness.view;
    v->piece.title = "Nocturne.mid";
    v->piece.parts = &part, v->piece.part_count = 1;
    v->piece.end = 60 * SECOND;
    v->playback.position = 20 * SECOND;
    v->takes.list = takes, v->takes.count = 3, v->takes.audible = 1,
    v->takes.compared = 0;
    v->takes.undo = v->takes.redo = "this";
    v->keyboard.heard = true;
    v->sound = (ViewSound){.running = true,
                           .volume = .5,
                           .buffer = 512,
                           .outputs = {names, 3, 0},
                           .soundfonts = {names, 3, 1},
                           .inputs = {names, 3, -1},
                           .touch = {names, 3, 1},
                           .midi_outputs = {names, 3, 0}};
    v->generation.models = (ViewChoices){names, 3, 2};
    v->generation.model_card = "5.8 M parameters, context 8192";
    v->files.export_path = "/tmp/song";
    v->files.recent = names, v->files.recent_count = 3;
    v->sessions.list = sessions, v->sessions.count = 3, v->sessions.version = 1;
    v->sessions.path = "/s/now.journal";
    v->sessions.keeping = KEEPING_UNNAMED;
    v->notices.question = "Its takes would be lost.";
    v->notices.recovery = "A session was not closed.";
    v->generation.bridge = (ViewBridge){.shown = true, .others = 7};
    v->playback.bars = true;
    v->notices.exporting = (ViewExport){"song.wav", .5};
    harness_frame(&harness);
}

static void open_stage(void) { open_stage_blind(false); }

static void close_stage(void) {
    harness_close(&harness);
    performance_clear(&music);
}

static bool sends(const char *key, CommandId id) {
    harness_forget(&harness);
    harness_key(&harness, key);
    Command c = harness_command(&harness);
    bool same = c.id == id;
    command_clear(&c);
    harness_forget(&harness);
    return same;
}

TEST(keys_send_the_commands_of_the_table) {
    open_stage();
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
        bool own = command_info(id)->value == VALUE_SHOWN ||
                   command_info(id)->value == VALUE_TEXT; // a card asks first
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
        harness_key(&harness, cases[i].key);
        Command c = harness_command(&harness);
        CHECK(c.id == cases[i].id && c.integer == cases[i].time);
        CHECK(harness_command(&harness).id == COMMAND_NONE);
    }
    harness_key(&harness, "Ctrl+Up");
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_SPEED);
    CHECK_NEAR(c.number, 1.05, 1e-9);
    harness_key(&harness, "Shift+Down");
    c = harness_command(&harness);
    CHECK(c.id == COMMAND_VOLUME);
    CHECK_NEAR(c.number, .45, 1e-9);
    harness_key(&harness, "Shift+End");
    c = harness_command(&harness);
    CHECK(c.id == COMMAND_SELECT && c.span.from == 20 * SECOND &&
          c.span.to == 60 * SECOND);
    harness_key(&harness, "Shift+L");
    c = harness_command(&harness);
    CHECK(c.id == COMMAND_LOOP_SPAN && c.span.from == 20 * SECOND);
    harness_key(&harness, "Ctrl+Q");
    CHECK(harness_command(&harness).id == COMMAND_QUIT);
    close_stage();
}

static bool selects(const char *key, int64_t from, int64_t to) {
    harness_key(&harness, key);
    Command c = harness_command(&harness);
    return c.id == COMMAND_SELECT && c.span.from == from * SECOND &&
           c.span.to == to * SECOND;
}

TEST(two_keys_select_a_span_within_the_piece) {
    open_stage(); // the playhead is at 20 s
    Span *selection = &harness.view.piece.selection;
    *selection = (Span){10 * SECOND, 40 * SECOND};
    CHECK(selects("Shift+Home", 10, 20) && selects("Shift+End", 20, 40));
    *selection = (Span){30 * SECOND, 40 * SECOND}; // all of it is behind the playhead
    CHECK(selects("Shift+Home", 0, 20) && selects("Shift+End", 20, 40));
    *selection = (Span){5 * SECOND, 10 * SECOND};
    CHECK(selects("Shift+Home", 5, 20) && selects("Shift+End", 20, 60));
    close_stage();
}

// Lists the sent commands: each command's name and its value: an item of a list, a
// take, or a number of takes.
static void note_sent(GHashTable *sent) {
    for (Command c; command_next(&harness.queue, &c); command_clear(&c)) {
        const CommandInfo *info = command_info(c.id);
        bool which = info->value == VALUE_INTEGER && c.id != COMMAND_SEED;
        g_hash_table_add(sent, g_strdup(info->name));
        g_hash_table_add(
            sent, g_strdup_printf("%s %d", info->name, which ? (int)c.integer : 0));
        if (c.id == COMMAND_LENGTH) harness.view.generation.sampling.seconds = c.number;
    }
}

// The screens to try: the window, or an overlay opened by its key, and its pages.
static const struct {
    const char *overlay, *title;
    int page, controls; // the fewest controls that Tab must reach
} places[] = {{NULL, NULL, 0, 51},
              {"F2", "Sound, MIDI, model", 0, 20},
              {"F2", "Sound, MIDI, model", 1, 20},
              {"F2", "Sound, MIDI, model", 2, 23},
              {"F2", "Sound, MIDI, model", 3, 20},
              {"F2", "Sound, MIDI, model", 4, 20},
              {"Ctrl+R", "Recent", 0, 6},
              {"Ctrl+O", "Open", 0, 8},
              {"Ctrl+S", "Name this session", 0, 3},
              {"Ctrl+E", "Export", 0, 10},
              {"Ctrl+Shift+E", "Export", 0, 10}};

static void go_to(size_t place) {
    if (places[place].overlay) harness_key(&harness, places[place].overlay);
    for (int i = 0; i < places[place].page; i++) harness_key(&harness, "Right");
    harness_forget(&harness);
}

static void open_place(size_t place) {
    open_stage_blind(true);
    harness.view.generation.sampling.seconds = 295; // one step before endless
    go_to(place);
}

// Uses each control that Tab reaches, with the arrow keys and Enter.
static void work_controls(size_t place, GHashTable *sent) {
    static const char *const keys[] = {"Right", "Right", "Left", "Enter"};
    for (int tabs = 1; tabs <= places[place].controls; tabs++)
        for (int enter = 0; enter < 2; enter++) {
            open_place(place);
            for (int i = 0; i < tabs; i++) {
                harness_key_event(&harness, "Tab", true);
                if (i % 30 == 29) harness_frame(&harness);
            }
            harness_frame(&harness);
            for (size_t k = enter ? 3 : 0; k < G_N_ELEMENTS(keys); k++) {
                harness_key(&harness, keys[k]);
                note_sent(sent);
            }
            close_stage();
        }
}

// Chooses each row of a list.
static void work_list(size_t place, GHashTable *sent) {
    for (int row = 0; row < 3; row++) {
        open_place(place);
        for (int i = 0; i < 3; i++) harness_key(&harness, "Up");
        for (int i = 0; i < row; i++) harness_key(&harness, "Down");
        harness_key(&harness, "Enter");
        note_sent(sent);
        close_stage();
    }
}

static void press_keys(GHashTable *sent) {
    open_stage();
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        for (int n = 0; *command_keys(id, n); n++) {
            harness_key(&harness, command_keys(id, n));
            note_sent(sent);
            harness_key(&harness, "Esc");
            harness_forget(&harness);
        }
    close_stage();
}

static GHashTable *sent_by_keyboard(void) {
    static GHashTable *sent; // made only once, since it takes long
    if (sent) return g_hash_table_ref(sent);
    sent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    press_keys(sent);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        work_controls(i, sent);
        if (places[i].overlay) work_list(i, sent);
    }
    for (int i = 0; i < 2; i++) { // a new name, or none
        open_stage();
        harness_key(&harness, "Ctrl+O");
        harness_key(&harness, i ? "F2" : "Delete");
        harness_key(&harness, "Enter");
        note_sent(sent);
        close_stage();
    }
    open_stage(); // while a dial learns
    harness.view.generation.steer[STEER_PEDAL].learns = true;
    harness_key(&harness, "Delete");
    note_sent(sent);
    close_stage();
    // These are sent by typing, or by the system's dialogs.
    static const CommandId otherwise[] = {COMMAND_NOTE_ON, COMMAND_NOTE_OFF,
                                          COMMAND_ASK_FILE};
    for (size_t i = 0; i < G_N_ELEMENTS(otherwise); i++)
        g_hash_table_add(sent, g_strdup(command_info(otherwise[i])->name));
    return g_hash_table_ref(sent);
}

static void click_at(size_t place, double x, double y, GHashTable *sent) {
    const char *title = places[place].title;
    if (title && !harness_shows(&harness, title)) go_to(place);
    harness_move(&harness, x, y);
    harness_press(&harness, MOUSE_LEFT, 1);
    harness_release(&harness);
    note_sent(sent);
    if (title) return;
    harness_frame(&harness);
    if (harness_shows(&harness, "Esc closes")) harness_key(&harness, "Esc");
    harness_forget(&harness);
}

// Clicks everywhere in the window (in only a part of the roll) or on an overlay, at
// distances as small as the controls, of which only some are clicked in a build with a
// sanitizer.
static void click_all(size_t place, GHashTable *sent) {
    enum { SPARSE = SANITIZED ? 3 : 1 };
    open_place(place);
    if (places[place].overlay) {
        for (double y = 160; y < 640; y += 13)
            for (double x = 330; x < 950; x += 30 * SPARSE) click_at(place, x, y, sent);
    } else {
        for (double y = 4; y < 800; y += 11)
            for (double x = y > 150 && y < 600 ? 900 : 4; x < 1280; x += 17 * SPARSE)
                click_at(place, x, y, sent);
    }
    close_stage();
}

TEST(every_command_can_be_had_by_the_keyboard_alone) {
    g_autoptr(GHashTable) sent = sent_by_keyboard();
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
        const char *name = command_info(id)->name;
        bool told = command_info(id)->value == VALUE_LOOK; // changed by another command
        bool reached = told || g_hash_table_contains(sent, name) ||
                       *command_keys(id, 0);
        if (!reached) fprintf(stderr, "%s\n", name);
        CHECK(reached);
    }
}

// Numbers, times and keys are not compared: the keyboard changes them in steps of its
// own.
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
    harness.view.notices.exporting.name = NULL;
    harness_key(&harness, "Tab");
    harness_key(&harness, "Space");
    CHECK(harness_command(&harness).id == COMMAND_PLAY);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_key(&harness, "Esc"); // gives up the focus, and still means panic
    CHECK(harness_command(&harness).id == COMMAND_PANIC);
    harness_key(&harness, "Enter");
    CHECK(harness_command(&harness).id == COMMAND_CONTINUE);
    close_stage();
}

TEST(what_a_notice_asks_comes_first_by_tab) {
    static const CommandId answers[] = {COMMAND_STAY, COMMAND_QUIT, COMMAND_RESTORE,
                                        COMMAND_DECLINE};
    open_stage();
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        harness_key(&harness, "Tab");
        harness_key(&harness, "Enter");
        CHECK(harness_command(&harness).id == answers[i]);
    }
    close_stage();
}

TEST(a_click_leaves_the_keyboard_where_it_was) {
    open_stage();
    double x = 1280 - THEME_COLUMN / 2;
    harness_click(&harness, x, THEME_TRANSPORT + 30);
    CHECK(harness_command(&harness).id == COMMAND_CONTINUE);
    harness_key(&harness, "Space");
    CHECK(harness_command(&harness).id == COMMAND_PLAY);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    close_stage();
}

static bool helps(CommandId id) { // after a second, by the first words of it
    g_autofree char *words = g_strndup(command_info(id)->help, 20);
    harness.input.now += 1000000;
    harness_frame(&harness);
    return harness_shows(&harness, words);
}

TEST(a_click_hides_the_help_until_the_mouse_moves_on) {
    open_stage();
    harness.view.generation.bridge = (ViewBridge){0};
    harness.view.piece.selection = (Span){10 * SECOND, 20 * SECOND};
    double x = 1280 - THEME_COLUMN / 2., y = THEME_TRANSPORT + 72;
    harness_move(&harness, x, y);
    CHECK(helps(COMMAND_BRIDGE));
    harness_click(&harness, x, y);
    CHECK(harness_command(&harness).id == COMMAND_BRIDGE && !helps(COMMAND_BRIDGE));
    harness_move(&harness, x + 20, y);
    CHECK(helps(COMMAND_BRIDGE));
    close_stage();
}

TEST(a_press_that_leaves_the_button_does_nothing) {
    open_stage();
    harness_move(&harness, 1280 - THEME_COLUMN / 2, THEME_TRANSPORT + 30);
    harness_press(&harness, MOUSE_LEFT, 1);
    harness_move(&harness, 1000, 500);
    harness_release(&harness);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    close_stage();
}

TEST(what_is_not_possible_is_not_sent) {
    open_stage();
    harness.view.generation.writing = WRITING_NO_MODEL;
    harness.view.takes.undo = NULL;
    harness_click(&harness, 1280 - THEME_COLUMN / 2, THEME_TRANSPORT + 30);
    harness_key(&harness, "Enter");
    harness_key(&harness, "Ctrl+Z");
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    close_stage();
}

TEST(esc_closes_an_overlay_and_shift_esc_is_panic_even_there) {
    open_stage();
    harness_key(&harness, "F1");
    CHECK(harness_shows(&harness, "All shortcuts"));
    harness_key(&harness, "Shift+Esc");
    CHECK(harness_command(&harness).id == COMMAND_PANIC);
    CHECK(harness_shows(&harness, "All shortcuts"));
    harness_key(&harness, "Esc");
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    CHECK(!harness_shows(&harness, "All shortcuts"));
    harness_key(&harness, "Esc");
    CHECK(harness_command(&harness).id == COMMAND_PANIC);
    close_stage();
}

TEST(nothing_under_an_overlay_can_be_reached) {
    open_stage();
    harness_key(&harness, "F1");
    harness_click(&harness, 1270, THEME_TRANSPORT + 30); // beside the card
    harness_frame(&harness);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    CHECK(!harness_shows(&harness, "All shortcuts"));
    harness_key(&harness, "F2");
    harness_key(&harness, "Space");
    harness_key(&harness, "Delete");
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    close_stage();
}

TEST(the_help_shows_every_key_and_does_what_is_clicked) {
    open_stage();
    harness_key(&harness, "F1");
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        if (command_info(id)->group) {
            CHECK(harness_shows(&harness, command_info(id)->name));
            CHECK(harness_shows(&harness, command_keys(id, 0)));
        }
    close_stage();
}

TEST(a_dropped_file_is_opened) {
    open_stage();
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    g_ptr_array_add(files, (char *)"/tmp/a b.mid");
    harness.input.dropped = files;
    harness_frame(&harness);
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_OPEN_FILE && strcmp(c.text, "/tmp/a b.mid") == 0);
    command_clear(&c);
    close_stage();
}

static bool sent_text(CommandId id, const char *text) {
    Command c = harness_command(&harness);
    bool same = c.id == id && strcmp(c.text, text) == 0;
    if (!same) fprintf(stderr, "%s: %s\n", command_info(c.id)->name, text);
    if (c.id) command_clear(&c);
    return same;
}

TEST(a_session_is_asked_for_its_name_until_it_has_one) {
    open_stage();
    harness_key(&harness, "Ctrl+S");
    harness_type(&harness, "Abend");
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_SAVE, "Abend"));
    harness.view.notices.messages[CONCERN_FILE] = (ViewMessage){"It is taken.", true};
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "Name this session"));
    harness_type(&harness, " 2");
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_SAVE, "Abend 2"));
    harness.view.notices.messages[CONCERN_FILE] = (ViewMessage){"Saved.", false};
    harness.view.sessions.name = "Abend 2";
    harness.view.sessions.keeping = KEEPING_NAMED;
    harness_frame(&harness);
    harness_frame(&harness);
    CHECK(!harness_shows(&harness, "Name this session"));
    harness_key(&harness, "Ctrl+S");
    CHECK(sent_text(COMMAND_SAVE, "Abend 2"));
    harness_key(&harness, "Ctrl+Shift+S");
    CHECK(harness_shows(&harness, "Save a copy and go on with it"));
    harness_type(&harness, "b");
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_SAVE_AS, "Abend 2b"));
    close_stage();
}

static bool asks_for(FileQuestion question) {
    Command c = harness_command(&harness);
    bool same = c.id == COMMAND_ASK_FILE && c.integer == question;
    if (c.id) command_clear(&c);
    return same;
}

TEST(files_are_asked_for_by_the_system_where_it_has_dialogs) {
    open_stage();
    View *v = &harness.view;
    v->files.system_dialogs = true;
    harness_key(&harness, "Ctrl+E");
    CHECK(asks_for(FILE_FOR_MIDI));
    harness_key(&harness, "Ctrl+Shift+E");
    CHECK(asks_for(FILE_FOR_SOUND));
    harness_key(&harness, "Ctrl+O"); // sessions use the window's own list
    harness_forget(&harness);
    harness_key(&harness, "Ctrl+O");
    CHECK(asks_for(FILE_TO_OPEN) && harness_shows(&harness, "Evening"));
    v->piece.document++; // the request was answered
    harness_frame(&harness);
    harness_frame(&harness);
    CHECK(!harness_shows(&harness, "Evening"));
    v->sessions.count = 0;
    harness_key(&harness, "Ctrl+O");
    CHECK(asks_for(FILE_TO_OPEN) && !harness_shows(&harness, "Type to filter"));
    static const char *const shown[] = {[FILE_TO_OPEN] = "Type to filter",
                                        [FILE_FOR_MIDI] = "/tmp/song.mid",
                                        [FILE_FOR_SOUND] = "/tmp/song.wav"};
    for (FileQuestion q = FILE_TO_OPEN; q <= FILE_FOR_SOUND; q++) { // it failed
        v->files.own_question = q;
        harness_frame(&harness);
        v->files.own_question = FILE_NONE;
        harness_frame(&harness);
        CHECK(harness_shows(&harness, shown[q]));
    }
    close_stage();
}

TEST(the_settings_choose_between_the_system_s_dialogs_and_our_own) {
    open_stage();
    for (int prefers = 0; prefers < 2; prefers++) {
        harness.view.files.prefers_system_dialogs = prefers;
        harness_key(&harness, "F2");
        bool asked = false;
        for (double y = 560; y < 680 && !asked; y += 4) {
            harness_click(&harness, 910, y);
            for (Command c; (c = harness_command(&harness)).id; command_clear(&c))
                asked |= c.id == COMMAND_SYSTEM_DIALOGS && c.integer == !prefers;
        }
        CHECK(asked);
        harness_key(&harness, "Esc");
        harness_forget(&harness);
    }
    close_stage();
}

TEST(a_session_of_the_list_is_opened_renamed_and_deleted_after_a_question) {
    open_stage();
    harness_key(&harness, "Ctrl+O");
    CHECK(harness_command(&harness).id == COMMAND_LIST_SESSIONS);
    harness_key(&harness, "Down");
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_OPEN_SESSION, "/s/1.par-midi"));
    harness_key(&harness, "Ctrl+O");
    harness_forget(&harness);
    harness_key(&harness, "F2");
    harness_type(&harness, " 2");
    harness_key(&harness, "Enter");
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_RENAME_SESSION && strcmp(c.naming.name, "Evening 2") == 0 &&
          strcmp(c.naming.path, "/s/Evening.par-midi") == 0);
    if (c.id) command_clear(&c);
    harness_key(&harness, "Delete");
    CHECK(harness_shows(&harness, "Delete \"Evening\" for good?"));
    harness_key(&harness, "Esc"); // closes the question, but not the list
    CHECK(harness_shows(&harness, "Rename"));
    harness_key(&harness, "Delete");
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_key(&harness, "Delete");
    CHECK(sent_text(COMMAND_DELETE_SESSION, "/s/Evening.par-midi"));
    close_stage();
}

TEST(the_question_before_a_deletion_names_what_is_deleted) {
    open_stage();
    harness_key(&harness, "Ctrl+O");
    harness_forget(&harness);
    harness_key(&harness, "Delete");
    CHECK(harness_shows(&harness, "Delete \"Evening\" for good?"));
    harness_type(&harness, "night"); // is typed into the filter
    harness_frame(&harness);
    CHECK(!harness_shows(&harness, "Delete \"Night\" for good?"));
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_DELETE_SESSION, "/s/Evening.par-midi"));
    close_stage();
}

TEST(a_name_that_is_no_text_is_edited_as_what_is_seen_of_it) {
    open_stage();
    harness.view.sessions.name = "\x80";
    harness_key(&harness, "Ctrl+Shift+S");
    harness_key(&harness, "Backspace");
    harness_type(&harness, "b");
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_SAVE_AS, "b"));
    close_stage();
}

TEST(more_that_is_known_of_sessions_leaves_the_cursor_where_it_is) {
    static const ViewSession fewer[] = {{"/s/Night.par-midi", "Night", "2 takes", true},
                                        {"/s/0.par-midi", "Unnamed", "9 takes", false}};
    open_stage();
    harness_key(&harness, "Ctrl+O");
    harness_key(&harness, "Down");
    harness_key(&harness, "Down");
    harness.view.sessions.list = fewer, harness.view.sessions.count = 2;
    harness.view.sessions.version++;
    harness_frame(&harness);
    harness_forget(&harness);
    harness_key(&harness, "Enter");
    CHECK(sent_text(COMMAND_OPEN_SESSION, "/s/Night.par-midi"));
    close_stage();
}

TEST(an_export_goes_to_the_path_that_was_edited) {
    open_stage();
    harness_key(&harness, "Ctrl+Shift+E");
    for (int i = 0; i < 4; i++) harness_key(&harness, "Backspace");
    harness_type(&harness, " 2.wav");
    harness_key(&harness, "Left");
    harness_key(&harness, "Space"); // is typed as text and no command
    harness_key(&harness, "Enter");
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_EXPORT_SOUND && strcmp(c.text, "/tmp/song 2.wav") == 0);
    if (c.id) command_clear(&c);
    close_stage();
}

TEST(an_export_takes_the_ending_of_the_format_that_is_chosen) {
    static const char *const paths[] = {"/tmp/song.mid",  "/tmp/song.wav",
                                        "/tmp/song.flac", "/tmp/song.ogg",
                                        "/tmp/song.opus", "/tmp/song.mp3"};
    for (int i = 0; i < (int)G_N_ELEMENTS(paths); i++) {
        open_stage();
        harness_key(&harness, i % 2 ? "Ctrl+E" : "Ctrl+Shift+E");
        harness_click(&harness, 422 + 87 * i, 358); // the formats,
        harness_click(&harness, 850, 467);          // and the button
        Command c = harness_command(&harness);
        CHECK(c.id == (i ? COMMAND_EXPORT_SOUND : COMMAND_EXPORT_MIDI));
        CHECK(c.id && strcmp(c.text, paths[i]) == 0);
        if (c.id) command_clear(&c);
        close_stage();
    }
}

TEST(an_export_asks_once_before_it_replaces_a_file) {
    g_autofree char *folder = g_dir_make_tmp("par-export-XXXXXX", NULL);
    g_autofree char *song = g_build_filename(folder, "song", NULL);
    g_autofree char *midi = g_strconcat(song, ".mid", NULL);
    CHECK(g_file_set_contents(midi, "", 0, NULL));
    open_stage();
    harness.view.files.export_path = song;
    for (int again = 0; again < 2; again++) { // the second time it asks again
        harness_key(&harness, "Ctrl+E");
        harness_key(&harness, "Enter");
        CHECK(harness_command(&harness).id == COMMAND_NONE);
        CHECK(harness_shows(&harness, "This file exists."));
        harness_key(&harness, "Left"); // only moves the cursor
        CHECK(harness_shows(&harness, "This file exists."));
        harness_key(&harness, "Enter");
        Command c = harness_command(&harness);
        CHECK(c.id == COMMAND_EXPORT_MIDI && strcmp(c.text, midi) == 0);
        if (c.id) command_clear(&c);
        CHECK(!harness_shows(&harness, "This file exists."));
    }
    harness_key(&harness, "Ctrl+E");
    harness_key(&harness, "Enter");
    harness_type(&harness, "2"); // another file, which does not exist
    CHECK(!harness_shows(&harness, "This file exists."));
    harness_key(&harness, "Enter");
    Command c = harness_command(&harness);
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
    for (double at = 400; at < 640 && !y; at += 4) { // finds the field
        harness_click(&harness, x, at);
        if (harness.wish.text) y = at;
    }
    CHECK(y > 0);
    harness_forget(&harness);
    harness_type(&harness, "42");
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    harness_key(&harness, "Enter");
    Command c = harness_command(&harness);
    CHECK(c.id == COMMAND_SEED && c.integer == 742);
    CHECK(!harness.wish.text);
    close_stage();
}

// Clicks down the left half of the right column until this command is sent, and returns
// where.
static double find_in_column(CommandId id) {
    double x = 1280 - THEME_COLUMN + 40;
    for (double y = THEME_TRANSPORT; y < 700; y += 4) {
        harness_forget(&harness);
        harness_click(&harness, x, y);
        Command c = harness_command(&harness);
        bool found = c.id == id;
        command_clear(&c);
        if (found) return y;
    }
    return 0;
}

TEST(a_double_click_on_a_dial_brings_its_middle_back) {
    open_stage();
    static const CommandId left[] = {COMMAND_DENSITY, COMMAND_LOUDNESS,
                                     COMMAND_CLOSENESS, COMMAND_TEMPERATURE};
    for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
        CommandId id = left[i];
        double y = find_in_column(id);
        CHECK(y > 0);
        harness.view.generation.steer[id - COMMAND_DENSITY].at = -.5;
        harness_forget(&harness);
        harness_move(&harness, 1280 - THEME_COLUMN + 40, y);
        harness_press(&harness, MOUSE_LEFT, 2);
        Command c = harness_command(&harness);
        CHECK(c.id == id && c.number == 0);
        harness_release(&harness);
    }
    close_stage();
}

static bool moves(const char *key, CommandId dial, double to) {
    harness_key(&harness, key);
    Command c = harness_command(&harness);
    return c.id == dial && fabs(c.number - to) < 1e-6;
}

TEST(a_key_goes_to_the_dials_which_arrows_move_while_enter_continues) {
    open_stage();
    ViewSteer *steer = harness.view.generation.steer;
    for (int i = 0; i < STEERS; i++) steer[i].at = 0, steer[i].step = .1;
    harness_key(&harness, "D");
    CHECK(moves("Left", COMMAND_DENSITY, -.1));
    harness_key(&harness, "Enter");
    CHECK(harness_command(&harness).id == COMMAND_CONTINUE);
    harness_key(&harness, "D");
    CHECK(moves("Right", COMMAND_REGISTER, .1));
    for (int i = 0; i < 2; i++) harness_key(&harness, "D"); // in the order of Tab
    CHECK(moves("Right", COMMAND_SPREAD, .1));
    steer[STEER_DENSITY].lacks = "It cannot be.";
    harness_key(&harness, "Esc");
    harness_forget(&harness);
    harness_key(&harness, "D"); // passes the dial that the model lacks
    CHECK(moves("Right", COMMAND_REGISTER, .1));
    close_stage();
}

TEST(a_dial_that_the_model_lacks_is_not_moved) {
    open_stage();
    CHECK(find_in_column(COMMAND_CLOSENESS) > 0);
    harness.view.generation.steer[STEER_CLOSENESS].lacks = "It has no recall.";
    CHECK(find_in_column(COMMAND_CLOSENESS) == 0);
    close_stage();
}

static bool asks_to_learn(int dial) {
    Command c = harness_command(&harness);
    return c.id == COMMAND_LEARN && c.integer == dial;
}

TEST(a_dial_asks_for_a_controller_by_the_right_button_and_again_for_none) {
    open_stage();
    double x = 1280 - THEME_COLUMN + 40, y = find_in_column(COMMAND_LOUDNESS);
    for (int learns = 0; learns < 2; learns++) {
        harness.view.generation.steer[STEER_LOUDNESS].learns = learns;
        harness_forget(&harness);
        harness_move(&harness, x, y);
        harness_press(&harness, MOUSE_RIGHT, 1);
        CHECK(asks_to_learn(learns ? -1 : STEER_LOUDNESS));
        harness_release(&harness);
        CHECK(harness_command(&harness).id == COMMAND_NONE); // nor was it moved
    }
    harness.view.generation.steer[STEER_LOUDNESS].lacks = "It cannot be.";
    harness_press(&harness, MOUSE_RIGHT, 1);
    CHECK(harness_command(&harness).id == COMMAND_NONE);
    close_stage();
}

TEST(a_key_has_the_dial_under_the_mouse_or_that_of_tab_learn) {
    open_stage();
    double x = 1280 - THEME_COLUMN + 40, y = find_in_column(COMMAND_TEMPERATURE);
    harness_forget(&harness);
    harness_move(&harness, x, y);
    harness_key(&harness, "Ctrl+L");
    CHECK(asks_to_learn(STEER_TEMPERATURE));
    harness_move(&harness, 400, 300); // over the roll
    harness_key(&harness, "Ctrl+L");
    CHECK(asks_to_learn(-1));
    bool found = false;
    for (int tabs = 0; tabs < 60 && !found; tabs++) {
        harness_key(&harness, "Tab");
        harness_key(&harness, "Ctrl+L");
        found = asks_to_learn(STEER_DENSITY);
        harness_forget(&harness);
    }
    CHECK(found);
    close_stage();
}

TEST(while_a_dial_learns_esc_ends_that_and_delete_takes_its_controller_away) {
    static const char *const keys[] = {"Esc", "Delete", "Backspace"};
    static const CommandId usual[] = {COMMAND_PANIC, COMMAND_DELETE_TAKE, COMMAND_NONE};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        open_stage();
        harness_key(&harness, keys[i]);
        CHECK(harness_command(&harness).id == usual[i]);
        harness.view.generation.steer[STEER_PEDAL].learns = true;
        harness_key(&harness, "Ctrl+O"); // a card goes before
        harness_forget(&harness);
        harness_key(&harness, "Esc");
        CHECK(harness_command(&harness).id == COMMAND_NONE);
        harness_key(&harness, keys[i]);
        Command c = harness_command(&harness);
        CHECK(c.id == (i ? COMMAND_UNLEARN : COMMAND_LEARN));
        CHECK(c.integer == (i ? STEER_PEDAL : -1));
        CHECK(harness_command(&harness).id == COMMAND_NONE);
        close_stage();
    }
}

TEST(a_dial_shows_which_controller_moves_it_and_that_it_waits_for_one) {
    open_stage();
    CHECK(!harness_shows(&harness, "CC"));
    ViewSteer *s = &harness.view.generation.steer[STEER_LOUDNESS];
    s->channel = 2, s->controller = 21;
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "CC 21"));
    s->learns = true;
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "CC ?") && !harness_shows(&harness, "CC 21"));
    close_stage();
}

// A switch may be missing, because each has a key.
TEST(a_small_window_shows_every_dial_whole) {
    harness_open(&harness, 960, 540, 1);
    harness.view.playback.bars = true;
    harness_frame(&harness);
    const char *const shown[] = {"Density", "Register",  "Loudness",     "Spread",
                                 "Freedom", "Closeness", "Pedal",        "Seed",
                                 "Keep",    "Duet",      "Computer keys"};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
        CHECK(harness_shows(&harness, shown[i]));
    CHECK(!harness_shows(&harness, "Attention lens"));
    harness_close(&harness);
}

TEST(a_take_is_chosen_by_a_click_on_it) {
    open_stage();
    bool found[3] = {false};
    for (double y = 600; y < 700; y += 3) {
        harness_click(&harness, 640, y);
        for (Command c; (c = harness_command(&harness)).id; command_clear(&c))
            if (c.id == COMMAND_TAKE) found[c.integer - 10] = true;
    }
    CHECK(found[0] && found[1] && !found[2]); // the third begins further right
    close_stage();
}

static bool has_colour(Color color) { // where the takes are
    bool found = false;
    for (double y = 600; y < 700; y++)
        found |= harness_pixel(&harness, 700, y) == color;
    return found;
}

TEST(a_take_has_the_colour_of_who_made_it) {
    const Theme *theme = theme_of(THEME_DARK);
    const Color colours[] = {theme->prompt, theme->played, theme->model};
    for (NoteSource s = NOTE_PLAYED; s <= NOTE_OF_MODEL; s++) {
        open_stage();
        takes[1].source = s;
        harness_frame(&harness);
        for (NoteSource other = NOTE_PLAYED; other <= NOTE_OF_MODEL; other++)
            CHECK(has_colour(colours[other] & 0xFFFFFF) == (other == s));
        close_stage();
    }
}

TEST(an_idle_screen_asks_for_no_frame) {
    open_stage();
    harness_move(&harness, 500, 300);
    harness_frame(&harness);
    CHECK(harness.wish.wait < 0);
    harness_frame(&harness);
    CHECK(harness.damaged == 0);
    harness_move(&harness, 1280 - THEME_COLUMN / 2, THEME_TRANSPORT + 30);
    CHECK(harness.wish.wait > 0); // words will appear beside the button
    harness.input.now += SECOND;
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "The model goes on from the marker"));
    harness_frame(&harness);
    CHECK(harness.wish.wait < 0 && harness.damaged == 0);
    close_stage();
}

TEST(a_playing_screen_asks_for_frames_as_often_as_something_moves) {
    open_stage();
    harness.view.playback.playing = true;
    harness_frame(&harness);
    int near = harness.wish.wait;
    CHECK(near >= 16 && near <= 100);
    for (int i = 0; i < 20; i++) harness_key(&harness, "+");
    CHECK(harness.wish.wait < near);
    close_stage();
}

TEST(a_command_is_followed_by_a_frame_that_shows_what_came_of_it) {
    open_stage();
    harness_key_event(&harness, "Space", true);
    harness_frame(&harness);
    CHECK(harness.wish.wait == 0);
    harness_forget(&harness);
    harness_frame(&harness);
    CHECK(harness.wish.wait < 0);
    close_stage();
}

TEST(scale_goes_by_steps_and_stays_in_bounds) {
    open_stage();
    harness_key(&harness, "Ctrl++");
    CHECK_NEAR(harness.wish.scale, 1.1, 1e-9);
    for (int i = 0; i < 40; i++) harness_key(&harness, "Ctrl+-");
    CHECK(harness.wish.scale >= .5);
    for (int i = 0; i < 60; i++) harness_key(&harness, "Ctrl++");
    CHECK(harness.wish.scale <= 3);
    harness_key(&harness, "Ctrl+0");
    CHECK_NEAR(harness.look.scale, 1, 1e-9);
    close_stage();
}

TEST(how_things_are_shown_is_told_once_when_it_changes) {
    static const char *const keys[] = {"F3",  "F4", "F8",     "F11",
                                       "F12", "K",  "PageUp", "Ctrl++"};
    open_stage();
    CHECK(harness.looks == 0);
    for (int i = 0; i < (int)G_N_ELEMENTS(keys); i++) {
        harness_key(&harness, keys[i]);
        harness_frame(&harness);
        CHECK(harness.looks == i + 1);
    }
    Look look = harness.look;
    CHECK(look.memory);
    CHECK(look.lens && !look.follow && look.fullscreen && look.typing);
    CHECK(look.octave == TYPING_OCTAVE + 1);
    CHECK(look.theme == THEME_LIGHT);
    CHECK_NEAR(look.scale, 1.1, 1e-9);
    close_stage();
}

TEST(every_message_can_be_read) {
    static const char *const words[CONCERNS] = {
        "file words",  "model words", "output words", "font words",
        "input words", "wire words",  "export words"};
    for (Concern c = 0; c < CONCERNS; c++) {
        open_stage();
        harness.view.notices.exporting.name = NULL;
        harness.view.notices.messages[c] = (ViewMessage){words[c], true};
        harness_frame(&harness);
        CHECK(harness_shows(&harness, words[c]));
        close_stage();
    }
}

TEST(what_became_of_an_export_is_seen_though_there_is_no_sound) {
    open_stage();
    harness.view.notices.exporting.name = NULL;
    for (Concern c = CONCERN_OUTPUT; c < CONCERN_EXPORT; c++)
        harness.view.notices.messages[c] = (ViewMessage){"no sound at all", true};
    for (int wrong = 0; wrong < 2; wrong++) {
        harness.view.notices.messages[CONCERN_EXPORT] = (ViewMessage){
            "what became of it", wrong};
        harness_frame(&harness);
        CHECK(harness_shows(&harness, "what became of it"));
    }
    harness.view.notices.exporting.name = "another.wav"; // which takes its time
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "what became of it"));
    harness.view.notices.exporting.name = NULL;
    harness.view.notices.messages[CONCERN_EXPORT] = (ViewMessage){0};
    harness_frame(&harness);
    CHECK(harness_shows(&harness, "no sound at all"));
    close_stage();
}

TEST(any_state_is_drawn_at_any_size) {
    static const double sizes[][3] = {{1280, 800, 1},  {960, 540, 2}, {900, 600, 1},
                                      {720, 480, 1},   {300, 200, 1}, {10, 10, 1},
                                      {3840, 1600, .5}};
    static const char *const overlays[] = {"F1", "F2", "Ctrl+R", "Ctrl+E", "F11"};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (size_t o = 0; o < G_N_ELEMENTS(overlays); o++) {
            open_stage();
            View view = harness.view;
            harness_close(&harness);
            harness_open(&harness, sizes[i][0], sizes[i][1], sizes[i][2]);
            harness.view = view;
            harness_frame(&harness);
            harness_key(&harness, overlays[o]);
            harness_move(&harness, sizes[i][0] / 2, sizes[i][1] / 2);
            close_stage();
        }
}

// Whatever is pressed, clicked and shown, nothing breaks; a sanitizer looks on.
TEST(random_use_breaks_nothing) {
    GRand *rand = g_rand_new_with_seed(5);
    open_stage();
    for (int i = 0; i < 3000; i++) {
        View *v = &harness.view;
        harness.input.x = g_rand_double_range(rand, -10, 1300);
        harness.input.y = g_rand_double_range(rand, -10, 820);
        int kind = g_rand_int_range(rand, 0, 6);
        CommandId id = (CommandId)g_rand_int_range(rand, 1, COMMANDS);
        if (kind == 0 && *command_keys(id, 0))
            harness_key_event(&harness, command_keys(id, 0), true);
        if (kind == 1) {
            harness.input.pressed = (MouseButton)g_rand_int_range(rand, 1, 4);
            harness.input.held = harness.input.pressed;
            harness.input.clicks = g_rand_int_range(rand, 1, 3);
        }
        if (kind == 2 && harness.input.held)
            harness.input.released = harness.input.held,
            harness.input.held = MOUSE_NONE;
        if (kind == 3) harness.input.wheel_y = g_rand_double_range(rand, -3, 3);
        if (kind == 4)
            g_strlcpy(harness.input.text, "\xc3\xa9 x", sizeof harness.input.text);
        if (kind == 5) {
            harness.input.focus_lost = g_rand_int_range(rand, 0, 9) == 0;
            v->takes.count = g_rand_int_range(rand, 0, 4);
            v->takes.audible = g_rand_int_range(rand, -1, v->takes.count + 1);
            v->takes.compared = g_rand_int_range(rand, -1, 3);
            v->playback.playing = g_rand_boolean(rand);
            v->playback.position = g_rand_int(rand);
            v->generation.writing = (Writing)g_rand_int_range(rand, 0, 5);
        }
        harness_frame(&harness);
        harness_forget(&harness);
    }
    close_stage();
    g_rand_free(rand);
}

int main(void) {
    RUN(keys_send_the_commands_of_the_table);
    RUN(the_windows_own_keys_send_what_they_come_to);
    RUN(two_keys_select_a_span_within_the_piece);
    RUN(every_command_can_be_had_by_the_keyboard_alone);
    RUN(whatever_a_click_does_a_key_can_do);
    RUN(space_plays_and_only_enter_works_the_focused_control);
    RUN(what_a_notice_asks_comes_first_by_tab);
    RUN(a_click_leaves_the_keyboard_where_it_was);
    RUN(a_click_hides_the_help_until_the_mouse_moves_on);
    RUN(a_press_that_leaves_the_button_does_nothing);
    RUN(what_is_not_possible_is_not_sent);
    RUN(esc_closes_an_overlay_and_shift_esc_is_panic_even_there);
    RUN(nothing_under_an_overlay_can_be_reached);
    RUN(the_help_shows_every_key_and_does_what_is_clicked);
    RUN(a_dropped_file_is_opened);
    RUN(a_session_is_asked_for_its_name_until_it_has_one);
    RUN(files_are_asked_for_by_the_system_where_it_has_dialogs);
    RUN(the_settings_choose_between_the_system_s_dialogs_and_our_own);
    RUN(a_session_of_the_list_is_opened_renamed_and_deleted_after_a_question);
    RUN(the_question_before_a_deletion_names_what_is_deleted);
    RUN(a_name_that_is_no_text_is_edited_as_what_is_seen_of_it);
    RUN(more_that_is_known_of_sessions_leaves_the_cursor_where_it_is);
    RUN(an_export_goes_to_the_path_that_was_edited);
    RUN(an_export_takes_the_ending_of_the_format_that_is_chosen);
    RUN(an_export_asks_once_before_it_replaces_a_file);
    RUN(a_seed_is_typed_and_kept_only_by_enter);
    RUN(a_double_click_on_a_dial_brings_its_middle_back);
    RUN(a_key_goes_to_the_dials_which_arrows_move_while_enter_continues);
    RUN(a_dial_that_the_model_lacks_is_not_moved);
    RUN(a_dial_asks_for_a_controller_by_the_right_button_and_again_for_none);
    RUN(a_key_has_the_dial_under_the_mouse_or_that_of_tab_learn);
    RUN(while_a_dial_learns_esc_ends_that_and_delete_takes_its_controller_away);
    RUN(a_dial_shows_which_controller_moves_it_and_that_it_waits_for_one);
    RUN(a_small_window_shows_every_dial_whole);
    RUN(a_take_is_chosen_by_a_click_on_it);
    RUN(a_take_has_the_colour_of_who_made_it);
    RUN(an_idle_screen_asks_for_no_frame);
    RUN(a_playing_screen_asks_for_frames_as_often_as_something_moves);
    RUN(a_command_is_followed_by_a_frame_that_shows_what_came_of_it);
    RUN(scale_goes_by_steps_and_stays_in_bounds);
    RUN(how_things_are_shown_is_told_once_when_it_changes);
    RUN(every_message_can_be_read);
    RUN(what_became_of_an_export_is_seen_though_there_is_no_sound);
    RUN(any_state_is_drawn_at_any_size);
    RUN(random_use_breaks_nothing);
    return test_end();
}
