#include "app/document/operation_parts.h"

enum { NOTE_BYTES = 18, PEDAL_BYTES = 9, MOVE_BYTES = 10 };
enum { TEMPO_BYTES = 8, METRE_BYTES = 8, KEY_BYTES = 6 };

enum { WITH_TEMPO_MAP = 1, WITH_MOVES = 2 }; // further parts of a root, as bits

static void put_tempo_map(GByteArray *ret, const TempoMap *m) {
    bytes_put(ret, (uint16_t)m->division, 2);
    bytes_put_text(ret, m->title);
    bytes_put_text(ret, m->names);
    bytes_put_u32(ret, m->tempi->len);
    for (guint i = 0; i < m->tempi->len; i++) {
        TempoChange change = g_array_index(m->tempi, TempoChange, i);
        bytes_put_u32(ret, (size_t)change.tick);
        bytes_put_u32(ret, change.tempo);
    }
    bytes_put_u32(ret, m->metres->len);
    for (guint i = 0; i < m->metres->len; i++) {
        Metre metre = g_array_index(m->metres, Metre, i);
        bytes_put_u32(ret, (size_t)metre.tick);
        bytes_put_u8(ret, metre.beats);
        bytes_put_u8(ret, metre.unit);
        bytes_put_u8(ret, metre.clocks);
        bytes_put_u8(ret, metre.quarter);
    }
    bytes_put_u32(ret, m->keys->len);
    for (guint i = 0; i < m->keys->len; i++) {
        KeySignature key = g_array_index(m->keys, KeySignature, i);
        bytes_put_u32(ret, (size_t)key.tick);
        bytes_put_u8(ret, key.sharps);
        bytes_put_u8(ret, key.minor);
    }
}

// Reads a tick that must not be before the last one.
static int64_t get_tick(BytesReader *r, int64_t *last) {
    int64_t tick = (int64_t)bytes_get(r, 4);
    r->failed = r->failed || tick < *last || tick > TEMPO_MAP_TICKS;
    return *last = tick;
}

static void get_tempi(BytesReader *r, TempoMap *m) {
    int64_t last = 0;
    for (size_t left = bytes_get_count(r, TEMPO_BYTES); left > 0; left--) {
        int64_t tick = get_tick(r, &last);
        uint32_t tempo = (uint32_t)bytes_get(r, 4);
        r->failed = r->failed || tempo == 0 || tempo > TEMPO_MOST;
        if (!r->failed) tempo_map_add_tempo(m, tick, tempo);
    }
}

static void get_metres(BytesReader *r, TempoMap *m) {
    int64_t last = 0;
    for (size_t left = bytes_get_count(r, METRE_BYTES); left > 0; left--) {
        Metre metre = {.tick = get_tick(r, &last), .beats = bytes_get_u8(r)};
        metre.unit = (uint8_t)bytes_get_choice(r, 1, 8);
        metre.clocks = bytes_get_u8(r);
        metre.quarter = bytes_get_u8(r);
        r->failed = r->failed || metre.beats == 0;
        if (!r->failed) tempo_map_add_metre(m, metre);
    }
}

static void get_keys(BytesReader *r, TempoMap *m) {
    int64_t last = 0;
    for (size_t left = bytes_get_count(r, KEY_BYTES); left > 0; left--) {
        KeySignature key = {.tick = get_tick(r, &last),
                            .sharps = (int8_t)bytes_get_u8(r)};
        key.minor = bytes_get_bool(r);
        r->failed = r->failed || ABS(key.sharps) > 7;
        if (!r->failed) tempo_map_add_key(m, key);
    }
}

static TempoMap *get_tempo_map(BytesReader *r) {
    TempoMap *m = tempo_map_new((int16_t)bytes_get(r, 2));
    g_autofree char *title = bytes_get_text(r), *names = bytes_get_text(r);
    r->failed = r->failed || !m;
    if (r->failed) return m;
    tempo_map_set_title(m, title, strlen(title));
    tempo_map_add_name(m, names, strlen(names));
    get_tempi(r, m);
    get_metres(r, m);
    get_keys(r, m);
    return m;
}

static void put_moves(GByteArray *ret, const Performance *p) {
    bytes_put_u32(ret, p->move_count);
    for (size_t i = 0; i < p->move_count; i++) {
        bytes_put_i64(ret, p->moves[i].time);
        bytes_put_u8(ret, p->moves[i].pedal);
        bytes_put_u8(ret, p->moves[i].value);
    }
}

static void get_moves(BytesReader *r, Performance *ret) {
    for (size_t left = bytes_get_count(r, MOVE_BYTES); left > 0; left--) {
        int64_t time = bytes_get_i64(r);
        Pedal pedal = (Pedal)bytes_get_choice(r, 1, PEDALS);
        r->failed = r->failed || pedal == PEDAL_DAMPER;
        performance_move_pedal(ret, time, pedal, bytes_get_u8(r));
    }
}

void operation_put_root(GByteArray *ret, const Operation *o) {
    bytes_put_u8(ret, (int)o->origin);
    bytes_put_text(ret, o->name);
    bytes_put_u32(ret, o->root.note_count);
    for (size_t i = 0; i < o->root.note_count; i++) {
        Note note = o->root.notes[i];
        bytes_put_i64(ret, note.onset);
        bytes_put_i64(ret, note.release);
        bytes_put_u8(ret, note.pitch);
        bytes_put_u8(ret, note.velocity);
    }
    bytes_put_u32(ret, o->root.pedal_count);
    for (size_t i = 0; i < o->root.pedal_count; i++) {
        bytes_put_i64(ret, o->root.pedal[i].time);
        bytes_put_u8(ret, o->root.pedal[i].value);
    }
    int with = (o->root.tempo ? WITH_TEMPO_MAP : 0) |
               (o->root.move_count ? WITH_MOVES : 0);
    if (with) bytes_put_u8(ret, with);
    if (with & WITH_TEMPO_MAP) put_tempo_map(ret, o->root.tempo);
    if (with & WITH_MOVES) put_moves(ret, &o->root);
}

void operation_get_root(BytesReader *r, Operation *ret) {
    ret->origin = (Origin)bytes_get_choice(r, 1, ORIGIN_GENERATED + 1);
    ret->name = bytes_get_text(r);
    for (size_t left = bytes_get_count(r, NOTE_BYTES); left > 0; left--) {
        Note note = {.onset = bytes_get_i64(r)};
        note.release = bytes_get_i64(r);
        note.pitch = bytes_get_u8(r);
        note.velocity = bytes_get_u8(r);
        performance_add_note(&ret->root, note);
    }
    for (size_t left = bytes_get_count(r, PEDAL_BYTES); left > 0; left--) {
        int64_t time = bytes_get_i64(r);
        performance_add_pedal(&ret->root, time, bytes_get_u8(r));
    }
    if (r->failed || r->left == 0) return;
    int with = bytes_get_choice(r, 1, (WITH_TEMPO_MAP | WITH_MOVES) + 1);
    r->failed = r->failed || !with;
    if (with & WITH_TEMPO_MAP) ret->root.tempo = get_tempo_map(r);
    if (with & WITH_MOVES) get_moves(r, &ret->root);
}
