// Which options of `par-midi train` can be given, and which of them together.
#ifndef APP_COMMANDS_TRAIN_TRAIN_CHECK_H
#define APP_COMMANDS_TRAIN_TRAIN_CHECK_H

#include "app/commands/train/train_arguments.h"

int train_check(const TrainArguments *a); // 0, or the exit status after a message

#endif
