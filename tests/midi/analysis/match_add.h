// Adds a whole performance to a collection (midi/analysis/match.h).
#ifndef TESTS_MIDI_ANALYSIS_MATCH_ADD_H
#define TESTS_MIDI_ANALYSIS_MATCH_ADD_H

#include "midi/analysis/line.h"
#include "midi/analysis/match.h"

static inline bool match_add(MatchIndex *m, const Performance *p) {
    Note *line = line_of(p);
    bool ok = match_add_line(m, line, p->note_count);
    g_free(line);
    return ok;
}

#endif
