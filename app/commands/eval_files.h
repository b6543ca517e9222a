// The files that the arguments of `par-midi eval` name.
#ifndef APP_COMMANDS_EVAL_FILES_H
#define APP_COMMANDS_EVAL_FILES_H

#include "app/commands/eval_arguments.h"

// Returns the files as an array that frees their names. Of a folder these are the files
// of the chosen split, which by default is the validation split if a CSV defines one,
// and otherwise all files. If fewer files are wanted, they are spread evenly over
// these. Prints what is left out, and appends an EvalFolder * for each folder to
// `folders`.
GPtrArray *eval_files(const EvalArguments *a, GPtrArray *folders, GError **error);

#endif
