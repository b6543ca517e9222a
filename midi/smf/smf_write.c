#include "midi/smf/smf_write.h"

#include "midi/event.h"
#include "midi/smf/smf_save.h"
#include "midi/smf/smf_song.h"
#include "midi/vocabulary.h"

#include <string.h>

enum {
    DIVISION = 10000, // ticks per quarter if no file determines them
    FARTHEST = STEP_MICROSECONDS / 4,
    LONGEST_TEXT = 120,
};

typedef struct SmfWriter {
    TempoMap *tempo;
    SmfTrack tracks[1 + SMF_PARTS];
} SmfWriter;

static void add_meta(SmfTrack *t, int64_t tick, uint8_t type, const void *data,
                     guint size) {
    uint8_t bytes[3 + LONGEST_TEXT] = {0xFF, type, (uint8_t)size};
    memcpy(bytes + 3, data, size);
    smf_track_add(t, tick, bytes, 3 + size);
}

static void add_name(SmfTrack *t, const char *name) {
    if (name) add_meta(t, 0, SMF_NAME, name, (guint)strlen(name));
}

static void add_text(SmfTrack *t, const char *text) {
    const char *end; // end of the last whole character that fits
    g_utf8_validate_len(text, MIN(strlen(text), LONGEST_TEXT), &end);
    if (end > text) add_meta(t, 0, SMF_TEXT, text, (guint)(end - text));
}

static void add_tempi(SmfTrack *t, const TempoMap *m) {
    for (guint i = 0; i < m->tempi->len && m->division > 0; i++) {
        TempoChange c = g_array_index(m->tempi, TempoChange, i);
        uint8_t data[] = {(uint8_t)(c.tempo >> 16), (uint8_t)(c.tempo >> 8),
                          (uint8_t)c.tempo};
        add_meta(t, c.tick, SMF_TEMPO, data, sizeof data);
    }
    for (guint i = 0; i < m->metres->len; i++) {
        Metre c = g_array_index(m->metres, Metre, i);
        uint8_t data[] = {c.beats, c.unit, c.clocks, c.quarter};
        add_meta(t, c.tick, SMF_METRE, data, sizeof data);
    }
    for (guint i = 0; i < m->keys->len; i++) {
        KeySignature c = g_array_index(m->keys, KeySignature, i);
        uint8_t data[] = {(uint8_t)c.sharps, c.minor};
        add_meta(t, c.tick, SMF_KEY, data, sizeof data);
    }
}

static void fill_first_track(SmfWriter *w, const char *text) {
    SmfTrack *t = &w->tracks[0];
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    add_name(t, w->tempo->title);
    for (char **line = lines; *line; line++) add_text(t, *line);
    add_tempi(t, w->tempo);
    smf_track_sort(t);
}

// Divides the movements of one pedal among the parts.
typedef struct PedalWay {
    const SmfWriter *writer;
    Pedal pedal;
    GArray **events; // events of each part
    SmfPart part;    // part of the newest note
    int64_t moved;   // time of the last movement
    uint8_t value[SMF_PARTS];
} PedalWay;

static void set_pedal(PedalWay *w, SmfPart part, int64_t time, uint8_t value) {
    if (w->value[part] == value) return;
    w->value[part] = value;
    events_move_pedal(w->events[part], tempo_map_tick(w->writer->tempo, time), w->pedal,
                      value);
}

// While the written part leads, the given part follows its releases. Its track is read
// first at each tick, so the two together never hold the pedal too long.
static void move_pedal(PedalWay *w, int64_t time, uint8_t value) {
    if (w->part == SMF_WRITTEN && w->value[SMF_GIVEN] > 0)
        set_pedal(w, SMF_GIVEN, time, value >= PEDAL_DOWN ? value : 0);
    set_pedal(w, w->part, time, value);
    w->moved = time;
}

// For the same reason the given part cannot take over at a tick at which the pedal
// moved; its next note does.
static void take_over(PedalWay *w, SmfPart part, int64_t time) {
    if (part == SMF_GIVEN && time == w->moved) return;
    set_pedal(w, part, time, w->value[w->part]);
    if (part == SMF_GIVEN) set_pedal(w, SMF_WRITTEN, time, 0);
    w->part = part;
}

static SmfPart part_of(const uint8_t *parts, size_t note) {
    return parts && parts[note] ? SMF_WRITTEN : SMF_GIVEN;
}

// Returns the times and depths of one of the pedals, as PedalChanges.
static GArray *changes_of(const Performance *p, Pedal pedal) {
    GArray *changes = g_array_new(false, false, sizeof(PedalChange));
    if (pedal == PEDAL_DAMPER)
        g_array_append_vals(changes, p->pedal, (guint)p->pedal_count);
    for (size_t i = 0; i < p->move_count; i++) {
        PedalChange change = {p->moves[i].time, p->moves[i].value};
        if (p->moves[i].pedal == pedal) g_array_append_val(changes, change);
    }
    return changes;
}

static void add_pedal(PedalWay *w, const Performance *p, const uint8_t *parts) {
    g_autoptr(GArray) changes = changes_of(p, w->pedal);
    size_t note = 0;
    int64_t end = performance_end(p);
    for (guint i = 0; i < changes->len; i++) {
        PedalChange change = g_array_index(changes, PedalChange, i);
        for (; note < p->note_count && p->notes[note].onset < change.time; note++)
            take_over(w, part_of(parts, note), p->notes[note].onset);
        move_pedal(w, change.time, change.value);
        end = MAX(end, change.time);
    }
    for (; note < p->note_count; note++)
        take_over(w, part_of(parts, note), p->notes[note].onset);
    if (w->value[w->part] >= PEDAL_DOWN) move_pedal(w, end, 0);
}

static void add_event(SmfTrack *t, Event e, uint8_t channel) {
    uint8_t bytes[3] = {0x80, e.pitch, 64};
    if (e.kind == EVENT_ONSET) {
        bytes[0] = 0x90;
        bytes[2] = e.value;
    } else if (e.kind == EVENT_PEDAL) {
        bytes[0] = 0xB0;
        bytes[1] = (uint8_t)pedal_controller((Pedal)e.pitch);
        bytes[2] = e.value;
    }
    bytes[0] |= channel;
    smf_track_add(t, e.time, bytes, sizeof bytes);
}

// Writes the events in an order that reads back as the same notes: a key goes up before
// it goes down again, but after its own onset if the note has no length.
static void fill_part(SmfWriter *w, SmfPart part, GArray *events) {
    const char *given = w->tempo->names ? w->tempo->names : "Piano";
    SmfTrack *t = &w->tracks[1 + part];
    uint8_t channel = (uint8_t)part;
    uint8_t piano[] = {0xC0 | channel, 0};
    add_name(t, part == SMF_GIVEN ? given : "Continuation");
    smf_track_add(t, 0, piano, sizeof piano);
    add_event(t, (Event){.kind = EVENT_PEDAL},
              channel); // in case a sequencer still has the pedal down
    events_sort(events);
    for (guint i = 0; i < events->len; i++)
        add_event(t, g_array_index(events, Event, i), channel);
}

// A part without notes gets no track, unless there are no notes at all.
static void fill_parts(SmfWriter *w, const Performance *p, const uint8_t *parts) {
    GArray *events[SMF_PARTS];
    bool any[SMF_PARTS] = {[SMF_GIVEN] = p->note_count == 0};
    for (SmfPart part = 0; part < SMF_PARTS; part++)
        events[part] = g_array_new(false, false, sizeof(Event));
    for (size_t i = 0; i < p->note_count; i++) {
        Note n = p->notes[i];
        SmfPart part = part_of(parts, i);
        any[part] = true;
        events_add_note(events[part], tempo_map_tick(w->tempo, n.onset),
                        tempo_map_tick(w->tempo, n.release), n.pitch, n.velocity);
    }
    for (Pedal pedal = 0; pedal < PEDALS; pedal++) {
        PedalWay way = {.writer = w, .pedal = pedal, .events = events, .moved = -1};
        if (p->note_count) way.part = part_of(parts, 0);
        add_pedal(&way, p, parts);
    }
    for (SmfPart part = 0; part < SMF_PARTS; part++) {
        if (any[part]) fill_part(w, part, events[part]);
        g_array_unref(events[part]);
    }
}

static int64_t farthest(const TempoMap *m, const Performance *p) {
    g_autoptr(GArray) events = events_of(p);
    int64_t most = 0;
    for (guint i = 0; i < events->len; i++) {
        int64_t time = g_array_index(events, Event, i).time;
        most = MAX(most, ABS(tempo_map_time(m, tempo_map_tick(m, time)) - time));
    }
    return most;
}

// Returns the performance's tempo map, with finer ticks if its own are too coarse.
static TempoMap *map_for(const Performance *p) {
    const TempoMap *m = p->tempo;
    if (!m) return tempo_map_new(DIVISION);
    if (farthest(m, p) <= FARTHEST) return tempo_map_ref(m);
    uint32_t slowest = 0;
    for (guint i = 0; i < m->tempi->len; i++)
        slowest = MAX(slowest, g_array_index(m->tempi, TempoChange, i).tempo);
    int times = (int)(slowest / (m->ticks * 2 * FARTHEST)) + 1;
    bool too_many = tempo_map_tick(m, performance_end(p)) >
                    SMF_MAX_TICK / (uint32_t)times;
    return too_many ? tempo_map_ref(m) : tempo_map_finer(m, times);
}

GBytes *smf_write_parts(const Performance *p, const uint8_t *parts, const char *text,
                        GError **error) {
    SmfWriter w = {.tempo = map_for(p)};
    for (guint i = 0; i < G_N_ELEMENTS(w.tracks); i++) smf_track_init(&w.tracks[i]);
    fill_first_track(&w, text);
    fill_parts(&w, p, parts);
    GBytes *ret = smf_save_tracks(w.tracks, G_N_ELEMENTS(w.tracks), w.tempo, error);
    for (guint i = 0; i < G_N_ELEMENTS(w.tracks); i++) smf_track_clear(&w.tracks[i]);
    tempo_map_unref(w.tempo);
    return ret;
}

GBytes *smf_write(const Performance *p, const char *text, GError **error) {
    return smf_write_parts(p, NULL, text, error);
}
