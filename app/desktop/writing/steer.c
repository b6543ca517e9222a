#include "app/desktop/writing/steer.h"

#include <math.h>

G_STATIC_ASSERT((int)STEER_PEDAL == (int)DIAL_PEDAL &&
                (int)STEER_SPREAD == (int)DIAL_SPREAD && (int)STEER_CLOSENESS == DIALS);

// One step of a slider, as a fraction of half its range.
static const double steps[STEERS] = {
    [STEER_DENSITY] = 1. / 16,     [STEER_REGISTER] = 1. / 24,
    [STEER_LOUDNESS] = 1. / 30,    [STEER_PEDAL] = 1. / 20,
    [STEER_SPREAD] = 1. / 8,       [STEER_CLOSENESS] = 1. / 20,
    [STEER_TEMPERATURE] = 1. / 20, [STEER_FREEDOM] = 1. / 20};

// The range above the middle is larger than the range below it.
#define ABOVE (CONTINUATION_CLOSEST - CONTINUATION_CLOSENESS)

static double closeness_from(double at) {
    return CONTINUATION_CLOSENESS + at * (at > 0 ? ABOVE : CONTINUATION_CLOSENESS);
}

static double closeness_at(double closeness) {
    double off = closeness - CONTINUATION_CLOSENESS;
    return off / (off > 0 ? ABOVE : CONTINUATION_CLOSENESS);
}

static double to_hundredths(double value) { return round(value * 100) / 100; }

static bool is_temperature(Steer which) {
    return which == STEER_TEMPERATURE || which == STEER_FREEDOM;
}

double steer_said(Steer which, double at) {
    at = fabs(at) < 1e-9 ? 0 : CLAMP(at, -1, 1);
    if (which == STEER_CLOSENESS) return to_hundredths(closeness_from(at));
    if (is_temperature(which)) return to_hundredths(1 + at);
    Dial dial = (Dial)which;
    double value = at * dial_kinds[dial].most;
    return dial_said(dial, dial == DIAL_DENSITY ? value : round(value));
}

double steer_at(Steer which, double said) {
    if (which == STEER_CLOSENESS) return closeness_at(said);
    if (is_temperature(which)) return said - 1;
    return dial_from_said((Dial)which, said) / dial_kinds[which].most;
}

const char *steer_lacks(Steer which, const WriterModel *m) {
    if (m && which == STEER_PEDAL && m->tokenizer != TOKENIZER_PEDAL)
        return "This model knows nothing of the pedal.";
    if (m && which == STEER_CLOSENESS && !m->recalls)
        return "This model has no recall, which closeness would steer.";
    return NULL;
}

double steer_closeness(const double *said, const WriterModel *m) {
    return m && m->recalls ? said[STEER_CLOSENESS] : 1;
}

void steer_plan(const double *said, const WriterModel *m, Plan *ret) {
    ret->closeness = steer_closeness(said, m);
    ret->sampler.temperature = said[STEER_TEMPERATURE];
    ret->sampler.within.temperature = said[STEER_FREEDOM];
    for (Dial dial = 0; dial < DIALS; dial++)
        ret->dials.at[dial] = dial_from_said(dial, said[dial]);
    if (steer_lacks(STEER_PEDAL, m)) ret->dials.at[DIAL_PEDAL] = 0;
}

void steer_show(const double *said, const WriterModel *m, View *ret) {
    for (Steer i = 0; i < STEERS; i++)
        ret->generation.steer[i] = (ViewSteer){.at = steer_at(i, said[i]),
                                               .step = steps[i],
                                               .said = said[i],
                                               .lacks = steer_lacks(i, m)};
}
