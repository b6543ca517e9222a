// The shape of a model, as in a checkpoint's metadata.
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// An id below the vocabulary size. midi/vocabulary.h gives the meaning of the ids of
// music.
typedef int32_t Token;

// The letters are the paper's (Hawthorne et al. 2022); d, dh and r are in channels.
typedef struct Config {
    int vocabulary; // V
    int context;    // M: the most inputs that one prediction attends to
    int latents;    // N: the last positions, which go through the layers; N <= M
    int width;      // d
    int heads;      // h; each has dh = d / h channels
    int layers;     // L self-attention layers
    double rotary_wavelength; // the longest wavelength, in positions; M as trained
    bool places;              // the latents know their positions: rotary_places()

    // An addition to the paper's model: recall.h.
    int recall_heads;             // 0: the model has no recall
    int recall_layer;             // the layer before which recall is
    int recall_first, recall_end; // its entries are the tokens with ids in [first, end)

    // An addition to the paper's head: chords.h. Its entries are recall's.
    int chord_steps;          // within which entries form a chord; 0: none
    int time_first, time_end; // the tokens of 1, 2 .. steps have ids in [first, end)

    // Additions to the paper's self-attention: model/MODEL.md, "Gates and values".
    int gates;  // 1: each head's output is scaled by a gate
    int values; // 1: each layer adds to its values those of a table, a row a token

    // An addition to the paper's head: model/MODEL.md, "Soft cap". 0: none.
    int logit_cap;
} Config;

enum { CONFIG_CAP_MOST = 1000, CONFIG_CHORD_IDS = 128 };
enum { MLP_RATIO = 4 }; // the width of the MLP's hidden layer, relative to d
#define NORM_EPS 1e-5   // LayerNorm

static inline int config_head_width(const Config *c) { return c->width / c->heads; }

// Returns r, the number of a head's rotated channels: 2 * floor(dh / 4).
static inline int config_rotary(const Config *c) {
    return config_head_width(c) / 4 * 2;
}

// Returns R, the number of ids that recall's entries may have.
static inline int config_recalled(const Config *c) {
    return c->recall_end - c->recall_first;
}

enum { CONFIG_ROTARY_MOST = 1 << 12 }; // r of the widest model with one head

// Returns whether the numbers make a valid model: each is in range, d is a multiple of
// h, N <= M, and the ranges of ids are in the vocabulary. M d and recall's tables, (R +
// 2 V) d for each of its heads, must fit into 31 bits. The ranges guarantee this for
// the other products: M h, N V, N MLP_RATIO d, V d and MLP_RATIO d d.
bool config_check(const Config *c, GError **error);

#define MODEL_ERROR model_error_quark()
GQuark model_error_quark(void);

#endif
