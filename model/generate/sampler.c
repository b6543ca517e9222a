#include "model/generate/sampler.h"

#include <stdlib.h>

typedef struct Choice {
    Token token;
    double score;  // its logit
    double weight; // its probability over the likeliest's
} Choice;

// A model gone astray may give what is no number: still a token comes out.
static double score_of(real logit) {
    if (isnan(logit)) return -1e30;
    return CLAMP((double)logit, -1e30, 1e30);
}

// Likeliest first; of equals the lower id, so that every sort gives the same order.
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

// How many of the choices, the likeliest first, may be drawn.
static int cut(const Sampler *s, Choice *choices, int count) {
    if (s->temperature <= 0) return 1;
    if (s->top_k > 0) count = MIN(count, s->top_k);
    double total = 0;
    for (int i = 0; i < count; i++) {
        Choice *c = &choices[i];
        c->weight = exp((c->score - choices[0].score) / s->temperature);
        if (c->weight < s->min_p)
            count = i;
        else
            total += c->weight;
    }
    double reached = 0;
    for (int i = 0; i < count; i++) {
        reached += choices[i].weight;
        if (reached >= s->top_p * total) return i + 1;
    }
    return count;
}

static Token draw(const Choice *choices, int count, Rng *rng) {
    double total = 0;
    for (int i = 0; i < count; i++) total += choices[i].weight;
    double left = rng_uniform(rng) * total;
    for (int i = 0; i < count; i++) {
        left -= choices[i].weight;
        if (left < 0) return choices[i].token;
    }
    return choices[0].token; // rounding left a crumb
}

Token sampler_draw(const Sampler *s, const real *logits, const bool *legal,
                   int vocabulary, Rng *rng) {
    Choice *choices = g_new(Choice, vocabulary);
    Token token = -1;
    int count = gather(choices, logits, legal, vocabulary);
    if (count > 0) {
        count = cut(s, choices, count);
        token = count == 1 ? choices[0].token : draw(choices, count, rng);
    }
    g_free(choices);
    return token;
}
