// The options of `par-midi eval`, read and checked, and the files they name.
#ifndef APP_COMMANDS_EVAL_ARGUMENTS_H
#define APP_COMMANDS_EVAL_ARGUMENTS_H

#include "app/evaluation/evaluation.h"
#include "model/generate/sampler.h"

#include <glib.h>

typedef struct EvalArguments {
    char **paths; // owned, as all texts here; one or more
    char *model, *split, *tokenizer, *novelty;
    char *stepwise;                                   // NULL, or "int8" or "exact"
    int contexts[EVALUATION_CONTEXTS], context_count; // 0: as trained; one or more
    int latents, stride, threads;                     // 0: not given
    int pieces, takes;
    double seconds, prompt_seconds, closeness;
    Sampler sampler;
    uint64_t seed;
    gboolean ids; // the paths are files of ids (app/data/ids_file.h)
    gboolean generate, dials, bridges, endings, recall, copy, json, verbose, only_float;
} EvalArguments;

// Whether takes are made.
bool eval_arguments_takes(const EvalArguments *a);

// False: *status is the exit status, after a sentence. To be cleared either way.
bool eval_arguments_parse(EvalArguments *a, int argc, char **argv, int *status);
void eval_arguments_clear(EvalArguments *a);

// The files, as an array that frees their names: of folders the split that was asked
// for, or the validation split if a CSV gives one, else all; and of many as many as
// were asked for, spread over all. What is left out is said; an EvalFolder * for each
// folder is appended to `folders`.
GPtrArray *eval_arguments_files(const EvalArguments *a, GPtrArray *folders,
                                GError **error);

#endif
