// Where an export goes: a path to edit, MIDI or a kind of sound. Asks once before a
// file is replaced.
#ifndef UI_CARDS_EXPORT_H
#define UI_CARDS_EXPORT_H

#include "ui/ui.h"

typedef struct Export {
    int format;    // 0: MIDI, else of sound
    GString *path; // owned
    char *asked;   // whether this file, which is there, may be replaced; owned, or NULL
} Export;

void export_open(Export *e, Ui *u, const View *view, bool sound);
void export_clear(Export *e);        // accepts a zeroed struct
bool export_frame(Export *e, Ui *u); // true if it is to be closed

#endif
