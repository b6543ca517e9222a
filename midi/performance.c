#include "midi/performance.h"

void performance_clear(Performance *p) {
    g_free(p->notes);
    g_free(p->pedal);
    g_free(p->moves);
    tempo_map_unref(p->tempo);
    *p = (Performance){0};
}

static void *grow(void *items, size_t count, size_t *room, size_t item_size) {
    if (count < *room) return items;
    *room = *room ? *room * 2 : 64;
    return g_realloc_n(items, *room, item_size);
}

void performance_add_note(Performance *p, Note note) {
    p->notes = grow(p->notes, p->note_count, &p->note_room, sizeof *p->notes);
    p->notes[p->note_count++] = note;
}

void performance_add_pedal(Performance *p, int64_t time, uint8_t value) {
    p->pedal = grow(p->pedal, p->pedal_count, &p->pedal_room, sizeof *p->pedal);
    p->pedal[p->pedal_count++] = (PedalChange){time, value};
}

void performance_move_pedal(Performance *p, int64_t time, Pedal pedal, uint8_t value) {
    if (pedal == PEDAL_DAMPER) {
        performance_add_pedal(p, time, value);
        return;
    }
    p->moves = grow(p->moves, p->move_count, &p->move_room, sizeof *p->moves);
    p->moves[p->move_count++] = (PedalMove){time, (uint8_t)pedal, value};
}

static int by_onset_and_pitch(const void *a, const void *b, void *unused) {
    const Note *x = a, *y = b;
    if (x->onset != y->onset) return x->onset < y->onset ? -1 : 1;
    return x->pitch - y->pitch;
}

// Compares PedalChanges or PedalMoves; `time` is the first field of both.
static int by_time(const void *a, const void *b, void *unused) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void finish_notes(Performance *p) {
    for (size_t i = 0; i < p->note_count; i++) {
        Note *note = &p->notes[i];
        note->onset = MAX(note->onset, 0);
        note->release = MAX(note->release, note->onset);
    }
    g_qsort_with_data(p->notes, (int)p->note_count, sizeof *p->notes,
                      by_onset_and_pitch, NULL);

    Note *last[128] = {0}; // note of each pitch
    size_t kept = 0;
    for (size_t i = 0; i < p->note_count; i++) {
        Note note = p->notes[i];
        Note *before = last[note.pitch];
        if (before && before->onset == note.onset) {
            before->velocity = MAX(before->velocity, note.velocity);
            before->release = MAX(before->release, note.release);
            continue;
        }
        if (before) before->release = MIN(before->release, note.onset);
        last[note.pitch] = &p->notes[kept];
        p->notes[kept++] = note;
    }
    p->note_count = kept;
}

static void finish_pedal(Performance *p) {
    // The sort is stable, so a lift and a press at one moment keep their order.
    g_qsort_with_data(p->pedal, (int)p->pedal_count, sizeof *p->pedal, by_time, NULL);

    uint8_t value = 0;
    size_t kept = 0;
    for (size_t i = 0; i < p->pedal_count; i++) {
        PedalChange change = p->pedal[i];
        if (change.value == value) continue;
        value = change.value;
        change.time = MAX(change.time, 0);
        p->pedal[kept++] = change;
    }
    p->pedal_count = kept;
}

// Returns whether move `i` presses a pedal that is lifted at the same moment.
static bool lasts_no_time(const Performance *p, size_t i) {
    PedalMove move = p->moves[i];
    if (move.value < PEDAL_DOWN) return false;
    for (size_t k = i + 1; k < p->move_count && p->moves[k].time == move.time; k++)
        if (p->moves[k].pedal == move.pedal) return p->moves[k].value < PEDAL_DOWN;
    return false;
}

static void finish_moves(Performance *p) {
    g_qsort_with_data(p->moves, (int)p->move_count, sizeof *p->moves, by_time,
                      NULL); // stable
    uint8_t value[PEDALS] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < p->move_count; i++) {
        PedalMove move = p->moves[i];
        if (move.value == value[move.pedal] || lasts_no_time(p, i)) continue;
        value[move.pedal] = move.value;
        move.time = MAX(move.time, 0);
        p->moves[kept++] = move;
    }
    p->move_count = kept;
}

void performance_finish(Performance *p) {
    finish_notes(p);
    finish_pedal(p);
    finish_moves(p);
}

int64_t performance_end(const Performance *p) {
    int64_t end = p->pedal_count ? p->pedal[p->pedal_count - 1].time : 0;
    for (size_t i = 0; i < p->note_count; i++) end = MAX(end, p->notes[i].release);
    return end;
}

void performance_slice(Performance *ret, const Performance *p, int64_t from,
                       int64_t to) {
    performance_clear(ret);
    ret->tempo = tempo_map_ref(p->tempo);
    for (size_t i = 0; i < p->note_count; i++) {
        Note note = p->notes[i];
        if (note.onset < from || note.onset >= to) continue;
        note.release = MIN(note.release, to);
        performance_add_note(ret, note);
    }
    size_t at = 0; // the first change that is in it
    while (at < p->pedal_count && p->pedal[at].time < from) at++;
    bool says = at < p->pedal_count && p->pedal[at].time == from;
    if (at > 0 && !says) performance_add_pedal(ret, from, p->pedal[at - 1].value);
    for (; at < p->pedal_count && p->pedal[at].time < to; at++)
        performance_add_pedal(ret, p->pedal[at].time, p->pedal[at].value);
    for (size_t i = 0; i < p->move_count; i++) {
        PedalMove move = p->moves[i];
        if (move.time < to)
            performance_move_pedal(ret, MAX(move.time, from), (Pedal)move.pedal,
                                   move.value);
    }
    performance_finish(ret);
}

void performance_shift(Performance *p, int64_t by) {
    for (size_t i = 0; i < p->note_count; i++) {
        p->notes[i].onset += by;
        p->notes[i].release += by;
    }
    for (size_t i = 0; i < p->pedal_count; i++) p->pedal[i].time += by;
    for (size_t i = 0; i < p->move_count; i++) p->moves[i].time += by;
    if (!p->tempo) return;
    TempoMap *tempo = tempo_map_slice(p->tempo, MAX(-by, 0), TEMPO_MAP_LATEST);
    tempo_map_unref(p->tempo);
    p->tempo = tempo;
}
