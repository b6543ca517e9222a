#include "midi/analysis/statistics.h"

#include "midi/analysis/line.h"
#include "midi/analysis/loop.h"
#include "midi/vocabulary.h"

#include <math.h>

const char *const statistic_keys[STATISTICS] = {
    [STATISTIC_NOTES] = "notes_per_second",
    [STATISTIC_RANGE] = "pitch_range",
    [STATISTIC_VELOCITY] = "velocity",
    [STATISTIC_POLYPHONY] = "polyphony",
    [STATISTIC_CHORDS] = "chords",
    [STATISTIC_PEDAL] = "pedal",
    [STATISTIC_SIMILARITY] = "self_similarity",
    [STATISTIC_BLOCK] = "repeated_block",
    [STATISTIC_LOOP] = "loop_seconds",
    [STATISTIC_LOOP_AT_END] = "loop_seconds_at_end",
    [STATISTIC_SILENCE] = "silence_seconds",
    [STATISTIC_SILENCE_AT_END] = "silence_seconds_at_end",
};
const char *const statistic_names[STATISTICS] = {
    [STATISTIC_NOTES] = "notes a second",
    [STATISTIC_RANGE] = "pitch range, semitones",
    [STATISTIC_VELOCITY] = "velocity",
    [STATISTIC_POLYPHONY] = "keys down at a time",
    [STATISTIC_CHORDS] = "moments with chords",
    [STATISTIC_PEDAL] = "time with the pedal down",
    [STATISTIC_SIMILARITY] = "groups of notes heard before",
    [STATISTIC_BLOCK] = "longest repeated block, notes",
    [STATISTIC_LOOP] = "longest loop, seconds",
    [STATISTIC_LOOP_AT_END] = "loop at the end, seconds",
    [STATISTIC_SILENCE] = "longest silence, seconds",
    [STATISTIC_SILENCE_AT_END] = "silence at the end, seconds",
};
const char *const histogram_keys[HISTOGRAMS] = {
    [HISTOGRAM_CLASSES] = "pitch_classes",
    [HISTOGRAM_VELOCITIES] = "velocities",
    [HISTOGRAM_GAPS] = "onset_gaps",
};
const char *const histogram_names[HISTOGRAMS] = {
    [HISTOGRAM_CLASSES] = "pitch classes",
    [HISTOGRAM_VELOCITIES] = "velocities",
    [HISTOGRAM_GAPS] = "gaps between onsets",
};

// The span's notes, and the same notes as a line.
typedef struct Span {
    Performance p;
    Note *line; // p.note_count notes
    int64_t from, to;
    Statistics *ret;
} Span;

static double seconds(int64_t microseconds) { return (double)microseconds / 1e6; }

static int gap_bin(int64_t gap) {
    double octaves = log2((double)gap / STATISTICS_GAP);
    return CLAMP((int)floor(3 * octaves), 0, STATISTICS_BINS - 1);
}

static void measure_notes(Span *s) {
    double length = seconds(s->to - s->from), held = 0, velocity = 0;
    int lowest = 127, highest = 0, count = (int)s->p.note_count;
    for (int i = 0; i < count; i++) {
        Note n = s->p.notes[i];
        lowest = MIN(lowest, n.pitch);
        highest = MAX(highest, n.pitch);
        held += seconds(n.release - n.onset);
        velocity += n.velocity;
        s->ret->histogram[HISTOGRAM_CLASSES][n.pitch % 12]++;
        s->ret->histogram[HISTOGRAM_VELOCITIES][velocity_bin(n.velocity)]++;
    }
    s->ret->value[STATISTIC_NOTES] = count / length;
    s->ret->value[STATISTIC_RANGE] = MAX(0, highest - lowest);
    s->ret->value[STATISTIC_VELOCITY] = velocity / MAX(1, count);
    s->ret->value[STATISTIC_POLYPHONY] = held / length;
}

static void measure_moments(Span *s) {
    int moments = 0, chords = 0;
    int64_t last = s->from, silence = 0;
    for (size_t i = 0; i < s->p.note_count;) {
        size_t first = i;
        int64_t onset = s->line[first].onset;
        while (i < s->p.note_count && s->line[i].onset == onset) i++;
        if (moments > 0) s->ret->histogram[HISTOGRAM_GAPS][gap_bin(onset - last)]++;
        moments++;
        chords += i - first > 1;
        silence = MAX(silence, onset - last);
        last = onset;
    }
    s->ret->value[STATISTIC_CHORDS] = (double)chords / MAX(1, moments);
    s->ret->value[STATISTIC_SILENCE] = seconds(MAX(silence, s->to - last));
    s->ret->value[STATISTIC_SILENCE_AT_END] = seconds(s->to - last);
}

static void measure_pedal(Span *s) {
    int64_t down = 0, since = -1;
    for (size_t i = 0; i < s->p.pedal_count; i++) {
        PedalChange change = s->p.pedal[i];
        if (since >= 0) down += change.time - since;
        since = change.value >= PEDAL_DOWN ? change.time : -1;
    }
    if (since >= 0) down += s->to - since;
    s->ret->value[STATISTIC_PEDAL] = (double)down / (double)(s->to - s->from);
}

static void measure_loops(Span *s) {
    Loop loop = {0};
    int longest_block = 0;
    int64_t longest = 0;
    LoopPassage now = {0};
    for (size_t i = 0; i < s->p.note_count; i++) {
        loop_push(&loop, s->line[i].pitch, s->line[i].onset);
        for (int block = longest_block + 1; block <= LOOP_BLOCK; block++)
            if (loop.same[block] >= block) longest_block = block;
        now = loop_now(&loop);
        longest = MAX(longest, now.end - now.begin);
    }
    s->ret->value[STATISTIC_BLOCK] = longest_block;
    s->ret->value[STATISTIC_LOOP] = seconds(longest);
    s->ret->value[STATISTIC_LOOP_AT_END] = seconds(now.end - now.begin);
}

static int by_value(const void *a, const void *b) {
    const guint64 *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

// Groups of notes are equal if their 7 intervals are; these fit into one number.
static void measure_similarity(Span *s) {
    if (s->p.note_count < STATISTICS_GROUP) return;
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 group = 0;
    for (size_t i = 1; i < s->p.note_count; i++) {
        int interval = s->line[i].pitch - s->line[i - 1].pitch;
        group = (group << 8 | (guint8)interval) & (G_MAXUINT64 >> 8);
        if (i >= STATISTICS_GROUP - 1) g_array_append_val(groups, group);
    }
    g_array_sort(groups, by_value);
    guint again = 0;
    for (guint i = 1; i < groups->len; i++)
        again += g_array_index(groups, guint64, i) ==
                 g_array_index(groups, guint64, i - 1);
    s->ret->value[STATISTIC_SIMILARITY] = (double)again / groups->len;
    g_array_unref(groups);
}

static void make_shares(double *histogram) {
    double total = 0;
    for (int i = 0; i < STATISTICS_BINS; i++) total += histogram[i];
    for (int i = 0; i < STATISTICS_BINS && total > 0; i++) histogram[i] /= total;
}

void statistics_measure(Statistics *ret, const Performance *p, int64_t from,
                        int64_t to) {
    *ret = (Statistics){0};
    Span s = {.from = from, .to = to, .ret = ret};
    performance_slice(&s.p, p, from, to);
    s.line = line_of(&s.p);
    measure_notes(&s);
    measure_moments(&s);
    measure_pedal(&s);
    measure_loops(&s);
    measure_similarity(&s);
    for (int h = 0; h < HISTOGRAMS; h++) make_shares(ret->histogram[h]);
    g_free(s.line);
    performance_clear(&s.p);
}

static double sum(const double *p) {
    double total = 0;
    for (int i = 0; i < STATISTICS_BINS; i++) total += p[i];
    return total;
}

static double times_log(double p) { return p > 0 ? p * log2(p) : 0; }

double statistics_distance(const double p[STATISTICS_BINS],
                           const double q[STATISTICS_BINS]) {
    bool empty_p = sum(p) <= 0, empty_q = sum(q) <= 0;
    if (empty_p || empty_q) return empty_p != empty_q;
    double bits = 0;
    for (int i = 0; i < STATISTICS_BINS; i++)
        bits += (times_log(p[i]) + times_log(q[i])) / 2 - times_log((p[i] + q[i]) / 2);
    return CLAMP(bits, 0, 1);
}
