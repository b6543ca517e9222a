// par-midi render: a performance to sound, faster than real time.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/outputs.h"
#include "app/commands.h"
#include "app/generation/recording.h"
#include "audio/soundfont.h"

enum { RATE_LEAST = 8000, RATE_MOST = 96000 };

static int render(const char *in, const Recording *wanted) {
    GError *error = NULL;
    Recording r = *wanted;
    Performance p = {0};
    g_autofree char *soundfont = NULL;
    int status = 0;
    if (!input_read_music(in, &p, &error)) return message_fail(error);
    soundfont = soundfont_find(wanted->soundfont, &error);
    r.soundfont = soundfont;
    if (soundfont) message_warn("soundfont %s", soundfont);
    if (!soundfont || !recording_write(&r, &p, &error))
        status = message_fail(error);
    else if (*interrupt_flag())
        status = 128 + *interrupt_flag();
    performance_clear(&p);
    return status;
}

int cmd_render(int argc, char **argv) {
    g_autofree char *out = NULL, *soundfont = NULL;
    int rate = 44100, bits = 16, status;
    double gain = 0;
    gboolean normalize = FALSE;
    // clang-format off
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Write the sound to this file; - is standard output", "OUT.wav"},
        {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &soundfont, "The piano (default: $SOUNDFONT, then the first found on this machine)", "SF2"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &rate, "Frames per second, 8000 to 96000 (default: 44100)", "N"},
        {"bits", 0, 0, G_OPTION_ARG_INT, &bits, "Bits per sample, 16 or 24 (default: 16)", "N"},
        {"gain", 0, 0, G_OPTION_ARG_DOUBLE, &gain, RECORDING_GAIN, "DB"},
        {"normalize", 0, 0, G_OPTION_ARG_NONE, &normalize, RECORDING_NORMALIZE, NULL},
        {0},
    };
    // clang-format on
    if (!options_parse(
            &argc, &argv, "IN.mid -o OUT.wav",
            "Renders a MIDI file to a WAVE file. IN.mid may be -, standard input.",
            NULL, entries, &status))
        return status;
    if (argc != 2) return message_misuse("one MIDI file is wanted");
    if (!out) return message_misuse("-o OUT.wav is missing");
    if (rate < RATE_LEAST || rate > RATE_MOST)
        return message_misuse("--rate goes from %d to %d", RATE_LEAST, RATE_MOST);
    if (bits != 16 && bits != 24) return message_misuse("--bits is 16 or 24");
    Loudness loudness = {gain, normalize};
    g_autofree char *found = soundfont_find(soundfont, NULL);
    status = recording_check(loudness);
    if (!status) status = outputs_check(PATHS(argv[1], soundfont, found), PATHS(out));
    return status ? status
                  : render(argv[1], &(Recording){out, soundfont, rate, bits, loudness});
}
