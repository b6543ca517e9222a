// A small random model: it knows no music, but every token has a chance.
#ifndef TESTS_TINY_MODEL_H
#define TESTS_TINY_MODEL_H

#include "midi/vocabulary.h"
#include "model/files/model.h"

// The context is short, so that tests go beyond it. Its additions to the paper's model
// are those of the configuration `added`; NULL: none.
static inline void tiny_model_with(Model *ret, TokenizerKind kind, uint64_t seed,
                                   const Config *added) {
    Config c = {.vocabulary = tokenizer_vocabulary(kind),
                .context = 96,
                .latents = 32,
                .width = 32,
                .heads = 2,
                .layers = 2,
                .rotary_wavelength = 96};
    if (added) {
        c.recall_heads = added->recall_heads;
        c.recall_layer = added->recall_layer;
        c.recall_first = added->recall_first;
        c.recall_end = added->recall_end;
        c.chord_steps = added->chord_steps;
        c.time_first = added->time_first;
        c.time_end = added->time_end;
        c.gates = added->gates;
        c.values = added->values;
        c.logit_cap = added->logit_cap;
    }
    Rng rng = rng_new(seed, 1);
    *ret = (Model){.config = c,
                   .tokenizer = g_strdup(tokenizer_name(kind)),
                   .hash = g_strdup("none")};
    parameters_new(&ret->parameters, &c);
    parameters_initialise(&ret->parameters, &c, &rng);
    // The head begins at zero, which would make every token equally likely.
    for (int i = 0; i < c.vocabulary * c.width; i++)
        ret->parameters.head.weight[i] = (real)(0.3 * rng_normal(&rng));
}

static inline void tiny_model(Model *ret, TokenizerKind kind, uint64_t seed) {
    tiny_model_with(ret, kind, seed, NULL);
}

#endif
