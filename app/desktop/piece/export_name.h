// Proposes a path for an export: FOLDER/STEM, or FOLDER/STEM 2 ... if a MIDI or sound
// file of that name exists. The folder is read once, when it is set, by a thread of its
// own, so that nobody waits for a disk; until then it counts as empty. To be used by
// one thread.
#ifndef APP_DESKTOP_PIECE_EXPORT_NAME_H
#define APP_DESKTOP_PIECE_EXPORT_NAME_H

typedef struct ExportName ExportName;

ExportName *export_name_new(void);
// Does not wait for a thread that is still reading.
void export_name_free(ExportName *n);

void export_name_set_folder(ExportName *n, const char *folder);
// Records that this file now exists.
void export_name_add(ExportName *n, const char *path);

// Returns the path without an extension. Valid until the next call.
const char *export_name(ExportName *n, const char *stem);

#endif
