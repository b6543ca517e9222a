// How the desktop app is put together, for the files of that name alone. Its parts do
// not know each other; what takes several of them is here, and all that is here is the
// main thread's, which draws, owns the document, and asks the other threads. None of
// them makes it wait.
//
//   desktop.c           opening, the loop, closing
//   desktop_view.c      the View, to which each part adds what it shows
//   desktop_commands.c  what the user asks for
//   desktop_edit.c      edits, and the playing that follows them
//   desktop_continue.c  continuing, and what comes from the writer
//   desktop_bridge.c    bridges: asked for, heard, kept or not
//   desktop_play.c      hands, MIDI keyboards, the duet
//   desktop_files.c     documents that come and go, exports
//   desktop_dialogs.c   files asked for by the system
//   desktop_sessions.c  sessions by their names
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
#include "app/desktop/playing/live.h"
#include "app/desktop/playing/playback.h"
#include "app/desktop/playing/sound.h"
#include "app/desktop/playing/taps.h"
#include "app/desktop/portal.h"
#include "app/desktop/settings.h"
#include "app/desktop/writing/bridging.h"
#include "app/desktop/writing/generation.h"
#include "app/desktop/writing/model_choices.h"
#include "app/desktop/writing/steer.h"
#include "app/desktop/writing/surprise.h"
#include "ui/screen.h"
#include "ui/window.h"

typedef struct Desktop {
    Settings settings;
    char *settings_path; // owned
    char **recent;       // owned: files that were opened lately and are there
    Piece piece;
    PieceView piece_view;
    Surprise *surprise; // owned
    Sessions sessions;
    SessionList session_list;
    char *session_name; // owned; NULL: it has none
    char *title;        // owned: what the window is called
    Playback playback;
    Generation generation;
    Bridging bridging;
    ModelChoices models;
    Live live;
    Duet duet;
    Sound sound;
    Taps taps;
    Exports exports;
    Portal portal;
    FileQuestion own_question; // to be asked by the window itself
    Notices notices;
    Window *window;
    Screen *screen;
    Look look; // as the window last told
    bool quit;
} Desktop;

// ---- desktop.c

void desktop_fail(Desktop *d, Concern about, GError *error); // frees it
SoundWish desktop_sound_wish(const Desktop *d);
// The piano, and says so if that is not the one that is chosen; NULL: none.
char *desktop_find_soundfont(Desktop *d);
void desktop_set_look(Desktop *d, Look look);

// ---- desktop_view.c, desktop_commands.c

void desktop_view(Desktop *d, View *ret); // borrows from d, until the next call
void desktop_carry_out(Desktop *d, const Command *c);

// ---- desktop_edit.c

void desktop_play(Desktop *d, int64_t from, bool eager);
void desktop_seek(Desktop *d, int64_t time);
void desktop_follow_player(Desktop *d); // where the playhead is

void desktop_set_view(Desktop *d, DocumentView view);
// After an edit, or what it failed by; the view's take was `before`.
void desktop_follow_edit(Desktop *d, int before, GError *error);
void desktop_show_take(Desktop *d, int take); // none that is not to be seen
void desktop_undo(Desktop *d, bool redo);
void desktop_delete_take(Desktop *d);
void desktop_set_loop(Desktop *d, int64_t from, int64_t to, bool on);
void desktop_tap(Desktop *d, bool first); // a beat; `first`: of a bar
void desktop_follow_taps(Desktop *d);     // once a frame

// ---- desktop_continue.c

void desktop_continue(Desktop *d);
void desktop_continue_from(Desktop *d, int64_t time); // below 0: the end
void desktop_continue_end(Desktop *d); // from the end, whatever is selected
void desktop_continue_played(Desktop *d);
void desktop_read_writer(Desktop *d);
void desktop_choose_model(Desktop *d, const char *path); // what is written now ends
void desktop_read_ahead(Desktop *d);
void desktop_follow_surprise(Desktop *d);
void desktop_yield(Desktop *d); // playing and writing end; what is written is kept

Plan desktop_plan(Desktop *d, const WriterModel *m); // as the settings have it

// ---- desktop_bridge.c

void desktop_bridge(Desktop *d);        // the selection
void desktop_follow_bridge(Desktop *d); // once a frame
void desktop_judge_bridge(Desktop *d, bool keep);

// ---- desktop_play.c

void desktop_key(Desktop *d, int pitch, int velocity); // of the window; 0: up
void desktop_release_hands(Desktop *d);
void desktop_read_midi(Desktop *d);
void desktop_set_duet(Desktop *d, bool on);
void desktop_end_turn(Desktop *d);
void desktop_follow_duet(Desktop *d); // once a frame

// ---- desktop_files.c

// Puts a document in place of the one there is, whose session is kept. Takes both over;
// without a journal one begins.
void desktop_replace(Desktop *d, Document *document, Journal *journal);
// What is heard now begins a document of its own, for this one takes no more: *error
// says why, or why that failed, too.
bool desktop_begin_again(Desktop *d, GError **error);
void desktop_new(Desktop *d);
bool desktop_open(Desktop *d, const char *path);
void desktop_open_demo(Desktop *d);
void desktop_save_settings(Desktop *d);
void desktop_export_midi(Desktop *d, const char *path);
void desktop_export_sound(Desktop *d, const char *path);
void desktop_follow_export(Desktop *d);
// Where exports go, after a file was opened.
void desktop_settle(Desktop *d, const char *file);

// ---- desktop_dialogs.c

void desktop_ask_file(Desktop *d, FileQuestion question); // the system's dialog
void desktop_follow_portal(Desktop *d);                   // once a frame
void desktop_show_dialogs(Desktop *d, View *ret);

// ---- desktop_sessions.c

bool desktop_open_session(Desktop *d, const char *path);
void desktop_save_session(Desktop *d, const char *name, bool copy);
void desktop_rename_session(Desktop *d, const char *path, const char *name);
void desktop_delete_session(Desktop *d, const char *path);
void desktop_quit(Desktop *d); // or asks, where something would be lost
void desktop_show_session(Desktop *d, View *ret);
#endif
