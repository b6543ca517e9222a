#include "app/desktop/playing/playback.h"

void playback_open(Playback *p, Engine *e, double speed) {
    *p = (Playback){.engine = e, .player = player_new(e)};
    playback_set_speed(p, speed);
}

void playback_close(Playback *p) {
    player_free(p->player);
    p->player = NULL;
}

void playback_play(Playback *p, PlaybackList *list, int64_t from, bool eager) {
    p->playing = true;
    p->position = from;
    player_play(p->player, list, from, eager);
}

void playback_change(Playback *p, PlaybackList *list, int64_t same) {
    player_change(p->player, list, same);
}

void playback_stop(Playback *p) {
    player_stop(p->player);
    p->playing = false;
}

void playback_panic(Playback *p) {
    player_panic(p->player);
    p->playing = false;
}

void playback_set_loop(Playback *p, const DocumentView *view) {
    player_set_loop(p->player, view->looping ? view->loop_from : 0,
                    view->looping ? view->loop_to : 0);
}

void playback_set_click(Playback *p, const TempoMap *tempo) {
    player_set_click(p->player, tempo);
}

void playback_set_speed(Playback *p, double speed) {
    p->speed = speed;
    player_set_speed(p->player, speed);
}

void playback_follow(Playback *p, double latency, int64_t end) {
    if (!p->playing) return;
    PlayerState s = player_state(p->player);
    EngineState e = engine_state(p->engine);
    double late = latency * 1e6;
    double since = e.time == TIME_RUNS ? (double)(g_get_monotonic_time() - e.at) - late
                                       : 0;
    // The engine's state is at most a device buffer old, so limit how far it
    // is extrapolated.
    int64_t heard = s.position + (int64_t)(CLAMP(since, -late, 50000) * p->speed);
    p->position = CLAMP(heard, 0, MAX(end, s.position));
    if (s.ended) {
        p->position = end;
        playback_stop(p);
    }
}

bool playback_waits(const Playback *p) {
    return p->playing && player_state(p->player).waits;
}
