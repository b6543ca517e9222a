// The options of `par-midi continue`, of music and of ids, read and checked.
#ifndef APP_COMMANDS_CONTINUE_ARGUMENTS_H
#define APP_COMMANDS_CONTINUE_ARGUMENTS_H

#include "app/generation/continuation.h"
#include "app/sound/recording.h"

#include <float.h>

#define CONTINUE_NOT_GIVEN (-DBL_MAX) // a number below 0: it was not given
#define CONTINUE_NO_COUNT  G_MININT   // the same for whole numbers

typedef struct ContinueArguments {
    char *in, *out, *audio, *model, *soundfont, *prompt, *seed; // owned
    double until, finish, seconds, from, closeness; // may be CONTINUE_NOT_GIVEN
    double temperature, top_p, min_p, pitch_temperature, pitch_top_p;
    double dials[DIALS]; // in the units of the options
    gint64 tokens, given;
    int top_k, takes, candidates, threads;
    gboolean ids; // the input is a file of ids, and so is the output
    gboolean from_scratch, natural_end, exact, json;
    RecordingWish sound;
} ContinueArguments;

// Reads the options. Returns false after a message, with the exit status in *status.
// Must be cleared in either case.
bool continue_arguments_parse(ContinueArguments *a, int argc, char **argv, int *status);
void continue_arguments_clear(ContinueArguments *a);

// Returns whether the output includes the prompt.
PromptPart continue_arguments_part(const ContinueArguments *a);

// Return whether the likeliest of several takes is chosen, and among how many.
bool continue_arguments_choose(const ContinueArguments *a);
int continue_arguments_candidates(const ContinueArguments *a);

// Makes the plan of the first take; the length of a bridge is set later. Returns 0, or
// the exit status after a message.
int continue_arguments_plan(const ContinueArguments *a, Plan *ret);

#endif
