// A list of what can be opened: the sessions, the folders and MIDI files of a folder,
// or recent files. Typing filters; Enter opens; Backspace goes to the parent folder.
#ifndef UI_CARDS_BROWSER_H
#define UI_CARDS_BROWSER_H

#include "ui/cards/session_edit.h"
#include "ui/toolkit/list.h"

#define BROWSER_MOST 20000 // entries; more are left out

typedef struct BrowserEntry {
    char *path, *name, *detail; // owned; detail may be NULL
    bool folder;
} BrowserEntry;

typedef enum BrowserPage {
    BROWSER_SESSIONS,
    BROWSER_FOLDER,
    BROWSER_RECENT,
    BROWSER_PAGES
} BrowserPage;

typedef struct Browser {
    BrowserPage page;
    bool chosen;     // the user chose the page, so the next opening shows it again
    char *folder;    // owned
    char *problem;   // why the folder cannot be read, or NULL; owned
    GArray *entries; // of BrowserEntry
    GArray *shown;   // of guint, the entries that the filter lets through
    GString *filter, *filtered; // as typed; as used for `shown`
    ListState list;
    int sessions_version; // View.sessions.version of `entries`
    SessionEdit edit;     // renames or deletes the session at the cursor
} Browser;

// If the system has file dialogs, these show the folders instead of this list.
//
// Unless the user has chosen a page, it opens with the sessions or, if there are none,
// with a folder.
void browser_open(Browser *b, Ui *u, bool recent);
void browser_open_folder(Browser *b, Ui *u);
void browser_clear(Browser *b); // accepts a zeroed struct

// Returns true if the card is to be closed.
bool browser_frame(Browser *b, Ui *u);
// Called before browser_frame(). Returns true if it used the key.
bool browser_key(Browser *b, Ui *u, const KeyEvent *key);
bool browser_escape(Browser *b); // Esc; returns true if that closed a question
// The field that has the focus, or NULL.
GString *browser_field(Browser *b, const Gui *g);

#endif
