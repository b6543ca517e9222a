// What the window shows: a plain snapshot, filled anew by the caller before each frame.
//
// Everything is borrowed and must live until screen_frame() returns; the window changes
// none of it, but asks for changes by commands (ui/command.h). A zeroed View is an
// empty piece, without model, sound or takes. Times are microseconds from the piece's
// start. Texts may hold any bytes: what cannot be shown is replaced when it is drawn.
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "midi/performance.h"

typedef struct Span {
    int64_t from, to; // none if to <= from
} Span;

typedef enum NoteSource {
    NOTE_OF_PROMPT,
    NOTE_PLAYED,
    NOTE_OF_MODEL,
    NOTE_SOURCES
} NoteSource;

// A stretch of the piece that comes from one hand: the prompt, what was played, a take.
typedef struct ViewPart {
    const Performance *music;
    Span span; // notes begun and pedal changes in it are shown
    NoteSource source;
    const float *attention; // how much the model listens to each of music->notes, 0-1;
                            // NULL: not known
    const float
        *recalled; // how much of what the model recalls comes from each; as above
    const float *surprise; // of each, in nats, of the kind that Look asks for; below 0:
                           // not known (yet)
    bool ghost;            // not part of the piece yet: another take, or still in doubt
} ViewPart;

// What of a note surprises the model, which colours it.
typedef enum SurpriseKind {
    SURPRISE_OFF,
    SURPRISE_PITCH,
    SURPRISE_TIME,
    SURPRISE_LOUDNESS,
    SURPRISE_KINDS
} SurpriseKind;

typedef struct ViewTake {
    int64_t id;   // what COMMAND_TAKE asks for
    int parent;   // index in View.takes, below this one's; -1: grows from the prompt
    int64_t from; // where it leaves its parent
    int64_t to;   // where it ends
    bool writing; // it still grows
    const char *name;  // "3"
    NoteSource source; // played, or the model's
} ViewTake;

// Where the context ends, seen from where the model writes. Before `attended` the model
// has forgotten, from there on it attends once, from `latents` on the latents hold it.
typedef struct ViewHorizon {
    bool shown;
    int64_t attended, latents;
} ViewHorizon;

typedef enum Writing {
    WRITING_NO_MODEL,
    WRITING_IDLE,
    WRITING_READING, // the prompt goes through the model
    WRITING_AHEAD,   // writes faster than the music goes
    WRITING_BEHIND,  // the music waits for it
    WRITING_BRIDGE   // takes of a bridge, none of which is heard yet
} Writing;

typedef enum DuetState { DUET_OFF, DUET_LISTENING, DUET_ANSWERING } DuetState;

// What Continue will do.
typedef struct ViewSampling {
    double temperature, top_p, min_p;
    double seconds; // how long, unless endless
    bool endless;
    int takes; // at once
    int64_t seed;
    bool seed_kept; // else each continuation takes a new one
} ViewSampling;

// Dials that steer what Continue writes, beside what was played before.
typedef enum Steer {
    STEER_DENSITY,
    STEER_REGISTER,
    STEER_LOUDNESS,
    STEER_PEDAL,
    STEER_CLOSENESS,
    STEERS
} Steer;

typedef struct ViewSteer {
    double at, step; // from -1 to 1; 0, the middle, changes nothing
    double said; // as people say it: times, semitones, velocities, percent; closeness
    const char *lacks; // why the model cannot be steered so, a sentence; NULL: it can
} ViewSteer;

typedef struct ViewBridge {
    double done, left; // of the one being written: 0-1, seconds; 0: not known yet
    bool shown;        // the take that is heard is a bridge ...
    int others;        // ... and so many more of it can be chosen
} ViewBridge;

typedef struct ViewSpeed {
    double written, needed;        // tokens a second: the model's, the music's
    double ahead;                  // seconds written that are not yet heard
    int64_t context, context_most; // tokens in use, tokens that it can have
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
    double level;      // the loudest sample of late; beyond 1 it is held back
    bool reverb;       // a room is heard ...
    double room;       // ... so much, 0-1
    bool own;          // sound of our own; else MIDI goes out only
    ViewChoices outputs, soundfonts, inputs, midi_outputs;
} ViewSound;

// One of the sessions that are kept.
typedef struct ViewSession {
    const char *path;          // what the commands about it ask for
    const char *name, *detail; // as they are read
    bool named;                // by the user
} ViewSession;

typedef enum Keeping {
    KEEPING_NOTHING, // nothing would be lost
    KEEPING_UNNAMED, // kept, without a name
    KEEPING_NAMED,
    KEEPING_FAILS // it would be lost if the program ended now
} Keeping;

// What a message is about; it is shown beside that.
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
    bool wrong;       // something failed, as against: something was done
} ViewMessage;

typedef struct ViewExport {
    const char *name; // the file being written; NULL: none
    double done;      // 0-1
} ViewExport;

// A file to be named.
typedef enum FileQuestion {
    FILE_NONE,
    FILE_TO_OPEN,
    FILE_FOR_MIDI,
    FILE_FOR_SOUND
} FileQuestion;

typedef struct View {
    int document;      // another number: another piece, which is shown from its start
    const char *title; // NULL: none yet
    const ViewPart *parts; // later ones are drawn over earlier ones
    int part_count;
    int64_t end;

    int64_t position;
    bool playing;
    bool bars, click; // the piece has bars; the metronome strikes their beats
    double speed;     // 1: as performed; 0 counts as 1
    bool loop;
    Span loop_span;
    Span selection;      // what of the piece is the prompt
    int64_t continue_at; // where Continue begins; below 0: nowhere

    const ViewTake *takes; // parents before children
    int take_count;
    int take;                // index of the one that is heard; -1: only the prompt
    int compared;            // index of the one that A/B changes to; -1: none
    const char *undo, *redo; // what each would do ("delete take 3"); NULL: nothing

    uint8_t keys[128]; // 0: up, else 1 + the NoteSource that holds it down
    uint8_t pedal;     // 0-127
    bool heard;        // something was played that COMMAND_CAPTURE would continue

    Writing writing;
    DuetState duet;
    ViewSampling sampling;
    ViewSteer steer[STEERS];
    ViewBridge bridge;
    ViewChoices models;
    const char
        *model_card; // what there is to say of the chosen one, in a line; or NULL
    ViewSpeed pace;
    ViewHorizon horizon;
    double surprise_done; // how much of ViewPart.surprise is computed, 0-1
    ViewSound sound;

    ViewMessage messages[CONCERNS];
    ViewExport exporting;
    const ViewSession *sessions;         // those that are kept, the newest first
    int session_count, sessions_version; // another one: others, or more is known
    const char *session_path;            // of the one on screen; NULL: it is not kept
    const char *session;                 // its name; NULL: none yet
    Keeping keeping;
    const char *question;      // before the program ends: why it should not; or NULL
    const char *recovery;      // "A session from 14:05 was not closed."; NULL: none
    bool system_dialogs;       // COMMAND_ASK_FILE before a dialog of our own
    FileQuestion own_question; // to be asked now by a dialog of our own
    const char *folder;        // where the list of files begins; NULL: home
    const char *const *recent; // paths of files, the newest first
    int recent_count;
    const char *export_path; // what to call an export, without its ending
} View;

#endif
