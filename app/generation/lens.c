#include "app/generation/lens.h"

#include <math.h>
#include <string.h>

int64_t lens_step(const Token *tokens, int count, int index) {
    int64_t step = 0;
    for (int i = 0; i < MIN(count, index); i++)
        if (token_is_time_shift(tokens[i])) step += tokens[i] - TOKEN_TIME_SHIFT + 1;
    return step;
}

static void scale(GArray *notes) {
    float most = 0;
    for (guint i = 0; i < notes->len; i++)
        most = MAX(most, g_array_index(notes, LensNote, i).weight);
    // Attention is very uneven. Its square root makes more visible than the strongest
    // note.
    for (guint i = 0; most > 0 && i < notes->len; i++) {
        LensNote *n = &g_array_index(notes, LensNote, i);
        n->weight = sqrtf(n->weight / most);
    }
}

GArray *lens_notes(const Token *tokens, const Event *events, int count, int first,
                   const real *weights, const real *recalled) {
    GArray *ret = g_array_new(false, false, sizeof(LensNote));
    guint last[128]; // 1 + the index of each pitch's newest note
    memset(last, 0, sizeof last);
    float pending = 0; // weight of a VELOCITY, which belongs to the next onset
    for (int i = 0; i < count; i++) {
        Event e = events[i];
        float weight = i < first ? 0 : (float)weights[i - first];
        if (token_is_velocity(tokens[i])) pending += weight;
        if (e.kind == EVENT_ONSET) {
            LensNote n = {e.time / STEP_MICROSECONDS, e.pitch, weight + pending,
                          recalled && i >= first ? (float)recalled[i - first] : 0};
            pending = 0;
            g_array_append_val(ret, n);
            last[e.pitch] = ret->len;
        }
        if (e.kind == EVENT_RELEASE && last[e.pitch])
            g_array_index(ret, LensNote, last[e.pitch] - 1).weight += weight;
    }
    scale(ret);
    return ret;
}

void lens_spread(float *weights, float *recalled, const Performance *p,
                 const GArray *notes, int64_t origin) {
    memset(weights, 0, p->note_count * sizeof *weights);
    memset(recalled, 0, p->note_count * sizeof *recalled);
    guint at = 0;
    for (size_t i = 0; i < p->note_count; i++) {
        const Note *n = &p->notes[i];
        int64_t step = tokenizer_step(n->onset - origin);
        while (at < notes->len && g_array_index(notes, LensNote, at).step < step) at++;
        for (guint j = at; j < notes->len; j++) {
            const LensNote *lens = &g_array_index(notes, LensNote, j);
            if (lens->step > step) break;
            if (lens->pitch != n->pitch) continue;
            weights[i] = lens->weight;
            recalled[i] = lens->recalled;
        }
    }
}
