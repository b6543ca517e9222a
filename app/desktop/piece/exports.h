// Exports of the piece: MIDI at once, sound on a thread of its own, one at a time
// (app/sound/mixdown.h). Used by the main thread only.
#ifndef APP_DESKTOP_PIECE_EXPORTS_H
#define APP_DESKTOP_PIECE_EXPORTS_H

#include "app/desktop/piece/export_name.h"
#include "app/document/document_path.h"
#include "app/sound/mixdown.h"
#include "ui/view.h"

typedef struct Exports {
    ExportName *name; // owned: proposes a path for the next one
    Mixdown *mixdown; // owned: the sound file that is being written; NULL: none
    char *shown;      // owned: that file's name, for the View
} Exports;

// Files that an export must not replace, because they are still being read; NULL: none.
typedef struct ExportReads {
    const char *model, *soundfont;
    const char *open; // the open file
} ExportReads;

void exports_open(Exports *e);
void exports_close(Exports *e); // abandons a sound file that is being written

// Exports go into the folder of `file` if it exists, otherwise into `last` or, if that
// is "", into the home folder.
void exports_set_folder(Exports *e, const char *file, const char *last);

// Writes the path as MIDI, with the receipt of how it was made. `file` is absolute.
bool exports_write_midi(Exports *e, const char *file, const Document *d,
                        const DocumentPath *path, const ExportReads *reads,
                        GError **error);
bool exports_begin_sound(Exports *e, const char *file, const Document *d,
                         const ExportReads *reads, float reverb, GError **error);
bool exports_write_sound(const Exports *e); // a sound file is being written
void exports_cancel(Exports *e);

typedef struct ExportEnd {
    char *file;    // owned by who reads
    bool written;  // false: it was cancelled or it failed
    GError *error; // owned by who reads
} ExportEnd;

// Returns true once when a sound file has ended.
bool exports_end(Exports *e, ExportEnd *ret);

// `name` is the proposed name of an export of the piece.
void exports_show(Exports *e, const char *name, View *ret);

#endif
