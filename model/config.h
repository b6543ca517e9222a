// The shape of a model: what a checkpoint's metadata says.
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// An id below the vocabulary; what it means is in midi/vocabulary.h.
typedef int32_t Token;

// The letters are the paper's (Hawthorne et al. 2022); d, dh and r are in channels.
typedef struct Config {
    int vocabulary; // V
    int context;    // M: the most inputs that one prediction attends to
    int latents;    // N: the last positions, which go through the stack; N <= M
    int width;      // d
    int heads;      // h; each has dh = d / h channels
    int layers;     // L self-attention layers
    double rotary_wavelength; // the longest, in positions; M as trained
    bool places;              // latents know where they stand: rotary_places()

    // An addition to the paper's: recall.h.
    int recall_heads;             // 0: there is none
    int recall_layer;             // before which it stands
    int recall_first, recall_end; // which tokens it looks for: ids in [first, end)
} Config;

enum { MLP_RATIO = 4 }; // channels of the MLP's hidden layer, in widths
#define NORM_EPS 1e-5   // LayerNorm

static inline int config_head_width(const Config *c) { return c->width / c->heads; }

// r: how many of a head's channels are rotated, 2 * floor(dh / 4).
static inline int config_rotary(const Config *c) {
    return config_head_width(c) / 4 * 2;
}

// R: how many ids the tokens that are recalled may have.
static inline int config_recalled(const Config *c) {
    return c->recall_end - c->recall_first;
}

enum { CONFIG_ROTARY_MOST = 1 << 12 }; // r of the widest model's one head

// Whether the numbers make a model: each in range, d a multiple of h, N <= M, what is
// recalled within the vocabulary, and M d within 31 bits, as the other products that
// are computed with are by the ranges: M h, N V, N MLP_RATIO d, V d and MLP_RATIO d d;
// and what recall reads, (R + 2 V) d for each of its heads.
bool config_check(const Config *c, GError **error);

#define MODEL_ERROR model_error_quark()
GQuark model_error_quark(void);

#endif
