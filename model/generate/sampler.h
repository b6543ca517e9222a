// Draws a token from logits.
//
// The steps are, in this order: drop the tokens that `legal` excludes; divide the
// logits by the temperature; keep the k likeliest (top-k), those at least min_p times
// as likely as the likeliest (min-p, Nguyen 2024), and the fewest that together reach p
// (top-p, Holtzman 2020). Temperature 0 takes the likeliest. The likeliest legal token
// always remains.
//
// Then one range of ids, such as the NOTE_ONs, may get a temperature and a top-p of its
// own, which change the choice within the range but not the choice between the range
// and other tokens. Let p be the probabilities of the remaining tokens. Those in the
// range become
//
//     q_i = P p_i^(1/T) / sum of p_j^(1/T)        P = sum of p_j: the range's share
//
// where the first sum runs over the fewest, likeliest tokens whose p^(1/T) reach the
// share top_p of the range's total. So the probability that the next token is in the
// range does not change, nor does that of any token outside it.
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
