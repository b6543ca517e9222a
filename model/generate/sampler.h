// Draws a token from logits.
//
// In this order: tokens that `legal` excludes are out; logits are divided by the
// temperature; top-k keeps the k likeliest, min-p those at least min_p times as likely
// as the likeliest (Nguyen 2024), top-p the fewest that together reach p (Holtzman
// 2020). Temperature 0 takes the likeliest. The likeliest legal token always stays.
#ifndef MODEL_GENERATE_SAMPLER_H
#define MODEL_GENERATE_SAMPLER_H

#include "model/config.h"
#include "model/real.h"
#include "model/rng.h"

#include <stdbool.h>

typedef struct Sampler {
    double temperature; // >= 0; 1 as trained
    double top_p;       // 0-1; 1: all
    double min_p;       // 0-1; 0: all
    int top_k;          // 0: all
} Sampler;

// Returns the token, or -1 if `legal` excludes all. legal: (V), NULL allows all.
Token sampler_draw(const Sampler *s, const real *logits, const bool *legal,
                   int vocabulary, Rng *rng);

#endif
