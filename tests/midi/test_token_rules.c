// A second implementation of model/MODEL.md, "Tokens", from its text: plain and slow,
// rule by rule, on the messages of random files. The reader and the tokenizer must give
// the same ids.
#include "midi/smf/smf_read.h"
#include "midi/smf/smf_write.h"
#include "tests/streams.h"
#include "tests/test.h"

enum { FILES = SANITIZED ? 800 : 4000, MOST = 400, TRACKS = 3, DRUMS = 9, NEVER = -1 };
typedef enum Kind { ON, OFF, CONTROL, TEMPO } Kind;

// The events of the tracks in the order of a merged file: by tick, then by track, then
// by place in the track.
typedef struct Message {
    Kind kind;
    int tick, track, channel;
    int a, b; // pitch and velocity; controller and value; microseconds a quarter
} Message;

// Times are exact: microseconds x division.
typedef struct Played {
    int64_t on, off;
    int source, pitch, velocity;
} Played;

typedef struct Pressed {
    int64_t press, lift;
} Pressed;

typedef struct File {
    int division, tracks, end; // the tick of the last event
    Message m[MOST];
    int count;
    Played notes[MOST];
    int note_count;
    Pressed pedal[MOST];
    int pedal_count;
} File;

// ---- the rules

static int64_t time_of(const File *f, int tick) {
    int64_t sum = 0, tempo = 500000;
    int now = 0;
    for (int i = 0; i < f->count && f->m[i].tick <= tick; i++) {
        if (f->m[i].kind != TEMPO) continue;
        sum += (f->m[i].tick - now) * tempo;
        now = f->m[i].tick;
        tempo = f->m[i].a;
    }
    return sum + (tick - now) * tempo;
}

static int source_of(const Message *m) { return 16 * m->track + m->channel; }

// Returns whether the whole file has fewer note-offs than note-ons of a pitch.
static bool lacks_note_offs(const File *f, int source, int pitch) {
    int ons = 0, offs = 0;
    for (int i = 0; i < f->count; i++) {
        const Message *m = &f->m[i];
        if (m->kind > OFF || source_of(m) != source || m->a != pitch) continue;
        ons += m->kind == ON;
        offs += m->kind == OFF;
    }
    return offs < ons;
}

static bool is_open(const Played *n, const Message *off) {
    return n->off == NEVER && n->source == source_of(off) && n->pitch == off->a;
}

static void note_off(File *f, const Message *m) {
    int64_t now = time_of(f, m->tick);
    bool all = lacks_note_offs(f, source_of(m), m->a), older = false;
    for (int i = 0; i < f->note_count; i++)
        older = older || (is_open(&f->notes[i], m) && f->notes[i].on < now);
    for (int i = 0; i < f->note_count; i++) { // the oldest comes first
        Played *n = &f->notes[i];
        if (!is_open(n, m)) continue;
        if (all && older && n->on == now) continue;
        n->off = now;
        if (!all) return;
    }
}

static void end_channel(File *f, const Message *m) {
    for (int i = 0; i < f->note_count; i++)
        if (f->notes[i].off == NEVER && f->notes[i].source % 16 == m->channel)
            f->notes[i].off = time_of(f, m->tick);
}

static void find_notes(File *f) {
    f->note_count = 0;
    for (int i = 0; i < f->count; i++) {
        const Message *m = &f->m[i];
        if (m->channel == DRUMS) continue;
        if (m->kind == ON)
            f->notes[f->note_count++] = (Played){time_of(f, m->tick), NEVER,
                                                 source_of(m), m->a, m->b};
        if (m->kind == OFF) note_off(f, m);
        if (m->kind == CONTROL && (m->a == 123 || m->a == 120)) end_channel(f, m);
    }
    for (int i = 0; i < f->note_count; i++)
        if (f->notes[i].off == NEVER) f->notes[i].off = time_of(f, f->end);
}

// A key is up when no source holds it: overlapping notes end at the latest end.
static int64_t key_up(const File *f, const Played *n) {
    int64_t up = n->off;
    for (bool longer = true; longer;) {
        longer = false;
        for (int i = 0; i < f->note_count; i++) {
            const Played *o = &f->notes[i];
            if (o->pitch != n->pitch || o->on > up || o->off <= up) continue;
            up = o->off;
            longer = true;
        }
    }
    return up;
}

static int64_t next_onset(const File *f, const Played *n, int64_t otherwise) {
    int64_t next = otherwise;
    for (int i = 0; i < f->note_count; i++)
        if (f->notes[i].pitch == n->pitch && f->notes[i].on > n->on)
            next = MIN(next, f->notes[i].on);
    return next;
}

static void make_one_piano(File *f) {
    int64_t up[MOST];
    for (int i = 0; i < f->note_count; i++) {
        up[i] = key_up(f, &f->notes[i]);
        up[i] = next_onset(f, &f->notes[i], up[i]);
    }
    for (int i = 0; i < f->note_count; i++) f->notes[i].off = up[i];
}

// The pedal is down while the last CC64 of any channel except the drums' is 64 or more.
// If it is down at the end, it is lifted there.
static void find_pedal(File *f) {
    int last[16] = {0};
    bool down = false;
    f->pedal_count = 0;
    for (int i = 0; i <= f->count; i++) {
        bool end = i == f->count, any = false;
        const Message *m = &f->m[i];
        if (!end && (m->kind != CONTROL || m->channel == DRUMS)) continue;
        if (!end && m->a == 64) last[m->channel] = m->b;
        if (!end && m->a == 121) last[m->channel] = 0;
        for (int c = 0; c < 16; c++) any = any || (!end && last[c] >= 64);
        int64_t now = time_of(f, end ? f->end : m->tick);
        if (any && !down) f->pedal[f->pedal_count++] = (Pressed){now, now};
        if (!any && down) f->pedal[f->pedal_count - 1].lift = now;
        down = any;
    }
}

static void fold_pedal(File *f) {
    for (int i = 0; i < f->note_count; i++) {
        Played *n = &f->notes[i];
        for (int k = 0; k < f->pedal_count; k++)
            if (f->pedal[k].press <= n->off && n->off < f->pedal[k].lift) {
                n->off = next_onset(f, n, f->pedal[k].lift);
                break;
            }
    }
}

static int64_t step_of(const File *f, int64_t time) {
    int64_t unit = (int64_t)f->division * 10000;
    return (2 * time + unit) / (2 * unit);
}

// From here on times are in steps. Notes of one pitch at one step become one, with the
// louder velocity and the later end. A note lasts at least a step and ends where the
// next begins.
static void round_notes(File *f) {
    int kept = 0;
    for (int i = 0; i < f->note_count; i++) {
        Played n = f->notes[i];
        n.on = step_of(f, n.on);
        n.off = MAX(step_of(f, n.off), n.on + 1);
        int k = 0;
        while (k < kept && (f->notes[k].pitch != n.pitch || f->notes[k].on != n.on))
            k++;
        if (k == kept) {
            f->notes[kept++] = n;
            continue;
        }
        f->notes[k].velocity = MAX(f->notes[k].velocity, n.velocity);
        f->notes[k].off = MAX(f->notes[k].off, n.off);
    }
    f->note_count = kept;
    for (int i = 0; i < kept; i++)
        f->notes[i].off = next_onset(f, &f->notes[i], f->notes[i].off);
}

static void emit(GArray *ids, Token id) { g_array_append_val(ids, id); }

static bool starts(const Played *n, int64_t step, int pitch) {
    return n->on == step && n->pitch == pitch;
}

static void emit_pedal(const File *f, GArray *ids, int64_t step) {
    bool before = false, after = false, lifted = false;
    for (int k = 0; k < f->pedal_count; k++) {
        int64_t press = step_of(f, f->pedal[k].press),
                lift = step_of(f, f->pedal[k].lift);
        before = before || (press < step && lift >= step);
        after = after || (press <= step && lift > step);
        lifted = lifted || lift == step;
    }
    if (before && (!after || lifted)) emit(ids, 392);
    if (after && (!before || lifted)) emit(ids, 391);
}

static void emit_step(const File *f, GArray *ids, int64_t step, bool pedal, int *bin) {
    for (int pitch = 0; pitch < 128; pitch++)
        for (int i = 0; i < f->note_count; i++)
            if (f->notes[i].off == step && f->notes[i].pitch == pitch)
                emit(ids, 131 + pitch);
    if (pedal) emit_pedal(f, ids, step);
    for (int pitch = 0; pitch < 128; pitch++)
        for (int i = 0; i < f->note_count; i++) {
            if (!starts(&f->notes[i], step, pitch)) continue;
            int own = (f->notes[i].velocity - 1) / 4;
            if (own != *bin) emit(ids, 359 + own);
            *bin = own;
            emit(ids, 3 + pitch);
        }
}

static GArray *ids_of(File *f, TokenizerKind kind) {
    bool pedal = kind == TOKENIZER_PEDAL;
    find_notes(f);
    make_one_piano(f);
    find_pedal(f);
    if (!pedal) fold_pedal(f);
    round_notes(f);
    GArray *ids = g_array_new(false, false, sizeof(Token));
    int64_t end = 0, waited = 0;
    int bin = -1;
    for (int i = 0; i < f->note_count; i++) end = MAX(end, f->notes[i].off);
    for (int k = 0; k < f->pedal_count; k++)
        end = MAX(end, step_of(f, f->pedal[k].lift));
    emit(ids, 2);
    for (int64_t step = 0; step <= end; step++, waited++) {
        GArray *here = g_array_new(false, false, sizeof(Token));
        emit_step(f, here, step, pedal, &bin);
        for (; here->len && waited > 100; waited -= 100) emit(ids, 259 + 99);
        if (here->len && waited > 0) emit(ids, (Token)(259 + waited - 1));
        if (here->len) waited = 0;
        g_array_append_vals(ids, here->data, here->len);
        g_array_unref(here);
    }
    emit(ids, 1);
    return ids;
}

// ---- random files

static int any_of(GRand *random, const int *choices, int count) {
    return choices[g_rand_int_range(random, 0, count)];
}

#define ANY(random, ...)                                                               \
    any_of(random, (const int[]){__VA_ARGS__},                                         \
           (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))

// Few keys and channels, so that notes overlap.
static Message draw_message(GRand *random, int pitches, int channels) {
    const int all[] = {0, 1, DRUMS};
    Message m = {.channel = any_of(random, all, channels)};
    int kind = g_rand_int_range(random, 0, 20);
    if (kind < 14) {
        m.kind = kind < 7 ? ON : OFF;
        m.a = 60 + g_rand_int_range(random, 0, pitches);
        m.b = g_rand_int_range(random, 1, 128);
    } else if (kind < 19) {
        m.kind = CONTROL;
        m.a = ANY(random, 64, 64, 64, 64, 64, 120, 121, 123, 1, 67);
        m.b = ANY(random, 0, 1, 63, 64, 127);
    } else {
        m.kind = TEMPO; // multiples of a tick of 50 microseconds
        m.a = 25000 * ANY(random, 2, 4, 10, 27, 80);
    }
    return m;
}

static int by_tick(const void *a, const void *b) {
    return ((const Message *)a)->tick - ((const Message *)b)->tick;
}

static void draw_file(File *f, GRand *random) {
    *f = (File){.division = ANY(random, 96, 480, 500, 500, 500, 1024),
                .tracks = g_rand_int_range(random, 1, TRACKS + 1)};
    GArray *all = g_array_new(false, false, sizeof(Message));
    int pitches = g_rand_int_range(random, 1, 4);
    int channels = g_rand_int_range(random, 1, 4);
    bool crowded = g_rand_boolean(random);
    for (int track = 0; track < f->tracks; track++) {
        int tick = 0;
        for (int i = g_rand_int_range(random, 0, 30); i > 0; i--) {
            Message m = draw_message(random, pitches, channels);
            tick += crowded ? ANY(random, 0, 0, 0, 0, 0, 0, 1, 50)
                            : ANY(random, 0, 0, 1, 2, 5, 9, 20, 50, 100, 500);
            m.tick = tick;
            m.track = track;
            g_array_append_val(all, m);
        }
        tick += ANY(random, 0, 0, 7, 300);
        f->end = MAX(f->end, tick);
    }
    g_array_sort(all, by_tick); // stable
    f->count = (int)all->len;
    if (all->len) memcpy(f->m, all->data, all->len * sizeof(Message));
    g_array_unref(all);
}

static void put(GByteArray *bytes, uint32_t number, int count) {
    while (count-- > 0) {
        uint8_t byte = (uint8_t)(number >> 8 * count);
        g_byte_array_append(bytes, &byte, 1);
    }
}

static void put_delta(GByteArray *bytes, int ticks) {
    if (ticks > 127) put(bytes, 0x80u | (uint32_t)ticks >> 7, 1);
    put(bytes, (uint32_t)ticks & 127, 1);
}

static void put_message(GByteArray *bytes, const Message *m, GRand *random) {
    uint32_t channel = (uint32_t)m->channel, a = (uint32_t)m->a, b = (uint32_t)m->b;
    bool silent_on = m->kind == OFF && g_rand_boolean(random);
    switch (m->kind) {
    case ON: put(bytes, 0x900000 | channel << 16 | a << 8 | b, 3); break;
    case OFF:
        put(bytes,
            silent_on ? 0x900000 | channel << 16 | a << 8
                      : 0x800000 | channel << 16 | a << 8 | b,
            3);
        break;
    case CONTROL: put(bytes, 0xB00000 | channel << 16 | a << 8 | b, 3); break;
    case TEMPO: put(bytes, 0xFF5103, 3), put(bytes, a, 3); break;
    }
}

static GByteArray *bytes_of(const File *f, GRand *random) {
    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)"MThd", 4);
    put(file, 6, 4);
    put(file, f->tracks > 1, 2);
    put(file, (uint32_t)f->tracks, 2);
    put(file, (uint32_t)f->division, 2);
    for (int track = 0; track < f->tracks; track++) {
        GByteArray *events = g_byte_array_new();
        int now = 0;
        for (int i = 0; i < f->count; i++) {
            if (f->m[i].track != track) continue;
            put_delta(events, f->m[i].tick - now);
            put_message(events, &f->m[i], random);
            now = f->m[i].tick;
        }
        // The longest track ends the file; no end-of-track comes later.
        int end = track == 0 ? f->end - now : 0;
        put_delta(events, end);
        put(events, 0xFF2F00, 3);
        g_byte_array_append(file, (const guint8 *)"MTrk", 4);
        put(file, events->len, 4);
        g_byte_array_append(file, events->data, events->len);
        g_byte_array_unref(events);
    }
    return file;
}

// ---- the tests

static void show(const GArray *ids) {
    for (guint i = 0; i < ids->len; i++) fprintf(stderr, " %d", stream_tokens(ids)[i]);
    fprintf(stderr, "\n");
}

static void show_file(const File *f, const GArray *want, const GArray *got) {
    static const char *const kinds[] = {"on", "off", "control", "tempo"};
    for (int i = 0; i < f->count; i++) {
        const Message *m = &f->m[i];
        fprintf(stderr, "tick %d track %d channel %d %s %d %d\n", m->tick, m->track,
                m->channel, kinds[m->kind], m->a, m->b);
    }
    fprintf(stderr, "division %d, end %d\nwant", f->division, f->end);
    show(want);
    fprintf(stderr, "got ");
    show(got);
}

static bool agrees(File *f, const Performance *p, TokenizerKind kind) {
    GArray *want = ids_of(f, kind), *got = tokenizer_encode(p, kind);
    bool equal = stream_equal(want, got);
    if (!equal) show_file(f, want, got);
    g_array_unref(want);
    g_array_unref(got);
    return equal;
}

TEST(random_files_give_the_ids_that_the_text_of_the_rules_gives) {
    GRand *random = g_rand_new_with_seed(12);
    File *f = g_new(File, 1);
    for (int i = 0; i < FILES && test_ok; i++) {
        draw_file(f, random);
        GByteArray *bytes = bytes_of(f, random);
        Performance p = {0};
        CHECK(smf_parse(bytes->data, bytes->len, "random", &p, NULL, NULL));
        CHECK(agrees(f, &p, TOKENIZER_PERFORMANCE));
        CHECK(agrees(f, &p, TOKENIZER_PEDAL));
        performance_clear(&p);
        g_byte_array_unref(bytes);
    }
    g_free(f);
    g_rand_free(random);
}

static bool same(const Performance *a, const Performance *b) {
    bool equal = a->note_count == b->note_count && a->pedal_count == b->pedal_count;
    for (size_t i = 0; equal && i < a->note_count; i++) {
        Note x = a->notes[i], y = b->notes[i];
        equal = x.onset == y.onset && x.release == y.release && x.pitch == y.pitch &&
                x.velocity == y.velocity;
    }
    for (size_t i = 0; equal && i < a->pedal_count; i++)
        equal = a->pedal[i].time == b->pedal[i].time &&
                a->pedal[i].value == b->pedal[i].value;
    return equal;
}

// Used if the ticks are the writer's, 50 microseconds, or multiples of them.
TEST(what_was_read_is_written_so_that_it_is_read_the_same) {
    GRand *random = g_rand_new_with_seed(13);
    File *f = g_new(File, 1);
    for (int i = 0; i < FILES / 10 && test_ok; i++) {
        draw_file(f, random);
        f->division = 500;
        GByteArray *bytes = bytes_of(f, random);
        Performance p = {0}, again = {0};
        CHECK(smf_parse(bytes->data, bytes->len, "random", &p, NULL, NULL));
        GBytes *written = smf_write(&p, NULL, NULL);
        gsize size;
        const uint8_t *data = g_bytes_get_data(written, &size);
        CHECK(smf_parse(data, size, "written", &again, NULL, NULL));
        CHECK(same(&p, &again));
        g_bytes_unref(written);
        performance_clear(&again);
        performance_clear(&p);
        g_byte_array_unref(bytes);
    }
    g_free(f);
    g_rand_free(random);
}

int main(void) {
    RUN(random_files_give_the_ids_that_the_text_of_the_rules_gives);
    RUN(what_was_read_is_written_so_that_it_is_read_the_same);
    return test_end();
}
