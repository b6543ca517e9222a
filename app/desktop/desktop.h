// The desktop app: what its files share. All of it is the main thread's, which draws,
// owns the document, and asks the others: the player, the writer, the sound, the MIDI
// keyboards, the journal. None of them makes it wait.
//
//   desktop.c           opening, the loop, closing
//   desktop_view.c      the state as the window shows it
//   desktop_commands.c  what the user asks for
//   desktop_piece.c     edits of the document, and playing
//   desktop_writing.c   continuing, and what comes from the writer
//   desktop_live.c      hands, MIDI keyboards, the duet
//   desktop_files.c     open, export, sessions
//   desktop_sound.c     devices, soundfonts, ports
#ifndef APP_DESKTOP_DESKTOP_H
#define APP_DESKTOP_DESKTOP_H

#include "app/desktop/export_name.h"
#include "app/desktop/pause.h"
#include "app/desktop/player.h"
#include "app/desktop/settings.h"
#include "app/desktop/writer.h"
#include "app/document/document_path.h"
#include "app/document/journal.h"
#include "app/generation/mixdown.h"
#include "audio/capture.h"
#include "audio/devices/midi_input.h"
#include "audio/devices/output.h"
#include "ui/screen.h"
#include "ui/window.h"

// Microseconds that part what is played from what was played before.
#define DESKTOP_SILENCE INT64_C(4000000)

typedef struct Notice {
    char *text; // owned; NULL: none
    bool wrong;
    int64_t until; // of the clock; 0: until it is taken away
} Notice;

// Choices as the settings panel lists them: what is shown, and what it stands for.
typedef struct Choices {
    GPtrArray *names, *values; // owned texts
} Choices;

// The pianist and the model in turn.
typedef struct Duet {
    bool on;
    Pause pause;
    int take;     // what is played now, or -1: nobody plays
    int64_t zero; // of the clock: where the piece's time 0 would be
} Duet;

typedef struct Desktop {
    Settings settings;
    char *settings_path;

    Document document;
    int number;  // of the document, to tell it from the one before
    char *title; // as it is shown
    Journal *journal;
    char *sessions;      // their folder
    char *recovery_path; // a session that could be restored; NULL: none
    char *recovery;      // a sentence about it
    bool recovery_crashed;

    // Made of the document; stale after a change, until desktop_refresh().
    DocumentPath path;
    int64_t end; // of the path
    bool stale;
    int64_t changed;  // when it became so
    bool unread;      // the prompt may have changed since it was read ahead
    int compared;     // take, or -1
    int64_t position; // of the playhead, microseconds
    bool playing;

    Engine *engine;
    Output *output;
    MidiInput *midi;
    Player *player;
    Writer *writer;
    GPtrArray *streams; // Stream *, of the takes that are written
    WriterState writing;
    bool lens; // the writer was told to look
    Capture capture;
    Performance phrase; // owned; what was just played
    bool hands[128];
    Duet duet;
    Mixdown *mixdown;
    ExportName *export_name;

    Window *window;
    Screen *screen;
    bool quit;

    Notice notices[CONCERNS];
    Choices outputs, soundfonts, inputs;

    // What the View borrows.
    GArray *parts, *takes;        // ViewPart, ViewTake
    GArray *attention, *recalled; // float
    GStringChunk *names;          // of takes
    char *undo, *redo, *exporting;
    char **recent;
} Desktop;

// Runs until the user quits; `file` is opened, a demo prompt if it is NULL. Returns the
// exit status.
int desktop_run(const char *file);

// ---- desktop.c

// Says something about a concern; the text is printf's. `wrong` stays until the next.
void desktop_say(Desktop *d, Concern about, bool wrong, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void desktop_fail(Desktop *d, Concern about, GError *error); // frees it
void desktop_unsay(Desktop *d, Concern about);

// ---- desktop_piece.c

void desktop_changed(Desktop *d); // the document has changed
void desktop_refresh(Desktop *d); // makes what is stale anew
Stream *desktop_stream(Desktop *d, int take);
void desktop_follow_player(Desktop *d); // where the playhead is
void desktop_play(Desktop *d, int64_t from, bool eager);
void desktop_stop(Desktop *d); // playing
void desktop_seek(Desktop *d, int64_t time);
void desktop_show_take(Desktop *d, int take);
void desktop_step_take(Desktop *d, int step);
// Sets the view, as an edit. Plays what is now the piece, if something plays.
void desktop_set_view(Desktop *d, DocumentView view);
void desktop_undo(Desktop *d, bool redo);
void desktop_delete_take(Desktop *d);
void desktop_set_loop(Desktop *d, int64_t from, int64_t to, bool on);
// Puts a new document in place of the one there is, whose session is kept.
void desktop_replace(Desktop *d, Document *document, Journal *journal);

// ---- desktop_writing.c

int64_t desktop_continue_at(const Desktop *d); // where Continue begins
void desktop_continue(Desktop *d);
void desktop_continue_from(Desktop *d, int64_t time); // below 0: the end
void desktop_continue_end(Desktop *d); // from the end, whatever is selected
void desktop_read_writer(Desktop *d);
void desktop_read_ahead(Desktop *d);
void desktop_stop_writing(Desktop *d);

// ---- desktop_live.c

void desktop_key(Desktop *d, int pitch, int velocity); // of the hands; 0: up
void desktop_release_hands(Desktop *d);
void desktop_read_midi(Desktop *d);
void desktop_set_duet(Desktop *d, bool on);
void desktop_follow_duet(Desktop *d); // once a frame
int64_t desktop_duet_due(Desktop *d); // when to look again, of the clock; -1: never
void desktop_continue_played(Desktop *d);

// ---- desktop_files.c

void desktop_new(Desktop *d);
bool desktop_open(Desktop *d, const char *path);
void desktop_open_demo(Desktop *d);
void desktop_save_settings(Desktop *d);
char *desktop_export_stem(Desktop *d); // what to call it: after the piece
void desktop_export_midi(Desktop *d, const char *path);
void desktop_export_wav(Desktop *d, const char *path);
void desktop_follow_export(Desktop *d);
void desktop_find_session(Desktop *d, bool closed_too);
void desktop_restore(Desktop *d);
void desktop_discard(Desktop *d);

// ---- desktop_sound.c

void desktop_open_sound(Desktop *d);
bool desktop_close_sound(Desktop *d); // false: end with _exit()
void desktop_list_sound(Desktop *d);  // what there is to choose from, and troubles
void desktop_wish_output(Desktop *d);
// The piano that is chosen or, if that is gone, which it says, another; NULL: none.
char *desktop_find_soundfont(Desktop *d);
void choices_clear(Choices *c);

// ---- desktop_view.c, desktop_commands.c

void desktop_view(Desktop *d, View *ret); // borrows from d, until the next call
void desktop_carry_out(Desktop *d, const Command *c);

#endif
