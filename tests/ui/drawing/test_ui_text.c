#include "tests/test.h"
#include "ui/drawing/text.h"

static bool is(char *got, const char *want) {
    bool same = strcmp(got, want) == 0;
    if (!same) fprintf(stderr, "got '%s', want '%s'\n", got, want);
    g_free(got);
    return same;
}

TEST(no_control_character_is_drawn_raw) {
    char raw[256];
    for (int c = 1; c < 256; c++) raw[c - 1] = (char)c;
    raw[255] = 0;
    g_autofree char *shown = text_printable(raw);
    CHECK(g_utf8_validate(shown, -1, NULL));
    for (const char *c = shown; *c; c = g_utf8_next_char(c))
        CHECK(!g_unichar_iscntrl(g_utf8_get_char(c)));
    CHECK(is(text_printable("a\x1b[31mb"), "a\uFFFD[31mb"));
    CHECK(is(text_printable("abc\u202Efdp.mid"), "abc\uFFFDfdp.mid"));
    CHECK(is(text_printable("two\nlines"), "two lines"));
}

TEST(what_can_be_read_stays) {
    CHECK(
        is(text_printable("Für Élise \u4e2d\u6587.mid"), "Für Élise \u4e2d\u6587.mid"));
}

static gboolean short_enough(const char *text, void *with) {
    return g_utf8_strlen(text, -1) <= *(const long *)with;
}

TEST(a_text_is_cut_between_characters_and_ends_in_an_ellipsis) {
    const char *text = "Für Élise \u4e2d\u6587";
    for (long room = 1; room < 20; room++) {
        g_autofree char *cut = text_shorten(text, short_enough, &room);
        CHECK(g_utf8_validate(cut, -1, NULL));
        CHECK(g_utf8_strlen(cut, -1) <= room);
        CHECK((g_utf8_strlen(text, -1) <= room) == (strcmp(cut, text) == 0));
        if (strcmp(cut, text) != 0) CHECK(g_str_has_suffix(cut, "…"));
    }
    long room = 0;
    CHECK(is(text_shorten("", short_enough, &room), ""));
}

TEST(time_reads_as_minutes_and_seconds) {
    char text[24];
    text_time(text, 65432100, TRUE);
    CHECK(strcmp(text, "1:05.4") == 0);
    text_time(text, 65999999, FALSE);
    CHECK(strcmp(text, "1:05") == 0);
    text_time(text, 3723000000, FALSE);
    CHECK(strcmp(text, "1:02:03") == 0);
    text_time(text, -5, TRUE);
    CHECK(strcmp(text, "0:00.0") == 0);
    text_time(text, INT64_MAX, TRUE);
    text_time(text, INT64_MIN, TRUE);
}

TEST(counts_are_grouped_by_thousands) {
    char text[32];
    static const struct {
        int64_t count;
        const char *words;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {-1000, "-1,000"},
                 {-100, "-100"},
                 {1234567, "1,234,567"},
                 {INT64_MIN, "-9,223,372,036,854,775,808"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        text_count(text, cases[i].count);
        CHECK(strcmp(text, cases[i].words) == 0);
    }
}

int main(void) {
    RUN(no_control_character_is_drawn_raw);
    RUN(what_can_be_read_stays);
    RUN(a_text_is_cut_between_characters_and_ends_in_an_ellipsis);
    RUN(time_reads_as_minutes_and_seconds);
    RUN(counts_are_grouped_by_thousands);
    return test_end();
}
