#include "app/evaluation/music/form.h"

#include "app/evaluation/music/compression.h"
#include "app/evaluation/spread.h"
#include "midi/analysis/returns.h"
#include "midi/analysis/structure.h"

#include <math.h>

const char *const form_keys[FORM_NUMBERS] = {
    [FORM_BELOW_4] = "heard_below_4_s",
    [FORM_BELOW_15] = "heard_below_15_s",
    [FORM_BELOW_30] = "heard_below_30_s",
    [FORM_BELOW_60] = "heard_below_60_s",
    [FORM_LATER] = "heard_60_s_or_more",
    [FORM_NEVER] = "never_heard",
    [FORM_RETURN] = "return_rate",
    [FORM_CHANCE] = "return_rate_by_chance",
    [FORM_RETURN_SHORT] = "return_rate_of_5_notes",
    [FORM_CHANCE_SHORT] = "return_rate_of_5_notes_by_chance",
    [FORM_SHORT] = "structure_short",
    [FORM_MIDDLE] = "structure_middle",
    [FORM_LONG] = "structure_long",
    [FORM_COMPRESSION] = "compression",
};
const char *const form_names[FORM_NUMBERS] = {
    [FORM_BELOW_4] = "8 notes heard < 4 s ago",
    [FORM_BELOW_15] = "  4-15 s ago",
    [FORM_BELOW_30] = "  15-30 s ago",
    [FORM_BELOW_60] = "  30-60 s ago",
    [FORM_LATER] = "  60 s ago or more",
    [FORM_NEVER] = "  never",
    [FORM_RETURN] = "return rate, 8 notes",
    [FORM_CHANCE] = "  by chance",
    [FORM_RETURN_SHORT] = "return rate, 5 notes",
    [FORM_CHANCE_SHORT] = "  by chance",
    [FORM_SHORT] = "structure of 3-8 s",
    [FORM_MIDDLE] = "  of 8-15 s",
    [FORM_LONG] = "  of 15 s and more",
    [FORM_COMPRESSION] = "compression vs. shuffled",
};

void form_join(Performance *ret, const FormMusic *m) {
    for (size_t i = 0; i < m->before->note_count; i++)
        performance_add_note(ret, m->before->notes[i]);
    for (size_t i = 0; i < m->span->note_count; i++) {
        Note n = m->span->notes[i];
        n.onset += m->offset;
        n.release += m->offset;
        performance_add_note(ret, n);
    }
    performance_finish(ret);
}

static double by_chance(const Performance *p, const FormMusic *m, int notes) {
    if (m->others->len == 0) return (double)NAN;
    GArray *rates = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < m->others->len; i++) {
        Returns r;
        returns_measure(&r, p, m->offset, notes, m->others->pdata[i]);
        g_array_append_val(rates, r.rate);
    }
    return spread_of(rates).median;
}

void form_measure(double ret[FORM_NUMBERS], const FormMusic *m) {
    Performance whole = {0};
    Returns r;
    form_join(&whole, m);
    returns_measure(&r, &whole, m->offset, 8, NULL);
    for (int i = 0; i < RETURN_LAGS; i++) ret[FORM_BELOW_4 + i] = r.share[i];
    ret[FORM_RETURN] = r.rate;
    ret[FORM_CHANCE] = by_chance(&whole, m, 8);
    returns_measure(&r, &whole, m->offset, 5, NULL);
    ret[FORM_RETURN_SHORT] = r.rate;
    ret[FORM_CHANCE_SHORT] = by_chance(&whole, m, 5);
    structure_measure(ret + FORM_SHORT, m->span, 0, m->length);
    ret[FORM_COMPRESSION] = compression_measure(m->span);
    performance_clear(&whole);
}
