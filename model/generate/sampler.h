// Draws a token from logits.
//
// In this order: tokens that `legal` excludes are out; logits are divided by the
// temperature; top-k keeps the k likeliest, min-p those at least min_p times as likely
// as the likeliest (Nguyen 2024), top-p the fewest that together reach p (Holtzman
// 2020). Temperature 0 takes the likeliest. The likeliest legal token always stays.
//
// Then the choice within one range of ids, such as the NOTE_ONs, may be made more
// careful, or bolder, than that among the kinds of tokens. Of the tokens that are left,
// with probabilities p, those of the range become
//
//     q_i = P p_i^(1/T) / sum of p_j^(1/T)        P = the sum of p_j: the range's
//
// over the fewest likeliest of them whose p^(1/T) reach the share top_p of all of
// theirs. So whether the next token is one of them stays as likely as it was, and so
// does every other token.
#ifndef MODEL_GENERATE_SAMPLER_H
#define MODEL_GENERATE_SAMPLER_H

#include "model/config.h"
#include "model/real.h"
#include "model/rng.h"

#include <stdbool.h>

// The range is [first, end); an empty one changes nothing, nor do 1 and 1.
typedef struct SamplerRange {
    Token first, end;
    double temperature; // T >= 0; 0: the likeliest has all of P
    double top_p;       // 0-1; 1: all
} SamplerRange;

typedef struct Sampler {
    double temperature;  // >= 0; 1 as trained
    double top_p;        // 0-1; 1: all
    double min_p;        // 0-1; 0: all
    int top_k;           // 0: all
    SamplerRange within; // zeroed: none
} Sampler;

// Returns the token, or -1 if `legal` excludes all. legal: (V), NULL allows all.
Token sampler_draw(const Sampler *s, const real *logits, const bool *legal,
                   int vocabulary, Rng *rng);

#endif
