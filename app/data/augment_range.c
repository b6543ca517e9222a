#include "app/data/augment_range.h"

#include <math.h>
#include <string.h>

const char *const augment_setting_names[] = {"transpose", "tempo", "loudness",
                                             "untouched"};
const AugmentRange augment_range_usual = {{-3, 0.95, 0, 0}, {3, 1.05, 0, 0}};

// The limits of the ranges in a cooldown.
static const struct {
    AugmentSetting setting;
    double least, most;
} narrow[] = {{AUGMENT_TRANSPOSE, -2, 2}, {AUGMENT_TEMPO, 0.97, 1.03}};

static const struct {
    double least, most;
    bool whole, single;
} bounds[AUGMENT_SETTINGS] = {
    [AUGMENT_TRANSPOSE] = {-127, 127, true, false},
    [AUGMENT_TEMPO] = {0.25, 4, false, false},
    [AUGMENT_LOUDNESS] = {-VELOCITY_BINS, VELOCITY_BINS, true, false},
    [AUGMENT_UNTOUCHED] = {0, 1, false, true},
};

void augment_range_narrow(AugmentRange *r) {
    for (size_t i = 0; i < G_N_ELEMENTS(narrow); i++) {
        AugmentSetting s = narrow[i].setting;
        r->least[s] = CLAMP(r->least[s], narrow[i].least, narrow[i].most);
        r->most[s] = CLAMP(r->most[s], narrow[i].least, narrow[i].most);
    }
}

static bool read_number(double *ret, const char *text, AugmentSetting s) {
    char *end;
    *ret = g_ascii_strtod(text, &end);
    return end != text && *end == 0 && *ret >= bounds[s].least &&
           *ret <= bounds[s].most && (!bounds[s].whole || *ret == floor(*ret));
}

bool augment_range_set(AugmentRange *r, AugmentSetting s, const char *text) {
    // The text is split before the numbers are read, since "-2..2" begins with the
    // number "-2.".
    const char *dots = strstr(text, "..");
    g_autofree char *first = dots ? g_strndup(text, (gsize)(dots - text))
                                  : g_strdup(text);
    double least, most;
    if (!read_number(&least, first, s)) return false;
    if (!read_number(&most, dots ? dots + 2 : first, s)) return false;
    if (most < least || (bounds[s].single && most > least)) return false;
    r->least[s] = least;
    r->most[s] = most;
    return true;
}

char *augment_range_text(const AugmentRange *r, AugmentSetting s) {
    char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_dtostr(a, sizeof a, r->least[s]);
    g_ascii_dtostr(b, sizeof b, r->most[s]);
    return bounds[s].single ? g_strdup(a) : g_strconcat(a, "..", b, NULL);
}

static double between(const AugmentRange *r, AugmentSetting s, Rng *rng) {
    double least = r->least[s], width = r->most[s] - least;
    if (!bounds[s].whole) return least + width * rng_uniform(rng);
    return least + rng_below(rng, (uint32_t)width + 1);
}

GArray *augment_range_draw(void *data, const Token *tokens, int count, int *place,
                           Rng *rng) {
    const AugmentRange *r = data;
    Augmentation a = {.semitones = (int)between(r, AUGMENT_TRANSPOSE, rng),
                      .tempo = between(r, AUGMENT_TEMPO, rng),
                      .loudness = (int)between(r, AUGMENT_LOUDNESS, rng)};
    if (rng_uniform(rng) < r->least[AUGMENT_UNTOUCHED]) return NULL;
    return augment_tokens(tokens, count, &a, place);
}
