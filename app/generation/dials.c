#include "app/generation/dials.h"

#include <math.h>
#include <string.h>

#define SECONDS_BEFORE 15.0 // before the cut; dials are relative to these
#define SECONDS_NOW    4.0
#define LIMIT                                                                          \
    3.0 // of a push: it makes a token at most 20 times as likely, or a twentieth
#define FEWEST 0.5 // the fewest weighted notes, or seconds, for a level

// `usual` is the mean level of MAESTRO's validation pieces.
const DialKind dial_kinds[DIALS] = {
    [DIAL_DENSITY] = {"density", 2, 1, 1.5, 5, 3.1, -2, 6},
    [DIAL_REGISTER] = {"register", 24, 12, 1, 8, 64, 24, 105},
    [DIAL_LOUDNESS] = {"loudness", 60, 16, 1, 8, 65, 5, 125},
    [DIAL_PEDAL] = {"pedal", 100, 50, 2.5, 5, 68, 0, 100},
    [DIAL_SPREAD] = {"spread", 8, 4, 1, 8, 10.8, 1, 30},
};

static bool are_moved(const Dials *d) {
    for (int i = 0; i < DIALS; i++)
        if (d->at[i] != 0) return true;
    return false;
}

double dial_said(Dial dial, double at) { return dial == DIAL_DENSITY ? exp2(at) : at; }

double dial_from_said(Dial dial, double said) {
    return dial == DIAL_DENSITY ? log2(said) : said;
}

static void pass(Meter *m, int64_t step, bool pedal) {
    if (step <= m->step) return;
    double left = exp(-(double)(step - m->step) / 100 / m->seconds);
    m->step = step;
    double *all[] = {&m->time,    &m->pedal,      &m->notes,
                     &m->pitches, &m->velocities, &m->distances};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] *= left;
    m->time += m->seconds * (1 - left);
    if (pedal) m->pedal += m->seconds * (1 - left);
}

static double mean_pitch(const Meter *m) {
    return m->notes > 0 ? m->pitches / m->notes : dial_kinds[DIAL_REGISTER].usual;
}

void meter_hear(Meter *m, const Decoder *decoder, Event event) {
    pass(m, decoder->step, decoder->pedal);
    if (event.kind != EVENT_ONSET) return;
    m->distances += fabs(event.pitch - mean_pitch(m));
    m->notes += 1;
    m->pitches += event.pitch;
    m->velocities += event.value;
}

bool meter_level(const Meter *m, Dial dial, double *ret) {
    if (m->time < FEWEST || (dial != DIAL_PEDAL && m->notes < FEWEST)) return false;
    switch (dial) {
    case DIAL_DENSITY: *ret = log2(m->notes / m->time); break;
    case DIAL_REGISTER: *ret = m->pitches / m->notes; break;
    case DIAL_LOUDNESS: *ret = m->velocities / m->notes; break;
    case DIAL_SPREAD: *ret = m->distances / m->notes; break;
    default: *ret = 100 * m->pedal / m->time; break;
    }
    return true;
}

void steering_init(Steering *s, const Dials *dials) {
    *s = (Steering){
        .dials = *dials, .before.seconds = SECONDS_BEFORE, .now.seconds = SECONDS_NOW};
}

static double error_of(const Steering *s, Dial dial) {
    const DialKind *kind = &dial_kinds[dial];
    double level;
    if (!meter_level(&s->now, dial, &level)) level = kind->usual;
    return (s->wanted[dial] - level) / kind->unit;
}

static double push_of(const Steering *s, Dial dial) {
    const DialKind *kind = &dial_kinds[dial];
    double sum = error_of(s, dial) + s->integral[dial] / kind->seconds;
    return CLAMP(kind->gain * sum, -LIMIT, LIMIT);
}

// The integral does not grow while the push is at its limit (anti-windup).
static void integrate(Steering *s, double seconds) {
    for (int dial = 0; dial < DIALS; dial++) {
        double error = error_of(s, dial), push = push_of(s, dial);
        bool full = fabs(push) >= LIMIT && (push > 0) == (error > 0);
        if (s->dials.at[dial] != 0 && !full) s->integral[dial] += error * seconds;
    }
}

void steering_hear(Steering *s, const Decoder *decoder, Event event) {
    int64_t before = s->now.step;
    meter_hear(&s->now, decoder, event);
    meter_hear(&s->before, decoder, event);
    if (s->begun) integrate(s, (double)(s->now.step - before) / 100);
}

void steering_begin(Steering *s) {
    s->begun = true;
    for (int dial = 0; dial < DIALS; dial++) {
        const DialKind *kind = &dial_kinds[dial];
        double level;
        if (!meter_level(&s->before, dial, &level)) level = kind->usual;
        level += s->dials.at[dial];
        s->wanted[dial] = CLAMP(level, kind->lowest, kind->highest);
    }
}

// A group of tokens among which a dial chooses. Their total probability does not
// change.
typedef struct Group {
    bool in[VOCABULARY_PEDAL];
} Group;

static double log_sum(const real *x, const Group *g, int vocabulary) {
    double most = -HUGE_VAL, sum = 0;
    for (Token t = 0; t < vocabulary; t++)
        if (g->in[t]) most = MAX(most, (double)x[t]);
    for (Token t = 0; t < vocabulary; t++)
        if (g->in[t]) sum += exp((double)x[t] - most);
    return most + log(sum);
}

static void tilt_within(real *x, const real *tilts, const Group *g, int vocabulary) {
    double before = log_sum(x, g, vocabulary);
    if (!isfinite(before)) return; // no legal token, or not finite
    for (Token t = 0; t < vocabulary; t++)
        if (g->in[t]) x[t] += tilts[t];
    double over = log_sum(x, g, vocabulary) - before;
    for (Token t = 0; t < vocabulary; t++)
        if (g->in[t]) x[t] -= (real)over;
}

// Two dials choose among the pitches that may be struck.
static void tilt_pitches(real *x, double higher, double wider, double mean,
                         const bool *legal, int vocabulary) {
    Group g = {0};
    real tilts[VOCABULARY_PEDAL] = {0};
    for (Token t = TOKEN_NOTE_ON; t < TOKEN_NOTE_OFF; t++) {
        double off = t - TOKEN_NOTE_ON - mean;
        g.in[t] = legal[t];
        tilts[t] = (real)((higher * off + wider * fabs(off)) / 12);
    }
    tilt_within(x, tilts, &g, vocabulary);
}

// A note without a VELOCITY before it keeps the last velocity, so not drawing a
// VELOCITY is a choice too.
static void tilt_loudness(real *x, double push, const bool *legal, const Grammar *g,
                          int vocabulary) {
    Group group = {0};
    real tilts[VOCABULARY_PEDAL] = {0};
    for (Token t = TOKEN_NOTE_ON; t < vocabulary; t++) {
        bool note = token_is_note_on(t), velocity = token_is_velocity(t);
        int bin = velocity ? t - TOKEN_VELOCITY : g->velocity;
        group.in[t] = legal[t] && (note || velocity);
        tilts[t] = (real)(push * (bin_velocity(bin) - 64) / 16);
    }
    tilt_within(x, tilts, &group, vocabulary);
}

// Here f is 1 for a note, and for a TIME_SHIFT minus the number of notes wanted in that
// time.
static void tilt_density(real *x, double push, double wanted) {
    double notes_a_step = exp2(wanted) / 100;
    for (Token t = TOKEN_NOTE_ON; t < TOKEN_NOTE_OFF; t++) x[t] += (real)push;
    for (Token t = TOKEN_VELOCITY; t < TOKEN_PEDAL_ON; t++) x[t] += (real)push;
    for (int n = 1; n <= STEPS_PER_SHIFT; n++)
        x[TOKEN_TIME_SHIFT + n - 1] -= (real)(push * notes_a_step * n);
}

const real *steering_tilt(const Steering *s, real *ret, const real *logits,
                          const bool *legal, const Grammar *g) {
    if (!are_moved(&s->dials)) return logits;
    int vocabulary = tokenizer_vocabulary(g->kind);
    memcpy(ret, logits, (size_t)vocabulary * sizeof *ret);
    bool note_must_follow = token_is_velocity(g->last);
    double push[DIALS];
    for (int dial = 0; dial < DIALS; dial++)
        push[dial] = s->dials.at[dial] == 0 ? 0 : push_of(s, dial);
    if (push[DIAL_REGISTER] != 0 || push[DIAL_SPREAD] != 0)
        tilt_pitches(ret, push[DIAL_REGISTER], push[DIAL_SPREAD],
                     s->wanted[DIAL_REGISTER], legal, vocabulary);
    if (push[DIAL_LOUDNESS] != 0 && !note_must_follow)
        tilt_loudness(ret, push[DIAL_LOUDNESS], legal, g, vocabulary);
    if (push[DIAL_DENSITY] != 0 && !note_must_follow)
        tilt_density(ret, push[DIAL_DENSITY], s->wanted[DIAL_DENSITY]);
    if (push[DIAL_PEDAL] != 0 && g->kind == TOKENIZER_PEDAL) {
        ret[TOKEN_PEDAL_ON] += (real)push[DIAL_PEDAL];
        ret[TOKEN_PEDAL_OFF] -= (real)push[DIAL_PEDAL];
    }
    return ret;
}
