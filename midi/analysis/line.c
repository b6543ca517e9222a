#include "midi/analysis/line.h"

#include <stdlib.h>

static int by_onset_and_pitch(const void *a, const void *b) {
    const Note *x = a, *y = b;
    if (x->onset != y->onset) return x->onset < y->onset ? -1 : 1;
    return x->pitch - y->pitch;
}

Note *line_of(const Performance *p) {
    Note *line = g_memdup2(p->notes, p->note_count * sizeof *p->notes);
    int64_t chord = 0;
    for (size_t i = 0; i < p->note_count; i++) {
        if (i == 0 || line[i].onset - chord > LINE_CHORD) chord = line[i].onset;
        line[i].onset = chord;
    }
    if (line) qsort(line, p->note_count, sizeof *line, by_onset_and_pitch);
    return line;
}
