// The installed models. Each data folder (app/base/paths.h) may hold model.safetensors,
// the shipped model, with the name "model", and models/NAME.safetensors, with the name
// NAME. The user's own models are in $XDG_DATA_HOME/par-midi/models. If two models have
// the same name, the first is used.
//
// A model's card is a text file beside it, NAME.md, or MODEL_CARD.md beside
// model.safetensors. As is usual for model cards, it may begin with a block of
// "key: value" lines between two lines "---". If the model's own metadata has no
// licence, `license` in this block is used.
#ifndef APP_BASE_MODELS_H
#define APP_BASE_MODELS_H

#include "model/files/model.h"

#define MODEL_SUFFIX ".safetensors"

typedef struct ModelCard {
    char *name, *path; // owned, as are all texts here
    char *trouble;     // why the file cannot be read (the rest is unset then), or NULL
    char *tokenizer;   // or NULL
    char *licence;     // or NULL
    double parameters;
    size_t bytes; // the bytes of the tensors
    int context;
    double nats; // per token, from the validation of its run; NaN: unknown
} ModelCard;

// Returns the paths of all models, sorted by name within a folder; to be freed with
// g_strfreev.
char **models_paths(void);

// Returns the path of the model with this name (the ending may be missing), to be
// freed, or NULL.
char *models_find(const char *name);

// Returns the path that a user's own model of this name has or would have; to be freed.
char *models_own_path(const char *name);

// Returns the name of the model with this path, which is from models_paths(); to be
// freed.
char *models_name(const char *path);

// Loads a model and its card, and reads the file only once. On failure both are
// unchanged.
bool model_card_load(const char *path, Model *ret_model, ModelCard *ret,
                     GError **error);
// Reads and checks the whole file. If it cannot be read, .trouble says why.
void model_card_read(const char *path, ModelCard *ret);

// Returns one line, to be freed: size, context, nats and licence, or the trouble.
char *model_card_text(const ModelCard *c);
void model_card_clear(ModelCard *c); // accepts a zeroed struct

#endif
