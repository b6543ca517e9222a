// Measures how fast a model trains, evaluates and generates. The tokens are random,
// with as many notes as music has, since the cost of recall depends on their number.
// The weights are those of a file, or random ones of a given shape.
#ifndef APP_COMMANDS_BENCH_H
#define APP_COMMANDS_BENCH_H

#include "model/files/model.h"
#include "model/kernels/pool.h"

typedef struct TrainingSpeed {
    double latents_second; // positions trained per second: forward, loss, backward,
                           // norm and AdamW of one window with the whole prefix; the
                           // median step
    double operations;     // that a step needs; a multiply-add counts as two
} TrainingSpeed;

// Measures training with a model of this shape, in bf16 if the pool is set so
// (pool_set_mixed()). Returns false if there is not enough memory.
bool bench_training(TrainingSpeed *ret, const Config *c, Pool *p, int steps);

// Measures how many latents are evaluated per second as by `par-midi eval`, in windows
// of several threads (model/train/predictors.h): forward and loss, a third of the
// operations of a training step. `threads` and `mixed` are as in predictors_new().
// Returns false if there is not enough memory.
bool bench_evaluation(double *ret_latents_second, const Config *c, int threads,
                      bool mixed, int steps);

typedef struct GenerationSpeed {
    double tokens_second;   // over all tokens
    double median, slowest; // seconds for one token
    double prefill; // seconds to the first logits of a prompt that fills the context
    double resync;  // the same after the prompt has grown by eight tokens
    double bytes_token; // bytes of weights and caches read for one token
    double start; // seconds from a loaded model to the first logits of that prompt
} GenerationSpeed;

// The model that generates.
typedef struct BenchModel {
    Config config;                // its context is the one to measure
    const Parameters *parameters; // of that shape; borrowed; NULL: random ones
    bool int8;
} BenchModel;

// Measures generation from a prompt that fills the context; tokens >= 2. Returns false
// if there is not enough memory.
bool bench_generation(GenerationSpeed *ret, const BenchModel *m, Pool *p, int tokens);

// Measures the same for several takes that are generated together.
enum { BENCH_TAKES = 8 };
typedef struct TakesSpeed {
    double tokens_second; // of all takes together
    double median;        // seconds for one token of each take
} TakesSpeed;
bool bench_takes(TakesSpeed *ret, const BenchModel *m, Pool *p, int tokens);

#endif
