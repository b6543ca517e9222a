// par-midi bench measures how fast this machine trains, evaluates and generates, and
// compares that with the machine's peak.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/paths.h"
#include "app/base/progress.h"
#include "app/commands.h"
#include "app/commands/bench.h"
#include "app/data/recall_notes.h"
#include "midi/vocabulary.h"
#include "model/files/memory.h"
#include "model/kernels/ceilings.h"
#include "model/parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_COUNT G_MININT                 // the option was not given
#define CONTEXTS "1024,4096,32768,131072" // the default

typedef struct Arguments {
    int width, layers, heads, latents, threads, steps, tokens;
    char *contexts, *model; // owned; contexts NULL: CONTEXTS, as read_contexts() says
    gboolean recall, exact, only_float, no_training, no_generation, json;
} Arguments;

typedef struct Row {
    int context;
    TrainingSpeed training;
    double evaluated_second; // latents
    GenerationSpeed generation;
    TakesSpeed takes;
    double training_memory, generation_memory; // the program's peak memory, bytes
} Row;

typedef struct Bench {
    const Arguments *a;
    Config config; // its context is that of the current row
    Model model;   // of --model; owned
    double load;   // seconds of loading it; 0: no model was given
    Ceilings ceilings;
    double stolen; // seconds of steal time during the measurement
    GArray *rows;  // owned
} Bench;

static bool parse(Arguments *a, int argc, char **argv, int *status) {
    // clang-format off
    const GOptionEntry entries[] = {
        {"model", 'm', 0, G_OPTION_ARG_FILENAME, &a->model, "Measure this model, a file or a name from par-midi models, not a shape with random weights", "MODEL"},
        {"width", 0, 0, G_OPTION_ARG_INT, &a->width, "Width: channels of the model (default: 512)", "N"},
        {"layers", 0, 0, G_OPTION_ARG_INT, &a->layers, "Self-attention layers (default: 8)", "N"},
        {"heads", 0, 0, G_OPTION_ARG_INT, &a->heads, "Attention heads (default: 8)", "N"},
        {"latents", 0, 0, G_OPTION_ARG_INT, &a->latents, "Latents: positions in the self-attention layers (default: 1024)", "N"},
        {"context", 0, 0, G_OPTION_ARG_STRING, &a->contexts, "List of contexts, in tokens (default: " CONTEXTS ", but none below the latents)", "LIST"},
        {"recall", 0, 0, G_OPTION_ARG_NONE, &a->recall, "Add the recall block to the paper's model", NULL},
        {"float", 0, 0, G_OPTION_ARG_NONE, &a->only_float, "Train in float even if the CPU has bf16", NULL},
        {"exact", 0, 0, G_OPTION_ARG_NONE, &a->exact, "Generate with float weights instead of int8", NULL},
        {"no-training", 0, 0, G_OPTION_ARG_NONE, &a->no_training, "Measure generation only", NULL},
        {"no-generation", 0, 0, G_OPTION_ARG_NONE, &a->no_generation, "Measure training only", NULL},
        {"steps", 0, 0, G_OPTION_ARG_INT, &a->steps, "Training steps; their median counts (default: 5)", "N"},
        {"tokens", 0, 0, G_OPTION_ARG_INT, &a->tokens, "Tokens to generate (default: 1000)", "N"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a->threads, "Number of threads (default: every core)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a->json, "Print JSON", NULL},
        {0},
    };
    // clang-format on
    if (!options_parse(
            &argc, &argv, "",
            "Measures the speed of training, evaluation and generation for a model or "
            "any shape,\nand compares them with the machine's peak.",
            "Other programs that run at the same time make the results slower.",
            entries, status))
        return false;
    if (argc > 1) *status = message_misuse("bench takes no files");
    return *status == 0;
}

static bool within(int x, int least, int most) { return x >= least && x <= most; }

// Returns 0, or the exit status after a message. Reads the contexts. None may be
// smaller than the number of latents, so in the default list this number replaces
// smaller contexts.
static int read_contexts(Bench *b) {
    g_auto(GStrv)
        words = g_strsplit(b->a->contexts ? b->a->contexts : CONTEXTS, ",", -1);
    for (int i = 0; words[i]; i++) {
        char *end;
        g_autoptr(GError) error = NULL;
        long context = strtol(words[i], &end, 10);
        if (!*words[i] || *end)
            return message_misuse(
                "--context must be numbers such as 1024,4096, not \"%s\"", words[i]);
        if (!b->a->contexts && context < b->config.latents) {
            if (b->rows->len > 0) continue;
            context = b->config.latents;
        }
        Row row = {.context = (int)CLAMP(context, 0, G_MAXINT)};
        b->config.context = row.context;
        if (!b->a->model) b->config.rotary_wavelength = MAX(1, row.context);
        if (!config_check(&b->config, &error))
            return message_misuse("%s", error->message);
        g_array_append_val(b->rows, row);
    }
    return b->rows->len > 0 ? 0 : message_misuse("--context is empty");
}

static bool given(int count) { return count != NO_COUNT; }

static int check(Bench *b) {
    const Arguments *a = b->a;
    if (!within(a->steps, 1, 1000))
        return message_misuse("--steps must be from 1 to 1000");
    if (!within(a->tokens, 2, 100000))
        return message_misuse("--tokens must be from 2 to 100000");
    if (!within(a->threads, 0, 1024))
        return message_misuse("--threads must be from 0 to 1024");
    if (options_clash("model", a->model,
                      OPTIONS({"width", given(a->width)}, {"layers", given(a->layers)},
                              {"heads", given(a->heads)},
                              {"latents", given(a->latents)}, {"recall", a->recall})))
        return 2;
    if (a->model) return 0;
    b->config = (Config){.vocabulary = VOCABULARY_PEDAL,
                         .latents = given(a->latents) ? a->latents : 1024,
                         .width = given(a->width) ? a->width : 512,
                         .heads = given(a->heads) ? a->heads : 8,
                         .layers = given(a->layers) ? a->layers : 8};
    recall_notes(&b->config, a->recall);
    return read_contexts(b);
}

// Loads the model of --model and checks its shape as check() does.
static int load(Bench *b) {
    GError *error = NULL;
    gint64 began = g_get_monotonic_time();
    if (!b->a->model) return 0;
    g_autofree char *path = path_find_model(b->a->model, &error);
    if (!path || !input_load_model(path, &b->model, &error)) return message_fail(error);
    b->load = (double)(g_get_monotonic_time() - began) / 1e6;
    b->config = b->model.config;
    return read_contexts(b);
}

// Returns the program's peak memory since the last call, in bytes; NaN if Linux does
// not tell.
static double peak_memory(void) {
    double peak = (double)NAN;
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0) peak = strtod(line + 6, NULL) * 1024;
    if (f) fclose(f);
    f = fopen("/proc/self/clear_refs", "w");
    if (f && fputs("5", f) < 0) peak = (double)NAN;
    if (f) fclose(f);
    return peak;
}

// Returns the processor time that the host of a virtual machine has taken from it since
// it started (steal time), in seconds; NaN if Linux does not tell.
static double stolen_time(void) {
    double ticks = (double)NAN;
    FILE *f = fopen("/proc/stat", "r");
    if (f && fscanf(f, "cpu %*f %*f %*f %*f %*f %*f %*f %lf", &ticks) != 1)
        ticks = (double)NAN;
    if (f) fclose(f);
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

// Returns false if there is not enough memory.
static bool measure_row(Bench *b, Row *row, Pool *pool, Progress *progress) {
    const Arguments *a = b->a;
    char line[80];
    b->config.context = row->context;
    if (!a->model) b->config.rotary_wavelength = row->context;
    g_snprintf(line, sizeof line, "a context of %d", row->context);
    progress_line(progress, line);
    peak_memory();
    pool_set_mixed(pool, !a->only_float);
    bool ok = a->no_training ||
              bench_training(&row->training, &b->config, pool, a->steps);
    row->training_memory = peak_memory();
    ok = ok && (a->no_training ||
                bench_evaluation(&row->evaluated_second, &b->config, pool_threads(pool),
                                 !a->only_float, a->steps));
    peak_memory();
    pool_set_mixed(pool, !a->exact);
    if (!ok || a->no_generation) return ok;
    BenchModel m = {b->config, a->model ? &b->model.parameters : NULL, !a->exact};
    ok = bench_generation(&row->generation, &m, pool, a->tokens);
    row->generation.start += b->load;
    row->generation_memory = peak_memory();
    return ok && bench_takes(&row->takes, &m, pool, a->tokens);
}

static bool measure(Bench *b, GError **error) {
    Progress progress;
    Pool *pool = pool_new(b->a->threads);
    progress_begin(&progress, "measuring");
    progress_line(&progress, "what the machine can do");
    double stolen = stolen_time();
    bool measured = ceilings_measure(&b->ceilings, pool), ok = measured;
    for (guint i = 0; ok && i < b->rows->len && !*interrupt_flag(); i++)
        ok = measure_row(b, &g_array_index(b->rows, Row, i), pool, &progress);
    b->stolen = stolen_time() - stolen;
    progress_end(&progress);
    pool_free(pool);
    return ok || memory_lacks(measured ? "this shape and context"
                                       : "measuring the machine with so many threads",
                              error);
}

static double training_share(const Bench *b, const Row *r) {
    double rate = b->a->only_float || b->ceilings.bf16_rate == 0
                      ? b->ceilings.float_rate
                      : b->ceilings.bf16_rate;
    return r->training.operations * r->training.latents_second / b->config.latents /
           1e9 / rate;
}

// Returns the speed of evaluation as a share of the peak. A forward pass has a third of
// a step's operations.
static double evaluation_share(const Bench *b, const Row *r) {
    return training_share(b, r) * r->evaluated_second / r->training.latents_second / 3;
}

static double generation_share(const Bench *b, const Row *r) {
    return r->generation.bytes_token * r->generation.tokens_second / 1e9 /
           b->ceilings.memory;
}

// Returns how many times longer one token of each of the takes together needs than one
// token of a single take.
static double takes_ratio(const Row *r) {
    return r->takes.median / r->generation.median;
}

static void print(const Bench *b) {
    const Config *c = &b->config;
    printf("shape: width %d, %d heads, %d layers, %d latents, %s%s%s%s%.1f M "
           "parameters\n",
           c->width, c->heads, c->layers, c->latents, c->recall_heads ? "recall, " : "",
           c->chord_steps ? "chords, " : "", c->gates ? "gates, " : "",
           c->values ? "values, " : "", (double)parameters_count(c) / 1e6);
    printf("machine: %.0f GFLOP/s in float, %.0f in bf16; reads %.1f GB/s from memory, "
           "%.0f from the cache\n",
           b->ceilings.float_rate, b->ceilings.bf16_rate, b->ceilings.memory,
           b->ceilings.cache);
    if (b->stolen > 0)
        printf("its host kept %.2f s of processor time meanwhile\n", b->stolen);
    if (!b->a->no_training) {
        printf("\ntraining, one window a step, and evaluation\n"
               "  context   latents/s   of the peak   memory   evaluated/s   of the "
               "peak\n");
        for (guint i = 0; i < b->rows->len; i++) {
            const Row *r = &g_array_index(b->rows, Row, i);
            printf("  %7d   %9.0f   %9.0f %%   %4.0f MB   %11.0f   %9.0f %%\n",
                   r->context, r->training.latents_second, 100 * training_share(b, r),
                   r->training_memory / 1e6, r->evaluated_second,
                   100 * evaluation_share(b, r));
        }
    }
    if (b->a->no_generation) return;
    printf("\ngeneration\n"
           "  context   tokens/s   median ms   slowest ms   prompt ms   8 more ms   "
           "of memory   memory   start ms   8 takes tokens/s   in one's time\n");
    for (guint i = 0; i < b->rows->len; i++) {
        const Row *r = &g_array_index(b->rows, Row, i);
        const GenerationSpeed *g = &r->generation;
        printf("  %7d   %8.0f   %9.2f   %10.1f   %9.0f   %9.1f   %7.0f %%   %4.0f MB   "
               "%8.0f   %16.0f   %13.1f\n",
               r->context, g->tokens_second, g->median * 1e3, g->slowest * 1e3,
               g->prefill * 1e3, g->resync * 1e3, 100 * generation_share(b, r),
               r->generation_memory / 1e6, g->start * 1e3, r->takes.tokens_second,
               takes_ratio(r));
    }
}

static cJSON *training_json(const Bench *b, const Row *r) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "mixed",
                          !b->a->only_float && b->ceilings.bf16_rate > 0);
    json_add_number(json, "latents_per_second", r->training.latents_second);
    json_add_number(json, "operations_per_step", r->training.operations);
    json_add_number(json, "share_of_peak", training_share(b, r));
    json_add_number(json, "memory_bytes", r->training_memory);
    json_add_number(json, "evaluated_latents_per_second", r->evaluated_second);
    json_add_number(json, "evaluation_share_of_peak", evaluation_share(b, r));
    return json;
}

static cJSON *generation_json(const Bench *b, const Row *r) {
    const GenerationSpeed *g = &r->generation;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "weights", b->a->exact ? "exact" : "int8");
    json_add_number(json, "tokens_per_second", g->tokens_second);
    json_add_number(json, "median_ms", g->median * 1e3);
    json_add_number(json, "slowest_ms", g->slowest * 1e3);
    json_add_number(json, "prompt_ms", g->prefill * 1e3);
    json_add_number(json, "eight_more_ms", g->resync * 1e3);
    json_add_number(json, "start_ms", g->start * 1e3);
    json_add_number(json, "eight_takes_tokens_per_second", r->takes.tokens_second);
    json_add_number(json, "eight_takes_in_one_takes_time", takes_ratio(r));
    json_add_number(json, "bytes_per_token", g->bytes_token);
    json_add_number(json, "share_of_memory_bandwidth", generation_share(b, r));
    json_add_number(json, "memory_bytes", r->generation_memory);
    return json;
}

static void print_json(const Bench *b) {
    const Config *c = &b->config;
    cJSON *json = cJSON_CreateObject(), *shape = cJSON_AddObjectToObject(json, "shape");
    json_add_number(shape, "width", c->width);
    json_add_number(shape, "heads", c->heads);
    json_add_number(shape, "layers", c->layers);
    json_add_number(shape, "latents", c->latents);
    cJSON_AddBoolToObject(shape, "recall", c->recall_heads > 0);
    cJSON_AddBoolToObject(shape, "chords", c->chord_steps > 0);
    json_add_number(shape, "parameters", (double)parameters_count(c));
    cJSON *machine = cJSON_AddObjectToObject(json, "machine");
    json_add_number(machine, "float_gflops", b->ceilings.float_rate);
    json_add_number(machine, "bf16_gflops", b->ceilings.bf16_rate);
    json_add_number(machine, "memory_gb_per_second", b->ceilings.memory);
    json_add_number(machine, "cache_gb_per_second", b->ceilings.cache);
    json_add_number(machine, "stolen_seconds", b->stolen);
    cJSON *rows = cJSON_AddArrayToObject(json, "contexts");
    for (guint i = 0; i < b->rows->len; i++) {
        const Row *r = &g_array_index(b->rows, Row, i);
        cJSON *row = cJSON_CreateObject();
        json_add_number(row, "context", r->context);
        if (!b->a->no_training)
            cJSON_AddItemToObject(row, "training", training_json(b, r));
        if (!b->a->no_generation)
            cJSON_AddItemToObject(row, "generation", generation_json(b, r));
        cJSON_AddItemToArray(rows, row);
    }
    json_print(json);
}

int cmd_bench(int argc, char **argv) {
    int status = 0;
    Arguments a = {.width = NO_COUNT,
                   .layers = NO_COUNT,
                   .heads = NO_COUNT,
                   .latents = NO_COUNT,
                   .steps = 5,
                   .tokens = 1000};
    Bench b = {.a = &a, .rows = g_array_new(FALSE, FALSE, sizeof(Row))};
    if (parse(&a, argc, argv, &status) && (status = check(&b)) == 0 &&
        (status = load(&b)) == 0) {
        GError *error = NULL;
        if (!measure(&b, &error))
            status = message_fail(error);
        else if (*interrupt_flag())
            status = interrupt_status(0);
        else if (a.json)
            print_json(&b);
        else
            print(&b);
    }
    g_array_unref(b.rows);
    model_free(&b.model);
    g_free(a.contexts);
    g_free(a.model);
    return status;
}
