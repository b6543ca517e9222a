#include "app/commands/train/train_numbers.h"

#include "model/config.h"

#include <glib.h>

// clang-format off
const TrainNumberKind train_numbers[TRAIN_NUMBERS] = {
    [TRAIN_STEPS]    = {"steps", 1, 1e12, true, true, true, false, "Train for N optimizer steps"},
    [TRAIN_MINUTES]  = {"minutes", 1e-3, 1e6, false, true, true, false,
                        "Train for N minutes (default: " G_STRINGIFY(TRAIN_USUAL_MINUTES) ")"},
    [TRAIN_BATCH]    = {"batch", 1, 65536, true, false, true, false, "Windows per optimizer step"},
    [TRAIN_RATE]     = {"rate", 1e-9, 10, false, false, false, false, "Peak learning rate"},
    [TRAIN_WARMUP]   = {"warmup", 0, 1e9, true, false, false, false, "Steps until the peak learning rate"},
    [TRAIN_DECAY]    = {"decay", 0, 1, false, false, false, false, "Weight decay of matrices"},
    [TRAIN_DECAY_EPOCHS] = {"decay-epochs", 0, 1e6, false, false, true, false,
                            "Weight decay as a time constant in epochs, instead of --decay"},
    [TRAIN_AVERAGE]  = {"average", 0, 0.9999999, false, false, false, false,
                        "Keep a running average of the weights with this factor (default: 0, none)"},
    [TRAIN_BETA2]    = {"beta2", 0, 0.9999999, false, false, false, false, "Beta2 of AdamW"},
    [TRAIN_DROPOUT]  = {"dropout", 0, 0.99, false, false, true, false, "Dropout on the output of attention and MLP"},
    [TRAIN_KEEP]     = {"keep", 0, 1, false, false, true, false, "Share of the prefix that prefix dropout keeps"},
    [TRAIN_SPAN]     = {"span", 1, 1 << 20, true, false, true, false,
                        "With --keep: keep spans of N/4 to N tokens (default: 1, single tokens)"},
    [TRAIN_BIAS]     = {"bias", 0, 1, false, false, true, false,
                        "With --keep: 1 weighs the kept part as if it were the whole prefix, 0 does not (default: 0)"},
    [TRAIN_CONTEXT]  = {"context", 1, 1 << 20, true, false, false, false, "Context: tokens that a prediction attends to"},
    [TRAIN_LATENTS]  = {"latents", 1, 1 << 14, true, false, true, false, "Latents: positions in the self-attention layers"},
    [TRAIN_WIDTH]    = {"width", 4, 1 << 13, true, false, false, true, "Width: channels of the model"},
    [TRAIN_HEADS]    = {"heads", 1, 256, true, false, false, true, "Attention heads"},
    [TRAIN_LAYERS]   = {"layers", 0, 256, true, false, false, false, "Self-attention layers; with --from, at least as many as the model has"},
    [TRAIN_CAP]      = {"cap", 0, CONFIG_CAP_MOST, true, false, false, false,
                        "Soft cap: logits come near N at most; 0: none (default: " G_STRINGIFY(TRAIN_USUAL_CAP) " for new models of music but paper, else --from's)"},
    [TRAIN_SEED]     = {"seed", 0, 1e15, true, false, false, false, "The same seed gives the same model (default: 0)"},
    [TRAIN_VOCABULARY] = {"vocabulary", 1, 65535, true, false, false, false,
                          "With --ids: number of different ids (default: 256, for bytes)"},
    [TRAIN_THREADS]  = {"threads", 1, 1024, true, true, true, false, "Number of threads (default: every core)"},
    [TRAIN_VALIDATE_EVERY] = {"validate-every", 1, 1e9, true, true, true, false, "Steps between validations"},
    [TRAIN_SAVE_EVERY]     = {"save-every", 1, 1e9, true, true, true, false, "Steps between saves"},
    [TRAIN_REPORT_EVERY]   = {"report-every", 1, 1e9, true, true, true, false, "Steps between reports"},
};
// clang-format on
