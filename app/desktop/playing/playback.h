// Playback of the piece: the playhead's position and the requests to the
// player. Used by the main thread only; the player has a thread of its
// own (app/desktop/playing/player.h).
#ifndef APP_DESKTOP_PLAYING_PLAYBACK_H
#define APP_DESKTOP_PLAYING_PLAYBACK_H

#include "app/desktop/playing/player.h"
#include "app/document/operation.h"

typedef struct Playback {
    const Engine *engine; // borrowed
    Player *player;       // owned
    double speed;
    int64_t position; // of the playhead, microseconds
    bool playing;
} Playback;

void playback_open(Playback *p, Engine *e, double speed);
void playback_close(Playback *p); // silences it

// Each takes ownership of its list, as the player's functions of the same names do.
void playback_play(Playback *p, PlaybackList *list, int64_t from, bool eager);
void playback_change(Playback *p, PlaybackList *list, int64_t same);
void playback_stop(Playback *p);
void playback_panic(Playback *p);
// The view's loop, if it is on.
void playback_set_loop(Playback *p, const DocumentView *view);
// Sets the bars whose beats the metronome clicks; NULL: none.
void playback_set_click(Playback *p, const TempoMap *tempo);
void playback_set_speed(Playback *p, double speed);

// Moves the playhead to what is audible now, `latency` seconds behind what is rendered.
// Stops playing at `end` microseconds.
void playback_follow(Playback *p, double latency, int64_t end);
// Playback is waiting for generation.
bool playback_waits(const Playback *p);

#endif
