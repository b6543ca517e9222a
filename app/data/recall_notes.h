// Recall (model/recall/recall.h) of music: of the notes' onsets, before the last layer.
#ifndef APP_DATA_RECALL_NOTES_H
#define APP_DATA_RECALL_NOTES_H

#include "model/config.h"

// Gives the configuration recall, or takes it away.
void recall_notes(Config *c, bool on);

#endif
