// Files that are written of the piece: MIDI at once, sound on a thread of its own, one
// at a time (app/generation/mixdown.h). The main thread's.
#ifndef APP_DESKTOP_PIECE_EXPORTS_H
#define APP_DESKTOP_PIECE_EXPORTS_H

#include "app/desktop/piece/export_name.h"
#include "app/document/document_path.h"
#include "app/generation/mixdown.h"
#include "ui/view.h"

typedef struct Exports {
    ExportName *name; // owned: what to call the next one
    Mixdown *mixdown; // owned: the sound file that is being written; NULL: none
    char *shown;      // owned: its name, for the View
} Exports;

// What is still read, so that no export may replace it; NULL: nothing.
typedef struct ExportReads {
    const char *model, *soundfont;
    const char *open; // the file that is open
} ExportReads;

void exports_open(Exports *e);
void exports_close(Exports *e); // gives up a sound file that is being written

// Exports go beside `file` if that is one in a folder that is there, else to `last` or,
// if that is "", home.
void exports_set_folder(Exports *e, const char *file, const char *last);

// Of the path, with how it was made. `file` is absolute.
bool exports_write_midi(Exports *e, const char *file, const Document *d,
                        const DocumentPath *path, const ExportReads *reads,
                        GError **error);
bool exports_begin_sound(Exports *e, const char *file, const Document *d,
                         const ExportReads *reads, float reverb, GError **error);
bool exports_write_sound(const Exports *e); // a sound file is being written
void exports_cancel(Exports *e);

typedef struct ExportEnd {
    char *file;    // owned by who reads
    bool written;  // else it was given up, or failed:
    GError *error; // owned by who reads
} ExportEnd;

bool exports_end(Exports *e, ExportEnd *ret); // true: a sound file came to its end

// `name` is what to call an export of the piece.
void exports_show(Exports *e, const char *name, View *ret);

#endif
