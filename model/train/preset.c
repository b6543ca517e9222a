#include "model/train/trainer.h"

#include "model/perceiver.h"
#include "model/train/optimizer/optimizer.h"
#include "model/train/schedule.h"

#include <string.h>

// clang-format off
static const struct {
    const char *name;
    int context, latents, width, heads, layers, batch;
    bool muon;
    double rate, beta2, decay;
    int warmup;
    double dropout; // it helps from about the second epoch on
    double keep;
} presets[] = {
    {"tiny",  2048,  256,  128,  4,  4,  2, true,  3e-3,   0.98,  0.1,    200, 0, 0.5},
    {"small", 4096,  512,  192,  6,  5,  2, true,  3e-3,   0.98,  0.1,    200, 0, 0.5},
    {"base",  8192, 1024,  512,  8,  8,  4, false, 6e-4,   0.98,  0.01,   500, 0.1, 0.5},
    {"paper", 4096, 2048, 1024, 16, 12, 16, false, 3e-4,   0.999, 0.01, 10000, 0.1, 0.5},
    {"copy",  4096,  256,  128,  2,  1, 16, false, 3e-3,   0.98,  0.01,   100, 0, 1},
};
// clang-format on

const char *const train_presets[] = {"tiny", "small", "base", "paper", NULL};

const char *const train_windows[] = {"anywhere", "epoch", NULL};

bool train_preset(TrainOptions *ret, const char *name) {
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        if (strcmp(name, presets[i].name) != 0) continue;
        *ret = (TrainOptions){
            .config = {.context = presets[i].context,
                       .latents = presets[i].latents,
                       .width = presets[i].width,
                       .heads = presets[i].heads,
                       .layers = presets[i].layers,
                       .rotary_wavelength = presets[i].context},
            .batch = presets[i].batch,
            .muon = presets[i].muon,
            .rate = presets[i].rate,
            .warmup = presets[i].warmup,
            .decay = presets[i].decay,
            .beta2 = presets[i].beta2,
            .dropout = presets[i].dropout,
            .keep = presets[i].keep,
            .clip = 1,
            .mixed = 1,
        };
        return true;
    }
    return false;
}

bool train_copies(const TrainOptions *o) {
    return g_strcmp0(o->tokenizer, COPY_TOKENIZER) == 0;
}

size_t train_memory(const TrainOptions *o) {
    Config c = schedule_largest(o);
    return (o->average > 0 ? 3 : 2) * parameters_count(&c) * sizeof(real) +
           optimizer_memory(&c) + perceiver_memory(&c, c.context, c.latents);
}
