// par-midi continue --ids: goes on with a file of ids (app/data/ids_file.h) and writes
// one of the same kind.
#ifndef APP_COMMANDS_CONTINUE_IDS_H
#define APP_COMMANDS_CONTINUE_IDS_H

#include "app/commands/continue_arguments.h"

// Returns the exit status. That no output is an input, or given twice, is known. The
// plan gives sampler and seed. An image's take goes to the end of the image, any other
// has as many ids as were asked for, or CONTINUE_IDS.
int continue_ids(const ContinueArguments *a, const Plan *plan);

enum { CONTINUE_IDS = 1000 };

#endif
