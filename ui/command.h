// The user's commands: one table holds each command's name, keys and help. Tooltips,
// the `?` overlay and the dispatch of keys come from it.
//
// The window sends Commands; the caller carries them out and shows the result in
// the next View. Commands that only change how things are shown (zoom, overlays,
// scale ...) are carried out by the window and never sent. It reports their result
// by COMMAND_LOOK.
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "ui/drawing/theme.h"
#include "ui/toolkit/input.h"
#include "ui/view.h"

// The argument of a command.
typedef enum CommandValue {
    VALUE_NONE,
    VALUE_SWITCH,  // .integer: 0 or 1, the new state
    VALUE_INTEGER, // .integer
    VALUE_TIME,    // .integer, microseconds
    VALUE_NUMBER,  // .number
    VALUE_TEXT,    // .text, a path or a name
    VALUE_NAMING,  // .naming
    VALUE_SPAN,    // .span; an empty span means none
    VALUE_NOTE,    // .note
    VALUE_LOOK,    // .look
    VALUE_SHOWN    // no argument; the window carries it out and never sends it
} CommandValue;

typedef enum CommandId {
    COMMAND_NONE,

    COMMAND_PLAY, // toggles between playing and pausing
    COMMAND_STOP, // stops playing and generating; generated music stays
    COMMAND_PANIC,
    COMMAND_SEEK, // TIME
    COMMAND_BACK, // VALUE_SHOWN, as the next three; they become COMMAND_SEEK
    COMMAND_FORWARD,
    COMMAND_START,
    COMMAND_END,
    COMMAND_PREVIOUS_JOIN, // these two become COMMAND_SEEK, to where parts meet
    COMMAND_NEXT_JOIN,
    COMMAND_LOOP,      // SWITCH
    COMMAND_LOOP_SPAN, // SPAN
    COMMAND_SPEED,     // NUMBER
    COMMAND_SLOWER,    // these two become COMMAND_SPEED
    COMMAND_FASTER,
    COMMAND_CLICK,     // SWITCH: the metronome
    COMMAND_TAP,       // a beat falls on this moment
    COMMAND_TAP_FIRST, // likewise, the first beat of a bar
    COMMAND_VOLUME,    // NUMBER, 0-1
    COMMAND_QUIETER,   // these two become COMMAND_VOLUME
    COMMAND_LOUDER,

    COMMAND_CONTINUE,     // from View.piece.continue_at
    COMMAND_CONTINUE_END, // from the end of the piece
    COMMAND_MARK,         // TIME: sets where Continue begins
    COMMAND_BRIDGE, // replaces the selection by music that leads into what follows it
    COMMAND_ENDING, // brings the piece to rest after about the length that is set
    // Keeps the audible take of the bridge or ending and removes its other takes.
    COMMAND_KEEP_BRIDGE,
    COMMAND_REJECT_BRIDGE,
    COMMAND_CAPTURE, // continues what was just played
    COMMAND_GHOST,   // SWITCH: generates a continuation ahead, as ghost notes
    COMMAND_DUET,    // SWITCH: the model answers when the pianist pauses
    COMMAND_DIALS,   // VALUE_SHOWN: gives the next dial the focus
    COMMAND_TAKES,   // INTEGER, how many to generate at once
    COMMAND_LENGTH,  // NUMBER, seconds
    COMMAND_ENDLESS, // SWITCH
    COMMAND_TOP_P,   // NUMBER
    COMMAND_MIN_P,   // NUMBER
    COMMAND_DENSITY, // NUMBER, ViewSteer.at, as for the next six
    COMMAND_REGISTER,
    COMMAND_LOUDNESS,
    COMMAND_PEDAL,
    COMMAND_SPREAD,
    COMMAND_CLOSENESS,
    COMMAND_TEMPERATURE,
    COMMAND_FREEDOM,
    COMMAND_SEED,      // INTEGER
    COMMAND_KEEP_SEED, // SWITCH

    COMMAND_PREVIOUS_TAKE,
    COMMAND_NEXT_TAKE,
    COMMAND_TAKE,    // INTEGER, a ViewTake's id; -1: only the prompt
    COMMAND_COMPARE, // switches to the other take at the same position
    COMMAND_FORK,    // TIME: a new take branches off here; the old one stays
    COMMAND_DELETE_TAKE,
    COMMAND_UNDO,
    COMMAND_REDO,
    COMMAND_SELECT,       // SPAN
    COMMAND_SELECT_START, // these become COMMAND_SELECT
    COMMAND_SELECT_END,
    COMMAND_SELECT_NONE,

    COMMAND_NEW,
    COMMAND_OPEN,           // opens the list of files
    COMMAND_RECENT,         // opens the list of recent files
    COMMAND_ASK_FILE,       // INTEGER, a FileQuestion to ask by the system's dialog
    COMMAND_OPEN_FILE,      // TEXT: a file chosen or dropped
    COMMAND_LIST_SESSIONS,  // asks for View.sessions.list to be brought up to date
    COMMAND_OPEN_SESSION,   // TEXT, a ViewSession's path
    COMMAND_DELETE_SESSION, // TEXT
    COMMAND_RENAME_SESSION, // NAMING
    COMMAND_SAVE,           // TEXT, a name; opens the card if the session has none
    COMMAND_SAVE_AS,        // TEXT, the name of a copy, in which the work goes on
    COMMAND_EXPORT_MIDI,    // TEXT
    COMMAND_EXPORT_SOUND,   // TEXT
    COMMAND_EXPORT_CANCEL,
    COMMAND_RESTORE, // opens the session of View.notices.recovery
    COMMAND_DECLINE, // does not open it; it stays in the list of sessions
    COMMAND_QUIT,    // sent again after View.notices.question: quits in spite of it
    COMMAND_STAY,    // the answer to View.notices.question: does not quit

    COMMAND_ZOOM_IN, // VALUE_SHOWN, down to COMMAND_FULLSCREEN
    COMMAND_ZOOM_OUT,
    COMMAND_ZOOM_ALL,
    COMMAND_FOLLOW,
    COMMAND_LENS,
    COMMAND_SURPRISE,
    COMMAND_MEMORY,
    COMMAND_THEME,
    COMMAND_BIGGER,
    COMMAND_SMALLER,
    COMMAND_NORMAL_SIZE,
    COMMAND_FULLSCREEN,

    COMMAND_TYPING, // VALUE_SHOWN, as the next two: the computer's keyboard as a piano
    COMMAND_OCTAVE_DOWN,
    COMMAND_OCTAVE_UP,
    COMMAND_NOTE_ON,  // NOTE
    COMMAND_NOTE_OFF, // NOTE, velocity 0
    COMMAND_LEARN,    // INTEGER, the Steer that learns a controller; -1: none
    COMMAND_UNLEARN,  // INTEGER, the Steer whose controller goes

    COMMAND_SETTINGS,    // shown
    COMMAND_OUTPUT,      // INTEGER, index in View.sound.outputs
    COMMAND_SOUNDFONT,   // INTEGER, likewise
    COMMAND_MIDI_INPUT,  // INTEGER, likewise
    COMMAND_MIDI_OUTPUT, // INTEGER, likewise
    COMMAND_TOUCH,       // INTEGER, index in View.sound.touch
    COMMAND_BUFFER,      // INTEGER, frames
    COMMAND_REVERB,      // SWITCH
    COMMAND_ROOM,        // NUMBER, 0-1: the amount of reverb
    COMMAND_OWN_SOUND,   // SWITCH
    COMMAND_TEST_NOTE,
    COMMAND_SYSTEM_DIALOGS, // SWITCH
    COMMAND_MODEL,          // INTEGER, index in View.generation.models

    COMMAND_HELP, // shown
    COMMAND_LOOK, // LOOK: the way in which things are shown has changed
    COMMANDS
} CommandId;

// How things are shown. The window owns it; the caller keeps it for the next start.
typedef struct Look {
    double scale; // 0 counts as 1
    bool follow;  // the view follows the playhead
    // ViewPart.attention and .recalled are drawn, so the caller must fill them in.
    bool lens;
    SurpriseKind surprise; // ViewPart.surprise is drawn
    bool memory;           // View.lens.passages are drawn, so they must be filled in
    ThemeId theme;
    bool typing; // the computer's keyboard is a piano
    int octave;  // of its first key
    bool fullscreen;
} Look;

typedef struct Command {
    CommandId id;
    union {
        int64_t integer;
        double number;
        char *text; // owned
        struct {
            char *path, *name; // owned
        } naming;
        Span span;
        struct {
            int pitch, velocity;
        } note;
        Look look;
    };
} Command;

typedef struct CommandInfo {
    CommandId id;
    CommandValue value;
    const char *group, *name; // "Takes", "Next take"
    const char *help;         // a sentence
    bool repeats;             // it repeats while its key is held
} CommandInfo;

const CommandInfo *command_info(CommandId id);

// Returns the command's key number `n`, from 0, in words ("Ctrl+Shift+Z"), or "" if
// there is none. The text is static.
const char *command_keys(CommandId id, int n);

// Returns the command of a key, or COMMAND_NONE. Letters and named keys are compared by
// their code. Symbols are compared by the typed character, because their key, and
// whether it needs Shift, depends on the keyboard layout.
CommandId command_of_key(const KeyEvent *key);

// Returns whether the command would do anything in this state. If not, its button
// is dim.
bool command_possible(CommandId id, const View *view);

// A queue of commands, which owns their texts. A zeroed queue is empty.
typedef struct CommandQueue {
    GArray *list; // of Command; owned
} CommandQueue;

void command_send(CommandQueue *q, Command c);
bool command_next(CommandQueue *q, Command *ret); // free with command_clear()
void command_clear(Command *c);
void command_queue_clear(CommandQueue *q);

#endif
