#include "midi/file_name.h"
#include "tests/test.h"

TEST(five_endings_in_any_case_are_midi) {
    CHECK(file_name_is_midi("a.mid") && file_name_is_midi("/b.c/a.MIDI"));
    CHECK(file_name_is_midi("a.smf") && file_name_is_midi("a.Rmi"));
    CHECK(file_name_is_midi("a.b.kar") && file_name_is_midi("\xE9.mid"));
}

TEST(other_names_are_not) {
    CHECK(!file_name_is_midi("a.midx") && !file_name_is_midi("a.wav"));
    CHECK(!file_name_is_midi("a.mid/b") && !file_name_is_midi("mid"));
    CHECK(!file_name_is_midi("a.mid.tmp") && !file_name_is_midi("a."));
    CHECK(!file_name_is_midi("") && !file_name_is_midi("/"));
}

TEST(an_ending_alone_is_a_hidden_file) {
    CHECK(!file_name_is_midi(".mid") && !file_name_is_midi("b.c/.mid"));
}

int main(void) {
    RUN(five_endings_in_any_case_are_midi);
    RUN(other_names_are_not);
    RUN(an_ending_alone_is_a_hidden_file);
    return test_end();
}
