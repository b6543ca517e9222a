// What a file becomes that is opened: a MIDI file the root of a new document, a saved
// session the document it was.
#ifndef APP_DESKTOP_PIECE_OPENING_H
#define APP_DESKTOP_PIECE_OPENING_H

#include "app/document/document.h"

typedef struct Opened {
    Document document; // owned
    char *remark;      // owned: a sentence about the file, or NULL
    bool damaged;      // not all of it could be read
} Opened;

// `name` is what the piece remembers of where it came from.
bool opening_read(Opened *ret, const char *path, const char *name, GError **error);
bool opening_begin(Document *ret, GError **error); // an empty piece

#endif
