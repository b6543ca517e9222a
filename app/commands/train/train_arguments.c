#include "app/commands/train/train_arguments.h"

#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/data/ids_file.h"
#include "app/data/recall_notes.h"
#include "app/data/repertoire.h"
#include "app/data/train_data.h"
#include "model/train/schedule.h"

#include <float.h>
#include <math.h>

#define MINUTES 60 // the default length of a run
#define SHORT   20 // a larger model needs longer runs to leave its plateau
#define READING 3  // the factor of the rate for new recall tables
#define CAP     15 // the soft cap of new models
#define UNSET   (-DBL_MAX)

// clang-format off
static const struct {
    const char *name;
    double least, most;
    bool whole;
    bool resumes; // it may be given with --resume
    bool cools; // it may be given with --cooldown
    const char *help;
} numbers[TRAIN_NUMBERS] = {
    [TRAIN_STEPS]    = {"steps", 1, 1e12, true, true, true, "Train for N optimizer steps"},
    [TRAIN_MINUTES]  = {"minutes", 1e-3, 1e6, false, true, true,
                        "Train for N minutes (default: " G_STRINGIFY(MINUTES) ")"},
    [TRAIN_BATCH]    = {"batch", 1, 65536, true, false, true, "Windows per optimizer step"},
    [TRAIN_RATE]     = {"rate", 1e-9, 10, false, false, false, "Peak learning rate"},
    [TRAIN_WARMUP]   = {"warmup", 0, 1e9, true, false, false, "Steps until the peak learning rate"},
    [TRAIN_DECAY]    = {"decay", 0, 1, false, false, false, "Weight decay of matrices"},
    [TRAIN_DECAY_EPOCHS] = {"decay-epochs", 0, 1e6, false, false, true,
                            "Weight decay as a time constant in epochs, instead of --decay"},
    [TRAIN_AVERAGE]  = {"average", 0, 0.9999999, false, false, false,
                        "Keep a running average of the weights with this factor (default: 0, none)"},
    [TRAIN_BETA2]    = {"beta2", 0, 0.9999999, false, false, false, "Beta2 of AdamW"},
    [TRAIN_DROPOUT]  = {"dropout", 0, 0.99, false, false, true, "Dropout on the output of attention and MLP"},
    [TRAIN_KEEP]     = {"keep", 0, 1, false, false, true, "Share of the prefix that prefix dropout keeps"},
    [TRAIN_SPAN]     = {"span", 1, 1 << 20, true, false, true,
                        "With --keep: keep spans of N/4 to N tokens (default: 1, single tokens)"},
    [TRAIN_BIAS]     = {"bias", 0, 1, false, false, true,
                        "With --keep: 1 weighs the kept part as if it were the whole prefix, 0 does not (default: 0)"},
    [TRAIN_CONTEXT]  = {"context", 1, 1 << 20, true, false, false, "Context: tokens that a prediction attends to"},
    [TRAIN_LATENTS]  = {"latents", 1, 1 << 14, true, false, true, "Latents: positions in the self-attention layers"},
    [TRAIN_WIDTH]    = {"width", 4, 1 << 13, true, false, false, "Width: channels of the model"},
    [TRAIN_HEADS]    = {"heads", 1, 256, true, false, false, "Attention heads"},
    [TRAIN_LAYERS]   = {"layers", 0, 256, true, false, false, "Self-attention layers; with --from, at least as many as the model has"},
    [TRAIN_CAP]      = {"cap", 0, CONFIG_CAP_MOST, true, false, false,
                        "Soft cap: logits come near N at most; 0: none (default: " G_STRINGIFY(CAP) " for new models of music but paper, else --from's)"},
    [TRAIN_SEED]     = {"seed", 0, 1e15, true, false, false, "The same seed gives the same model (default: 0)"},
    [TRAIN_VOCABULARY] = {"vocabulary", 1, 65535, true, false, false,
                          "With --ids: number of different ids (default: 256, for bytes)"},
    [TRAIN_THREADS]  = {"threads", 1, 1024, true, true, true, "Number of threads (default: every core)"},
    [TRAIN_VALIDATE_EVERY] = {"validate-every", 1, 1e9, true, true, true, "Steps between validations"},
    [TRAIN_SAVE_EVERY]     = {"save-every", 1, 1e9, true, true, true, "Steps between saves"},
    [TRAIN_REPORT_EVERY]   = {"report-every", 1, 1e9, true, true, true, "Steps between reports"},
};
// clang-format on

// The numbers of the shape that cannot change during training.
static const TrainNumber fixed[] = {TRAIN_WIDTH, TRAIN_HEADS};

static bool given(const TrainArguments *a, TrainNumber n) {
    return a->number[n] != UNSET;
}

// Returns 0, or the exit status after a message.
static int check_numbers(const TrainArguments *a) {
    for (TrainNumber n = 0; n < TRAIN_NUMBERS; n++) {
        double x = a->number[n];
        if (!given(a, n)) continue;
        if (!(x >= numbers[n].least && x <= numbers[n].most) ||
            (numbers[n].whole && x != floor(x)))
            return message_misuse("--%s must be a %snumber from %g to %g",
                                  numbers[n].name, numbers[n].whole ? "whole " : "",
                                  numbers[n].least, numbers[n].most);
        if (a->resume && !numbers[n].resumes)
            return message_misuse("--%s cannot be changed when a run is resumed",
                                  numbers[n].name);
        if (a->cooldown && !numbers[n].cools)
            return message_misuse(
                "--%s cannot be given with --cooldown, which keeps the run's",
                numbers[n].name);
    }
    for (size_t i = 0; a->from && i < G_N_ELEMENTS(fixed); i++)
        if (given(a, fixed[i]))
            return message_misuse(
                "--%s cannot be given with --from, which keeps the model's",
                numbers[fixed[i]].name);
    if (given(a, TRAIN_STEPS) && given(a, TRAIN_MINUTES))
        return message_misuse("--steps and --minutes cannot both be given");
    return 0;
}

static bool augments(const TrainArguments *a) {
    for (int s = 0; s < AUGMENT_SETTINGS; s++)
        if (a->augment[s]) return true;
    return false;
}

// Returns whether an option says what the model has beside the paper's.
static bool adds(const TrainArguments *a) {
    return a->recall || a->gates || a->values || given(a, TRAIN_CAP);
}

// Refuses options that are only for music with --ids, and a vocabulary with --resume,
// since a resumed run knows it.
static int check_ids(const TrainArguments *a) {
    bool own = a->resume || a->cooldown;
    if (a->ids && (own || a->task || a->tokenizer || adds(a) || a->mix ||
                   a->validate_all || augments(a)))
        return message_misuse(
            "--ids is for new runs and not for music, so --resume, --cooldown, --task, "
            "--tokenizer, --recall, --gates, --values, --cap, --mix, --validate-all, "
            "--transpose, --tempo, --loudness and --untouched cannot be given with it");
    if (!a->ids && given(a, TRAIN_VOCABULARY))
        return message_misuse("--vocabulary needs --ids");
    if (!a->ids && !own && a->validation)
        return message_misuse("--validation needs --ids");
    return 0;
}

// Refuses options that cannot be given together.
static int check_augment(const TrainArguments *a) {
    if (!augments(a)) return 0;
    if (a->resume)
        return message_misuse(
            "the augmentation cannot be changed when a run is resumed");
    if (a->plain || a->copy)
        return message_misuse(
            "--transpose, --tempo, --loudness and --untouched cannot be given "
            "with --no-augment or --task copy");
    return 0;
}

static int check(const TrainArguments *a) {
    if (a->resume &&
        (a->out || a->from || a->task || a->preset || a->tokenizer || a->optimizer ||
         a->schedule || adds(a) || a->plain || a->only_float || a->check))
        return message_misuse(
            "--resume continues the run as it is, so --out, --from, --task, "
            "--preset, --tokenizer, --optimizer, --schedule, --recall, --gates, "
            "--values, --cap, --no-augment, --float and --check cannot be given with "
            "it");
    if (a->cooldown &&
        (a->resume || a->from || a->task || a->preset || a->tokenizer || a->optimizer ||
         a->schedule || adds(a) || a->only_float || a->check))
        return message_misuse(
            "--cooldown uses the run's options, so --resume, --from, --task, "
            "--preset, --tokenizer, --optimizer, --schedule, --recall, --gates, "
            "--values, --cap, --float and --check cannot be given with it");
    if (a->wake && !a->from)
        return message_misuse("--wake needs --from: a new model has no silent units");
    if (a->schedule && strcmp(a->schedule, schedule_names[SCHEDULE_COSINE]) != 0 &&
        strcmp(a->schedule, schedule_names[SCHEDULE_CONSTANT]) != 0)
        return message_misuse("--schedule must be cosine or constant, not \"%s\"",
                              a->schedule);
    if (a->windows && !g_strv_contains(train_windows, a->windows))
        return message_misuse("--windows must be anywhere or epoch, not \"%s\"",
                              a->windows);
    if (a->task && !a->copy && strcmp(a->task, "music") != 0)
        return message_misuse("--task must be music or copy, not \"%s\"", a->task);
    if (a->copy && (a->folders || a->from || a->preset || a->tokenizer || adds(a) ||
                    a->plain || a->check))
        return message_misuse("--task copy makes its own training data, so a folder, "
                              "--from, --preset, --tokenizer, --recall, --gates, "
                              "--values, --cap, --no-augment and "
                              "--check cannot be given with it");
    if (a->optimizer && strcmp(a->optimizer, "muon") != 0 &&
        strcmp(a->optimizer, "adamw") != 0)
        return message_misuse("--optimizer must be muon or adamw, not \"%s\"",
                              a->optimizer);
    const char *const switches[][2] = {
        {"recall", a->recall}, {"gates", a->gates}, {"values", a->values}};
    for (size_t i = 0; i < G_N_ELEMENTS(switches); i++) {
        const char *is = switches[i][1];
        if (is && strcmp(is, "on") != 0 && strcmp(is, "off") != 0)
            return message_misuse("--%s must be on or off, not \"%s\"", switches[i][0],
                                  is);
    }
    if (!a->folders && !a->resume && !a->cooldown && !a->copy)
        return message_misuse(a->ids ? "a folder or a file of ids is missing"
                                     : "a folder of MIDI files is missing");
    if (a->json && !a->check) return message_misuse("--json needs --check");
    if (a->install && (a->check || a->copy || a->ids))
        return message_misuse(
            "--install cannot be given with --check, --task copy or --ids");
    if (a->install && (strchr(a->install, G_DIR_SEPARATOR) || *a->install == '.'))
        return message_misuse("--install must be a name, not a path");
    if (a->check && !a->ids && g_strv_length(a->folders) > 1)
        return message_misuse("--check takes only one folder");
    if (a->repertoire &&
        (!a->folders || a->ids || a->check || a->resume || a->cooldown || a->install ||
         a->from || a->out || a->cache || a->mix))
        return message_misuse(
            "--repertoire takes folders of music and does not train, so "
            "--ids, --check, --resume, --cooldown, --install, --from, "
            "--out, --cache and --mix cannot be given with it");
    if (a->repertoire && !g_str_has_suffix(a->repertoire, REPERTOIRE_SUFFIX))
        return message_misuse(
            "--repertoire must be a name that ends in " REPERTOIRE_SUFFIX);
    if (a->resume && (a->mix || a->validate_all))
        return message_misuse(
            "--mix and --validate-all cannot be changed when a run is resumed");
    if (a->copy && (a->mix || a->validate_all))
        return message_misuse(
            "--mix and --validate-all cannot be given with --task copy");
    int status = check_ids(a);
    if (!status) status = check_augment(a);
    return status ? status : check_numbers(a);
}

static bool parse(TrainArguments *a, int *argc, char ***argv, int *status) {
    enum { TEXTS = 30 };
    // clang-format off
    GOptionEntry entries[TEXTS + TRAIN_NUMBERS + 1] = {
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
         "tiny, small, base or paper (default: small, tiny up to " G_STRINGIFY(SHORT) " minutes)", "NAME"},
        {"tokenizer", 0, 0, G_OPTION_ARG_STRING, &a->tokenizer,
         "performance or performance-pedal (default: performance-pedal)", "NAME"},
        {"optimizer", 0, 0, G_OPTION_ARG_STRING, &a->optimizer,
         "muon or adamw (default: the preset's)", "NAME"},
        {"schedule", 0, 0, G_OPTION_ARG_STRING, &a->schedule,
         "Learning rate: cosine, or constant for a run without an end (default: cosine)", "NAME"},
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
    for (TrainNumber n = 0; n < TRAIN_NUMBERS; n++)
        entries[TEXTS + n] = (GOptionEntry){
            .long_name = numbers[n].name,
            .arg = G_OPTION_ARG_DOUBLE,
            .arg_data = &a->number[n],
            .description = numbers[n].help,
            .arg_description = "N",
        };
    return options_parse(
        argc, argv, "DIR...",
        "Trains a model on folders of MIDI files. A CSV in a folder with the columns "
        "split\nand midi_filename, like MAESTRO's, says which files are for training "
        "and which\nfor validation; without one, a hash of the file names decides.\n\n"
        "With --ids: DIR is a folder of any files, or a file. NAME.ids holds numbers "
        "of "
        "16 bits,\nlittle-endian, below --vocabulary; of NAME.ppm, an image of 8 bits, "
        "the samples are\ntrained on; of any other file its bytes.",
        "Options without a default here take the preset's value.\nCtrl-C saves and "
        "stops; --resume RUN continues from there, for longer with --steps\nor "
        "--minutes.\n\nmpirun --bind-to none -n K par-midi "
        "train ... shares each batch among K processes,\non machines of one kind that "
        "see the same files; the run is the same.",
        entries, status);
}

bool train_arguments_parse(TrainArguments *a, int argc, char **argv, int *status) {
    *a = (TrainArguments){0};
    for (TrainNumber n = 0; n < TRAIN_NUMBERS; n++) a->number[n] = UNSET;
    if (!parse(a, &argc, &argv, status)) return false;
    if (argc > 1) a->folders = g_strdupv(argv + 1);
    a->copy = g_strcmp0(a->task, COPY_TOKENIZER) == 0;
    *status = check(a);
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

int train_arguments_tokenizer(const TrainArguments *a, TokenizerKind otherwise,
                              TokenizerKind *ret) {
    *ret = otherwise;
    if (!a->tokenizer || tokenizer_from_name(a->tokenizer, ret)) return 0;
    return message_misuse(
        "--tokenizer must be performance or performance-pedal, not \"%s\"",
        a->tokenizer);
}

int train_arguments_ids(const TrainArguments *a, bool wide, Encoding *ret) {
    int vocabulary = given(a, TRAIN_VOCABULARY) ? (int)a->number[TRAIN_VOCABULARY] : 0;
    if (wide && !vocabulary)
        return message_misuse("--vocabulary is missing, the number of ids");
    if (!wide && vocabulary && vocabulary != IDS_BYTES_VOCABULARY)
        return message_misuse("--vocabulary must be %d for bytes",
                              IDS_BYTES_VOCABULARY);
    *ret = wide ? encoding_of_ids(vocabulary) : encoding_of_bytes();
    return 0;
}

static void set(const TrainArguments *a, TrainNumber n, int *field) {
    if (given(a, n)) *field = (int)a->number[n];
}

static void set_real(const TrainArguments *a, TrainNumber n, double *field) {
    if (given(a, n)) *field = a->number[n];
}

static int add_changes(const TrainArguments *a, TrainOptions *o) {
    g_autoptr(GError) error = NULL;
    for (char **c = a->changes; c && *c; c++)
        if (!schedule_add_change(o, *c, &error))
            return message_misuse("--change: %s", error->message);
    return 0;
}

// Sets the run's length and how often it reports.
static void set_course(const TrainArguments *a, TrainOptions *o) {
    if (given(a, TRAIN_STEPS)) {
        o->steps = (int64_t)a->number[TRAIN_STEPS];
        o->minutes = 0;
    } else if (given(a, TRAIN_MINUTES)) {
        o->steps = 0;
        o->minutes = a->number[TRAIN_MINUTES];
    }
    set(a, TRAIN_VALIDATE_EVERY, &o->validate_every);
    set(a, TRAIN_SAVE_EVERY, &o->save_every);
    set(a, TRAIN_REPORT_EVERY, &o->report_every);
}

int train_arguments_extend(const TrainArguments *a, TrainOptions *o) {
    set_course(a, o);
    return add_changes(a, o);
}

// Drops the scheduled changes of a setting whose value is given, since that value
// applies from the first step.
static void forget_changes(TrainOptions *o, TrainSetting setting) {
    int kept = 0;
    for (int i = 0; i < o->change_count; i++)
        if (o->changes[i].setting != setting) o->changes[kept++] = o->changes[i];
    o->change_count = kept;
}

int train_arguments_branch(const TrainArguments *a, TrainOptions *o) {
    static const struct {
        TrainNumber number;
        TrainSetting setting;
    } pairs[] = {{TRAIN_BATCH, TRAIN_SETTING_BATCH},
                 {TRAIN_LATENTS, TRAIN_SETTING_LATENTS},
                 {TRAIN_DROPOUT, TRAIN_SETTING_DROPOUT}};
    if (!given(a, TRAIN_STEPS) && !given(a, TRAIN_MINUTES))
        return message_misuse("--cooldown needs a length: --steps or --minutes");
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (given(a, pairs[i].number)) forget_changes(o, pairs[i].setting);
    forget_changes(o, TRAIN_SETTING_KEEP);
    o->schedule = SCHEDULE_COOLDOWN;
    o->keep = 1;
    set_course(a, o);
    set_real(a, TRAIN_KEEP, &o->keep);
    set(a, TRAIN_BATCH, &o->batch);
    set(a, TRAIN_LATENTS, &o->config.latents);
    set_real(a, TRAIN_DROPOUT, &o->dropout);
    set(a, TRAIN_SPAN, &o->span);
    set_real(a, TRAIN_BIAS, &o->bias);
    set_real(a, TRAIN_DECAY_EPOCHS, &o->decay_epochs);
    g_autoptr(GError) error = NULL;
    if (!config_check(&o->config, &error)) return message_misuse("%s", error->message);
    return 0;
}

static void shape(const TrainArguments *a, const Config *from, Config *c) {
    if (from) *c = *from;
    set(a, TRAIN_CONTEXT, &c->context);
    if (!from) c->rotary_wavelength = c->context;
    c->latents = MIN(c->latents, c->context);
    set(a, TRAIN_LATENTS, &c->latents);
    set(a, TRAIN_WIDTH, &c->width);
    set(a, TRAIN_HEADS, &c->heads);
    set(a, TRAIN_LAYERS, &c->layers);
}

// Returns whether a new model has more than the paper's by default: one of music has,
// except with the preset paper.
static bool is_more_than_the_papers(const TrainArguments *a) {
    return !a->ids && !a->copy && strcmp(train_arguments_preset(a), "paper") != 0;
}

static bool is_on(const char *option, bool otherwise) {
    return option ? strcmp(option, "on") == 0 : otherwise;
}

// Sets what the model has beside the paper's. If it already has recall, its numbers
// stay, unless the option removes it.
static void add(const TrainArguments *a, Config *c, bool is_new) {
    if (is_new) {
        bool more = is_more_than_the_papers(a);
        recall_notes(c, more && c->layers > 0);
        c->gates = c->values = more;
        c->logit_cap = more ? CAP : 0;
    }
    bool recall = is_on(a->recall, c->recall_heads > 0);
    if (!recall || !c->recall_heads) recall_notes(c, recall);
    c->gates = is_on(a->gates, c->gates);
    c->values = is_on(a->values, c->values);
    set(a, TRAIN_CAP, &c->logit_cap);
}

const char *train_arguments_preset(const TrainArguments *a) {
    if (a->preset) return a->preset;
    if (a->copy) return COPY_TOKENIZER;
    return given(a, TRAIN_MINUTES) && a->number[TRAIN_MINUTES] <= SHORT ? "tiny"
                                                                        : "small";
}

int train_arguments_options(const TrainArguments *a, const Encoding *encoding,
                            const Config *from, TrainOptions *ret) {
    const char *preset = train_arguments_preset(a);
    TrainOptions o;
    if (!train_preset(&o, preset)) {
        g_autofree char *known = g_strjoinv(", ", (char **)train_presets);
        return message_misuse("--preset must be one of %s, not \"%s\"", known, preset);
    }
    shape(a, from, &o.config);
    add(a, &o.config, !from);
    o.config.vocabulary = a->copy ? COPY_VOCABULARY : encoding->vocabulary;
    o.tokenizer = a->copy ? COPY_TOKENIZER : encoding->name;
    o.config.places = a->copy;
    o.minutes = MINUTES;
    set_course(a, &o);
    if (g_strcmp0(a->schedule, schedule_names[SCHEDULE_CONSTANT]) == 0)
        o.schedule = SCHEDULE_CONSTANT;
    set(a, TRAIN_BATCH, &o.batch);
    if (from) o.rate /= 3;
    // New recall tables are untrained, unlike the rest, so their rate is higher. New
    // gates and values begin without effect and have the rate of the rest.
    if (from && !from->recall_heads && o.config.recall_heads) o.reading = READING;
    set_real(a, TRAIN_RATE, &o.rate);
    set_real(a, TRAIN_DECAY, &o.decay);
    set_real(a, TRAIN_DECAY_EPOCHS, &o.decay_epochs);
    set_real(a, TRAIN_AVERAGE, &o.average);
    set_real(a, TRAIN_BETA2, &o.beta2);
    set_real(a, TRAIN_DROPOUT, &o.dropout);
    set_real(a, TRAIN_KEEP, &o.keep);
    set(a, TRAIN_SPAN, &o.span);
    set_real(a, TRAIN_BIAS, &o.bias);
    if (o.steps) o.warmup = MIN(o.warmup, o.steps / 10);
    if (given(a, TRAIN_WARMUP)) o.warmup = (int64_t)a->number[TRAIN_WARMUP];
    if (a->only_float) o.mixed = 0;
    if (a->windows) o.windows = strcmp(a->windows, train_windows[WINDOWS_EPOCH]) == 0;
    if (a->optimizer) o.muon = strcmp(a->optimizer, "muon") == 0;
    if (given(a, TRAIN_SEED)) o.seed = (uint64_t)a->number[TRAIN_SEED];
    g_autoptr(GError) error = NULL;
    if (from && o.config.layers < from->layers)
        return message_misuse("--layers cannot be less than the %d of --from",
                              from->layers);
    if (!config_check(&o.config, &error)) return message_misuse("%s", error->message);
    *ret = o;
    return add_changes(a, ret);
}

int train_arguments_augment(const TrainArguments *a, AugmentRange *range) {
    for (AugmentSetting s = 0; s < AUGMENT_SETTINGS; s++)
        if (a->augment[s] && !augment_range_set(range, s, a->augment[s]))
            return message_misuse("--%s cannot be \"%s\"", augment_setting_names[s],
                                  a->augment[s]);
    return 0;
}

int train_arguments_mix(const TrainArguments *a, double *mix, int folders) {
    if (!a->mix) return 0;
    g_auto(GStrv) parts = g_strsplit(a->mix, ",", -1);
    double sum = 0;
    bool ok = (int)g_strv_length(parts) == folders;
    for (int i = 0; ok && i < folders; i++) {
        char *end;
        mix[i] = g_ascii_strtod(parts[i], &end);
        ok = end != parts[i] && *end == 0 &&
             (mix[i] == 0 || (mix[i] >= TRAIN_DATA_LEAST && mix[i] <= TRAIN_DATA_MOST));
        sum += mix[i];
    }
    if (ok && sum > 0) return 0;
    return message_misuse(
        "--mix must be a number for each of the %d folders, 0 or from %g to "
        "%d, and not only 0",
        folders, TRAIN_DATA_LEAST, TRAIN_DATA_MOST);
}

int train_arguments_threads(const TrainArguments *a) {
    int threads = 0;
    set(a, TRAIN_THREADS, &threads);
    return threads;
}
