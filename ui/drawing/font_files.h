// Where fonts lie, as fontconfig knows it: the system's and the user's own, in the
// order that the desktop is set to.
#ifndef UI_DRAWING_FONT_FILES_H
#define UI_DRAWING_FONT_FILES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct FontFiles FontFiles; // what fontconfig has found of them

typedef struct FontFile {
    char *path; // owned: g_free
    long index; // of the face in it
} FontFile;

// NULL: it failed. Closing accepts NULL.
FontFiles *font_files_open(void);
void font_files_close(FontFiles *f);

// Finds Inter, or else the desktop's font without serifs, or what comes nearest to them
// and has `character`; 0: whichever characters it has. False: there is no font at all.
// That what is found has the character is not sure.
bool font_files_find(FontFiles *f, FontFile *ret, uint32_t character, bool strong);

#endif
