#include "app/evaluation/verdict.h"

static int count(const Judge *j, Source s) { return (int)j->samples[s]->len; }
static const Sample *sample(const Judge *j, Source s, int i) {
    return &g_array_index(j->samples[s], Sample, (guint)i);
}

int verdict_numbers(const Judge *j) {
    return j->novelty ? VERDICT_NUMBERS : VERDICT_MATCH;
}
const char *verdict_key(int number) {
    return number == VERDICT_MATCH ? "longest_match" : statistic_keys[number];
}
const char *verdict_name(int number) {
    return number == VERDICT_MATCH ? "longest match, notes" : statistic_names[number];
}
static double number_of(const Sample *s, int number) {
    return number == VERDICT_MATCH ? s->match.notes : s->statistics.value[number];
}

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double quantile(const GArray *sorted, double share) {
    if (sorted->len == 0) return 0;
    double place = share * (sorted->len - 1);
    guint below = (guint)place, above = MIN(below + 1, sorted->len - 1);
    double a = g_array_index(sorted, double, below);
    double b = g_array_index(sorted, double, above);
    return a + (b - a) * (place - below);
}

// Frees the values.
static Spread spread(GArray *values) {
    g_array_sort(values, by_size);
    Spread ret = {quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)};
    g_array_unref(values);
    return ret;
}

static Spread spread_of_all(const Judge *j, int number, Source from, Source to) {
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    for (Source s = from; s <= to; s++)
        for (int i = 0; i < count(j, s); i++) {
            double value = number_of(sample(j, s, i), number);
            g_array_append_val(values, value);
        }
    return spread(values);
}

Spread verdict_spread(const Judge *j, int number, Source s) {
    return spread_of_all(j, number, s, s);
}

static bool beyond(double value, Spread s) { return value < s.low || value > s.high; }

double verdict_outside(const Judge *j, int number) {
    Spread played = spread_of_all(j, number, SOURCE_PIANIST, SOURCE_ELSEWHERE);
    int outside = 0;
    for (int i = 0; i < count(j, SOURCE_TAKES); i++)
        outside += beyond(number_of(sample(j, SOURCE_TAKES, i), number), played);
    return (double)outside / MAX(1, count(j, SOURCE_TAKES));
}

bool verdict_is_odd(const Judge *j, int number) {
    return beyond(verdict_spread(j, number, SOURCE_TAKES).median,
                  spread_of_all(j, number, SOURCE_PIANIST, SOURCE_ELSEWHERE));
}

double verdict_dying(const Judge *j, Source s, Death d) {
    bool silent = d == DEATH_SILENCE;
    Statistic end = silent ? STATISTIC_SILENCE_AT_END : STATISTIC_LOOP_AT_END;
    double limit = silent ? VERDICT_SILENCE : VERDICT_LOOP;
    int dying = 0;
    for (int i = 0; i < count(j, s); i++)
        dying += sample(j, s, i)->statistics.value[end] >= limit;
    return (double)dying / MAX(1, count(j, s));
}

double verdict_distance(const Judge *j, Histogram h, Distance from) {
    static const Source sources[DISTANCES] = {SOURCE_TAKES, SOURCE_ELSEWHERE,
                                              SOURCE_PIANIST};
    Source s = sources[from];
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    for (int i = 0; i < count(j, s); i++)
        for (int k = 0; k < count(j, SOURCE_PIANIST); k++) {
            const Sample *a = sample(j, s, i), *b = sample(j, SOURCE_PIANIST, k);
            if ((a->piece == b->piece) == (from == DISTANCE_OTHERS)) continue;
            double value = statistics_distance(a->statistics.histogram[h],
                                               b->statistics.histogram[h]);
            g_array_append_val(values, value);
        }
    return spread(values).median;
}
