#include "app/commands/train/train_plan.h"

#include "app/base/messages.h"
#include "app/data/ids_file.h"
#include "app/data/recall_notes.h"
#include "app/data/train_data.h"
#include "model/train/schedule.h"

#include <math.h>

#define READING 3 // the factor of the rate for new recall tables

int train_plan_tokenizer(const TrainArguments *a, TokenizerKind otherwise,
                         TokenizerKind *ret) {
    *ret = otherwise;
    if (!a->tokenizer || tokenizer_from_name(a->tokenizer, ret)) return 0;
    return message_misuse(
        "--tokenizer must be performance or performance-pedal, not \"%s\"",
        a->tokenizer);
}

int train_plan_ids(const TrainArguments *a, bool wide, Encoding *ret) {
    int vocabulary = train_arguments_given(a, TRAIN_VOCABULARY)
                         ? (int)a->number[TRAIN_VOCABULARY]
                         : 0;
    if (wide && !vocabulary)
        return message_misuse("--vocabulary is missing, the number of ids");
    if (!wide && vocabulary && vocabulary != IDS_BYTES_VOCABULARY)
        return message_misuse("--vocabulary must be %d for bytes",
                              IDS_BYTES_VOCABULARY);
    *ret = wide ? encoding_of_ids(vocabulary) : encoding_of_bytes();
    return 0;
}

static void set(const TrainArguments *a, TrainNumber n, int *field) {
    if (train_arguments_given(a, n)) *field = (int)a->number[n];
}

static void set_real(const TrainArguments *a, TrainNumber n, double *field) {
    if (train_arguments_given(a, n)) *field = a->number[n];
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
    if (train_arguments_given(a, TRAIN_STEPS)) {
        o->steps = (int64_t)a->number[TRAIN_STEPS];
        o->minutes = 0;
    } else if (train_arguments_given(a, TRAIN_MINUTES)) {
        o->steps = 0;
        o->minutes = a->number[TRAIN_MINUTES];
    }
    set(a, TRAIN_VALIDATE_EVERY, &o->validate_every);
    set(a, TRAIN_SAVE_EVERY, &o->save_every);
    set(a, TRAIN_REPORT_EVERY, &o->report_every);
}

int train_plan_extend(const TrainArguments *a, TrainOptions *o) {
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

int train_plan_branch(const TrainArguments *a, TrainOptions *o) {
    static const struct {
        TrainNumber number;
        TrainSetting setting;
    } pairs[] = {{TRAIN_BATCH, TRAIN_SETTING_BATCH},
                 {TRAIN_LATENTS, TRAIN_SETTING_LATENTS},
                 {TRAIN_DROPOUT, TRAIN_SETTING_DROPOUT}};
    if (!train_arguments_given(a, TRAIN_STEPS) &&
        !train_arguments_given(a, TRAIN_MINUTES))
        return message_misuse("--cooldown needs a length: --steps or --minutes");
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (train_arguments_given(a, pairs[i].number))
            forget_changes(o, pairs[i].setting);
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
    return !a->ids && !a->copy && strcmp(train_plan_preset(a), "paper") != 0;
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
        recall_chords(c, c->recall_heads > 0);
        c->gates = c->values = more;
        c->logit_cap = more ? TRAIN_USUAL_CAP : 0;
    }
    bool recall = is_on(a->recall, c->recall_heads > 0);
    if (!recall || !c->recall_heads) recall_notes(c, recall);
    bool chords = is_on(a->chords, c->chord_steps > 0);
    if (!chords || !c->chord_steps) recall_chords(c, chords);
    c->gates = is_on(a->gates, c->gates);
    c->values = is_on(a->values, c->values);
    set(a, TRAIN_CAP, &c->logit_cap);
}

const char *train_plan_preset(const TrainArguments *a) {
    if (a->preset) return a->preset;
    if (a->copy) return COPY_TOKENIZER;
    return train_arguments_given(a, TRAIN_MINUTES) &&
                   a->number[TRAIN_MINUTES] <= TRAIN_SHORT_MINUTES
               ? "tiny"
               : "small";
}

int train_plan_options(const TrainArguments *a, const Encoding *encoding,
                       const Config *from, TrainOptions *ret) {
    const char *preset = train_plan_preset(a);
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
    o.minutes = TRAIN_USUAL_MINUTES;
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
    if (train_arguments_given(a, TRAIN_WARMUP))
        o.warmup = (int64_t)a->number[TRAIN_WARMUP];
    if (a->only_float) o.mixed = 0;
    if (a->windows) o.windows = strcmp(a->windows, train_windows[WINDOWS_EPOCH]) == 0;
    if (a->optimizer) o.muon = strcmp(a->optimizer, "muon") == 0;
    if (train_arguments_given(a, TRAIN_SEED)) o.seed = (uint64_t)a->number[TRAIN_SEED];
    g_autoptr(GError) error = NULL;
    if (from && o.config.layers < from->layers)
        return message_misuse("--layers cannot be less than the %d of --from",
                              from->layers);
    if (o.config.chord_steps && !o.config.recall_heads)
        return message_misuse("--chords on needs a model with recall");
    if (!config_check(&o.config, &error)) return message_misuse("%s", error->message);
    *ret = o;
    return add_changes(a, ret);
}

int train_plan_augment(const TrainArguments *a, AugmentRange *range) {
    for (AugmentSetting s = 0; s < AUGMENT_SETTINGS; s++)
        if (a->augment[s] && !augment_range_set(range, s, a->augment[s]))
            return message_misuse("--%s cannot be \"%s\"", augment_setting_names[s],
                                  a->augment[s]);
    return 0;
}

int train_plan_mix(const TrainArguments *a, double *mix, int folders) {
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

int train_plan_threads(const TrainArguments *a) {
    int threads = 0;
    set(a, TRAIN_THREADS, &threads);
    return threads;
}
