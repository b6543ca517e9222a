// How fast a model trains, evaluates and generates, with random tokens, of which as
// many are notes as in music: what is recalled depends on that. Its weights are those
// of a file, or random ones of a shape.
#ifndef APP_COMMANDS_BENCH_H
#define APP_COMMANDS_BENCH_H

#include "model/files/model.h"
#include "model/kernels/pool.h"

typedef struct TrainingSpeed {
    double latents_second; // forward, loss, backward, norm and AdamW of one window, the
                           // whole prefix kept; the median step
    double operations;     // a step needs, multiply and add counted each
    double evaluated_second; // latents too, of forward and loss alone, which are a
                             // third of the operations
} TrainingSpeed;

// Of the shape, in bf16 if the pool is set so; see pool_set_mixed(). False: there is
// not the memory.
bool bench_training(TrainingSpeed *ret, const Config *c, Pool *p, int steps);

typedef struct GenerationSpeed {
    double tokens_second;   // over all tokens
    double median, slowest; // one token, seconds
    double prefill;     // a prompt of the whole context to its first logits, seconds
    double resync;      // the same prompt, eight tokens longer
    double bytes_token; // of weights and caches that a token reads, about
    double start; // from a model in memory to the first logits of that prompt, seconds
} GenerationSpeed;

// What generates.
typedef struct BenchModel {
    Config config;                // its context is the one to measure
    const Parameters *parameters; // of that shape; borrowed. NULL: random ones
    bool int8;
} BenchModel;

// From a prompt that fills the context; tokens >= 2. False: there is not the memory.
bool bench_generation(GenerationSpeed *ret, const BenchModel *m, Pool *p, int tokens);

// The same of several takes that step together.
enum { BENCH_TAKES = 8 };
typedef struct TakesSpeed {
    double tokens_second; // of all takes
    double median;        // a token of each, seconds
} TakesSpeed;
bool bench_takes(TakesSpeed *ret, const BenchModel *m, Pool *p, int tokens);

#endif
