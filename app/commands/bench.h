// How fast a shape trains and generates, with random weights and random tokens, of
// which as many are notes as in music: what is recalled depends on that.
#ifndef APP_COMMANDS_BENCH_H
#define APP_COMMANDS_BENCH_H

#include "model/config.h"
#include "model/kernels/pool.h"

typedef struct TrainingSpeed {
    double latents_second; // forward, loss, backward, norm and AdamW of one window, the
                           // whole prefix kept; the median step
    double operations;     // a step needs, multiply and add counted each
} TrainingSpeed;

// In bf16 if the pool is set so; see pool_set_mixed(). False: there is not the memory.
bool bench_training(TrainingSpeed *ret, const Config *c, Pool *p, int steps);

typedef struct GenerationSpeed {
    double tokens_second;   // over all tokens
    double median, slowest; // one token, seconds
    double prefill;     // a prompt of the whole context to its first logits, seconds
    double resync;      // the same prompt, eight tokens longer
    double bytes_token; // of weights and caches that a token reads, about
} GenerationSpeed;

// From a prompt that fills the context; tokens >= 2.
bool bench_generation(GenerationSpeed *ret, const Config *c, Pool *p, bool int8,
                      int tokens);

#endif
