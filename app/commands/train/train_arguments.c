#include "app/commands/train/train_arguments.h"

#include "app/base/options.h"
#include "app/commands/train/train_check.h"
#include "model/train/data/copy.h"

#include <float.h>
#include <string.h>

#define UNSET (-DBL_MAX)
#define TEXTS 40 // room for the options that are no numbers

static const char summary[] =
    "Trains a model on folders of MIDI files. A CSV in a folder with the columns "
    "split\nand midi_filename, like MAESTRO's, says which files are for training "
    "and which\nfor validation; without one, a hash of the file names decides.\n\n"
    "With --ids: DIR is a folder of any files, or a file. NAME.ids holds numbers "
    "of "
    "16 bits,\nlittle-endian, below --vocabulary; of NAME.ppm, an image of 8 bits, "
    "the samples are\ntrained on; of any other file its bytes.";
static const char description[] =
    "Options without a default here take the preset's value.\nCtrl-C saves and "
    "stops; --resume RUN continues from there, for longer with --steps\nor "
    "--minutes.\n\nmpirun --bind-to none -n K par-midi "
    "train ... shares each batch among K processes,\non machines of one kind that "
    "see the same files; the run is the same.";

bool train_arguments_given(const TrainArguments *a, TrainNumber n) {
    return a->number[n] != UNSET;
}

// These append options, in the order of --help, and return where the next ones go.
static GOptionEntry *add(GOptionEntry *to, const GOptionEntry *entries, size_t count) {
    memcpy(to, entries, count * sizeof *entries);
    return to + count;
}

static GOptionEntry *add_run(GOptionEntry *to, TrainArguments *a) {
    // clang-format off
    const GOptionEntry entries[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a->out,
         "Folder of the new run (default: a new one in runs/)", "RUN"},
        {"resume", 'r', 0, G_OPTION_ARG_FILENAME, &a->resume, "Continue a run that was stopped", "RUN"},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &a->from,
         "Start from the weights of a trained model, a file or a name from par-midi models", "MODEL"},
        {"wake", 0, 0, G_OPTION_ARG_NONE, &a->wake,
         "With --from: give new weights to hidden units that are always zero", NULL},
        {"task", 0, 0, G_OPTION_ARG_STRING, &a->task,
         "music, or copy: random symbols and their mirror image (default: music)", "NAME"},
        {"preset", 'p', 0, G_OPTION_ARG_STRING, &a->preset,
         "tiny, small, base or paper (default: small, tiny up to " G_STRINGIFY(TRAIN_SHORT_MINUTES) " minutes)", "NAME"},
        {"tokenizer", 0, 0, G_OPTION_ARG_STRING, &a->tokenizer,
         "performance or performance-pedal (default: performance-pedal)", "NAME"},
        {"optimizer", 0, 0, G_OPTION_ARG_STRING, &a->optimizer,
         "muon or adamw (default: the preset's)", "NAME"},
        {"schedule", 0, 0, G_OPTION_ARG_STRING, &a->schedule,
         "Learning rate: cosine, or constant for a run without an end (default: cosine)", "NAME"},
    };
    // clang-format on
    return add(to, entries, G_N_ELEMENTS(entries));
}

static GOptionEntry *add_data_and_rest(GOptionEntry *to, TrainArguments *a) {
    // clang-format off
    const GOptionEntry entries[] = {
        {"ids", 0, 0, G_OPTION_ARG_NONE, &a->ids,
         "Train on bytes, .ids files and .ppm images instead of music", NULL},
        {"validation", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a->validation,
         "With --ids: validate on this file and train on all others; may be repeated", "FILE"},
        {"mix", 0, 0, G_OPTION_ARG_STRING, &a->mix,
         "Weight of each folder in an epoch (default: 1,1,...)", "A,B,..."},
        {"validate-all", 0, 0, G_OPTION_ARG_NONE, &a->validate_all,
         "Validate on all folders, not only on the first", NULL},
        {"windows", 0, 0, G_OPTION_ARG_STRING, &a->windows,
         "anywhere, or epoch: every token is a target once per epoch (default: anywhere)", "NAME"},
        {"cooldown", 0, 0, G_OPTION_ARG_FILENAME, &a->cooldown,
         "Lower the learning rate of a constant run to zero, in a new run", "RUN"},
        {"change", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a->changes,
         "Change batch, latents, rate, dropout or keep from a step on; may be repeated",
         "STEP:NAME=VALUE"},
        {"recall", 0, 0, G_OPTION_ARG_STRING, &a->recall,
         "The recall block, which finds where the last notes occurred before (default: on for new models of music but paper, else --from's)", "on|off"},
        {"chords", 0, 0, G_OPTION_ARG_STRING, &a->chords,
         "A term of the logits that finds progressions of chords again, for models with recall (default: as for --recall)", "on|off"},
        {"gates", 0, 0, G_OPTION_ARG_STRING, &a->gates,
         "Gates that scale the output of each head (default: as for --recall)", "on|off"},
        {"values", 0, 0, G_OPTION_ARG_STRING, &a->values,
         "A table of values for each layer, a row for each token (default: as for --recall)", "on|off"},
        {"no-augment", 0, 0, G_OPTION_ARG_NONE, &a->plain,
         "Do not transpose or stretch the music", NULL},
        {augment_setting_names[AUGMENT_TRANSPOSE], 0, 0, G_OPTION_ARG_STRING,
         &a->augment[AUGMENT_TRANSPOSE],
         "Transpose windows by a random number of semitones (default: -3..3, with --cooldown -2..2)", "A..B"},
        {augment_setting_names[AUGMENT_TEMPO], 0, 0, G_OPTION_ARG_STRING,
         &a->augment[AUGMENT_TEMPO], "Multiply their times by a random factor (default: 0.95..1.05, with --cooldown 0.97..1.03)", "A..B"},
        {augment_setting_names[AUGMENT_LOUDNESS], 0, 0, G_OPTION_ARG_STRING,
         &a->augment[AUGMENT_LOUDNESS],
         "Make them louder by a random number of steps of 4 velocities (default: 0)", "A..B"},
        {augment_setting_names[AUGMENT_UNTOUCHED], 0, 0, G_OPTION_ARG_STRING,
         &a->augment[AUGMENT_UNTOUCHED], "Share of windows that is not augmented (default: 0)",
         "N"},
        {"float", 0, 0, G_OPTION_ARG_NONE, &a->only_float,
         "Multiply in float even if the CPU has bf16", NULL},
        {"cache", 0, 0, G_OPTION_ARG_FILENAME, &a->cache,
         "File in which to keep the encoded corpus", "FILE"},
        {"install", 0, 0, G_OPTION_ARG_FILENAME, &a->install,
         "At the end, install the best model, for --model NAME, and an index of its training set beside it", "NAME"},
        {"repertoire", 0, 0, G_OPTION_ARG_FILENAME, &a->repertoire,
         "Write an index of the training set to FILE instead of training; MODEL.repertoire is found beside MODEL.safetensors", "FILE"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &a->check,
         "Report the contents of the folder instead of training", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a->json, "Print the report of --check as JSON", NULL},
    };
    // clang-format on
    return add(to, entries, G_N_ELEMENTS(entries));
}

static GOptionEntry *add_numbers(GOptionEntry *to, TrainArguments *a) {
    for (TrainNumber n = 0; n < TRAIN_NUMBERS; n++)
        *to++ = (GOptionEntry){
            .long_name = train_numbers[n].name,
            .arg = G_OPTION_ARG_DOUBLE,
            .arg_data = &a->number[n],
            .description = train_numbers[n].help,
            .arg_description = "N",
        };
    return to;
}

static bool parse(TrainArguments *a, int *argc, char ***argv, int *status) {
    GOptionEntry entries[TEXTS + TRAIN_NUMBERS + 1];
    GOptionEntry *end = add_run(entries, a);
    end = add_data_and_rest(end, a);
    end = add_numbers(end, a);
    g_assert((size_t)(end - entries) < G_N_ELEMENTS(entries));
    *end = (GOptionEntry){0};
    return options_parse(argc, argv, "DIR...", summary, description, entries, status);
}

bool train_arguments_parse(TrainArguments *a, int argc, char **argv, int *status) {
    *a = (TrainArguments){0};
    for (TrainNumber n = 0; n < TRAIN_NUMBERS; n++) a->number[n] = UNSET;
    if (!parse(a, &argc, &argv, status)) return false;
    if (argc > 1) a->folders = g_strdupv(argv + 1);
    a->copy = g_strcmp0(a->task, COPY_TOKENIZER) == 0;
    *status = train_check(a);
    return *status == 0;
}

void train_arguments_clear(TrainArguments *a) {
    g_strfreev(a->folders);
    g_free(a->mix);
    g_free(a->out);
    g_free(a->task);
    g_free(a->preset);
    g_free(a->tokenizer);
    g_free(a->optimizer);
    g_free(a->recall);
    g_free(a->chords);
    g_free(a->gates);
    g_free(a->values);
    g_free(a->from);
    g_free(a->cache);
    g_free(a->resume);
    g_free(a->schedule);
    g_free(a->cooldown);
    g_free(a->windows);
    g_free(a->install);
    g_free(a->repertoire);
    g_strfreev(a->changes);
    g_strfreev(a->validation);
    for (int s = 0; s < AUGMENT_SETTINGS; s++) g_free(a->augment[s]);
}
