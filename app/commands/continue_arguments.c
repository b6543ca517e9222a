#include "app/commands/continue_arguments.h"

#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/paths.h"
#include "app/generation/choice/bridge.h"
#include "app/generation/ending.h"

#include <math.h>
#include <string.h>

#define SECONDS 30.0 // the default length
#define LONGEST 86400.0

void continue_arguments_clear(ContinueArguments *a) {
    char *texts[] = {a->in,        a->out,    a->audio, a->model,
                     a->soundfont, a->prompt, a->seed};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
}

static const char summary[] =
    "Continues a performance with a model. IN.mid may be -, standard input.";
static const char description[] =
    "Keys that are down where the piece is cut are released by the model. "
    "Ctrl-C ends the take,\nor those that are drawn together, releases its "
    "keys and writes it; a "
    "second Ctrl-C also cuts its sound short.\n\nWith --ids a take has "
    "--tokens ids (default: 1000), or those that an image lacks.";

static bool parse(ContinueArguments *a, int *argc, char ***argv, int *status) {
    // clang-format off
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->out, "Write the prompt and the take to this file; - is standard output", "OUT.mid"},
        {"audio", 'a', 0, G_OPTION_ARG_FILENAME, &a->audio, "Also write their sound to this file: .wav, .flac, .ogg, .opus or .mp3", "OUT.wav"},
        {"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &a->seconds, "Length of the take in seconds (default: 30)", "S"},
        {"tokens", 0, 0, G_OPTION_ARG_INT64, &a->tokens, "Length of the take in tokens, instead of --seconds", "N"},
        {"natural-end", 0, 0, G_OPTION_ARG_NONE, &a->natural_end, "Allow the model to end the piece earlier", NULL},
        {"from", 0, 0, G_OPTION_ARG_DOUBLE, &a->from, "Continue from T seconds into the piece (default: its end)", "T"},
        {"ids", 0, 0, G_OPTION_ARG_NONE, &a->ids, "IN and OUT hold bytes, .ids numbers or .ppm images, as for par-midi train --ids", NULL},
        {"given", 0, 0, G_OPTION_ARG_INT64, &a->given, "With --ids: continue from the first N ids (default: all; for an image the upper half)", "N"},
        {"until", 0, 0, G_OPTION_ARG_DOUBLE, &a->until, "Replace the music from --from to T seconds by a bridge that leads into what follows", "T"},
        {"finish", 0, 0, G_OPTION_ARG_DOUBLE, &a->finish, "Bring the piece to an end in about S seconds", "S"},
        {"candidates", 0, 0, G_OPTION_ARG_INT, &a->candidates, "With --until or --finish: make K takes and keep the likeliest one, or the --takes likeliest (default: 8)", "K"},
        {"from-scratch", 0, 0, G_OPTION_ARG_NONE, &a->from_scratch, "Begin a new piece, without IN.mid", NULL},
        {"prompt", 0, 0, G_OPTION_ARG_STRING, &a->prompt, "include or omit: whether the output begins with the prompt (default: include)", "WHAT"},
        {"takes", 0, 0, G_OPTION_ARG_INT, &a->takes, "Write K takes, OUT-1.mid to OUT-K.mid, with the seeds N, N+1 ...; eight are made at a time (default: 1)", "K"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &a->seed, "The same seed gives the same take (default: a random seed)", "N"},
        {"temperature", 't', 0, G_OPTION_ARG_DOUBLE, &a->temperature, "Below 1 plays safer, above 1 bolder, 0 always the likeliest (default: 1)", "X"},
        {"top-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->top_p, "Draw from the likeliest tokens that together reach the probability X (default: 1, all)", "X"},
        {"min-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->min_p, "Draw from tokens at least X times as likely as the likeliest (default: 0, all)", "X"},
        {"top-k", 0, 0, G_OPTION_ARG_INT, &a->top_k, "Draw from the K likeliest tokens (default: 0, all)", "K"},
        {"pitch-temperature", 0, 0, G_OPTION_ARG_DOUBLE, &a->pitch_temperature, "--temperature of the choice among pitches only (default: 1)", "X"},
        {"pitch-top-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->pitch_top_p, "--top-p of the choice among pitches only (default: 0.95)", "X"},
        {"closeness", 0, 0, G_OPTION_ARG_DOUBLE, &a->closeness, "How closely to follow what was played before: as trained at 1, less down to 0 (default: 1.5, of models without recall 1)", "X"},
        {"density", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_DENSITY], "Steer to X times as many notes per second as before, 0.25 to 4 (default: 1, not steered)", "X"},
        {"register", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_REGISTER], "Steer the pitch N semitones higher than before, or lower if N is below 0 (default: 0, not steered)", "N"},
        {"spread", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_SPREAD], "Steer to a wider register: the mean distance of pitches from their mean N semitones greater (default: 0, not steered)", "N"},
        {"loudness", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_LOUDNESS], "Steer the velocity, 1 to 127, N higher than before (default: 0, not steered)", "N"},
        {"pedal", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_PEDAL], "Steer to the pedal being down N percent more of the time than before (default: 0, not steered)", "N"},
        {"model", 'm', 0, G_OPTION_ARG_FILENAME, &a->model, "The model, a file or a name from par-midi models (default: $PAR_MIDI_MODEL, then the shipped model)", "MODEL"},
        {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &a->soundfont, "The piano of --audio (default: $SOUNDFONT, then the first found on this machine)", "SF2"},
        RECORDING_OPTIONS(&a->sound),
        {"json", 0, 0, G_OPTION_ARG_NONE, &a->json, "Print a report of what was written as JSON", NULL},
        {"exact", 0, 0, G_OPTION_ARG_NONE, &a->exact, "Compute in float with the weights as trained, not in int8; slower", NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a->threads, "Number of threads (default: every core)", "N"},
        {0},
    };
    // clang-format on
    return options_parse(argc, argv, "IN.mid -o OUT.mid", summary, description, entries,
                         status);
}

// Takes the file to continue, if the arguments name one. Returns 0, or the exit status
// after a message.
static int take_file(ContinueArguments *a, int argc, char **argv) {
    const char *kind = a->ids ? "" : "MIDI ";
    if (argc > 2) return message_misuse("only one %sfile can be given", kind);
    if (argc == 2 && a->from_scratch)
        return message_misuse("--from-scratch takes no %sfile", kind);
    if (a->from != CONTINUE_NOT_GIVEN && a->from_scratch)
        return message_misuse("--from needs a MIDI file");
    if (argc < 2 && !a->from_scratch)
        return message_misuse("a %sfile to continue, or --from-scratch, is missing",
                              kind);
    a->in = g_strdup(argc == 2 ? argv[1] : NULL);
    return 0;
}

static bool within(double x, double least, double most) {
    return x >= least && x <= most; // false for NaN
}

PromptPart continue_arguments_part(const ContinueArguments *a) {
    return a->prompt && strcmp(a->prompt, "omit") == 0 ? PROMPT_OMIT : PROMPT_INCLUDE;
}

bool continue_arguments_choose(const ContinueArguments *a) {
    return a->until != CONTINUE_NOT_GIVEN || a->finish != CONTINUE_NOT_GIVEN;
}

int continue_arguments_candidates(const ContinueArguments *a) {
    return a->candidates == CONTINUE_NO_COUNT ? MAX(BRIDGE_TAKES, a->takes)
                                              : a->candidates;
}

// Checks --until and --finish: a bridge has the length of its span, and --finish gives
// the length of an ending.
static int check_choice(const ContinueArguments *a) {
    bool bridge = a->until != CONTINUE_NOT_GIVEN;
    bool ending = a->finish != CONTINUE_NOT_GIVEN;
    if (options_lack("until or --finish", bridge || ending,
                     OPTIONS({"candidates", a->candidates != CONTINUE_NO_COUNT})) ||
        options_clash("finish", ending, OPTIONS({"until", bridge})) ||
        options_clash(bridge ? "until" : "finish", bridge || ending,
                      OPTIONS({"seconds", a->seconds != CONTINUE_NOT_GIVEN},
                              {"tokens", a->tokens != CONTINUE_NO_COUNT},
                              {"natural-end", a->natural_end})) ||
        options_clash(
            "until", bridge,
            OPTIONS({"prompt omit", continue_arguments_part(a) == PROMPT_OMIT})))
        return 2;
    if (!bridge && !ending) return 0;
    if (ending && !within(a->finish, 2, LONGEST))
        return message_misuse("--finish must be from 2 to %g", LONGEST);
    if (bridge && !within(a->until, 0, 1e9))
        return message_misuse("--until must be a time in seconds, 0 or more");
    if (bridge && (a->from == CONTINUE_NOT_GIVEN || a->from >= a->until))
        return message_misuse(
            "--until must be later than --from, where the bridge begins");
    int candidates = continue_arguments_candidates(a);
    if (candidates < 1 || candidates > 1000)
        return message_misuse("--candidates must be from 1 to 1000");
    if (candidates < a->takes)
        return message_misuse("--takes must be at most the number of --candidates, %d",
                              candidates);
    return 0;
}

static int check_dials(const ContinueArguments *a) {
    for (Dial dial = 0; dial < DIALS; dial++) {
        const DialKind *kind = &dial_kinds[dial];
        double least = dial_said(dial, -kind->most), most = dial_said(dial, kind->most);
        if (!within(a->dials[dial], least, most))
            return message_misuse("--%s must be from %g to %g", kind->name, least,
                                  most);
    }
    return 0;
}

// Refuses options that are only for music with --ids.
static int check_ids(const ContinueArguments *a) {
    const SamplerRange pitches = continuation_sampler.within;
    OptionGiven dials[DIALS + 1] = {0};
    for (Dial dial = 0; dial < DIALS; dial++)
        dials[dial] = (OptionGiven){dial_kinds[dial].name,
                                    a->dials[dial] != dial_said(dial, 0)};
    if (options_lack("ids", a->ids,
                     OPTIONS({"given", a->given != CONTINUE_NO_COUNT})) ||
        options_clash(
            "ids", a->ids,
            OPTIONS({"audio", a->audio}, {"soundfont", a->soundfont},
                    {"seconds", a->seconds != CONTINUE_NOT_GIVEN},
                    {"from", a->from != CONTINUE_NOT_GIVEN},
                    {"until", a->until != CONTINUE_NOT_GIVEN},
                    {"finish", a->finish != CONTINUE_NOT_GIVEN}, {"json", a->json},
                    {"pitch-temperature", a->pitch_temperature != pitches.temperature},
                    {"pitch-top-p", a->pitch_top_p != pitches.top_p})) ||
        options_clash("ids", a->ids, dials))
        return 2;
    if (a->given != CONTINUE_NO_COUNT && (a->from_scratch || a->given < 0))
        return message_misuse("--given must be a number of ids of the file, 0 or more");
    return 0;
}

// Returns 0, or the exit status after a message.
static int check(const ContinueArguments *a) {
    if (!a->out) return message_misuse("-o OUT%s is missing", a->ids ? "" : ".mid");
    if (options_clash("tokens", a->tokens != CONTINUE_NO_COUNT,
                      OPTIONS({"seconds", a->seconds != CONTINUE_NOT_GIVEN})))
        return 2;
    if (a->seconds != CONTINUE_NOT_GIVEN && !within(a->seconds, 0.01, LONGEST))
        return message_misuse("--seconds must be from 0.01 to %g", LONGEST);
    if (a->tokens != CONTINUE_NO_COUNT && (a->tokens < 1 || a->tokens > 100000000))
        return message_misuse("--tokens must be from 1 to 100000000");
    if (a->from != CONTINUE_NOT_GIVEN && !within(a->from, 0, 1e9))
        return message_misuse("--from must be a time in seconds, 0 or more");
    if (!within(a->temperature, 0, 100))
        return message_misuse("--temperature must be from 0 to 100");
    if (!within(a->top_p, 0, 1)) return message_misuse("--top-p must be from 0 to 1");
    if (!within(a->min_p, 0, 1)) return message_misuse("--min-p must be from 0 to 1");
    if (!within(a->pitch_temperature, 0, 100))
        return message_misuse("--pitch-temperature must be from 0 to 100");
    if (!within(a->pitch_top_p, 0, 1))
        return message_misuse("--pitch-top-p must be from 0 to 1");
    if (a->closeness != CONTINUE_NOT_GIVEN &&
        !within(a->closeness, 0, CONTINUATION_CLOSEST))
        return message_misuse("--closeness must be from 0 to %d", CONTINUATION_CLOSEST);
    if (a->top_k < 0) return message_misuse("--top-k must be 0 or more");
    if (a->takes < 1 || a->takes > 1000)
        return message_misuse("--takes must be from 1 to 1000");
    if (a->threads != CONTINUE_NO_COUNT && (a->threads < 1 || a->threads > 1024))
        return message_misuse("--threads must be from 1 to 1024");
    bool midi_out = path_is_stdio(a->out),
         sound_out = a->audio && path_is_stdio(a->audio);
    if (midi_out && sound_out)
        return message_misuse(
            "MIDI and sound cannot both be written to standard output");
    if ((midi_out || sound_out) && a->takes > 1)
        return message_misuse("several takes cannot be written to standard output");
    if (recording_lacks("audio", a->audio, &a->sound)) return 2;
    if (a->prompt && strcmp(a->prompt, "include") && strcmp(a->prompt, "omit"))
        return message_misuse("--prompt must be include or omit");
    if (a->json && (midi_out || sound_out))
        return message_misuse(
            "--json is printed to standard output, so the take cannot be");
    int status = check_ids(a);
    if (!status) status = check_choice(a);
    return status ? status : check_dials(a);
}

int continue_arguments_plan(const ContinueArguments *a, Plan *ret) {
    *ret = (Plan){
        .sampler = {a->temperature, a->top_p, a->min_p, a->top_k,
                    continuation_pitches(a->pitch_temperature, a->pitch_top_p)},
        .seed = g_random_int(),
        .tokens = MAX(0, a->tokens),
        .natural_end = a->natural_end};
    for (Dial dial = 0; dial < DIALS; dial++)
        ret->dials.at[dial] = dial_from_said(dial, a->dials[dial]);
    double seconds = a->seconds == CONTINUE_NOT_GIVEN ? SECONDS : a->seconds;
    if (a->tokens == CONTINUE_NO_COUNT)
        ret->steps = (int64_t)llround(seconds * 1e6 / STEP_MICROSECONDS);
    if (a->finish != CONTINUE_NOT_GIVEN) {
        ret->finish = (int64_t)llround(a->finish * 1e6 / STEP_MICROSECONDS);
        ret->steps = ret->finish + ending_window(ret->finish);
    }
    return options_seed(a->seed, &ret->seed);
}

bool continue_arguments_parse(ContinueArguments *a, int argc, char **argv,
                              int *status) {
    *a = (ContinueArguments){
        .seconds = CONTINUE_NOT_GIVEN,
        .from = CONTINUE_NOT_GIVEN,
        .until = CONTINUE_NOT_GIVEN,
        .finish = CONTINUE_NOT_GIVEN,
        .candidates = CONTINUE_NO_COUNT,
        .temperature = continuation_sampler.temperature,
        .top_p = continuation_sampler.top_p,
        .min_p = continuation_sampler.min_p,
        .pitch_temperature = continuation_sampler.within.temperature,
        .pitch_top_p = continuation_sampler.within.top_p,
        .closeness = CONTINUE_NOT_GIVEN,
        .tokens = CONTINUE_NO_COUNT,
        .given = CONTINUE_NO_COUNT,
        .takes = 1,
        .threads = CONTINUE_NO_COUNT,
        .sound = RECORDING_USUAL};
    for (Dial dial = 0; dial < DIALS; dial++) a->dials[dial] = dial_said(dial, 0);
    if (!parse(a, &argc, &argv, status)) return false;
    *status = take_file(a, argc, argv);
    if (!*status) *status = check(a);
    return *status == 0;
}
