// Opens a file as a document: a MIDI file becomes the root of a new document; a saved
// session becomes the document that was saved.
#ifndef APP_DESKTOP_PIECE_OPENING_H
#define APP_DESKTOP_PIECE_OPENING_H

#include "app/document/document.h"

typedef struct Opened {
    Document document; // owned
    char *remark;      // owned: a sentence about the file, or NULL
    bool damaged;      // parts of it could not be read
} Opened;

// `name` is saved in the document as its source.
bool opening_read(Opened *ret, const char *path, const char *name, GError **error);
bool opening_begin(Document *ret, GError **error); // an empty piece

#endif
