#include "audio/files/render.h"

#include "midi/event.h"

#define TAIL_SECONDS 10
#define FADE_MS      50
#define ASK_BLOCKS   256 // about three times for each second of music

static int64_t frame_at(int64_t time, int rate) {
    return time / 1000000 * rate + time % 1000000 * rate / 1000000;
}

static void apply(Synth *s, Event e) {
    switch ((EventKind)e.kind) {
    case EVENT_ONSET: synth_note_on(s, e.pitch, e.value); break;
    case EVENT_PEDAL: synth_pedal(s, (Pedal)e.pitch, e.value); break;
    case EVENT_RELEASE: synth_note_off(s, e.pitch); break;
    case EVENT_TIME:
    case EVENT_KINDS: break;
    }
}

// Renders a block with a gain from `loudness` to `loudness + slope`.
static bool write_block(Synth *s, SoundFile *f, float loudness, float slope,
                        GError **error) {
    float left[SYNTH_BLOCK], right[SYNTH_BLOCK], both[SYNTH_BLOCK][2];
    synth_render(s, left, right, SYNTH_BLOCK);
    for (int i = 0; i < SYNTH_BLOCK; i++) {
        float g = loudness + slope * (float)i / SYNTH_BLOCK;
        both[i][0] = left[i] * g;
        both[i][1] = right[i] * g;
    }
    return sound_file_write(f, both[0], SYNTH_BLOCK, error);
}

static bool fade_out(Synth *s, SoundFile *f, GError **error) {
    int blocks = FADE_MS * synth_rate(s) / 1000 / SYNTH_BLOCK;
    for (int b = 0; b < blocks; b++)
        if (!write_block(s, f, 1 - (float)b / (float)blocks, -1 / (float)blocks, error))
            return false;
    synth_all_off(s);
    return true;
}

bool render_performance(const Performance *p, Synth *s, SoundFile *f,
                        RenderProgress progress, void *data, GError **error) {
    g_assert(f->format.rate == synth_rate(s));
    g_autoptr(GArray) all = events_of(p);
    const Event *events = (const Event *)(void *)all->data;
    guint count = all->len, next = 0;
    int rate = synth_rate(s);
    int64_t end = count ? frame_at(events[count - 1].time, rate) : 0;
    synth_all_off(s);
    for (int64_t frame = 0; next < count || !synth_is_silent(s); frame += SYNTH_BLOCK) {
        bool go_on = frame < end + TAIL_SECONDS * rate;
        if (progress && frame % (ASK_BLOCKS * SYNTH_BLOCK) == 0)
            go_on &= progress(data, frame < end ? (double)frame / (double)end : 1);
        if (!go_on) return fade_out(s, f, error);
        while (next < count && frame_at(events[next].time, rate) < frame + SYNTH_BLOCK)
            apply(s, events[next++]);
        if (!write_block(s, f, 1, 0, error)) return false;
    }
    return true;
}
