// What to call an export: FOLDER/STEM, or FOLDER/STEM 2 ... if a MIDI or sound file
// there has that name. What a folder holds is read once, when it is named, by a thread
// of its own: nobody waits for a disk, and what is not known yet counts as not there.
// To be used by one thread.
#ifndef APP_DESKTOP_PIECE_EXPORT_NAME_H
#define APP_DESKTOP_PIECE_EXPORT_NAME_H

typedef struct ExportName ExportName;

ExportName *export_name_new(void);
void export_name_free(ExportName *n); // leaves a thread that still reads to itself

void export_name_set_folder(ExportName *n, const char *folder);
void export_name_add(ExportName *n, const char *path); // this file is there by now

// The path, without an ending. Valid until the next call.
const char *export_name(ExportName *n, const char *stem);

#endif
