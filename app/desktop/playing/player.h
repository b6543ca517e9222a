// The player: keeps what is to be played in the engine's ring, a moment ahead of the
// playhead, from a playback list that may still be growing at its end.
//
// Where the list is not written yet, nothing is promised to the engine and the piece's
// time waits there: late notes are never played in a heap. A thread of its own does
// that, woken every few milliseconds while something plays; it never waits for the
// model, so a prompt that is being read does not make gaps in what plays.
//
// Main calls; each call returns at once, and what it silences falls silent in the
// engine's next block.
#ifndef APP_DESKTOP_PLAYING_PLAYER_H
#define APP_DESKTOP_PLAYING_PLAYER_H

#include "app/desktop/playing/playback_list.h"
#include "audio/engine.h"

typedef struct Player Player;

// Microseconds of listening that are pushed ahead.
#define PLAYER_AHEAD 300000
// A loop that is shorter is not played as one.
#define PLAYER_LOOP_LEAST 100000

Player *player_new(Engine *e); // borrowed
void player_free(Player *p);   // falls silent; accepts NULL

// Takes the list over. Plays from `from`; if `eager`, from the first stroke there, once
// it is known: who asks for music does not want to hear how long it thinks.
void player_play(Player *p, PlaybackList *list, int64_t from, bool eager);
// Goes on in another list that is the same up to `same`: without a break if no more
// than that was pushed, else from where the playhead is.
void player_change(Player *p, PlaybackList *list, int64_t same);
// An empty span: none. While playing, too.
void player_set_loop(Player *p, int64_t from, int64_t to);
void player_set_speed(Player *p, double speed);
// The metronome strikes the beats of these bars from what is pushed next on; NULL:
// none.
void player_set_click(Player *p, const TempoMap *tempo);
// Every key and the pedal come up; the list is let go.
void player_stop(Player *p);
// All sources, at once, also what hands hold.
void player_panic(Player *p);

typedef struct PlayerState {
    bool playing;     // asked to, and not at the end
    bool waits;       // for what is not written yet
    bool ended;       // what is known was played, and nothing comes after it
    int64_t position; // what is rendered now, of the piece; while playing
} PlayerState;

PlayerState player_state(Player *p);

#endif
