// The player: pushes the events of a playback list, which may still be growing, into
// the engine's ring a short time ahead of the playhead.
//
// Where the list has not been generated yet, the player promises nothing to the engine,
// and playback waits there: late notes are never played all at once. It has a thread of
// its own, which wakes every few milliseconds while playing. That thread never waits
// for the model, so reading a prompt makes no gaps in playback.
//
// To be called by the main thread. Each call returns at once; silencing takes effect in
// the engine's next block.
#ifndef APP_DESKTOP_PLAYING_PLAYER_H
#define APP_DESKTOP_PLAYING_PLAYER_H

#include "app/desktop/playing/playback_list.h"
#include "audio/engine.h"

typedef struct Player Player;

// Microseconds of playing time that are pushed ahead.
#define PLAYER_AHEAD 300000
// A shorter loop is ignored.
#define PLAYER_LOOP_LEAST 100000

Player *player_new(Engine *e); // borrowed
void player_free(Player *p);   // silences it; accepts NULL

// Takes ownership of the list. Plays from `from`. If `eager`, waits until the first
// onset after that is known and starts there, so that the wait for the model is not
// played as silence.
void player_play(Player *p, PlaybackList *list, int64_t from, bool eager);
// Switches to another list that is equal up to `same`: without a break if nothing
// beyond that was pushed, otherwise from the playhead.
void player_change(Player *p, PlaybackList *list, int64_t same);
// An empty span switches the loop off. May be called while playing.
void player_set_loop(Player *p, int64_t from, int64_t to);
void player_set_speed(Player *p, double speed);
// Sets the bars whose beats the metronome clicks, from the next push on; NULL: none.
void player_set_click(Player *p, const TempoMap *tempo);
// Releases every key and the pedal of the playback, and frees the list.
void player_stop(Player *p);
// Silences all sources at once, including keys that are held by hand.
void player_panic(Player *p);

typedef struct PlayerState {
    bool playing;     // was started and is not at the end
    bool waits;       // for the model
    bool ended;       // everything was played, and nothing more will come
    int64_t position; // of the piece, as rendered now; valid while playing
} PlayerState;

PlayerState player_state(Player *p);

#endif
