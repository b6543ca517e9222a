// What the window shows: a plain snapshot, filled anew by the caller before each frame.
//
// Everything is borrowed and must live until screen_frame() returns. The window changes
// none of it, but asks for changes by commands (ui/command.h). A zeroed View is an
// empty piece, without model, sound or takes. Times are microseconds from the piece's
// start. Texts may hold any bytes: characters that cannot be shown are replaced when
// they are drawn.
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "midi/performance.h"

typedef struct Span {
    int64_t from, to; // the span is empty if to <= from
} Span;

typedef enum NoteSource {
    NOTE_OF_PROMPT,
    NOTE_PLAYED,
    NOTE_OF_MODEL,
    NOTE_SOURCES
} NoteSource;

// A stretch of the piece with one source: the prompt, live playing, or a take.
typedef struct ViewPart {
    const Performance *music;
    Span span; // shows the notes that begin and the pedal changes in it
    NoteSource source;
    // The model's attention to each of music->notes, 0-1; NULL: not known.
    const float *attention;
    // The share of what the model recalls that comes from each note; as above.
    const float *recalled;
    // The surprise of each note in nats, of the kind that Look selects; negative if it
    // is not known (yet).
    const float *surprise;
    // Not part of the piece yet: another take, or notes that may still change.
    bool ghost;
} ViewPart;

// The property of a note whose surprise gives the note its colour.
typedef enum SurpriseKind {
    SURPRISE_OFF,
    SURPRISE_PITCH,
    SURPRISE_TIME,
    SURPRISE_LOUDNESS,
    SURPRISE_KINDS
} SurpriseKind;

// A passage of the piece that stands note for note in what the model was trained on.
typedef struct ViewPassage {
    Span span; // from the first note's onset to the last one's
    int notes;
    const char *name; // of the training piece
} ViewPassage;

typedef struct ViewTake {
    int64_t id; // what COMMAND_TAKE asks for
    // Index in ViewTakes.list, lower than its own; -1: it branches off the prompt.
    int parent;
    int64_t from;      // where it branches off its parent
    int64_t to;        // where it ends
    bool writing;      // it is still being generated
    const char *name;  // "3"
    NoteSource source; // played, or the model's
} ViewTake;

// How far back the model's context reaches from where it is generating. The model no
// longer sees what is before `attended`. From there on it sees the notes by
// cross-attention, and from `latents` on they are latents as well.
typedef struct ViewHorizon {
    bool shown;
    int64_t attended, latents;
} ViewHorizon;

typedef enum Writing {
    WRITING_NO_MODEL,
    WRITING_IDLE,
    WRITING_READING, // the model is reading the prompt
    WRITING_AHEAD,   // generation is faster than playback
    WRITING_BEHIND,  // playback waits for generation
    WRITING_BRIDGE   // generating takes of a bridge; none is audible yet
} Writing;

typedef enum DuetState { DUET_OFF, DUET_LISTENING, DUET_ANSWERING } DuetState;

// What Continue will do.
typedef struct ViewSampling {
    double top_p, min_p;
    double seconds; // length, unless `endless`
    bool endless;
    int takes; // generated at once
    int64_t seed;
    bool seed_kept; // otherwise each continuation takes a new seed
} ViewSampling;

// Dials that steer what Continue generates, relative to what was played before or to
// what the model would write by itself.
typedef enum Steer {
    STEER_DENSITY,
    STEER_REGISTER,
    STEER_LOUDNESS,
    STEER_PEDAL,
    STEER_SPREAD,
    STEER_CLOSENESS,
    STEER_TEMPERATURE,
    STEER_FREEDOM, // the temperature of pitches alone
    STEERS
} Steer;

typedef struct ViewSteer {
    double at, step; // position from -1 to 1; 0, the middle, changes nothing
    // The value to display: a factor, semitones, velocity, percent, closeness or
    // temperature.
    double said;
    // A sentence that says why the model cannot be steered so; NULL: it can.
    const char *lacks;
    bool learns; // the next controller of a MIDI keyboard to move will be the dial's
    int channel, controller; // the dial's controller; channel 0: it has none
} ViewSteer;

typedef struct ViewBridge {
    double done, left; // of the bridge being generated: 0-1, seconds; 0: not known yet
    bool ending;       // it is an ending
    bool shown;        // the audible take is a bridge or an ending
    int others;        // how many other takes of this bridge can be chosen
} ViewBridge;

typedef struct ViewSpeed {
    double written, needed; // tokens per second: generated, and needed by playback
    double ahead;           // seconds that are generated but not yet played
    int64_t context, context_most; // tokens in use, and the largest possible number
} ViewSpeed;

// Something to pick from. `chosen` is an index, or -1.
typedef struct ViewChoices {
    const char *const *names;
    int count, chosen;
} ViewChoices;

typedef struct ViewSound {
    double volume; // 0-1
    bool running;
    double latency;    // seconds from key to ear
    int64_t underruns; // since the start
    int buffer;        // frames
    double level;      // the recent peak; the limiter acts above 1
    bool reverb;       // on or off
    double room;       // the amount of reverb, 0-1
    bool own; // the program makes the sound itself; otherwise it only sends MIDI
    ViewChoices outputs, soundfonts, inputs, midi_outputs;
    ViewChoices touch; // of a MIDI keyboard
} ViewSound;

// A session on disk.
typedef struct ViewSession {
    const char *path;          // identifies it in commands
    const char *name, *detail; // as shown to the user
    bool named;                // its name was given by the user
} ViewSession;

typedef enum Keeping {
    KEEPING_NOTHING, // there is nothing to lose
    KEEPING_UNNAMED, // kept on disk, without a name
    KEEPING_NAMED,
    KEEPING_FAILS // saving failed: the work would be lost if the program ended now
} Keeping;

// What a message is about. It is shown next to that control.
typedef enum Concern {
    CONCERN_FILE,
    CONCERN_MODEL,
    CONCERN_OUTPUT,
    CONCERN_SOUNDFONT,
    CONCERN_INPUT,
    CONCERN_MIDI_OUTPUT,
    CONCERN_EXPORT,
    CONCERNS
} Concern;

typedef struct ViewMessage {
    const char *text; // one sentence, or NULL
    bool wrong;       // true: something failed; false: something was done
} ViewMessage;

typedef struct ViewExport {
    const char *name; // the file being written; NULL: none
    double done;      // 0-1
} ViewExport;

// A question for a file name.
typedef enum FileQuestion {
    FILE_NONE,
    FILE_TO_OPEN,
    FILE_FOR_MIDI,
    FILE_FOR_SOUND
} FileQuestion;

// Which continuation is shown as ghost notes, among the parts.
typedef enum GhostState {
    GHOST_NONE,
    GHOST_OF_PIECE, // COMMAND_CONTINUE plays it
    GHOST_OF_PLAYED // COMMAND_CAPTURE plays it
} GhostState;

// The piece on the screen.
typedef struct ViewPiece {
    int document; // a new number means another piece, which is shown from its start
    const char *title;     // NULL: none yet
    const ViewPart *parts; // later ones are drawn over earlier ones
    int part_count;
    int64_t end;
    Span selection;      // the part of the piece that is the prompt
    int64_t continue_at; // where Continue begins; below 0: nowhere
} ViewPiece;

typedef struct ViewPlayback {
    int64_t position;
    bool playing;
    bool bars, click; // the piece has bars; the metronome is on
    double speed;     // 1: as performed; 0 counts as 1
    bool loop;
    Span loop_span;
} ViewPlayback;

typedef struct ViewTakes {
    const ViewTake *list; // parents before children
    int count;
    int audible;             // index of the take that is heard; -1: only the prompt
    int compared;            // index of the take that A/B switches to; -1: none
    const char *undo, *redo; // what each would change ("delete take 3"); NULL: nothing
} ViewTakes;

typedef struct ViewKeyboard {
    uint8_t keys[128]; // 0: up; else 1 + the NoteSource that holds the key down
    uint8_t pedal;     // 0-127
    bool heard;        // there is live playing that COMMAND_CAPTURE would continue
} ViewKeyboard;

// What the model does, and what it would do next.
typedef struct ViewGeneration {
    Writing writing;
    DuetState duet;
    bool ghosts; // ghost notes are switched on
    GhostState ghost;
    ViewSampling sampling;
    ViewSteer steer[STEERS];
    ViewBridge bridge;
    ViewChoices models;
    const char *model_card; // one line about the chosen model, or NULL
    ViewSpeed pace;
} ViewGeneration;

// What the roll shows of the model's view of the piece.
typedef struct ViewLens {
    ViewHorizon horizon;
    const ViewPassage *passages; // in order, without overlap
    int passage_count;
    bool passages_known;       // else the search goes on
    const char *passages_lack; // why nothing can be searched, or NULL
    double surprise_done;      // the share of ViewPart.surprise that is computed, 0-1
} ViewLens;

typedef struct ViewNotices {
    ViewMessage messages[CONCERNS];
    ViewExport exporting;
    const char *question; // asked before the program ends: what would be lost; or NULL
    const char *recovery; // "A session from 14:05 was not closed."; NULL: none
} ViewNotices;

typedef struct ViewSessions {
    const ViewSession *list; // on disk, the newest first
    int count, version;      // the version changes with the list
    const char *path;        // of the session on screen; NULL: it is not kept
    const char *name;        // of the session on screen; NULL: none yet
    Keeping keeping;
} ViewSessions;

typedef struct ViewFiles {
    bool prefers_system_dialogs; // the setting
    bool system_dialogs; // send COMMAND_ASK_FILE rather than open a dialog of our own
    FileQuestion own_question; // the dialog of our own to open now
    const char *folder;        // where the list of files begins; NULL: home
    const char *const *recent; // paths of files, the newest first
    int recent_count;
    const char *export_path; // proposed path of an export, without its extension
} ViewFiles;

typedef struct View {
    ViewPiece piece;
    ViewPlayback playback;
    ViewTakes takes;
    ViewKeyboard keyboard;
    ViewGeneration generation;
    ViewLens lens;
    ViewSound sound;
    ViewNotices notices;
    ViewSessions sessions;
    ViewFiles files;
} View;

#endif
