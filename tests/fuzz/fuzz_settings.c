// Any bytes as settings: values in range, and a sentence where the file had others.
#include "app/desktop/settings.h"
#include "tests/fuzz/fuzz.h"

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
    MUST(g_strv_length(s.recent) <= SETTINGS_RECENT);
    settings_add_recent(&s, "/a.mid");
    g_free(trouble);
    settings_clear(&s);
    return 0;
}
