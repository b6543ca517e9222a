#include "model/generate/cross_kinds.h"

#include "model/files/memory.h"

#include <glib.h>

enum {
    LANES = LANES_HEADS,
    ANGLE = 1 << 14,       // what 1 is among the rounded angles
    MOST_FACTOR = 32700,   // below INT16_MAX, for errors of rounding
    MOST_FACTORS = 120000, // their sum: below INT32_MAX / ANGLE
};

real *cross_rows(int count, int columns) {
    return memory_new0((size_t)count * (size_t)columns * LANES, sizeof(real));
}

static void measure(CrossKinds *s) {
    for (int g = 0; g < s->G; g++)
        for (int v = 0; v < s->V; v++)
            for (int c = 0; c < s->r; c += 2)
                for (int i = 0; i < LANES; i++) {
                    const real *key = cross_row(s->turned, (g * s->V + v) * s->r + c);
                    real length = real_sqrt(key[i] * key[i] +
                                            key[LANES + i] * key[LANES + i]);
                    real *most = cross_row(s->longest, g * s->r / 2 + c / 2) + i;
                    *most = MAX(*most, length);
                }
}

static bool fill_angles(CrossKinds *s, int places, bool rounded) {
    int r = s->r, width = (r + 3) / 4 * 4;
    real angle[CONFIG_ROTARY_MOST];
    if (rounded)
        s->rounded = memory_new0((size_t)places * (size_t)width, sizeof(int16_t));
    else
        s->angles = memory_new((size_t)places * (size_t)r, sizeof(real));
    if (!s->rounded && !s->angles) return false;
    for (int p = 0; p < places; p++) {
        rotary_angles(rounded ? angle : s->angles + p * r, s->rotary, p);
        for (int c = 0; rounded && c < r; c++)
            s->rounded[p * width + c] = (int16_t)lrint(ANGLE * (double)angle[c]);
    }
    return true;
}

CrossKinds *cross_kinds_new(const real *kinds_k, const real *kinds_v,
                            const Rotary *rotary, const Config *c, bool rounded) {
    CrossKinds *s = g_new0(CrossKinds, 1);
    s->V = c->vocabulary, s->d = c->width, s->h = c->heads;
    s->dh = config_head_width(c), s->r = config_rotary(c);
    s->G = (c->heads + LANES - 1) / LANES;
    s->rotary = rotary;
    int r = s->r, rest = s->dh - s->r;
    s->turned = cross_rows(s->G * s->V, r);
    s->plain = cross_rows(s->G * s->V, rest);
    s->longest = cross_rows(s->G, r / 2);
    size_t count = (size_t)s->V * (size_t)s->d;
    s->values = memory_new(count, sizeof(real));
    if (!s->turned || !s->plain || !s->values || !s->longest ||
        !fill_angles(s, MIN(CROSS_ROUND, c->context), rounded)) {
        cross_kinds_free(s);
        return NULL;
    }
    memcpy(s->values, kinds_v, count * sizeof(real));
    for (int v = 0; v < s->V; v++)
        for (int i = 0; i < s->d; i++) {
            int head = i / s->dh, channel = i % s->dh;
            int kind = head / LANES * s->V + v;
            real *to = channel < r ? cross_row(s->turned, kind * r + channel)
                                   : cross_row(s->plain, kind * rest + channel - r);
            to[head % LANES] = kinds_k[(size_t)v * (size_t)s->d + (size_t)i];
        }
    measure(s);
    return s;
}

void cross_kinds_free(CrossKinds *k) {
    if (!k) return;
    memory_free(k->turned);
    memory_free(k->plain);
    memory_free(k->longest);
    memory_free(k->angles);
    memory_free(k->rounded);
    memory_free(k->values);
    g_free(k);
}

void cross_kinds_unit(const CrossKinds *k, real *unit, const real *q, int group) {
    for (int i = 0; i < LANES; i++) {
        real most = 0, sum = 0;
        for (int c = 0; c < k->r; c += 2) {
            real a = cross_row(q, c)[i], b = cross_row(q, c + 1)[i];
            real length = real_sqrt(a * a + b * b) *
                          cross_row(k->longest, (group * k->r + c) / 2)[i];
            most = MAX(most, length);
            sum += length;
        }
        unit[i] = MAX(most / MOST_FACTOR, sum / MOST_FACTORS) / ANGLE;
        unit[i] = MAX(unit[i], (real)1e-30);
    }
}

void cross_kinds_turn(const CrossKinds *k, real *to, const real *q, const real *unit,
                      int first) {
    real angle[CONFIG_ROTARY_MOST];
    rotary_angles(angle, k->rotary, first);
    for (int i = 0; i < LANES; i++) {
        real by = k->rounded ? 1 / (unit[i] * ANGLE) : 1;
        for (int c = 0; c < k->r; c += 2) {
            real a = by * cross_row(q, c)[i], b = by * cross_row(q, c + 1)[i];
            cross_row(to, c)[i] = a * angle[c] + b * angle[c + 1];
            cross_row(to, c + 1)[i] = b * angle[c] - a * angle[c + 1];
        }
    }
}

void cross_kinds_scores(const CrossKinds *k, real *s, const real *start, const real *q,
                        const real *unit, int group, int v, const uint16_t *order,
                        int count, real *room) {
    const Lanes *by = lanes();
    const real *key = cross_row(k->turned, (group * k->V + v) * k->r);
    if (k->rounded) {
        int16_t *factors = (int16_t *)(void *)room;
        by->turn_rounded(factors, key, q, k->r);
        by->scores_rounded(s, start, unit, k->rounded, order, count, factors, k->r);
    } else {
        by->turn(room, key, q, k->r);
        by->scores(s, start, k->angles, order, count, room, k->r);
    }
}
