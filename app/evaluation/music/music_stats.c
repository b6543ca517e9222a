#include "app/evaluation/music/music_stats.h"

static int count(const MusicEval *eval, MusicSource s) {
    return (int)eval->samples[s]->len;
}
static const Sample *sample(const MusicEval *eval, MusicSource s, int i) {
    return &g_array_index(eval->samples[s], Sample, (guint)i);
}

int music_stats_numbers(const MusicEval *eval) {
    return eval->novelty ? MUSIC_STATS_NUMBERS : MUSIC_STATS_MATCH;
}
const char *music_stats_key(int number) {
    return number == MUSIC_STATS_MATCH ? "longest_match" : statistic_keys[number];
}
const char *music_stats_name(int number) {
    return number == MUSIC_STATS_MATCH ? "longest match, notes"
                                       : statistic_names[number];
}
static double number_of(const Sample *s, int number) {
    return number == MUSIC_STATS_MATCH ? s->match.notes : s->statistics.value[number];
}

static Spread spread_of_all(const MusicEval *eval, int number, MusicSource from,
                            MusicSource to) {
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    for (MusicSource s = from; s <= to; s++)
        for (int i = 0; i < count(eval, s); i++) {
            double value = number_of(sample(eval, s, i), number);
            g_array_append_val(values, value);
        }
    return spread_of(values);
}

Spread music_stats_spread(const MusicEval *eval, int number, MusicSource s) {
    return spread_of_all(eval, number, s, s);
}

static bool beyond(double value, Spread s) { return value < s.low || value > s.high; }

double music_stats_outside(const MusicEval *eval, int number) {
    Spread played = spread_of_all(eval, number, MUSIC_OF_PIANIST, MUSIC_ELSEWHERE);
    int outside = 0;
    for (int i = 0; i < count(eval, MUSIC_OF_TAKES); i++)
        outside += beyond(number_of(sample(eval, MUSIC_OF_TAKES, i), number), played);
    return (double)outside / MAX(1, count(eval, MUSIC_OF_TAKES));
}

bool music_stats_is_odd(const MusicEval *eval, int number) {
    return beyond(music_stats_spread(eval, number, MUSIC_OF_TAKES).median,
                  spread_of_all(eval, number, MUSIC_OF_PIANIST, MUSIC_ELSEWHERE));
}

double music_stats_ending(const MusicEval *eval, MusicSource s, Ending d) {
    bool silent = d == ENDS_IN_SILENCE;
    Statistic end = silent ? STATISTIC_SILENCE_AT_END : STATISTIC_LOOP_AT_END;
    double limit = silent ? MUSIC_STATS_SILENCE : MUSIC_STATS_LOOP;
    int ended = 0;
    for (int i = 0; i < count(eval, s); i++)
        ended += sample(eval, s, i)->statistics.value[end] >= limit;
    return (double)ended / MAX(1, count(eval, s));
}

double music_stats_distance(const MusicEval *eval, Histogram h, Distance from) {
    static const MusicSource sources[DISTANCES] = {MUSIC_OF_TAKES, MUSIC_ELSEWHERE,
                                                   MUSIC_OF_PIANIST};
    MusicSource s = sources[from];
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    for (int i = 0; i < count(eval, s); i++)
        for (int k = 0; k < count(eval, MUSIC_OF_PIANIST); k++) {
            const Sample *a = sample(eval, s, i),
                         *b = sample(eval, MUSIC_OF_PIANIST, k);
            if ((a->piece == b->piece) == (from == DISTANCE_OTHERS)) continue;
            double value = statistics_distance(a->statistics.histogram[h],
                                               b->statistics.histogram[h]);
            g_array_append_val(values, value);
        }
    return spread_of(values).median;
}
