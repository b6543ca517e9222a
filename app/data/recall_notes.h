// The configuration of recall (model/recall/recall.h) for music: its entries are the
// note onsets, and it stands before the last layer.
#ifndef APP_DATA_RECALL_NOTES_H
#define APP_DATA_RECALL_NOTES_H

#include "model/config.h"

// Adds recall to a configuration, or removes it, and chords with it.
void recall_notes(Config *c, bool on);
// Adds chords (model/recall/chords.h) to a configuration with recall, or removes them.
void recall_chords(Config *c, bool on);

#endif
