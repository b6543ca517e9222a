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
    MUST(s.audio.buffer_frames >= 16 && s.audio.buffer_frames <= 8192);
    MUST(s.audio.volume >= 0 && s.audio.volume <= 1 &&
         s.model.steer[STEER_TEMPERATURE] >= 0 && s.window.scale >= 0.5);
    MUST(s.window.width > 0 && s.model.takes > 0 && s.window.speed > 0 &&
         s.model.seed >= 0);
    MUST(g_utf8_validate(s.audio.device, -1, NULL) && s.audio.soundfont &&
         s.files.folder);
    check_learned(s.learned);
    MUST(g_strv_length(s.files.recent) <= SETTINGS_RECENT);
    settings_add_recent(&s, "/a.mid");
    g_free(trouble);
    settings_clear(&s);
    return 0;
}
