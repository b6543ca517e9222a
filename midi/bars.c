#include "midi/bars.h"

// The stretch of one time signature, in which bars are counted.
typedef struct Count {
    int64_t tick, end; // begin of this time signature and of the next one
    int64_t bar;       // 4 * division * beats: the ticks of a bar, times 2^unit
    int unit;
} Count;

bool bars_exist(const TempoMap *m) {
    return m && m->division > 0 && m->metres->len > 0;
}

static int64_t start_of(const Count *c, int64_t k) {
    return MIN(c->tick + (k * c->bar >> c->unit), c->end);
}

// Returns how many bars begin before a tick: the number of k with floor(k * bar /
// 2^unit) below it.
static int64_t bars_before(const Count *c, int64_t tick) {
    return tick <= c->tick ? 0 : (((tick - c->tick) << c->unit) - 1) / c->bar + 1;
}

static Count count_of(const TempoMap *m, Metre metre, int64_t end) {
    return (Count){metre.tick, end, INT64_C(4) * m->division * metre.beats, metre.unit};
}

// Returns the time signature that applies at a tick; *ret_before: the number of bars
// before it.
static Count count_at(const TempoMap *m, int64_t tick, int64_t *ret_before) {
    Metre metre = {.beats = 4, .unit = 2};
    *ret_before = 0;
    for (guint i = 0; i < m->metres->len; i++) {
        Metre next = g_array_index(m->metres, Metre, i);
        Count c = count_of(m, metre, next.tick);
        if (next.tick > tick) return c;
        *ret_before += bars_before(&c, next.tick);
        metre = next;
    }
    return count_of(m, metre, G_MAXINT64);
}

Bar bars_at(const TempoMap *m, int64_t time) {
    int64_t tick = tempo_map_tick(m, time), before;
    if (tick > 0 && tempo_map_time(m, tick) > time) tick--;
    Count c = count_at(m, tick, &before);
    int64_t k = bars_before(&c, tick + 1) - 1;
    return (Bar){before + k + 1, tempo_map_time(m, start_of(&c, k)),
                 tempo_map_time(m, start_of(&c, k + 1))};
}

int64_t bars_nearest(const TempoMap *m, int64_t time) {
    Bar bar = bars_at(m, time);
    return time - bar.from < bar.to - time ? bar.from : bar.to;
}

int64_t bars_beat(const TempoMap *m, int64_t time, bool *ret_first) {
    int64_t tick = tempo_map_tick(m, time), before;
    if (tempo_map_time(m, tick) < time) tick++;
    Count bar = count_at(m, tick, &before), beat = bar;
    beat.bar = INT64_C(4) * m->division;
    int64_t at = start_of(&beat, bars_before(&beat, tick));
    *ret_first = at == bar.end || start_of(&bar, bars_before(&bar, at)) == at;
    return tempo_map_time(m, at);
}
