// par-midi continue --ids continues a file of ids (app/data/ids_file.h) and writes one
// of the same kind.
#ifndef APP_COMMANDS_CONTINUE_IDS_H
#define APP_COMMANDS_CONTINUE_IDS_H

#include "app/commands/continue_arguments.h"

// Runs the command and returns the exit status. The caller has checked that no output
// is also an input, or given twice. The plan gives the sampler and the seed. A take of
// an image completes the image; any other take has the requested number of ids, or
// CONTINUE_IDS.
int continue_ids(const ContinueArguments *a, const Plan *plan);

enum { CONTINUE_IDS = 1000 };

#endif
