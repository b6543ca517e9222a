#include "tests/test.h"
#include "ui/command.h"

#include <SDL.h>

// Parses "Ctrl+Shift+Z" without the program's table, which is what is tested.
static int key_of(const char *keys, unsigned *ret_modifiers) {
    *ret_modifiers = 0;
    if (g_str_has_prefix(keys, "Ctrl+")) keys += 5, *ret_modifiers |= KEY_CTRL;
    if (g_str_has_prefix(keys, "Shift+")) keys += 6, *ret_modifiers |= KEY_SHIFT;
    if (strcmp(keys, "Enter") == 0) keys = "Return";
    if (strcmp(keys, "Esc") == 0) keys = "Escape";
    return SDL_GetKeyFromName(keys);
}

static CommandId of(int code, uint32_t typed, unsigned modifiers) {
    return command_of_key(&(KeyEvent){
        .code = code, .typed = typed, .modifiers = modifiers, .down = true});
}

TEST(every_key_in_the_table_exists_and_stands_for_its_command) {
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        for (int n = 0; *command_keys(id, n); n++) {
            unsigned modifiers;
            int code = key_of(command_keys(id, n), &modifiers);
            if (code == SDLK_UNKNOWN) fprintf(stderr, "%s\n", command_keys(id, n));
            CHECK(code != SDLK_UNKNOWN);
            CHECK(of(code, 0, modifiers) == id);
        }
}

TEST(no_two_commands_have_the_same_key) {
    for (CommandId a = COMMAND_NONE + 1; a < COMMANDS; a++)
        for (int i = 0; *command_keys(a, i); i++)
            for (CommandId b = COMMAND_NONE + 1; b < COMMANDS; b++)
                for (int j = 0; *command_keys(b, j); j++)
                    CHECK((a == b && i == j) ||
                          strcmp(command_keys(a, i), command_keys(b, j)) != 0);
}

TEST(every_command_says_what_it_does_in_a_sentence) {
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
        const CommandInfo *info = command_info(id);
        CHECK(info->id == id);
        CHECK(*info->name);
        CHECK(g_str_has_suffix(info->help, "."));
    }
}

TEST(what_the_help_lists_has_a_key) {
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        CHECK((command_info(id)->group != NULL) == (*command_keys(id, 0) != 0));
}

TEST(a_command_of_a_letter_of_the_typing_piano_has_another_key_too) {
    for (const char *c = "zsxdcvgbhnjmq2w3er5t6y7ui9op"; *c; c++) {
        CommandId id = of(*c, (uint32_t)*c, 0);
        CHECK(id == COMMAND_NONE || g_str_has_prefix(command_keys(id, 1), "Ctrl+"));
    }
}

TEST(a_key_with_other_modifiers_is_another_key) {
    CHECK(of(SDLK_z, 0, KEY_CTRL) == COMMAND_UNDO);
    CHECK(of(SDLK_z, 0, KEY_CTRL | KEY_SHIFT) == COMMAND_REDO);
    CHECK(of(SDLK_z, 0, 0) == COMMAND_NONE);
    CHECK(of(SDLK_SPACE, 0, KEY_ALT) == COMMAND_NONE);
    CHECK(of(SDLK_EQUALS, 0, KEY_SHIFT) == COMMAND_ZOOM_IN); // is +
}

// The keys and characters that X11 reports with US, German and French keyboards.
TEST(a_symbol_is_the_character_that_was_typed_wherever_its_key_lies) {
    static const struct {
        int code;
        char typed;
        unsigned modifiers;
        CommandId id;
    } keys[] = {
        {'/', '?', KEY_SHIFT, COMMAND_HELP},
        {0xDF, '?', KEY_SHIFT, COMMAND_HELP},
        {',', '?', KEY_SHIFT, COMMAND_HELP},
        {'/', '/', 0, COMMAND_NONE},
        {'=', '=', 0, COMMAND_ZOOM_IN},
        {'0', '=', KEY_SHIFT, COMMAND_ZOOM_IN},
        {'=', '+', KEY_SHIFT, COMMAND_ZOOM_IN},
        {'+', '+', 0, COMMAND_ZOOM_IN},
        {'-', '-', 0, COMMAND_ZOOM_OUT},
        {'6', '-', 0, COMMAND_ZOOM_OUT},
        {'.', '.', 0, COMMAND_STOP},
        {';', '.', KEY_SHIFT, COMMAND_STOP},
        {'.', ':', KEY_SHIFT, COMMAND_NONE},
        {'-', '_', KEY_SHIFT, COMMAND_NONE},
        {'0', '0', 0, COMMAND_ZOOM_ALL},
        {'0', '0', KEY_SHIFT, COMMAND_ZOOM_ALL},
        {'6', '-', KEY_CTRL, COMMAND_SMALLER},
        {'+', '+', KEY_CTRL, COMMAND_BIGGER},
        {'0', '=', KEY_CTRL | KEY_SHIFT, COMMAND_BIGGER},
        {';', '.', KEY_CTRL | KEY_SHIFT, COMMAND_STOP},
        {'.', '.', KEY_ALT, COMMAND_NONE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        CHECK(of(keys[i].code, (uint32_t)keys[i].typed, keys[i].modifiers) ==
              keys[i].id);
    CHECK(of('0', 0xE0, 0) == COMMAND_ZOOM_ALL); // French, where SDL reports the digits
}

// The keys of each layout that are no letters: the code that SDL reports, and what the
// key types without and with Shift. For the French row of digits SDL reports the
// digits.
static const struct Layout {
    const char *name, *keys;
} layouts[] = {
    {"US", "``~11!22@33#44$55%66^77&88*99(00)--_==+[[{]]}\\\\|;;:''\",,<..>//?"},
    {"German", "^^°11!22\"33§44$55%66&77/88(99)00=ßß?´´`üüÜ++*ööÖääÄ##',,;..:--_<<>"},
    {"French", "²²~1&12é23\"34'45(56-67è78_89ç90à0))°==+^^¨$$£ùù%**µ,,?;;.::/!!§<<>"}};

// Presses the key that types this character, with or without Ctrl. Wayland reports no
// character with Ctrl. Returns false if the layout has no such key.
static bool types(const struct Layout *l, gunichar c, unsigned modifiers, bool told,
                  CommandId *ret) {
    told = told || !(modifiers & KEY_CTRL);
    for (const char *key = l->keys; *key; key = g_utf8_offset_to_pointer(key, 3)) {
        gunichar plain = g_utf8_get_char(g_utf8_offset_to_pointer(key, 1));
        gunichar shifted = g_utf8_get_char(g_utf8_offset_to_pointer(key, 2));
        if (c != plain && c != shifted) continue;
        *ret = of((int)g_utf8_get_char(key), told ? c : 0,
                  modifiers | (c == plain ? 0 : KEY_SHIFT));
        return true;
    }
    return false;
}

// A letter, or a key with a name, is the same with all layouts.
static bool presses(const struct Layout *l, const char *keys, bool told,
                    CommandId *ret) {
    unsigned modifiers;
    int code = key_of(keys, &modifiers);
    const char *last = strrchr(keys, '+');
    const char *name = last && last > keys && last[1] ? last + 1 : keys;
    if (g_str_has_suffix(keys, "++")) name = "+";
    if (strlen(name) == 1 && !g_ascii_isalpha(*name))
        return types(l, (guchar)*name, modifiers, told, ret);
    *ret = of(code, 0, modifiers);
    return true;
}

TEST(every_command_is_reached_on_us_german_and_french_keyboards) {
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(layouts); i++)
        for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++) {
            bool reached = !*command_keys(id, 0);
            for (int n = 0; *command_keys(id, n); n++) {
                CommandId got;
                if (!presses(&layouts[i / 2], command_keys(id, n), i % 2, &got))
                    continue;
                CHECK(got == id || (got == COMMAND_NONE && i % 2 == 0));
                reached |= got == id;
            }
            if (!reached)
                fprintf(stderr, "%s, %s\n", layouts[i / 2].name,
                        command_info(id)->name);
            CHECK(reached);
        }
}

TEST(what_generates_needs_a_model) {
    static const CommandId generate[] = {
        COMMAND_CONTINUE, COMMAND_CONTINUE_END, COMMAND_CAPTURE, COMMAND_FORK,
        COMMAND_BRIDGE,   COMMAND_ENDING,       COMMAND_DUET};
    for (size_t i = 0; i < G_N_ELEMENTS(generate); i++) {
        View v = {.piece = {.end = 1000000},
                  .keyboard = {.heard = true},
                  .generation = {.writing = WRITING_IDLE}};
        CHECK(command_possible(generate[i], &v));
        v.generation.writing = WRITING_NO_MODEL;
        CHECK(!command_possible(generate[i], &v));
    }
}

TEST(the_queue_gives_what_was_sent_in_order) {
    CommandQueue q = {NULL};
    command_send(&q, (Command){.id = COMMAND_PLAY});
    command_send(&q, (Command){.id = COMMAND_OPEN_FILE, .text = g_strdup("a.mid")});
    command_send(&q, (Command){.id = COMMAND_OPEN_FILE, .text = g_strdup("left")});
    Command c;
    CHECK(command_next(&q, &c) && c.id == COMMAND_PLAY);
    CHECK(command_next(&q, &c) && strcmp(c.text, "a.mid") == 0);
    command_clear(&c);
    CHECK(c.id == COMMAND_NONE);
    command_queue_clear(&q);
    CHECK(!command_next(&q, &c));
}

int main(void) {
    RUN(every_key_in_the_table_exists_and_stands_for_its_command);
    RUN(no_two_commands_have_the_same_key);
    RUN(every_command_says_what_it_does_in_a_sentence);
    RUN(what_the_help_lists_has_a_key);
    RUN(a_command_of_a_letter_of_the_typing_piano_has_another_key_too);
    RUN(a_key_with_other_modifiers_is_another_key);
    RUN(a_symbol_is_the_character_that_was_typed_wherever_its_key_lies);
    RUN(every_command_is_reached_on_us_german_and_french_keyboards);
    RUN(what_generates_needs_a_model);
    RUN(the_queue_gives_what_was_sent_in_order);
    return test_end();
}
