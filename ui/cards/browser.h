// A list to open something from: the sessions, the folders and MIDI files of a folder,
// or the files that were open before. Typing filters; Enter opens; Backspace goes up.
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
    bool chosen;                // the page, by the user: it is shown again
    char *folder;               // owned
    char *problem;              // why the folder cannot be read, or NULL; owned
    GArray *entries;            // of BrowserEntry
    GArray *shown;              // of guint, the entries that the filter lets through
    GString *filter, *filtered; // typed; what `shown` was made from
    ListState list;
    int sessions_version; // that the entries were made from
    SessionEdit edit;     // of the session that the cursor is on
} Browser;

// Folders are the system's to show, where it has dialogs for that.
//
// Without a choice of the user's: the sessions, if there are any, else a folder.
void browser_open(Browser *b, Ui *u, bool recent);
void browser_open_folder(Browser *b, Ui *u);
void browser_clear(Browser *b); // accepts a zeroed struct

// True if it is to be closed.
bool browser_frame(Browser *b, Ui *u);
// Before browser_frame(). True if it took the key.
bool browser_key(Browser *b, Ui *u, const KeyEvent *key);
bool browser_escape(Browser *b); // Esc: true if there was a question to leave
GString *browser_field(Browser *b, const Gui *g); // that has the focus, or NULL

#endif
