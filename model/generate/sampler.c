#include "model/generate/sampler.h"

#include <stdlib.h>

typedef struct Choice {
    Token token;
    double score;  // its logit
    double weight; // its probability relative to the likeliest token's
} Choice;

// A broken model may give NaN; it counts as the least score, so that a token is
// always drawn.
static double score_of(real logit) {
    if (isnan(logit)) return -1e30;
    return CLAMP((double)logit, -1e30, 1e30);
}

// Likeliest first; of equally likely ones the lower id first, so that the order does
// not depend on the sort.
static int by_score(const void *a, const void *b) {
    const Choice *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->token - y->token;
}

static int gather(Choice *choices, const real *logits, const bool *legal,
                  int vocabulary) {
    int count = 0;
    for (Token t = 0; t < vocabulary; t++)
        if (!legal || legal[t])
            choices[count++] = (Choice){.token = t, .score = score_of(logits[t])};
    qsort(choices, (size_t)count, sizeof *choices, by_score);
    return count;
}

// Returns how many of `count` weights, the greatest first, are needed to reach the
// share p of their sum.
static int reach(const Choice *choices, int count, double p) {
    double total = 0, reached = 0;
    for (int i = 0; i < count; i++) total += choices[i].weight;
    for (int i = 0; i < count; i++) {
        reached += choices[i].weight;
        if (reached >= p * total) return i + 1;
    }
    return count;
}

// Returns how many of the choices, the likeliest first, may be drawn.
static int cut(const Sampler *s, Choice *choices, int count) {
    if (s->temperature <= 0) return 1;
    if (s->top_k > 0) count = MIN(count, s->top_k);
    for (int i = 0; i < count; i++) {
        Choice *c = &choices[i];
        c->weight = exp((c->score - choices[0].score) / s->temperature);
        if (c->weight < s->min_p) count = i;
    }
    return reach(choices, count, s->top_p);
}

static bool is_in(const SamplerRange *r, Token token) {
    return token >= r->first && token < r->end;
}

// Changes the weights of the choices in the range, keeping their sum.
static void sharpen(const SamplerRange *r, Choice *choices, int count) {
    if (r->temperature == 1 && r->top_p >= 1) return;
    Choice *among = g_new(Choice, count);
    int n = 0;
    double before = 0, after = 0;
    for (int i = 0; i < count; i++) {
        if (!is_in(r, choices[i].token)) continue;
        before += choices[i].weight;
        among[n++] = choices[i];
    }
    double top = n > 0 ? among[0].weight : 0, power = 1 / r->temperature;
    for (int i = 0; i < n; i++)
        among[i].weight = r->temperature > 0 ? pow(among[i].weight / top, power)
                                             : i == 0;
    int kept = before > 0 ? reach(among, n, r->top_p) : 0;
    for (int i = 0; i < kept; i++) after += among[i].weight;
    for (int i = 0, k = 0; i < count && kept > 0; i++) {
        if (!is_in(r, choices[i].token)) continue;
        choices[i].weight = k < kept ? before * among[k].weight / after : 0;
        k++;
    }
    g_free(among);
}

static Token draw(const Choice *choices, int count, Rng *rng) {
    double total = 0;
    for (int i = 0; i < count; i++) total += choices[i].weight;
    double left = rng_uniform(rng) * total;
    for (int i = 0; i < count; i++) {
        left -= choices[i].weight;
        if (left < 0) return choices[i].token;
    }
    return choices[0].token; // only through rounding errors
}

Token sampler_draw(const Sampler *s, const real *logits, const bool *legal,
                   int vocabulary, Rng *rng) {
    Choice *choices = g_new(Choice, vocabulary);
    Token token = -1;
    int count = gather(choices, logits, legal, vocabulary);
    if (count > 0) {
        count = cut(s, choices, count);
        if (count > 1) sharpen(&s->within, choices, count);
        token = count == 1 ? choices[0].token : draw(choices, count, rng);
    }
    g_free(choices);
    return token;
}
