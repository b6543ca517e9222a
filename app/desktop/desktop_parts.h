// How the parts of the desktop app work together. Only the files desktop*.c include
// this header. The parts do not know each other; code that needs several of them is
// here. All of it runs on the main thread, which draws and owns the document. The main
// thread sends requests to the other threads and never waits for them.
//
//   desktop.c           opening, the main loop, closing
//   desktop_view.c      the View, to which each part adds what it shows
//   desktop_commands.c  the user's commands
//   desktop_edit.c      edits, and how playback follows them
//   desktop_continue.c  Continue, and the results of the writer
//   desktop_ghost.c     ghost notes: when they are generated, and for what
//   desktop_bridge.c    bridges and endings: made, played, kept or rejected
//   desktop_play.c      live playing by window and MIDI keyboard, the duet
//   desktop_learn.c     dials that controllers of a MIDI keyboard move
//   desktop_files.c     opening and replacing documents, exports
//   desktop_dialogs.c   the system's file dialogs
//   desktop_sessions.c  sessions and their names
#ifndef APP_DESKTOP_DESKTOP_PARTS_H
#define APP_DESKTOP_DESKTOP_PARTS_H

#include "app/desktop/notices.h"
#include "app/desktop/piece/exports.h"
#include "app/desktop/piece/opening.h"
#include "app/desktop/piece/piece.h"
#include "app/desktop/piece/piece_view.h"
#include "app/desktop/piece/session_list.h"
#include "app/desktop/piece/sessions.h"
#include "app/desktop/playing/duet.h"
#include "app/desktop/playing/key_watch.h"
#include "app/desktop/playing/learn.h"
#include "app/desktop/playing/live.h"
#include "app/desktop/playing/playback.h"
#include "app/desktop/playing/sound.h"
#include "app/desktop/playing/taps.h"
#include "app/desktop/portal.h"
#include "app/desktop/settings.h"
#include "app/desktop/writing/bridging.h"
#include "app/desktop/writing/generation.h"
#include "app/desktop/writing/model_choices.h"
#include "app/desktop/writing/recollection.h"
#include "app/desktop/writing/steer.h"
#include "app/desktop/writing/surprise.h"
#include "ui/screen.h"
#include "ui/window.h"

// What decides when a ghost is generated. Times of g_get_monotonic_time().
typedef struct Waiting {
    int64_t ended;   // the piece was played to its end; 0: never
    int64_t past;    // what ended or was played before this has been continued
    int64_t dropped; // the ghost was thrown away
    int version;     // of the piece, when the ghost was begun
} Waiting;

// What sounds, and who plays.
typedef struct DesktopPlaying {
    Playback playback;
    Live live;
    Duet duet;
    Learn learn;
    Sound sound;
    Taps taps;
} DesktopPlaying;

// What the model does, on the threads of app/desktop/writing.
typedef struct DesktopWriting {
    Generation generation;
    Ghost *ghost;    // owned
    Waiting waiting; // for the ghost
    Bridging bridging;
    Surprise *surprise;         // owned
    Recollection *recollection; // owned
    ModelChoices models;
} DesktopWriting;

// Files that are read and written, and the dialogs that ask for them.
typedef struct DesktopFiles {
    char *settings; // owned: the path
    Exports exports;
    Portal portal;
    FileQuestion question; // for the window's own dialog
} DesktopFiles;

// Owned texts that the View borrows.
typedef struct DesktopTexts {
    char *session; // its name; NULL: none
    char *title;   // the piece's, as shown
    char **recent; // recent files that exist
} DesktopTexts;

typedef struct Desktop {
    Settings settings;
    Piece piece;
    PieceView piece_view;
    Sessions sessions;
    SessionList session_list;
    DesktopPlaying playing;
    DesktopWriting writing;
    DesktopFiles files;
    DesktopTexts texts;
    Notices notices;
    Window *window;
    Screen *screen;
    Look look; // as last reported by the window
    bool quit;
} Desktop;

// ---- desktop.c

void desktop_fail(Desktop *d, Concern about, GError *error); // frees the error
SoundWish desktop_sound_wish(const Desktop *d);
// Returns the soundfont, with a message if it is not the chosen one, or NULL if there
// is none.
char *desktop_find_soundfont(Desktop *d);
void desktop_set_look(Desktop *d, Look look);

// ---- desktop_view.c, desktop_commands.c

void desktop_view(Desktop *d, View *ret); // borrows from d until the next call
void desktop_carry_out(Desktop *d, const Command *c);

// ---- desktop_edit.c

void desktop_play(Desktop *d, int64_t from, bool eager);
void desktop_seek(Desktop *d, int64_t time);
void desktop_follow_player(Desktop *d); // updates the playhead's position

void desktop_set_view(Desktop *d, DocumentView view);
// Called after an edit, with its error if it failed. `before` is the take that was
// shown before it.
void desktop_follow_edit(Desktop *d, int before, GError *error);
void desktop_show_take(Desktop *d, int take); // ignores hidden takes
void desktop_undo(Desktop *d, bool redo);
void desktop_delete_take(Desktop *d);
void desktop_set_loop(Desktop *d, int64_t from, int64_t to, bool on);
void desktop_tap(Desktop *d, bool first); // a beat; `first`: the first of a bar
void desktop_follow_taps(Desktop *d);     // once a frame

// ---- desktop_continue.c

void desktop_continue(Desktop *d);
void desktop_continue_from(Desktop *d, int64_t time); // below 0: from the end
void desktop_continue_played(Desktop *d);
void desktop_answer(Desktop *d); // ends the pianist's turn and continues it
void desktop_read_writer(Desktop *d);
// Ends the takes that are being generated.
void desktop_choose_model(Desktop *d, const char *path);
void desktop_read_ahead(Desktop *d);
void desktop_follow_surprise(Desktop *d);
void desktop_follow_memory(Desktop *d);
void desktop_yield(Desktop *d); // ends playing and generating; generated music stays

// Return plans made from the settings, with the shown seed. The plan of an answer to a
// phrase of so many microseconds is no longer than duet_answer(), unless it is endless.
Plan desktop_plan(const Desktop *d);
Plan desktop_answer_plan(const Desktop *d, int64_t phrase);
uint64_t desktop_new_seed(const Desktop *d); // a random one, or the one that is kept

// ---- desktop_ghost.c

void desktop_follow_ghost(Desktop *d); // once a frame
// Returns the clock time at which a ghost is to be generated; -1: none is.
int64_t desktop_ghost_due(const Desktop *d);
// Throws the ghost away. After a rest another one is generated; drop: only after more
// was played.
void desktop_renew_ghost(Desktop *d);
void desktop_drop_ghost(Desktop *d);
// Returns whether the ghost is what a take with this prompt and plan would begin with,
// if its seed may be the ghost's.
bool desktop_ghost_is(const Desktop *d, const SharedModel *m, const DocumentPrompt *p,
                      const Plan *plan);
void desktop_show_ghost(Desktop *d, View *v);

// ---- desktop_bridge.c

void desktop_bridge(Desktop *d);        // over the selection
void desktop_end(Desktop *d);           // from where Continue would begin
void desktop_follow_bridge(Desktop *d); // once a frame
void desktop_judge_bridge(Desktop *d, bool keep);

// ---- desktop_play.c

// Presses a key of the window's piano; velocity 0 releases it.
void desktop_key(Desktop *d, int pitch, int velocity);
void desktop_release_hands(Desktop *d);
void desktop_read_midi(Desktop *d);
void desktop_set_duet(Desktop *d, bool on);
void desktop_end_turn(Desktop *d);
void desktop_follow_duet(Desktop *d); // once a frame

// ---- desktop_learn.c

// Makes a dial (a Steer) learn the next controller that is moved. -1 ends learning; if
// no dial was learning, it tells the user how to start.
void desktop_learn(Desktop *d, int64_t dial);
void desktop_unlearn(Desktop *d, int64_t dial); // removes the dial's controller
void desktop_follow_controllers(Desktop *d);    // once a frame

// ---- desktop_files.c

// Replaces the current document, whose session stays on disk. Takes ownership of both
// arguments. If `journal` is NULL, a new one begins.
void desktop_replace(Desktop *d, Document *document, Journal *journal);
// Starts a new document with the audible music, because this document is full. *error
// holds the reason; on failure it also says why the new document failed.
bool desktop_begin_again(Desktop *d, GError **error);
void desktop_new(Desktop *d);
bool desktop_open(Desktop *d, const char *path);
void desktop_open_demo(Desktop *d);
void desktop_save_settings(Desktop *d);
void desktop_export_midi(Desktop *d, const char *path);
void desktop_export_sound(Desktop *d, const char *path);
void desktop_follow_export(Desktop *d);
// Sets the folder of exports after a file was opened.
void desktop_settle(Desktop *d, const char *file);

// ---- desktop_dialogs.c

void desktop_ask_file(Desktop *d, FileQuestion question); // by the system's dialog
void desktop_follow_portal(Desktop *d);                   // once a frame
void desktop_show_dialogs(Desktop *d, View *ret);

// ---- desktop_sessions.c

bool desktop_open_session(Desktop *d, const char *path);
void desktop_save_session(Desktop *d, const char *name, bool copy);
void desktop_rename_session(Desktop *d, const char *path, const char *name);
void desktop_delete_session(Desktop *d, const char *path);
void desktop_quit(Desktop *d); // or asks first, if something would be lost
void desktop_show_session(Desktop *d, View *ret);
#endif
