// The options of `par-midi eval`, read and checked.
#ifndef APP_COMMANDS_EVAL_ARGUMENTS_H
#define APP_COMMANDS_EVAL_ARGUMENTS_H

#include "app/evaluation/likelihood/evaluation.h"
#include "model/generate/sampler.h"

#include <glib.h>

typedef struct EvalArguments {
    char **paths; // owned, as are all texts here; one or more
    char *model, *split, *tokenizer, *novelty;
    char *stepwise;                                   // NULL, "int8" or "exact"
    int contexts[EVALUATION_CONTEXTS], context_count; // 0: as trained; at least one
    int latents, stride, threads;                     // 0: not given
    int pieces, takes;
    double seconds, prompt_seconds, closeness;
    Sampler sampler;
    uint64_t seed;
    gboolean ids; // the paths are files of ids (app/data/ids_file.h)
    gboolean generate, dials, bridges, endings, recall, copy, json, verbose, only_float;
} EvalArguments;

// Returns whether takes are made.
bool eval_arguments_takes(const EvalArguments *a);

// Reads the options. Returns false after a message, with the exit status in *status.
// Must be cleared in either case.
bool eval_arguments_parse(EvalArguments *a, int argc, char **argv, int *status);
void eval_arguments_clear(EvalArguments *a);

#endif
