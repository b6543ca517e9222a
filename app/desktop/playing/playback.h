// Playing the piece: where the playhead is, and what the player is told. The main
// thread's; the player's own thread does the rest (app/desktop/playing/player.h).
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
void playback_close(Playback *p); // falls silent

// Each takes its list over, as the player's calls of these names do.
void playback_play(Playback *p, PlaybackList *list, int64_t from, bool eager);
void playback_change(Playback *p, PlaybackList *list, int64_t same);
void playback_stop(Playback *p);
void playback_panic(Playback *p);
void playback_set_loop(Playback *p, const DocumentView *view); // its loop, if it is on
// The metronome strikes the beats of these bars; NULL: none.
void playback_set_click(Playback *p, const TempoMap *tempo);
void playback_set_speed(Playback *p, double speed);

// Moves the playhead to what is heard now, `latency` seconds behind what is rendered;
// at the end, `end` microseconds, playing ends.
void playback_follow(Playback *p, double latency, int64_t end);
// Playing waits for what is not written yet.
bool playback_waits(const Playback *p);

#endif
