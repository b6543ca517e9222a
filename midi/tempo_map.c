#include "midi/tempo_map.h"

#include <string.h>

// Reads a header's division: `ticks` ticks in `tempo` microseconds.
static bool read_division(int division, uint32_t *ticks, uint32_t *tempo) {
    *ticks = (uint32_t)division;
    *tempo = TEMPO_DEFAULT;
    if (division < 0) {
        uint32_t frames = (uint32_t)(-(division >> 8)), a_frame = division & 0xFF;
        bool drop = frames == 29; // 30 frames in 1.001 seconds
        *ticks = (drop ? 30 : frames) * a_frame;
        *tempo = drop ? 1001000 : 1000000;
    }
    return division >= INT16_MIN && division <= INT16_MAX && *ticks > 0;
}

TempoMap *tempo_map_new(int division) {
    uint32_t ticks, tempo;
    if (!read_division(division, &ticks, &tempo)) return NULL;
    TempoMap *m = g_new0(TempoMap, 1);
    m->division = division;
    m->ticks = ticks;
    m->tempi = g_array_new(false, false, sizeof(TempoChange));
    m->metres = g_array_new(false, false, sizeof(Metre));
    m->keys = g_array_new(false, false, sizeof(KeySignature));
    TempoChange first = {.tempo = tempo};
    g_array_append_val(m->tempi, first);
    references_init(&m->references, 1);
    return m;
}

TempoMap *tempo_map_ref(const TempoMap *m) {
    TempoMap *shared = (TempoMap *)m; // only the reference count is written
    if (shared) references_add(&shared->references);
    return shared;
}

void tempo_map_unref(TempoMap *m) {
    if (!m || !references_drop(&m->references)) return;
    g_array_unref(m->tempi);
    g_array_unref(m->metres);
    g_array_unref(m->keys);
    g_free(m->title);
    g_free(m->names);
    g_free(m);
}

static TempoChange *tempo_at(const TempoMap *m, guint i) {
    return &g_array_index(m->tempi, TempoChange, i);
}

static int64_t elapsed(const TempoChange *c, int64_t tick) {
    return c->elapsed + (tick - c->tick) * c->tempo;
}

static bool is_beyond(const TempoMap *m, int64_t tick) {
    return tempo_map_time(m, tick) > TEMPO_MAP_LATEST;
}

// Every kind of change has its tick as the first field. Of changes at one tick the last
// one applies.
static void append(GArray *changes, const void *change) {
    const int64_t *tick = change;
    guint size = g_array_get_element_size(changes), last = changes->len - 1;
    if (changes->len &&
        *(const int64_t *)(void *)(changes->data + last * size) == *tick)
        g_array_set_size(changes, last);
    g_array_append_vals(changes, change, 1);
}

void tempo_map_add_tempo(TempoMap *m, int64_t tick, uint32_t tempo) {
    if (m->division < 0 || is_beyond(m, tick)) return;
    const TempoChange *last = tempo_at(m, m->tempi->len - 1);
    append(m->tempi, &(TempoChange){tick, tempo, elapsed(last, tick)});
}

void tempo_map_add_metre(TempoMap *m, Metre metre) {
    if (!is_beyond(m, metre.tick)) append(m->metres, &metre);
}

void tempo_map_add_key(TempoMap *m, KeySignature key) {
    if (!is_beyond(m, key.tick)) append(m->keys, &key);
}

// Cuts a text to the length of a name, between characters if it is UTF-8.
static char *name_of(const char *text, size_t size) {
    const char *end;
    size = strnlen(text, size);
    if (size <= TEMPO_MAP_NAME) return g_strndup(text, size);
    size_t kept = TEMPO_MAP_NAME;
    if (g_utf8_validate_len(text, size, &end))
        while (kept > 0 && (text[kept] & 0xC0) == 0x80) kept--;
    return g_strndup(text, kept);
}

void tempo_map_set_title(TempoMap *m, const char *text, size_t size) {
    g_autofree char *title = name_of(text, size);
    if (!m->title && *title) m->title = g_steal_pointer(&title);
}

static bool is_among(const char *names, const char *name) {
    g_auto(GStrv) each = g_strsplit(names, ", ", -1);
    return g_strv_contains((const char *const *)each, name);
}

void tempo_map_add_name(TempoMap *m, const char *text, size_t size) {
    g_autofree char *name = name_of(text, size);
    if (!*name) return;
    if (!m->names) {
        m->names = g_steal_pointer(&name);
    } else if (strcmp(m->names, name) != 0 && !is_among(m->names, name)) {
        g_autofree char *joined = g_strconcat(m->names, ", ", name, NULL);
        g_free(m->names);
        m->names = name_of(joined, strlen(joined));
    }
}

// Returns the last change that is not after a tick, or not after an elapsed time.
static const TempoChange *change_at(const TempoMap *m, int64_t tick, int64_t time) {
    guint low = 1, high = m->tempi->len; // changes before `low` are not after it
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const TempoChange *c = tempo_at(m, middle);
        if (c->tick <= tick && c->elapsed <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return tempo_at(m, low - 1);
}

int64_t tempo_map_time(const TempoMap *m, int64_t tick) {
    return elapsed(change_at(m, tick, G_MAXINT64), tick) / m->ticks;
}

// Let n be the first tick whose elapsed time is not before that of `time`. Where a tick
// k has time(k) = time, its elapsed time lies in [time, time + 1) x division; n <= k,
// and elapsed time grows with ticks, so that of n lies there too: time(n) = time.
// Elsewhere n or the tick before it is the nearest.
int64_t tempo_map_tick(const TempoMap *m, int64_t time) {
    int64_t wanted = time * m->ticks;
    const TempoChange *c = change_at(m, G_MAXINT64, wanted);
    int64_t tick = c->tick + (wanted - c->elapsed + c->tempo - 1) / c->tempo;
    int64_t late = elapsed(c, tick) - wanted;
    bool exact = late < m->ticks;
    return exact || late <= c->tempo / 2 ? tick : tick - 1;
}

TempoMap *tempo_map_slice(const TempoMap *m, int64_t from, int64_t to) {
    int64_t first = from > 0 ? tempo_map_tick(m, from) : 0;
    to = MIN(to, TEMPO_MAP_LATEST);
    TempoMap *ret = tempo_map_new(m->division);
    ret->title = g_strdup(m->title);
    ret->names = g_strdup(m->names);
    for (guint i = 0; i < m->tempi->len; i++) {
        const TempoChange *c = tempo_at(m, i);
        if (i == 0 || c->elapsed <= to * m->ticks)
            tempo_map_add_tempo(ret, MAX(c->tick - first, 0), c->tempo);
    }
    for (guint i = 0; i < m->metres->len; i++) {
        Metre metre = g_array_index(m->metres, Metre, i);
        if (tempo_map_time(m, metre.tick) > to) break;
        metre.tick = MAX(metre.tick - first, 0);
        tempo_map_add_metre(ret, metre);
    }
    for (guint i = 0; i < m->keys->len; i++) {
        KeySignature key = g_array_index(m->keys, KeySignature, i);
        if (tempo_map_time(m, key.tick) > to) break;
        key.tick = MAX(key.tick - first, 0);
        tempo_map_add_key(ret, key);
    }
    return ret;
}

TempoMap *tempo_map_finer(const TempoMap *m, int times) {
    TempoMap *ret = tempo_map_slice(m, 0, TEMPO_MAP_LATEST);
    int a_frame = m->division & 0xFF;
    times = MIN(times, m->division < 0 ? 0xFF / a_frame : INT16_MAX / m->division);
    ret->division += (times - 1) * (m->division < 0 ? a_frame : m->division);
    ret->ticks *= (uint32_t)times;
    for (guint i = 0; i < ret->tempi->len; i++) {
        tempo_at(ret, i)->tick *= times;
        tempo_at(ret, i)->elapsed *= times;
    }
    for (guint i = 0; i < ret->metres->len; i++)
        g_array_index(ret->metres, Metre, i).tick *= times;
    for (guint i = 0; i < ret->keys->len; i++)
        g_array_index(ret->keys, KeySignature, i).tick *= times;
    return ret;
}
