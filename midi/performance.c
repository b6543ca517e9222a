#include "midi/performance.h"

void performance_clear(Performance *p) {
    g_free(p->notes);
    g_free(p->pedal);
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

static int by_onset_and_pitch(const void *a, const void *b, void *unused) {
    const Note *x = a, *y = b;
    if (x->onset != y->onset) return x->onset < y->onset ? -1 : 1;
    return x->pitch - y->pitch;
}

static int by_time(const void *a, const void *b, void *unused) {
    const PedalChange *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static void finish_notes(Performance *p) {
    for (size_t i = 0; i < p->note_count; i++) {
        Note *note = &p->notes[i];
        note->onset = MAX(note->onset, 0);
        note->release = MAX(note->release, note->onset);
    }
    g_qsort_with_data(p->notes, (int)p->note_count, sizeof *p->notes,
                      by_onset_and_pitch, NULL);

    Note *last[128] = {0}; // of each pitch
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

void performance_finish(Performance *p) {
    finish_notes(p);
    finish_pedal(p);
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
    uint8_t at_start = 0;
    for (size_t i = 0; i < p->pedal_count && p->pedal[i].time <= from; i++)
        at_start = p->pedal[i].value;
    performance_add_pedal(ret, from, at_start);
    for (size_t i = 0; i < p->pedal_count; i++) {
        PedalChange change = p->pedal[i];
        if (change.time > from && change.time < to)
            performance_add_pedal(ret, change.time, change.value);
    }
    performance_finish(ret);
}
