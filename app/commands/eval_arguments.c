#include "app/commands/eval_arguments.h"

#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/data/dataset_list.h"
#include "app/generation/choice/bridge.h"
#include "app/generation/continuation.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define NOT_GIVEN      G_MININT
#define UNKNOWN        (-DBL_MAX) // a number that was not given

#define SECONDS        20.0 // of a take, by default
#define PROMPT_SECONDS 30.0
#define PIECES         24 // the default number of pieces to continue
#define TAKES          1
#define SEED           1
#define LONGEST        86400.0

// The options as given, before they are checked.
typedef struct Given {
    int context, latents, stride, pieces, threads, takes;
    double seconds, prompt_seconds, temperature, top_p, min_p, pitch_temperature,
        pitch_top_p, closeness;
    char *contexts, *seed; // owned
} Given;

static bool in_range(double x, double least, double most) {
    return x == UNKNOWN || (x >= least && x <= most); // false for NaN
}

static int check_numbers(const Given *g) {
    const struct {
        const char *name;
        int value;
    } numbers[] = {{"context", g->context}, {"latents", g->latents},
                   {"stride", g->stride},   {"pieces", g->pieces},
                   {"threads", g->threads}, {"takes", g->takes}};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (numbers[i].value != NOT_GIVEN && numbers[i].value < 1)
            return message_misuse("--%s must be 1 or more", numbers[i].name);
    const struct {
        const char *name;
        double value, least, most;
    } ranges[] = {{"seconds", g->seconds, 1, LONGEST},
                  {"prompt-seconds", g->prompt_seconds, 1, LONGEST},
                  {"temperature", g->temperature, 0, 100},
                  {"top-p", g->top_p, 0, 1},
                  {"min-p", g->min_p, 0, 1},
                  {"pitch-temperature", g->pitch_temperature, 0, 100},
                  {"pitch-top-p", g->pitch_top_p, 0, 1},
                  {"closeness", g->closeness, 0, CONTINUATION_CLOSEST}};
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (!in_range(ranges[i].value, ranges[i].least, ranges[i].most))
            return message_misuse("--%s must be from %g to %g", ranges[i].name,
                                  ranges[i].least, ranges[i].most);
    return 0;
}

bool eval_arguments_takes(const EvalArguments *a) {
    return a->generate || a->dials || a->bridges || a->endings;
}

// Returns the chosen way to make takes, or else the usual one.
static const char *way(const EvalArguments *a) {
    return a->dials     ? "dials"
           : a->bridges ? "bridges"
           : a->endings ? "endings"
                        : "generate";
}

// Only one way to make takes can be chosen, and not every way has a length or a number
// of takes.
static bool takes_clash(const EvalArguments *a, const Given *g) {
    return options_clash("generate", a->generate,
                         OPTIONS({"dials", a->dials}, {"bridges", a->bridges},
                                 {"endings", a->endings})) ||
           options_clash("dials", a->dials,
                         OPTIONS({"bridges", a->bridges}, {"endings", a->endings},
                                 {"takes", g->takes != NOT_GIVEN})) ||
           options_clash("bridges", a->bridges, OPTIONS({"endings", a->endings})) ||
           options_clash(way(a), a->bridges || a->endings,
                         OPTIONS({"seconds", g->seconds != UNKNOWN})) ||
           options_clash(way(a), !a->generate, OPTIONS({"novelty", a->novelty}));
}

// Refuses options that do not apply to the chosen measurement.
static int check_company(const EvalArguments *a, const Given *g) {
    bool takes = eval_arguments_takes(a);
    if (options_clash(
            way(a), takes,
            OPTIONS({"context", g->context != NOT_GIVEN}, {"contexts", g->contexts},
                    {"latents", g->latents != NOT_GIVEN},
                    {"stride", g->stride != NOT_GIVEN}, {"tokenizer", a->tokenizer},
                    {"stepwise", a->stepwise}, {"float", a->only_float})) ||
        options_lack("generate", takes,
                     OPTIONS({"takes", g->takes != NOT_GIVEN},
                             {"seconds", g->seconds != UNKNOWN},
                             {"prompt-seconds", g->prompt_seconds != UNKNOWN},
                             {"temperature", g->temperature != UNKNOWN},
                             {"top-p", g->top_p != UNKNOWN},
                             {"min-p", g->min_p != UNKNOWN},
                             {"pitch-temperature", g->pitch_temperature != UNKNOWN},
                             {"pitch-top-p", g->pitch_top_p != UNKNOWN},
                             {"closeness", g->closeness != UNKNOWN}, {"seed", g->seed},
                             {"novelty", a->novelty})) ||
        (takes && takes_clash(a, g)) ||
        options_clash("recall", a->recall,
                      OPTIONS({way(a), takes}, {"stepwise", a->stepwise},
                              {"contexts", g->contexts})) ||
        options_clash("copy", a->copy,
                      OPTIONS({way(a), takes}, {"recall", a->recall},
                              {"stepwise", a->stepwise}, {"contexts", g->contexts})) ||
        options_clash(
            "stepwise", a->stepwise,
            OPTIONS({"context", g->context != NOT_GIVEN}, {"contexts", g->contexts},
                    {"latents", g->latents != NOT_GIVEN},
                    {"stride", g->stride != NOT_GIVEN}, {"float", a->only_float})) ||
        options_clash("ids", a->ids,
                      OPTIONS({way(a), takes}, {"recall", a->recall}, {"copy", a->copy},
                              {"tokenizer", a->tokenizer})) ||
        options_clash("contexts", g->contexts,
                      OPTIONS({"context", g->context != NOT_GIVEN})))
        return 2;
    if (a->stepwise && strcmp(a->stepwise, "int8") != 0 &&
        strcmp(a->stepwise, "exact") != 0)
        return message_misuse("--stepwise must be int8 or exact");
    return 0;
}

static int take_contexts(EvalArguments *a, const Given *g) {
    a->context_count = 1;
    a->contexts[0] = MAX(0, g->context);
    if (!g->contexts) return 0;
    g_auto(GStrv) parts = g_strsplit(g->contexts, ",", -1);
    a->context_count = (int)g_strv_length(parts);
    if (a->context_count < 1 || a->context_count > EVALUATION_CONTEXTS)
        return message_misuse("--contexts must be 1 to %d numbers",
                              EVALUATION_CONTEXTS);
    for (int i = 0; i < a->context_count; i++) {
        guint64 context;
        if (!g_ascii_string_to_unsigned(parts[i], 10, 1, G_MAXINT32, &context, NULL))
            return message_misuse("--contexts must be numbers such as 512,1024,2048");
        a->contexts[i] = (int)context;
    }
    return 0;
}

static int whole(int given, int otherwise) {
    return given == NOT_GIVEN ? otherwise : given;
}
static double number(double given, double otherwise) {
    return given == UNKNOWN ? otherwise : given;
}

static int take_given(EvalArguments *a, const Given *g) {
    int status = check_numbers(g);
    if (!status) status = check_company(a, g);
    if (!status) status = take_contexts(a, g);
    if (status) return status;
    Split split;
    if (a->split && !split_from_name(a->split, &split))
        return message_misuse("--split must be train, validation or test, not \"%s\"",
                              a->split);
    a->seed = SEED;
    status = options_seed(g->seed, &a->seed);
    if (status) return status;
    a->latents = whole(g->latents, 0);
    a->stride = whole(g->stride, 0);
    a->threads = whole(g->threads, 0);
    a->pieces = whole(g->pieces, eval_arguments_takes(a) ? PIECES : G_MAXINT);
    a->takes = whole(g->takes, a->bridges || a->endings ? BRIDGE_TAKES : TAKES);
    a->seconds = number(g->seconds, SECONDS);
    a->prompt_seconds = number(g->prompt_seconds, PROMPT_SECONDS);
    a->closeness = number(g->closeness, -1);
    const Sampler s = continuation_sampler;
    a->sampler = (Sampler){
        number(g->temperature, s.temperature), number(g->top_p, s.top_p),
        number(g->min_p, s.min_p), s.top_k,
        continuation_pitches(number(g->pitch_temperature, s.within.temperature),
                             number(g->pitch_top_p, s.within.top_p))};
    if (!a->paths[0])
        return message_misuse(a->ids ? "a file or a folder of them is missing"
                                     : "a MIDI file or a folder of them is missing");
    return 0;
}

static const char summary[] =
    "Measures how well a model predicts performances, in nats (natural "
    "logarithms): the\n"
    "fewer, the better. PATH is a MIDI file or a folder. In a folder the "
    "validation split\n"
    "is measured if a CSV in it names one (as for par-midi train), else "
    "every file.\n"
    "\n"
    "With --ids: measures nats per id of other files, and bits per byte, "
    "or per dimension\n"
    "of images. The end of a file is not counted.\n"
    "\n"
    "With --recall: takes the notes whose last eight predecessors occurred "
    "before in the\n"
    "piece, and measures how often the same note follows again and how "
    "likely the model\n"
    "finds the right pitch. In no chord: no other note begins within 30 ms.\n"
    "\n"
    "With --copy: gives the model 30 seconds of a piece, 60 of another, "
    "then the first\n"
    "again.\n"
    "\n"
    "With --generate: lets the model continue the performances from "
    "several places and\n"
    "compares its music with what the pianists played there and elsewhere "
    "in the piece: the\n"
    "10th percentile, the median and the 90th percentile of each number. "
    "`outside` is the\n"
    "share of takes beyond the pianists' 10th and 90th percentile; 20 % "
    "would be like theirs.\n"
    "A star marks a median of the takes that is outside.\n"
    "\n"
    "It then prints how music returns, as means over the pieces with 95 % "
    "bootstrap\n"
    "intervals: how long ago groups of 8 notes were last heard, at any "
    "pitch, before the cut\n"
    "or after it; the return rate, which is the share that was heard 15 "
    "seconds ago or more,\n"
    "and how much of it is chance; structure indicators; and how much "
    "better the notes can be\n"
    "compressed than in another order. Use takes of 90 seconds (--seconds "
    "90) for these.";

static bool parse(EvalArguments *a, Given *g, int *argc, char ***argv, int *status) {
    // clang-format off
    const GOptionEntry entries[] = {
        {"model", 'm', 0, G_OPTION_ARG_FILENAME, &a->model, "The model, a file or a name from par-midi models (default: $PAR_MIDI_MODEL, then the shipped model)", "MODEL"},
        {"split", 's', 0, G_OPTION_ARG_STRING, &a->split,
         "Split of a folder: train, validation or test (default: validation if a CSV names it, else all)", "NAME"},
        {"pieces", 'n', 0, G_OPTION_ARG_INT, &g->pieces,
         "At most N files, spread evenly over all (default: all; with takes 24)", "N"},
        {"context", 'c', 0, G_OPTION_ARG_INT, &g->context,
         "Tokens that a prediction attends to (default: as trained)", "N"},
        {"contexts", 0, 0, G_OPTION_ARG_STRING, &g->contexts,
         "Measure several contexts, such as 512,1024,2048", "LIST"},
        {"latents", 0, 0, G_OPTION_ARG_INT, &g->latents,
         "Latents: positions in the self-attention layers (default: as trained)", "N"},
        {"stride", 0, 0, G_OPTION_ARG_INT, &g->stride,
         "Tokens from window to window (default: half the latents)", "N"},
        {"stepwise", 0, 0, G_OPTION_ARG_STRING, &a->stepwise,
         "Measure token by token, as generation computes, with int8 or exact weights", "WEIGHTS"},
        {"float", 0, 0, G_OPTION_ARG_NONE, &a->only_float,
         "Compute in float even if the CPU has bf16; slower", NULL},
        {"tokenizer", 0, 0, G_OPTION_ARG_STRING, &a->tokenizer,
         "Tokenizer of a model that does not name its own", "NAME"},
        {"ids", 0, 0, G_OPTION_ARG_NONE, &a->ids,
         "PATH holds bytes, .ids numbers or .ppm images, as for par-midi train --ids", NULL},
        {"generate", 'g', 0, G_OPTION_ARG_NONE, &a->generate,
         "Continue the pieces and compare the takes with the pianists", NULL},
        {"dials", 0, 0, G_OPTION_ARG_NONE, &a->dials,
         "Continue the pieces with each dial moved, and measure its effect", NULL},
        {"bridges", 0, 0, G_OPTION_ARG_NONE, &a->bridges,
         "Replace spans of 5 and 10 seconds by bridges, and measure how likely the music after them is", NULL},
        {"endings", 0, 0, G_OPTION_ARG_NONE, &a->endings,
         "Bring the pieces to an end after 20 seconds, and measure how near and how likely the end is", NULL},
        {"recall", 'r', 0, G_OPTION_ARG_NONE, &a->recall,
         "Measure how well the model recognises notes that return", NULL},
        {"copy", 0, 0, G_OPTION_ARG_NONE, &a->copy,
         "Measure how well the model copies a theme that it heard a minute ago", NULL},
        {"takes", 0, 0, G_OPTION_ARG_INT, &g->takes, "Takes per piece (default: 1; with --bridges and --endings 8)", "K"},
        {"seconds", 0, 0, G_OPTION_ARG_DOUBLE, &g->seconds, "Length of a take in seconds (default: 20)", "S"},
        {"prompt-seconds", 0, 0, G_OPTION_ARG_DOUBLE, &g->prompt_seconds,
         "Length of its prompt in seconds (default: 30)", "S"},
        {"temperature", 't', 0, G_OPTION_ARG_DOUBLE, &g->temperature, "As in par-midi continue", "X"},
        {"top-p", 0, 0, G_OPTION_ARG_DOUBLE, &g->top_p, "As in par-midi continue", "X"},
        {"min-p", 0, 0, G_OPTION_ARG_DOUBLE, &g->min_p, "As in par-midi continue", "X"},
        {"pitch-temperature", 0, 0, G_OPTION_ARG_DOUBLE, &g->pitch_temperature, "As in par-midi continue", "X"},
        {"pitch-top-p", 0, 0, G_OPTION_ARG_DOUBLE, &g->pitch_top_p, "As in par-midi continue", "X"},
        {"closeness", 0, 0, G_OPTION_ARG_DOUBLE, &g->closeness, "As in par-midi continue", "X"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &g->seed, "The same seed gives the same takes (default: 1)", "N"},
        {"novelty", 0, 0, G_OPTION_ARG_FILENAME, &a->novelty,
         "Search the training set, a folder or an index of par-midi train --repertoire, for passages of the takes", "PATH"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &g->threads, "Number of threads (default: every core)", "N"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &a->verbose, "Also print a line for each file or take", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a->json, "Print JSON", NULL},
        {0},
    };
    // clang-format on
    return options_parse(argc, argv, "PATH...", summary, NULL, entries, status);
}

bool eval_arguments_parse(EvalArguments *a, int argc, char **argv, int *status) {
    *a = (EvalArguments){0};
    Given g = {NOT_GIVEN, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN,
               UNKNOWN,   UNKNOWN,   UNKNOWN,   UNKNOWN,   UNKNOWN,   UNKNOWN,
               UNKNOWN,   UNKNOWN,   NULL,      NULL};
    bool ok = parse(a, &g, &argc, &argv, status);
    a->paths = ok ? g_strdupv(argv + 1) : g_new0(char *, 1);
    if (ok) *status = take_given(a, &g);
    g_free(g.contexts);
    g_free(g.seed);
    return ok && *status == 0;
}

void eval_arguments_clear(EvalArguments *a) {
    g_strfreev(a->paths);
    g_free(a->model);
    g_free(a->split);
    g_free(a->tokenizer);
    g_free(a->stepwise);
    g_free(a->novelty);
}
