#include "app/commands/train/train_check.h"

#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/data/repertoire.h"
#include "model/train/data/copy.h"
#include "model/train/schedule.h"

#include <math.h>

// What the model has beside the paper's.
#define PARTS(a)                                                                       \
    {"recall", (a)->recall}, {"chords", (a)->chords}, {"gates", (a)->gates},           \
        {"values", (a)->values}, {                                                     \
        "cap", train_arguments_given(a, TRAIN_CAP)                                     \
    }

// Return whether the numbers, or options that were given together, are refused.
static bool numbers_clash(const TrainArguments *a) {
    for (TrainNumber n = 0; n < TRAIN_NUMBERS; n++) {
        const TrainNumberKind *kind = &train_numbers[n];
        double x = a->number[n];
        if (!train_arguments_given(a, n)) continue;
        if (!(x >= kind->least && x <= kind->most) || (kind->whole && x != floor(x)))
            return message_misuse("--%s must be a %snumber from %g to %g", kind->name,
                                  kind->whole ? "whole " : "", kind->least, kind->most);
        const OptionGiven *given = OPTIONS({kind->name, true});
        if (options_clash("resume", a->resume && !kind->resumes, given) ||
            options_clash("cooldown", a->cooldown && !kind->cools, given) ||
            options_clash("from", a->from && kind->shapes, given))
            return true;
    }
    return options_clash("minutes", train_arguments_given(a, TRAIN_MINUTES),
                         OPTIONS({"steps", train_arguments_given(a, TRAIN_STEPS)}));
}

static bool augmentation_clashes(const TrainArguments *a) {
    OptionGiven ranges[AUGMENT_SETTINGS + 1] = {0};
    for (int s = 0; s < AUGMENT_SETTINGS; s++)
        ranges[s] = (OptionGiven){augment_setting_names[s], a->augment[s]};
    return options_clash("resume", a->resume, ranges) ||
           options_clash("no-augment", a->plain, ranges) ||
           options_clash("task copy", a->copy, ranges) ||
           options_clash("ids", a->ids, ranges);
}

// A run that goes on, in place or as a cooldown, has its options already.
static bool run_clashes(const TrainArguments *a) {
    return options_clash("resume", a->resume,
                         OPTIONS({"out", a->out}, {"from", a->from}, {"task", a->task},
                                 {"preset", a->preset}, {"tokenizer", a->tokenizer},
                                 {"optimizer", a->optimizer}, {"schedule", a->schedule},
                                 PARTS(a), {"no-augment", a->plain},
                                 {"float", a->only_float}, {"check", a->check},
                                 {"mix", a->mix}, {"validate-all", a->validate_all})) ||
           options_clash(
               "cooldown", a->cooldown,
               OPTIONS({"resume", a->resume}, {"from", a->from}, {"task", a->task},
                       {"preset", a->preset}, {"tokenizer", a->tokenizer},
                       {"optimizer", a->optimizer}, {"schedule", a->schedule}, PARTS(a),
                       {"float", a->only_float}, {"check", a->check}));
}

// The copy task, ids, an index and a report each have options of their own.
static bool work_clashes(const TrainArguments *a) {
    bool own = a->resume || a->cooldown; // a run that knows its data
    return options_clash("task copy", a->copy,
                         OPTIONS({"from", a->from}, {"preset", a->preset},
                                 {"tokenizer", a->tokenizer}, PARTS(a),
                                 {"no-augment", a->plain}, {"check", a->check},
                                 {"mix", a->mix}, {"validate-all", a->validate_all},
                                 {"install", a->install})) ||
           options_clash("ids", a->ids,
                         OPTIONS({"resume", a->resume}, {"cooldown", a->cooldown},
                                 {"task", a->task}, {"tokenizer", a->tokenizer},
                                 PARTS(a), {"mix", a->mix},
                                 {"validate-all", a->validate_all},
                                 {"install", a->install})) ||
           options_clash("repertoire", a->repertoire,
                         OPTIONS({"task copy", a->copy}, {"ids", a->ids},
                                 {"check", a->check}, {"resume", a->resume},
                                 {"cooldown", a->cooldown}, {"install", a->install},
                                 {"from", a->from}, {"out", a->out},
                                 {"cache", a->cache}, {"mix", a->mix})) ||
           options_clash("check", a->check, OPTIONS({"install", a->install})) ||
           options_lack(
               "ids", a->ids,
               OPTIONS({"vocabulary", train_arguments_given(a, TRAIN_VOCABULARY)},
                       {"validation", a->validation && !own})) ||
           options_lack("from", a->from, OPTIONS({"wake", a->wake})) ||
           options_lack("check", a->check, OPTIONS({"json", a->json}));
}

static bool is_one_of(const char *text, const char *one, const char *other) {
    return !text || strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

// Returns 0, or the exit status after a message, as the next one.
static int check_words(const TrainArguments *a) {
    const struct {
        const char *name, *text, *one, *other;
    } words[] = {{"schedule", a->schedule, schedule_names[SCHEDULE_COSINE],
                  schedule_names[SCHEDULE_CONSTANT]},
                 {"windows", a->windows, train_windows[WINDOWS_ANYWHERE],
                  train_windows[WINDOWS_EPOCH]},
                 {"task", a->task, "music", COPY_TOKENIZER},
                 {"optimizer", a->optimizer, "muon", "adamw"},
                 {"recall", a->recall, "on", "off"},
                 {"chords", a->chords, "on", "off"},
                 {"gates", a->gates, "on", "off"},
                 {"values", a->values, "on", "off"}};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (!is_one_of(words[i].text, words[i].one, words[i].other))
            return message_misuse("--%s must be %s or %s, not \"%s\"", words[i].name,
                                  words[i].one, words[i].other, words[i].text);
    if (a->install && (strchr(a->install, G_DIR_SEPARATOR) || *a->install == '.'))
        return message_misuse("--install must be a name, not a path");
    if (a->repertoire && !g_str_has_suffix(a->repertoire, REPERTOIRE_SUFFIX))
        return message_misuse(
            "--repertoire must be a name that ends in " REPERTOIRE_SUFFIX);
    return 0;
}

static int check_folders(const TrainArguments *a) {
    if (a->copy && a->folders)
        return message_misuse("--task copy makes its own training data, so it takes no "
                              "folder");
    if (!a->folders && !a->resume && !a->cooldown && !a->copy)
        return message_misuse(a->ids ? "a folder or a file of ids is missing"
                                     : "a folder of MIDI files is missing");
    if (a->check && !a->ids && g_strv_length(a->folders) > 1)
        return message_misuse("--check takes only one folder");
    return 0;
}

int train_check(const TrainArguments *a) {
    if (run_clashes(a) || work_clashes(a) || augmentation_clashes(a)) return 2;
    if (check_words(a) || check_folders(a) || numbers_clash(a)) return 2;
    return 0;
}
