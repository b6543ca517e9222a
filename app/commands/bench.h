// Measures how fast a model trains, evaluates and generates. The tokens are random,
// with as many notes as music has, since the work of recall depends on that. The
// weights are those of a file, or random ones of a given shape.
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

// Measures training with a model of this shape, in bf16 if the pool is set so
// (pool_set_mixed()). Returns false if there is not enough memory.
bool bench_training(TrainingSpeed *ret, const Config *c, Pool *p, int steps);

typedef struct GenerationSpeed {
    double tokens_second;   // over all tokens
    double median, slowest; // one token, seconds
    double prefill; // from a prompt that fills the context to its first logits, seconds
    double resync;  // the same prompt, eight tokens longer
    double bytes_token; // of weights and caches that one token reads, approximately
    double start; // from a model in memory to the first logits of that prompt, seconds
} GenerationSpeed;

// The model that generates.
typedef struct BenchModel {
    Config config;                // its context is the one to measure
    const Parameters *parameters; // of that shape; borrowed. NULL: random ones
    bool int8;
} BenchModel;

// Measures generation from a prompt that fills the context; tokens >= 2. Returns false
// if there is not enough memory.
bool bench_generation(GenerationSpeed *ret, const BenchModel *m, Pool *p, int tokens);

// Measures the same for several takes that are generated together.
enum { BENCH_TAKES = 8 };
typedef struct TakesSpeed {
    double tokens_second; // of all takes
    double median;        // for one token of each take, seconds
} TakesSpeed;
bool bench_takes(TakesSpeed *ret, const BenchModel *m, Pool *p, int tokens);

#endif
