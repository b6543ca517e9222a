// The card for an export: an editable path, and MIDI or a kind of sound file. Asks once
// before it replaces a file.
#ifndef UI_CARDS_EXPORT_H
#define UI_CARDS_EXPORT_H

#include "ui/ui.h"

typedef struct Export {
    int format;    // 0: MIDI; else a sound format
    GString *path; // owned
    char *asked;   // the existing file that the user was asked about; owned, or NULL
} Export;

void export_open(Export *e, Ui *u, const View *view, bool sound);
void export_clear(Export *e);        // accepts a zeroed struct
bool export_frame(Export *e, Ui *u); // true if it is to be closed

#endif
