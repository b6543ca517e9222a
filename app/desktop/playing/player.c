#include "app/desktop/playing/player.h"

#include "midi/bars.h"
#include "thread/worker.h"

#define SLICE 50000 // microseconds of the piece per promise to the engine
#define PAUSE 8000  // microseconds between two checks while playing
// Faster beats are not clicked, because a ring has room for 4,096 events only.
#define BEAT 50000

// A span of the piece that is played again and again.
typedef struct Laps {
    int64_t from, to;
    int pushed, played; // how many
    int64_t seen;       // the previous position, to detect a lap
} Laps;

typedef struct Click {
    TempoMap *tempo; // a reference; NULL: none
    int64_t beaten;  // all beats before it were pushed
} Click;

struct Player {
    Engine *engine;     // borrowed
    Worker worker;      // its lock protects everything below
    PlaybackList *list; // owned; NULL: nothing is playing
    uint32_t epoch;
    bool begun;     // the jump to the start was pushed
    bool eager;     // waits for the first onset
    int64_t from;   // where it starts
    int64_t pushed; // everything before was pushed
    size_t next;    // index of the next event of the list
    double speed;
    Laps laps;
    Click click;
};

static bool loops(const Player *p) {
    return p->laps.to - p->laps.from >= PLAYER_LOOP_LEAST;
}

// Returns the engine's state, and whether it has reached the current epoch.
static bool engine_follows(const Player *p, EngineState *ret) {
    *ret = engine_state(p->engine);
    return p->begun && ret->epoch == p->epoch && ret->time != TIME_STOPPED;
}

// Returns how much of the piece was pushed but not yet played.
static int64_t ahead(Player *p) {
    EngineState s;
    if (!engine_follows(p, &s)) return p->pushed - p->from;
    if (s.position < p->laps.seen && p->laps.played < p->laps.pushed) p->laps.played++;
    p->laps.seen = s.position;
    int64_t laps = p->laps.pushed - p->laps.played;
    return p->pushed - s.position + laps * (p->laps.to - p->laps.from);
}

static bool push_pedals(Player *p, int64_t at) {
    AudioEvent e = {.time = at, .epoch = p->epoch, .kind = EVENT_PEDAL};
    for (Pedal pedal = 0; pedal < PEDALS; pedal++) {
        e.pitch = (uint8_t)pedal;
        e.value = (uint8_t)playback_list_pedal(p->list, pedal, at);
        if (!engine_push(p->engine, e)) return false;
    }
    return true;
}

// Jumps to `to` when the playhead reaches `at`. Returns false if the ring is full.
static bool push_jump(Player *p, int64_t at, int64_t to) {
    if (!engine_jump(p->engine, p->epoch, at, to) || !push_pedals(p, to)) return false;
    p->pushed = p->click.beaten = to;
    p->next = playback_list_find(p->list, to);
    return true;
}

static bool begin(Player *p) {
    if (p->begun) return true;
    if (p->eager) {
        bool whole;
        playback_list_known(p->list, &whole);
        int64_t first = playback_list_first_stroke(p->list, p->from);
        if (first < 0 && !whole) return false;
        if (first >= 0) p->from = first;
    }
    p->eager = false;
    p->begun = push_jump(p, AUDIO_NOW, p->from);
    p->laps.seen = p->from;
    return p->begun;
}

// Pushes the metronome's beats before `to`.
static bool push_clicks(Player *p, int64_t to) {
    while (p->click.tempo) {
        bool first;
        int64_t beat = bars_beat(p->click.tempo, p->click.beaten, &first);
        if (beat >= to) break;
        AudioEvent e = {.time = beat, .epoch = p->epoch, .kind = AUDIO_CLICK};
        e.value = first;
        if (!engine_push(p->engine, e)) return false;
        p->click.beaten = beat + BEAT;
    }
    p->click.beaten = MAX(p->click.beaten, to);
    return true;
}

static bool push_event(Player *p, Event e) {
    bool written = playback_list_written(p->list, e.time);
    return engine_push(p->engine, (AudioEvent){.time = e.time,
                                               .epoch = p->epoch,
                                               .kind = e.kind,
                                               .source = SOURCE_PLAYBACK,
                                               .pitch = e.pitch,
                                               .value = e.value,
                                               .written = written});
}

// Pushes the events before `to` and promises the engine that there are no more.
static bool push_until(Player *p, int64_t to) {
    Event e;
    for (; playback_list_event(p->list, p->next, &e) && e.time < to; p->next++)
        if (!push_clicks(p, e.time) || !push_event(p, e)) return false;
    if (!push_clicks(p, to) || !engine_promise(p->engine, p->epoch, to)) return false;
    p->pushed = to;
    return true;
}

// Returns up to where the list can be pushed now, including events exactly at its end.
static int64_t end_of(const Player *p) {
    bool whole;
    int64_t known = playback_list_known(p->list, &whole);
    return whole ? known + 2 : known;
}

static void push(Player *p) {
    if (!p->list || !begin(p)) return;
    int64_t most = (int64_t)(PLAYER_AHEAD * p->speed);
    for (int64_t left; (left = most - ahead(p)) > 0;) {
        int64_t known = end_of(p), to = MIN(p->pushed + MIN(left + 1, SLICE), known);
        bool lap = loops(p) && p->pushed < p->laps.to && known >= p->laps.to;
        if (lap) to = MIN(to, p->laps.to);
        if (to <= p->pushed || !push_until(p, to)) return;
        if (!lap || to != p->laps.to) continue;
        if (!push_jump(p, p->laps.to, p->laps.from)) return;
        p->laps.pushed++;
    }
}

static bool work(void *data) {
    Player *p = data;
    push(p);
    if (!p->list) return false;
    monitor_wait_until(&p->worker.monitor, g_get_monotonic_time() + PAUSE);
    return true;
}

Player *player_new(Engine *e) {
    Player *p = g_new0(Player, 1);
    p->engine = e;
    p->speed = 1;
    worker_start(&p->worker, "player", work, p);
    return p;
}

static void cut(Player *p) {
    p->epoch = engine_cut(p->engine);
    playback_list_free(p->list);
    p->list = NULL;
}

void player_free(Player *p) {
    if (!p) return;
    player_stop(p);
    worker_end(&p->worker);
    tempo_map_unref(p->click.tempo);
    g_free(p);
}

static void start(Player *p, PlaybackList *list, int64_t from, bool eager) {
    cut(p);
    p->list = list;
    p->from = p->pushed = p->laps.seen = from;
    p->laps.pushed = p->laps.played = 0;
    p->begun = false;
    p->eager = eager;
    push(p); // at once, not only at the thread's next check
    monitor_changed(&p->worker.monitor);
}

void player_play(Player *p, PlaybackList *list, int64_t from, bool eager) {
    monitor_lock(&p->worker.monitor);
    start(p, list, from, eager);
    monitor_unlock(&p->worker.monitor);
}

static int64_t position(const Player *p) {
    EngineState s;
    return engine_follows(p, &s) ? s.position : p->from;
}

void player_change(Player *p, PlaybackList *list, int64_t same) {
    monitor_lock(&p->worker.monitor);
    if (p->list && p->begun && p->pushed <= same) {
        playback_list_free(p->list);
        p->list = list;
        p->next = playback_list_find(list, p->pushed);
    } else {
        start(p, list, position(p), false);
    }
    monitor_unlock(&p->worker.monitor);
}

void player_set_loop(Player *p, int64_t from, int64_t to) {
    monitor_lock(&p->worker.monitor);
    int64_t now = position(p);
    bool same = p->laps.from == from && p->laps.to == to;
    p->laps.from = from, p->laps.to = to;
    // Take back what was pushed according to the old loop.
    bool pushed = p->laps.pushed > p->laps.played || (now < to && p->pushed > to);
    if (p->list && !same && pushed) {
        PlaybackList *list = p->list;
        p->list = NULL;
        start(p, list, now, false);
    }
    monitor_unlock(&p->worker.monitor);
}

void player_set_speed(Player *p, double speed) {
    monitor_lock(&p->worker.monitor);
    p->speed = CLAMP(speed, 0.1, 4);
    engine_set_speed(p->engine, p->speed);
    monitor_unlock(&p->worker.monitor);
}

void player_set_click(Player *p, const TempoMap *tempo) {
    if (!bars_exist(tempo)) tempo = NULL;
    monitor_lock(&p->worker.monitor);
    if (p->click.tempo != tempo) {
        tempo_map_unref(p->click.tempo);
        p->click.tempo = tempo_map_ref(tempo);
    }
    monitor_unlock(&p->worker.monitor);
}

void player_stop(Player *p) {
    monitor_lock(&p->worker.monitor);
    cut(p);
    monitor_unlock(&p->worker.monitor);
}

void player_panic(Player *p) {
    monitor_lock(&p->worker.monitor);
    cut(p);
    p->epoch = engine_panic(p->engine);
    monitor_unlock(&p->worker.monitor);
}

PlayerState player_state(Player *p) {
    monitor_lock(&p->worker.monitor);
    PlayerState ret = {.playing = p->list != NULL};
    if (p->list) {
        EngineState s;
        bool whole, follows = engine_follows(p, &s);
        int64_t known = playback_list_known(p->list, &whole);
        ret.position = follows ? s.position : p->from;
        ret.ended = whole && p->begun && follows && s.position >= known &&
                    p->laps.pushed == p->laps.played;
        ret.waits = !ret.ended && (!p->begun || (follows && s.time == TIME_WAITS));
    }
    monitor_unlock(&p->worker.monitor);
    return ret;
}
