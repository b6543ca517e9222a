#include "midi/analysis/tap.h"

#include <math.h>
#include <string.h>

// The greatest division that fits a header and is a multiple of those that
// programs use.
#define DIVISION 30720

// Returns the number of beats between the first two taps that begin a bar; 4
// by default.
static uint8_t beats_of(const Tap *taps, int count) {
    int before = -1;
    for (int i = 0; i < count; i++) {
        if (!taps[i].first) continue;
        if (before >= 0) return (uint8_t)(i - before);
        before = i;
    }
    return 4;
}

static int first_of(const Tap *taps, int count) {
    for (int i = 0; i < count; i++)
        if (taps[i].first) return i;
    return 0;
}

bool tap_bars(TappedBars *ret, const Tap *taps, int count) {
    if (count < TAP_LEAST || count > TAP_MOST) return false;
    double middle = (count - 1) / 2.0, mean = 0, slope = 0, spread = 0;
    for (int i = 0; i < count; i++) mean += (double)(taps[i].time - taps[0].time);
    mean /= count;
    for (int i = 0; i < count; i++) {
        slope += (i - middle) * (double)(taps[i].time - taps[0].time);
        spread += (i - middle) * (i - middle);
    }
    double period = round(slope / spread);
    if (!(period >= TAP_FASTEST && period <= TEMPO_MOST)) return false;
    double first = mean + (first_of(taps, count) - middle) * period;
    *ret = (TappedBars){(uint32_t)period, beats_of(taps, count),
                        MAX(taps[0].time + (int64_t)round(first), 0)};
    return true;
}

TempoMap *tap_tempo_map(const TappedBars *bars, const TempoMap *file) {
    TempoMap *m = tempo_map_new(DIVISION);
    int64_t part = bars->first % ((int64_t)bars->tempo * bars->beats);
    Metre metre = {.beats = bars->beats, .unit = 2, .clocks = 24, .quarter = 8};
    tempo_map_add_tempo(m, 0, bars->tempo);
    tempo_map_add_metre(m, metre);
    metre.tick = tempo_map_tick(m, part);
    if (metre.tick > 0) tempo_map_add_metre(m, metre);
    if (file && file->title) tempo_map_set_title(m, file->title, strlen(file->title));
    if (file && file->names) tempo_map_add_name(m, file->names, strlen(file->names));
    return m;
}
