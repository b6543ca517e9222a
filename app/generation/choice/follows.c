#include "app/generation/choice/follows.h"

#include <glib.h>

void follows_cut(Follows *ret, const Performance *p, int64_t until) {
    *ret = (Follows){.until = until};
    Performance *m = &ret->music;
    bool says[PEDALS] = {false};
    performance_slice(m, p, until, G_MAXINT64);
    says[PEDAL_DAMPER] = m->pedal_count > 0 && m->pedal[0].time == until;
    for (size_t i = 0; i < m->move_count; i++)
        if (m->moves[i].time == until) says[m->moves[i].pedal] = true;
    for (Pedal pedal = 0; pedal < PEDALS; pedal++)
        if (!says[pedal]) performance_move_pedal(m, until, pedal, 0);
    for (size_t i = 0; i < p->note_count && p->notes[i].onset < until; i++)
        if (p->notes[i].release > until)
            ret->held_to[p->notes[i].pitch] = p->notes[i].release;
}

void follows_clear(Follows *f) {
    performance_clear(&f->music);
    *f = (Follows){0};
}

// Adds the notes of `before`. Notes that begin at the join or later are left out: the
// tokens that close a take may place some there.
static void add_before(Performance *ret, const Performance *before, const Follows *f) {
    for (size_t i = 0; i < before->note_count; i++) {
        Note n = before->notes[i];
        if (n.onset >= f->until) continue;
        if (n.release >= f->until) n.release = MAX(f->until, f->held_to[n.pitch]);
        performance_add_note(ret, n);
    }
    for (size_t i = 0; i < before->pedal_count; i++)
        if (before->pedal[i].time < f->until)
            performance_add_pedal(ret, before->pedal[i].time, before->pedal[i].value);
    for (size_t i = 0; i < before->move_count; i++) {
        PedalMove m = before->moves[i];
        if (m.time < f->until)
            performance_move_pedal(ret, m.time, (Pedal)m.pedal, m.value);
    }
}

void follows_join(Performance *ret, const Performance *before, const Follows *f) {
    performance_clear(ret);
    add_before(ret, before, f);
    const Performance *m = &f->music;
    for (size_t i = 0; i < m->note_count; i++) performance_add_note(ret, m->notes[i]);
    for (size_t i = 0; i < m->pedal_count; i++)
        performance_add_pedal(ret, m->pedal[i].time, m->pedal[i].value);
    for (size_t i = 0; i < m->move_count; i++)
        performance_move_pedal(ret, m->moves[i].time, (Pedal)m->moves[i].pedal,
                               m->moves[i].value);
    performance_finish(ret);
    ret->tempo = tempo_map_ref(m->tempo);
}
