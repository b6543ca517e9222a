#include "audio/ports/midi_channels.h"
#include "tests/test.h"

// Collects the events as text: "on 60 80, off 60, pedal 127".
static char told[4096];

static void tell(void *data, int kind, int pitch, int value) {
    size_t used = strlen(told);
    char *end = told + used;
    const char *comma = used ? ", " : "";
    if (kind == EVENT_ONSET)
        snprintf(end, sizeof told - used, "%son %d %d", comma, pitch, value);
    else if (kind == EVENT_RELEASE)
        snprintf(end, sizeof told - used, "%soff %d", comma, pitch);
    else
        snprintf(end, sizeof told - used, "%s%s %d", comma,
                 pitch == PEDAL_SOFT        ? "soft"
                 : pitch == PEDAL_SOSTENUTO ? "sostenuto"
                                            : "pedal",
                 value);
}

static MidiChannels channels;

static void begin(void) {
    channels = (MidiChannels){0};
    *told = '\0';
}

static void send(int status, int number, int value) {
    midi_channels_apply(&channels,
                        (MidiMessage){status & 0xF0, status & 15, number, value}, tell,
                        NULL);
}

TEST(a_key_is_up_when_no_channel_holds_it) {
    begin();
    send(0x90, 60, 80);
    send(0x91, 60, 70); // struck again
    send(0x80, 60, 0);
    CHECK(strcmp(told, "on 60 80, on 60 70") == 0);
    send(0x91, 60, 0);
    CHECK(strcmp(told, "on 60 80, on 60 70, off 60") == 0);
}

TEST(a_note_off_of_another_channel_ends_nothing) {
    begin();
    send(0x90, 60, 80);
    send(0x83, 60, 0);
    send(0x90, 61, 0);
    CHECK(strcmp(told, "on 60 80") == 0);
}

TEST(all_notes_off_ends_the_notes_of_its_channel_and_leaves_the_pedal) {
    for (int controller = 120; controller <= 123; controller += 3) {
        begin();
        send(0x90, 60, 80);
        send(0x90, 64, 80);
        send(0x91, 64, 80);
        send(0xB0, 64, 127);
        *told = '\0';
        send(0xB0, controller, 0);
        CHECK(strcmp(told, "off 60") == 0);
        send(0xB1, controller, 0);
        CHECK(strcmp(told, "off 60, off 64") == 0);
    }
}

TEST(the_pedal_is_the_deepest_of_the_channels_pedals) {
    begin();
    send(0xB0, 64, 40);
    send(0xB1, 64, 127);
    send(0xB1, 64, 0);
    CHECK(strcmp(told, "pedal 40, pedal 127, pedal 40") == 0);
}

TEST(a_reset_of_controllers_lifts_the_pedal_of_its_channel) {
    begin();
    send(0xB0, 64, 127);
    send(0xB1, 121, 0);
    send(0xB0, 121, 0);
    CHECK(strcmp(told, "pedal 127, pedal 127, pedal 0") == 0);
}

TEST(the_other_two_pedals_are_told_like_the_first) {
    begin();
    send(0xB0, 67, 90);
    send(0xB1, 66, 127);
    send(0xB1, 67, 50);
    send(0xB1, 121, 0);
    CHECK(strcmp(told,
                 "soft 90, sostenuto 127, soft 90, pedal 0, sostenuto 0, soft 90") ==
          0);
}

TEST(other_messages_do_nothing) {
    begin();
    send(0xA0, 60, 80);
    send(0xC0, 60, 0);
    send(0xB0, 1, 127);
    send(0xE0, 0, 64);
    CHECK(*told == '\0');
}

int main(void) {
    RUN(a_key_is_up_when_no_channel_holds_it);
    RUN(a_note_off_of_another_channel_ends_nothing);
    RUN(all_notes_off_ends_the_notes_of_its_channel_and_leaves_the_pedal);
    RUN(the_pedal_is_the_deepest_of_the_channels_pedals);
    RUN(a_reset_of_controllers_lifts_the_pedal_of_its_channel);
    RUN(the_other_two_pedals_are_told_like_the_first);
    RUN(other_messages_do_nothing);
    return test_end();
}
