// Reads any bytes as settings. All values must be in range, and a sentence must report
// others in the file.
#include "app/desktop/settings.h"
#include "tests/fuzz/fuzz.h"

// Checks that each learned controller is in MIDI's range, no pedal, and not that of
// another dial.
static void check_learned(const MidiController *learned) {
    for (Steer i = 0; i < STEERS; i++) {
        MidiController c = learned[i];
        MUST(c.channel >= 0 && c.channel <= 16 && c.number >= 0 && c.number < 120);
        MUST(pedal_of_controller(c.number) == PEDALS);
        for (Steer j = 0; j < i && c.channel; j++)
            MUST(!midi_controller_is(learned[j], c));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Settings s;
    char *trouble;
    settings_parse(&s, (const char *)data, size, "fuzz", &trouble);
    MUST(!trouble || g_str_has_prefix(trouble, "fuzz: "));
    MUST(s.buffer_frames >= 16 && s.buffer_frames <= 8192);
    MUST(s.volume >= 0 && s.volume <= 1 && s.steer[STEER_TEMPERATURE] >= 0 &&
         s.scale >= 0.5);
    MUST(s.width > 0 && s.takes > 0 && s.speed > 0 && s.seed >= 0);
    MUST(g_utf8_validate(s.audio_device, -1, NULL) && s.soundfont && s.folder);
    check_learned(s.learned);
    MUST(g_strv_length(s.recent) <= SETTINGS_RECENT);
    settings_add_recent(&s, "/a.mid");
    g_free(trouble);
    settings_clear(&s);
    return 0;
}
