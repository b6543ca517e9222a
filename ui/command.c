#include "ui/command.h"

#include <SDL.h>
#include <string.h>

#define KEYS_MOST 3

typedef struct Row {
    CommandInfo info;
    const char *keys[KEYS_MOST]; // as shown; named keys have SDL's names
} Row;

// A part of the help of every dial.
#define LEARNS  " Right-click, or Ctrl+L: learns a MIDI controller."

#define ONCE    false
#define REPEATS true

// clang-format off
#define ROW(ID, VALUE, GROUP, NAME, REPEAT, HELP, ...)                                 \
    [COMMAND_##ID] = {{COMMAND_##ID, VALUE_##VALUE, GROUP, NAME, HELP, REPEAT},        \
                      {__VA_ARGS__}}

static const Row rows[COMMANDS] = {
    ROW(NONE, NONE, NULL, "", ONCE, "", NULL),

    ROW(PLAY, NONE, "Play", "Play or pause", ONCE,
        "Plays from the playhead, or pauses there.", "Space"),
    ROW(STOP, NONE, "Play", "Stop", ONCE,
        "Stops playing and writing; the music written so far stays.", ".", "Ctrl+."),
    ROW(PANIC, NONE, "Play", "Panic: silence", ONCE,
        "Silences all sound: releases every key and the pedal.", "Esc", "Shift+Esc"),
    ROW(START, SHOWN, "Play", "To the start", ONCE, "Goes to the start.", "Home"),
    ROW(END, SHOWN, "Play", "To the end", ONCE, "Goes to the end.", "End"),
    ROW(BACK, SHOWN, "Play", "Back", REPEATS,
        "Goes back a second; with Shift, ten.", "Left", "Shift+Left"),
    ROW(FORWARD, SHOWN, "Play", "Forward", REPEATS,
        "Goes on a second; with Shift, ten.", "Right", "Shift+Right"),
    ROW(PREVIOUS_JOIN, SHOWN, "Play", "To the join before", ONCE,
        "Goes back to where prompt and take meet.", "Ctrl+Left"),
    ROW(NEXT_JOIN, SHOWN, "Play", "To the next join", ONCE,
        "Goes on to where prompt and take meet.", "Ctrl+Right"),
    ROW(SEEK, TIME, NULL, "Go there", ONCE, "Moves the playhead here.", NULL),
    ROW(LOOP, SWITCH, "Play", "Loop", ONCE,
        "Plays the loop again and again; drag along the ruler to set it.", "L"),
    ROW(LOOP_SPAN, SPAN, "Play", "Loop the selection", ONCE,
        "Loops what is selected, or from the playhead to the end.", "Shift+L"),
    ROW(SPEED, NUMBER, NULL, "Speed", ONCE,
        "How fast it plays; the notes stay as they are.", NULL),
    ROW(SLOWER, SHOWN, "Play", "Slower", REPEATS, "Plays slower.", "Ctrl+Down"),
    ROW(FASTER, SHOWN, "Play", "Faster", REPEATS, "Plays faster.", "Ctrl+Up"),
    ROW(CLICK, SWITCH, "Play", "Click", ONCE,
        "A metronome strikes the beats while it plays, where the file has bars.", "F7"),
    ROW(TAP, NONE, "Play", "Tap a beat", ONCE,
        "Tap four beats or more to set the tempo; bars of four begin at the first.",
        "F10"),
    ROW(TAP_FIRST, NONE, "Play", "Tap a bar's first beat", ONCE,
        "Marks where a bar begins; two marks set its number of beats.", "Shift+F10"),
    ROW(VOLUME, NUMBER, NULL, "Volume", ONCE, "How loud the piano is.", NULL),
    ROW(QUIETER, SHOWN, "Play", "Quieter", REPEATS, "Turns the piano down.", "Shift+Down"),
    ROW(LOUDER, SHOWN, "Play", "Louder", REPEATS, "Turns the piano up.", "Shift+Up"),

    ROW(CONTINUE, NONE, "Continue", "Continue", ONCE,
        "The model goes on from the marker; you hear it as it writes.", "Enter",
        "Keypad Enter"),
    ROW(CONTINUE_END, NONE, "Continue", "Continue from the end", ONCE,
        "The model goes on from the end of what is shown.", "Ctrl+Enter"),
    ROW(MARK, TIME, "Continue", "Mark: continue from here", ONCE,
        "Continue will begin at the playhead, or where you right-click.",
        "Ctrl+M"),
    ROW(BRIDGE, NONE, "Continue", "Bridge the selection", ONCE,
        "Replaces the selection by music that leads into what follows.", "B",
        "Ctrl+B"),
    ROW(ENDING, NONE, "Continue", "End the piece", ONCE,
        "Writes an ending about as long as Length from the marker, and comes to rest.",
        "E", "Ctrl+Shift+Enter"),
    ROW(KEEP_BRIDGE, NONE, "Continue", "Keep this bridge or ending", ONCE,
        "Keeps the bridge or ending that you hear and removes its other takes.", "Y",
        "Ctrl+K"),
    ROW(REJECT_BRIDGE, NONE, "Continue", "Back from bridge or ending", ONCE,
        "Removes the bridge or ending and brings the previous music back.", "N",
        "Ctrl+Shift+B"),
    ROW(CAPTURE, NONE, "Continue", "Continue what I played", ONCE,
        "The model goes on from what you just played; there is no need to record.",
        "Shift+Enter"),
    ROW(GHOST, SWITCH, "Continue", "Ghost notes", ONCE,
        "When you rest, or the piece ends, a continuation waits, outlined; Enter plays it.",
        "G", "Ctrl+G"),
    ROW(DUET, SWITCH, "Continue", "Duet", ONCE,
        "The model answers when you pause, and yields when you play.", "F5"),
    ROW(DIALS, SHOWN, "Continue", "Dials: Left, Right move one", ONCE,
        "Goes to a dial; then Left and Right move it, Enter continues, D goes to the next.",
        "D", "Ctrl+D"),
    ROW(TAKES, INTEGER, NULL, "Takes", ONCE,
        "How many continuations to write at once, to choose from.", NULL),
    ROW(LENGTH, NUMBER, NULL, "Length", ONCE, "How long a continuation becomes.", NULL),
    ROW(ENDLESS, SWITCH, NULL, "Endless", ONCE,
        "The model goes on until you stop it.", NULL),
    ROW(TOP_P, NUMBER, NULL, "Top-p", ONCE,
        "Keeps the likeliest notes that together reach this share; 1 keeps all.", NULL),
    ROW(MIN_P, NUMBER, NULL, "Min-p", ONCE,
        "Drops notes less likely than this share of the likeliest; 0 drops none.", NULL),
    ROW(DENSITY, NUMBER, NULL, "Density", ONCE,
        "Steers to more or fewer notes per second than before; no effect in the middle." LEARNS, NULL),
    ROW(REGISTER, NUMBER, NULL, "Register", ONCE,
        "Steers so many semitones higher or lower than before; no effect in the middle." LEARNS, NULL),
    ROW(LOUDNESS, NUMBER, NULL, "Loudness", ONCE,
        "Steers to louder or softer notes than before; no effect in the middle." LEARNS, NULL),
    ROW(PEDAL, NUMBER, NULL, "Pedal", ONCE,
        "Steers to more or less pedal than before; no effect in the middle." LEARNS, NULL),
    ROW(SPREAD, NUMBER, NULL, "Spread", ONCE,
        "Steers to a wider or narrower register than before; no effect in the middle." LEARNS, NULL),
    ROW(CLOSENESS, NUMBER, NULL, "Closeness", ONCE,
        "How closely it follows what was played before; 1 is as trained." LEARNS, NULL),
    ROW(TEMPERATURE, NUMBER, NULL, "Temperature", ONCE,
        "1 is as trained; lower is safer, higher is wilder." LEARNS, NULL),
    ROW(FREEDOM, NUMBER, NULL, "Freedom", ONCE,
        "The temperature of pitches alone: lower is safer, higher is wilder; 1 is as trained." LEARNS, NULL),
    ROW(SEED, INTEGER, NULL, "Seed", ONCE,
        "The same seed, prompt and settings write the same notes.", NULL),
    ROW(KEEP_SEED, SWITCH, NULL, "Keep the seed", ONCE,
        "Keeps this seed; else each continuation takes a new one.", NULL),

    ROW(PREVIOUS_TAKE, NONE, "Takes", "Previous take", REPEATS,
        "Changes to the take above.", "Up"),
    ROW(NEXT_TAKE, NONE, "Takes", "Next take", REPEATS,
        "Changes to the take below.", "Down"),
    ROW(TAKE, INTEGER, NULL, "This take", ONCE, "Changes to this take.", NULL),
    ROW(COMPARE, NONE, "Takes", "A/B: the other take", ONCE,
        "Changes to the other take at the same moment, and back.", "A"),
    ROW(FORK, TIME, "Takes", "Fork here", ONCE,
        "A new take begins at the playhead; the old one stays.", "F"),
    ROW(DELETE_TAKE, NONE, "Takes", "Delete take", ONCE,
        "Removes this take; Undo brings it back.", "Delete"),
    ROW(UNDO, NONE, "Takes", "Undo", REPEATS, "Takes the last change back.", "Ctrl+Z"),
    ROW(REDO, NONE, "Takes", "Redo", REPEATS, "Makes the change again.", "Ctrl+Shift+Z",
        "Ctrl+Y"),
    ROW(SELECT, SPAN, NULL, "Select", ONCE,
        "The prompt that the model hears, or the span of a bridge; drag over the roll. "
        "Ends keep to bar lines; with Ctrl they do not.", NULL),
    ROW(SELECT_START, SHOWN, "Takes", "Select up to here", ONCE,
        "The selection ends at the playhead; where there was none it begins at the start.",
        "Shift+Home"),
    ROW(SELECT_END, SHOWN, "Takes", "Select from here on", ONCE,
        "The selection begins at the playhead; where there was none it goes on to the end.",
        "Shift+End"),
    ROW(SELECT_NONE, SHOWN, "Takes", "Select nothing", ONCE,
        "Clears the selection: all that comes before is the prompt.", "Ctrl+A"),

    ROW(NEW, NONE, "Files", "New", ONCE, "Begins with an empty roll.", "Ctrl+N"),
    ROW(OPEN, SHOWN, "Files", "Open", ONCE, "Opens a session or a MIDI file.", "Ctrl+O"),
    ROW(RECENT, SHOWN, "Files", "Recent files", ONCE,
        "Opens a file that was open before.", "Ctrl+R"),
    ROW(ASK_FILE, INTEGER, NULL, "Ask for a file", ONCE,
        "Shows the system's file dialog.", NULL),
    ROW(OPEN_FILE, TEXT, NULL, "Open this file", ONCE, "Opens this file.", NULL),
    ROW(LIST_SESSIONS, NONE, NULL, "Sessions", ONCE, "Lists the sessions.", NULL),
    ROW(OPEN_SESSION, TEXT, NULL, "Open this session", ONCE, "Goes on with it.", NULL),
    ROW(DELETE_SESSION, TEXT, NULL, "Delete", ONCE,
        "Deletes this session for good; or Delete.", NULL),
    ROW(RENAME_SESSION, NAMING, NULL, "Rename", ONCE,
        "Gives this session another name; or F2.", NULL),
    ROW(SAVE, TEXT, "Files", "Save", ONCE,
        "Gives the session a name; all of it is on the disk then.", "Ctrl+S"),
    ROW(SAVE_AS, TEXT, "Files", "Save under another name", ONCE,
        "Goes on with a copy; the session stays as it is now.", "Ctrl+Shift+S"),
    ROW(EXPORT_MIDI, TEXT, "Files", "Export MIDI", ONCE,
        "Writes what is shown to a MIDI file, with how it was made.", "Ctrl+E"),
    ROW(EXPORT_SOUND, TEXT, "Files", "Export sound", ONCE,
        "Writes what is heard to a sound file.", "Ctrl+Shift+E"),
    ROW(EXPORT_CANCEL, NONE, NULL, "Cancel", ONCE, "Stops writing the file.", NULL),
    ROW(RESTORE, NONE, NULL, "Restore", ONCE, "Brings that session back.", NULL),
    ROW(DECLINE, NONE, NULL, "Later", ONCE,
        "Begins without that session; it is kept among the others.", NULL),
    ROW(QUIT, NONE, "Files", "Quit", ONCE,
        "Leaves; the session is kept for the next start.", "Ctrl+Q"),
    ROW(STAY, NONE, NULL, "Stay", ONCE, "Goes on, and tries to keep the session.", NULL),

    ROW(ZOOM_IN, SHOWN, "Look", "Zoom in", REPEATS,
        "Shows less time, larger; or turn the wheel over the roll.", "+", "=",
        "Keypad +"),
    ROW(ZOOM_OUT, SHOWN, "Look", "Zoom out", REPEATS, "Shows more time.", "-",
        "Keypad -"),
    ROW(ZOOM_ALL, SHOWN, "Look", "Zoom to all", ONCE, "Shows the whole piece.", "0",
        "Keypad 0"),
    ROW(FOLLOW, SHOWN, "Look", "Follow", ONCE,
        "The roll turns its pages with the playhead.", "F4"),
    ROW(LENS, SHOWN, "Look", "Attention lens", ONCE,
        "Past notes glow as much as the model listens to them.", "F3"),
    ROW(SURPRISE, SHOWN, "Look", "Surprise", ONCE,
        "Colours notes by how their pitch, time or loudness surprises the model; in turn.",
        "F6"),
    ROW(MEMORY, SHOWN, "Look", "From memory", ONCE,
        "Names passages that stand note for note, at any pitch, in the training set.", "F8"),
    ROW(THEME, SHOWN, "Look", "Theme", ONCE, "Dark, light or high contrast, in turn.", "F12"),
    ROW(BIGGER, SHOWN, "Look", "Larger", REPEATS, "Draws everything larger.", "Ctrl++",
        "Ctrl+=", "Ctrl+Keypad +"),
    ROW(SMALLER, SHOWN, "Look", "Smaller", REPEATS, "Draws everything smaller.",
        "Ctrl+-", "Ctrl+Keypad -"),
    ROW(NORMAL_SIZE, SHOWN, "Look", "Normal size", ONCE,
        "Draws everything at its normal size.", "Ctrl+0", "Ctrl+Keypad 0"),
    ROW(FULLSCREEN, SHOWN, "Look", "Full screen", ONCE, "Fills the screen, and back.",
        "F11"),

    ROW(TYPING, SHOWN, "Piano", "Play with the computer's keys", ONCE,
        "The rows from Z and from Q are piano keys, as are those between.", "K"),
    ROW(OCTAVE_DOWN, SHOWN, "Piano", "Octave lower", REPEATS,
        "Moves the computer's keys down an octave.", "PageDown"),
    ROW(OCTAVE_UP, SHOWN, "Piano", "Octave higher", REPEATS,
        "Moves the computer's keys up an octave.", "PageUp"),
    ROW(NOTE_ON, NOTE, NULL, "Key down", ONCE, "Plays this key.", NULL),
    ROW(NOTE_OFF, NOTE, NULL, "Key up", ONCE, "Lets this key go.", NULL),

    ROW(LEARN, INTEGER, "Piano", "Learn a controller", ONCE,
        "Binds the next controller moved to the dial under the mouse, or the one with the focus. "
        "It moves the dial once it has passed the dial's place.",
        "Ctrl+L"),
    ROW(UNLEARN, INTEGER, NULL, "No controller", ONCE,
        "No controller moves this dial any more.", NULL),

    ROW(SETTINGS, SHOWN, "Piano", "Sound, MIDI, model", ONCE,
        "Chooses the sound device, the piano, MIDI in and out, and the model.", "F2"),
    ROW(OUTPUT, INTEGER, NULL, "Sound device", ONCE, "Plays through this device.", NULL),
    ROW(SOUNDFONT, INTEGER, NULL, "Piano", ONCE, "Plays with this SoundFont.", NULL),
    ROW(MIDI_INPUT, INTEGER, NULL, "MIDI keyboard", ONCE, "Listens to this one.", NULL),
    ROW(MIDI_OUTPUT, INTEGER, NULL, "MIDI output", ONCE, "What is played goes there, too.", NULL),
    ROW(TOUCH, INTEGER, NULL, "Touch", ONCE,
        "Of a MIDI keyboard: soft makes soft strokes louder, hard makes them softer.", NULL),
    ROW(BUFFER, INTEGER, NULL, "Buffer", ONCE,
        "Smaller answers sooner, larger crackles less.", NULL),
    ROW(REVERB, SWITCH, NULL, "Room", ONCE, "Puts the piano into a room.", NULL),
    ROW(ROOM, NUMBER, NULL, "Room", ONCE, "How much of the room is heard.", NULL),
    ROW(OWN_SOUND, SWITCH, NULL, "Own sound", ONCE,
        "Off: no sound from here; the MIDI output still plays.", NULL),
    ROW(SYSTEM_DIALOGS, SWITCH, NULL, "System dialogs", ONCE,
        "Files are chosen in the system's dialogs, where it has them.", NULL),
    ROW(TEST_NOTE, NONE, "Piano", "Test note", ONCE, "Plays one note.", "F9"),

    ROW(MODEL, INTEGER, NULL, "Model", ONCE,
        "Continues with this model; one may also be dropped on the window.", NULL),

    ROW(HELP, SHOWN, "Look", "All shortcuts", ONCE, "Shows every shortcut.", "?", "F1"),
    ROW(LOOK, LOOK, NULL, "Look", ONCE, "The window shows things in another way.", NULL),
};
#undef ROW
// clang-format on

const CommandInfo *command_info(CommandId id) { return &rows[id].info; }

const char *command_keys(CommandId id, int n) {
    return n < KEYS_MOST && rows[id].keys[n] ? rows[id].keys[n] : "";
}

static bool strip(const char **text, const char *prefix) {
    if (!g_str_has_prefix(*text, prefix)) return false;
    *text += strlen(prefix);
    return true;
}

// The typed character already includes Shift. If there is none (Wayland gives none with
// Ctrl), the key's code is compared instead.
static bool is_symbol(char c, const KeyEvent *key, unsigned wanted) {
    unsigned but_shift = key->modifiers & ~(unsigned)KEY_SHIFT;
    if (key->typed == (uint32_t)c) return but_shift == wanted;
    bool by_code = !key->typed || g_ascii_isdigit(c);
    bool shifted = strchr("+=?", c) != NULL; // in some layouts
    return by_code && key->code == c &&
           (shifted ? but_shift : key->modifiers) == wanted;
}

static bool stands_for(const char *keys, const KeyEvent *key) {
    unsigned wanted = 0;
    if (strip(&keys, "Ctrl+")) wanted |= KEY_CTRL;
    if (strip(&keys, "Shift+")) wanted |= KEY_SHIFT;
    if (strlen(keys) == 1 && !g_ascii_isalpha(*keys))
        return is_symbol(*keys, key, wanted);
    if (strcmp(keys, "Enter") == 0) keys = "Return";
    if (strcmp(keys, "Esc") == 0) keys = "Escape";
    return key->modifiers == wanted && SDL_GetKeyFromName(keys) == key->code;
}

CommandId command_of_key(const KeyEvent *key) {
    for (CommandId id = COMMAND_NONE + 1; id < COMMANDS; id++)
        for (int n = 0; n < KEYS_MOST && rows[id].keys[n]; n++)
            if (stands_for(rows[id].keys[n], key)) return id;
    return COMMAND_NONE;
}

bool command_possible(CommandId id, const View *v) {
    bool anything = v->piece.end > 0;
    switch (id) {
    case COMMAND_PLAY:
    case COMMAND_START:
    case COMMAND_END:
    case COMMAND_LOOP:
    case COMMAND_LOOP_SPAN:
    case COMMAND_TAP:
    case COMMAND_TAP_FIRST:
    case COMMAND_MARK:
    case COMMAND_EXPORT_MIDI:
    case COMMAND_EXPORT_SOUND: return anything;
    case COMMAND_CONTINUE:
    case COMMAND_CONTINUE_END: return v->generation.writing != WRITING_NO_MODEL;
    case COMMAND_FORK:
    case COMMAND_BRIDGE:
    case COMMAND_ENDING: return v->generation.writing != WRITING_NO_MODEL && anything;
    case COMMAND_KEEP_BRIDGE:
        return v->generation.bridge.shown && v->generation.bridge.others > 0;
    case COMMAND_REJECT_BRIDGE: return v->generation.bridge.shown;
    case COMMAND_CAPTURE:
        return v->generation.writing != WRITING_NO_MODEL && v->keyboard.heard;
    case COMMAND_DUET: return v->generation.writing != WRITING_NO_MODEL;
    case COMMAND_CLICK: return v->playback.bars;
    case COMMAND_DENSITY:
    case COMMAND_REGISTER:
    case COMMAND_LOUDNESS:
    case COMMAND_PEDAL:
    case COMMAND_SPREAD:
    case COMMAND_CLOSENESS:
    case COMMAND_TEMPERATURE:
    case COMMAND_FREEDOM: return !v->generation.steer[id - COMMAND_DENSITY].lacks;
    case COMMAND_REVERB: return v->sound.own;
    case COMMAND_PREVIOUS_TAKE:
    case COMMAND_NEXT_TAKE: return v->takes.count > 0;
    case COMMAND_DELETE_TAKE:
        return v->takes.audible >= 0 && v->takes.audible < v->takes.count;
    case COMMAND_COMPARE:
        return v->takes.compared >= 0 && v->takes.compared < v->takes.count;
    case COMMAND_UNDO: return v->takes.undo != NULL;
    case COMMAND_REDO: return v->takes.redo != NULL;
    case COMMAND_RECENT: return v->files.recent_count > 0;
    default: return true;
    }
}

void command_send(CommandQueue *q, Command c) {
    if (!q->list) q->list = g_array_new(FALSE, FALSE, sizeof(Command));
    g_array_append_val(q->list, c);
}

bool command_next(CommandQueue *q, Command *ret) {
    if (!q->list || q->list->len == 0) return false;
    *ret = g_array_index(q->list, Command, 0);
    g_array_remove_index(q->list, 0);
    return true;
}

void command_clear(Command *c) {
    if (rows[c->id].info.value == VALUE_TEXT) g_free(c->text);
    if (rows[c->id].info.value == VALUE_NAMING) {
        g_free(c->naming.path);
        g_free(c->naming.name);
    }
    *c = (Command){0};
}

void command_queue_clear(CommandQueue *q) {
    for (Command c; command_next(q, &c);) command_clear(&c);
    if (q->list) g_array_free(q->list, TRUE);
    q->list = NULL;
}
