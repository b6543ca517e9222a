#include "audio/render.h"

#include <stdlib.h>

#define TAIL_SECONDS 10
#define FADE_MS      50
#define ASK_BLOCKS   256 // about three times for each second of music

// What happens at one moment: a key is let go before the pedal moves, so that the pedal
// does not catch it, and pressed after. A note of no length is let go after it begins.
typedef enum { RELEASE, PEDAL, ONSET, RELEASE_AT_ONCE } Kind;

typedef struct Event {
    int64_t time; // microseconds
    Kind kind;
    uint8_t pitch, value;
} Event;

static int by_time(const void *a, const void *b) {
    const Event *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->kind != y->kind) return (int)x->kind - (int)y->kind;
    return x->pitch - y->pitch;
}

static Event *events_of(const Performance *p, size_t *ret_count) {
    size_t count = 2 * p->note_count + p->pedal_count;
    Event *events = g_new(Event, count), *e = events;
    for (size_t i = 0; i < p->note_count; i++) {
        const Note *n = &p->notes[i];
        Kind end = n->release > n->onset ? RELEASE : RELEASE_AT_ONCE;
        *e++ = (Event){n->onset, ONSET, n->pitch, n->velocity};
        *e++ = (Event){n->release, end, n->pitch, 0};
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        *e++ = (Event){p->pedal[i].time, PEDAL, 0, p->pedal[i].value};
    if (count) qsort(events, count, sizeof *events, by_time);
    *ret_count = count;
    return events;
}

static int64_t frame_at(int64_t time, int rate) {
    return time / 1000000 * rate + time % 1000000 * rate / 1000000;
}

static void apply(Synth *s, Event e) {
    switch (e.kind) {
    case ONSET: synth_note_on(s, e.pitch, e.value); break;
    case PEDAL: synth_pedal(s, e.value); break;
    case RELEASE:
    case RELEASE_AT_ONCE: synth_note_off(s, e.pitch); break;
    }
}

// Renders a block, from `loudness` to `loudness + slope` of what it is.
static bool write_block(Synth *s, Wav *w, float loudness, float slope, GError **error) {
    float left[SYNTH_BLOCK], right[SYNTH_BLOCK], both[SYNTH_BLOCK][2];
    synth_render(s, left, right, SYNTH_BLOCK);
    for (int i = 0; i < SYNTH_BLOCK; i++) {
        float g = loudness + slope * (float)i / SYNTH_BLOCK;
        both[i][0] = left[i] * g;
        both[i][1] = right[i] * g;
    }
    return wav_write(w, both[0], SYNTH_BLOCK, error);
}

static bool fade_out(Synth *s, Wav *w, GError **error) {
    int blocks = FADE_MS * synth_rate(s) / 1000 / SYNTH_BLOCK;
    for (int b = 0; b < blocks; b++)
        if (!write_block(s, w, 1 - (float)b / (float)blocks, -1 / (float)blocks, error))
            return false;
    synth_all_off(s);
    return true;
}

bool render_performance(const Performance *p, Synth *s, Wav *w, RenderProgress progress,
                        void *data, GError **error) {
    g_assert(w->channels == 2 && w->rate == synth_rate(s));
    size_t count, next = 0;
    g_autofree Event *events = events_of(p, &count);
    int rate = synth_rate(s);
    int64_t end = count ? frame_at(events[count - 1].time, rate) : 0;
    synth_all_off(s);
    for (int64_t frame = 0; next < count || synth_voices(s) > 0; frame += SYNTH_BLOCK) {
        bool go_on = frame < end + TAIL_SECONDS * rate;
        if (progress && frame % (ASK_BLOCKS * SYNTH_BLOCK) == 0)
            go_on &= progress(data, frame < end ? (double)frame / (double)end : 1);
        if (!go_on) return fade_out(s, w, error);
        while (next < count && frame_at(events[next].time, rate) < frame + SYNTH_BLOCK)
            apply(s, events[next++]);
        if (!write_block(s, w, 1, 0, error)) return false;
    }
    return true;
}
