// par-midi render renders a performance to a sound file, faster than real time.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/outputs.h"
#include "app/commands.h"
#include "app/sound/recording.h"
#include "audio/soundfont.h"

static int render(const char *in, const SoundExport *wanted) {
    GError *error = NULL;
    SoundExport x = *wanted;
    Performance p = {0};
    int status;
    if (!input_read_music(in, &p, &error)) return message_fail(error);
    g_autofree char *soundfont = soundfont_find(wanted->soundfont, &error);
    x.soundfont = soundfont;
    if (soundfont) message_warn("soundfont %s", soundfont);
    if (!soundfont || !recording_write(&x, &p, &error))
        status = message_fail(error);
    else
        status = interrupt_status(0);
    performance_clear(&p);
    return status;
}

int cmd_render(int argc, char **argv) {
    g_autofree char *out = NULL, *soundfont = NULL;
    RecordingWish wish = RECORDING_USUAL;
    SoundExport sound;
    int status;
    // clang-format off
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Write the sound to this file, whose extension chooses the format: .wav, .flac, .ogg, .opus or .mp3; - is standard output, as WAV", "OUT.wav"},
        {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &soundfont, "The piano (default: $SOUNDFONT, then the first found on this machine)", "SF2"},
        RECORDING_OPTIONS(&wish),
        {0},
    };
    // clang-format on
    if (!options_parse(&argc, &argv, "IN.mid -o OUT.wav",
                       "Renders a MIDI file to sound. IN.mid may be -, standard input.",
                       NULL, entries, &status))
        return status;
    if (argc != 2) return message_misuse("exactly one MIDI file must be given");
    if (!out) return message_misuse("-o OUT.wav is missing");
    g_autofree char *found = soundfont_find(soundfont, NULL);
    status = outputs_check(PATHS(argv[1], soundfont, found), PATHS(out));
    if (!status) status = recording_plan(&sound, out, &wish);
    sound.soundfont = soundfont;
    return status ? status : render(argv[1], &sound);
}
