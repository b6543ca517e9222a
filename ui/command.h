// What the user can ask for: one table with each command's name, keys and help, which
// makes the toolbar's tooltips, the `?` overlay and the dispatch of keys.
//
// The window sends Commands; the caller carries them out and shows the result in the
// next View. Those that only change how things are shown (zoom, overlays, scale ...)
// the window carries out by itself; they are never sent, but what they came to is, as
// COMMAND_LOOK.
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "ui/toolkit/input.h"
#include "ui/toolkit/theme.h"
#include "ui/view.h"

// What goes with a command.
typedef enum CommandValue {
    VALUE_NONE,
    VALUE_SWITCH,  // .integer: 0 or 1, what it shall be
    VALUE_INTEGER, // .integer
    VALUE_TIME,    // .integer, microseconds
    VALUE_NUMBER,  // .number
    VALUE_TEXT,    // .text, a path or a name
    VALUE_NAMING,  // .naming
    VALUE_SPAN,    // .span; empty: none
    VALUE_NOTE,    // .note
    VALUE_LOOK,    // .look
    VALUE_SHOWN    // none, and never sent: the window's own
} CommandValue;

typedef enum CommandId {
    COMMAND_NONE,

    COMMAND_PLAY, // plays or pauses
    COMMAND_STOP, // stops playing and writing; what is written stays
    COMMAND_PANIC,
    COMMAND_SEEK, // TIME
    COMMAND_BACK, // shown: these four become COMMAND_SEEK
    COMMAND_FORWARD,
    COMMAND_START,
    COMMAND_END,
    COMMAND_PREVIOUS_JOIN, // shown: become COMMAND_SEEK, to where parts meet
    COMMAND_NEXT_JOIN,
    COMMAND_LOOP,      // SWITCH
    COMMAND_LOOP_SPAN, // SPAN
    COMMAND_SPEED,     // NUMBER
    COMMAND_SLOWER,    // shown: become COMMAND_SPEED
    COMMAND_FASTER,
    COMMAND_CLICK,     // SWITCH: the metronome
    COMMAND_TAP,       // a beat is now
    COMMAND_TAP_FIRST, // one that begins a bar
    COMMAND_VOLUME,    // NUMBER, 0-1
    COMMAND_QUIETER,   // shown: become COMMAND_VOLUME
    COMMAND_LOUDER,

    COMMAND_CONTINUE,     // from View.continue_at
    COMMAND_CONTINUE_END, // from the end
    COMMAND_MARK,         // TIME: Continue shall begin here
    COMMAND_BRIDGE,       // the selection, into what follows it
    COMMAND_KEEP_BRIDGE,  // the take that is heard; its others go
    COMMAND_REJECT_BRIDGE,
    COMMAND_CAPTURE,     // continue what was just played
    COMMAND_DUET,        // SWITCH: the model answers when the pianist pauses
    COMMAND_TAKES,       // INTEGER, at once
    COMMAND_LENGTH,      // NUMBER, seconds
    COMMAND_ENDLESS,     // SWITCH
    COMMAND_TEMPERATURE, // NUMBER
    COMMAND_TOP_P,       // NUMBER
    COMMAND_MIN_P,       // NUMBER
    COMMAND_DENSITY,     // NUMBER, as the next four: ViewSteer.at
    COMMAND_REGISTER,
    COMMAND_LOUDNESS,
    COMMAND_PEDAL,
    COMMAND_CLOSENESS,
    COMMAND_SEED,      // INTEGER
    COMMAND_KEEP_SEED, // SWITCH

    COMMAND_PREVIOUS_TAKE,
    COMMAND_NEXT_TAKE,
    COMMAND_TAKE,    // INTEGER, a ViewTake's id; -1: only the prompt
    COMMAND_COMPARE, // changes to the other take, at the same moment
    COMMAND_FORK,    // TIME: a new take begins here, the old one stays
    COMMAND_DELETE_TAKE,
    COMMAND_UNDO,
    COMMAND_REDO,
    COMMAND_SELECT,       // SPAN
    COMMAND_SELECT_START, // shown: become COMMAND_SELECT
    COMMAND_SELECT_END,
    COMMAND_SELECT_NONE,

    COMMAND_NEW,
    COMMAND_OPEN,           // shown: the list of files
    COMMAND_RECENT,         // shown: the list of recent files
    COMMAND_ASK_FILE,       // INTEGER, a FileQuestion: by the system's dialog
    COMMAND_OPEN_FILE,      // TEXT: a file chosen or dropped
    COMMAND_LIST_SESSIONS,  // they are looked at: View.sessions shall be as they are
    COMMAND_OPEN_SESSION,   // TEXT, a ViewSession's path; so is the next one's
    COMMAND_DELETE_SESSION, // TEXT
    COMMAND_RENAME_SESSION, // NAMING
    COMMAND_SAVE,           // TEXT, a name; shown if the session has none
    COMMAND_SAVE_AS,        // TEXT, another name: that of a copy which goes on
    COMMAND_EXPORT_MIDI,    // TEXT
    COMMAND_EXPORT_SOUND,   // TEXT
    COMMAND_EXPORT_CANCEL,
    COMMAND_RESTORE, // the session that View.recovery tells of
    COMMAND_DECLINE, // likewise; it is kept among the sessions
    COMMAND_QUIT,    // again after View.question: all the same
    COMMAND_STAY,    // the answer to View.question

    COMMAND_ZOOM_IN, // shown, down to COMMAND_FULLSCREEN
    COMMAND_ZOOM_OUT,
    COMMAND_ZOOM_ALL,
    COMMAND_FOLLOW,
    COMMAND_LENS,
    COMMAND_SURPRISE,
    COMMAND_THEME,
    COMMAND_BIGGER,
    COMMAND_SMALLER,
    COMMAND_NORMAL_SIZE,
    COMMAND_FULLSCREEN,

    COMMAND_TYPING, // shown: the computer's keyboard as a piano
    COMMAND_OCTAVE_DOWN,
    COMMAND_OCTAVE_UP,
    COMMAND_NOTE_ON,  // NOTE
    COMMAND_NOTE_OFF, // NOTE, velocity 0

    COMMAND_SETTINGS,    // shown
    COMMAND_OUTPUT,      // INTEGER, index in View.sound.outputs
    COMMAND_SOUNDFONT,   // INTEGER, likewise
    COMMAND_MIDI_INPUT,  // INTEGER, likewise
    COMMAND_MIDI_OUTPUT, // INTEGER, likewise
    COMMAND_BUFFER,      // INTEGER, frames
    COMMAND_REVERB,      // SWITCH
    COMMAND_ROOM,        // NUMBER, 0-1: how much of it
    COMMAND_OWN_SOUND,   // SWITCH
    COMMAND_TEST_NOTE,
    COMMAND_MODEL, // INTEGER, index in View.models

    COMMAND_HELP, // shown
    COMMAND_LOOK, // LOOK: the window shows things in another way now
    COMMANDS
} CommandId;

// How things are shown: the window's own, to be kept from start to start.
typedef struct Look {
    double scale; // 0 counts as 1
    bool follow;  // the playhead
    bool lens;    // ViewPart.attention and .recalled are drawn: worth filling in
    SurpriseKind surprise; // ViewPart.surprise is drawn
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
    bool repeats;             // while its key is held
} CommandInfo;

const CommandInfo *command_info(CommandId id);

// The keys in words ("Ctrl+Shift+Z"), or "" if it has none; `n` counts from 0, as a
// command may have several. The text is valid for ever.
const char *command_keys(CommandId id, int n);

// The command that this key stands for, COMMAND_NONE if for none. Letters and named
// keys go by their code, symbols by the character that was typed, for layouts have them
// on other keys, with Shift or without.
CommandId command_of_key(const KeyEvent *key);

// Whether it would do something in this state; else its button is dim.
bool command_possible(CommandId id, const View *view);

// A queue of commands, which owns their texts. Zeroed: empty.
typedef struct CommandQueue {
    GArray *list; // of Command; owned
} CommandQueue;

void command_send(CommandQueue *q, Command c);
bool command_next(CommandQueue *q, Command *ret); // free with command_clear()
void command_clear(Command *c);
void command_queue_clear(CommandQueue *q);

#endif
