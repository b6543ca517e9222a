#include "audio/files/sound_format.h"
#include "tests/test.h"

enum { ANY = SOUND_USUAL };

static SoundFormat chosen(const char *path, int rate, int depth) {
    SoundFormat f = {0};
    CHECK(sound_format_choose(&f, path, rate, depth, NULL));
    return f;
}

static bool refused(const char *path, int rate, int depth, const char *why) {
    SoundFormat f;
    g_autoptr(GError) error = NULL;
    if (sound_format_choose(&f, path, rate, depth, &error)) return false;
    if (strcmp(error->message, why) == 0) return true;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

TEST(the_ending_says_the_kind_in_any_letters) {
    static const struct {
        const char *path;
        SoundKind kind;
    } names[] = {{"a.wav", SOUND_WAV},     {"A.WAV", SOUND_WAV},
                 {"x/y.flac", SOUND_FLAC}, {"a.wav.ogg", SOUND_VORBIS},
                 {"a.oga", SOUND_VORBIS},  {".opus", SOUND_OPUS},
                 {"a b.Mp3", SOUND_MP3},   {"-", SOUND_WAV}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        CHECK(chosen(names[i].path, ANY, ANY).kind == names[i].kind);
}

TEST(a_name_with_no_such_ending_is_told_which_there_are) {
    CHECK(refused("a.mid", ANY, ANY,
                  "a.mid: a sound file's name ends in .wav, .flac, .ogg, .opus or "
                  ".mp3"));
    CHECK(!sound_format_choose(&(SoundFormat){0}, "wav", ANY, ANY, NULL));
    CHECK(!sound_format_choose(&(SoundFormat){0}, "", ANY, ANY, NULL));
}

TEST(each_kind_has_its_usual_rate_and_depth) {
    for (int k = 0; k < SOUND_KINDS; k++) {
        SoundFormat f = chosen(sound_format_ending((SoundKind)k), ANY, ANY);
        CHECK(f.kind == (SoundKind)k && *sound_format_name(f.kind));
        CHECK(f.rate == (k == SOUND_OPUS ? 48000 : 44100));
        CHECK(f.depth == (k == SOUND_WAV || k == SOUND_FLAC ? 16 : 0));
    }
}

TEST(what_a_kind_cannot_hold_is_refused_with_what_it_can) {
    CHECK(refused("a.opus", 44100, ANY,
                  "the rates of Opus are 48000, 24000, 16000, 12000, 8000, not 44100"));
    CHECK(!sound_format_choose(&(SoundFormat){0}, "a.mp3", 96000, ANY, NULL));
    CHECK(refused("a.ogg", ANY, 16, "Ogg Vorbis is lossy and has no depth"));
    CHECK(refused("a.flac", ANY, 32, "the depth of FLAC is 16 or 24, not 32"));
    CHECK(refused("a.wav", ANY, 8, "the depth of WAV is 16, 24 or 32 (float), not 8"));
    CHECK(refused("a.wav", 7999, ANY, "the rate must be from 8000 to 96000"));
    CHECK(!sound_format_choose(&(SoundFormat){0}, "a.wav", 96001, ANY, NULL));
    CHECK(!sound_format_choose(&(SoundFormat){0}, "a.wav", 0, ANY, NULL));
    CHECK(!sound_format_choose(&(SoundFormat){0}, "a.wav", ANY, 0, NULL));
    CHECK(chosen("a.wav", 96000, 32).depth == 32 && chosen("a.mp3", 8000, ANY).rate);
    CHECK(chosen("a.flac", 12345, 24).rate == 12345);
}

int main(void) {
    RUN(the_ending_says_the_kind_in_any_letters);
    RUN(a_name_with_no_such_ending_is_told_which_there_are);
    RUN(each_kind_has_its_usual_rate_and_depth);
    RUN(what_a_kind_cannot_hold_is_refused_with_what_it_can);
    return test_end();
}
