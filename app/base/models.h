// The models at hand. Each data folder (app/base/paths.h) may hold model.safetensors,
// the one that came along, named "model", and models/NAME.safetensors, named NAME. What
// a user trained lies in $XDG_DATA_HOME/par-midi/models. Of two with one name the first
// counts.
//
// A model's card is a text beside it, NAME.md, or MODEL_CARD.md beside
// model.safetensors. Like cards elsewhere it may begin with a block of "key: value"
// lines between two lines
// "---", in which `license` is looked for where the model's own metadata has none.
#ifndef APP_BASE_MODELS_H
#define APP_BASE_MODELS_H

#include "model/files/model.h"

#define MODEL_SUFFIX ".safetensors"

typedef struct ModelCard {
    char *name, *path; // owned, as all texts here
    char *trouble;     // why the file cannot be read, and then nothing below; or NULL
    char *tokenizer;   // or NULL
    char *licence;     // or NULL
    double parameters;
    size_t bytes; // of the tensors
    int context;
    double nats; // per token, of its run's validation; NaN: not known
} ModelCard;

// The paths of all of them, by name within a folder; free with g_strfreev.
char **models_paths(void);

// The path of the model of this name, with or without its ending, to be freed; or NULL.
char *models_find(const char *name);

// Where a user's own model of this name is, or would be; to be freed.
char *models_own_path(const char *name);

// The name by which a path from models_paths() is found; to be freed.
char *models_name(const char *path);

// Loads a model and what is to be said of it, from one reading of the file. On failure
// both are untouched.
bool model_card_load(const char *path, Model *ret_model, ModelCard *ret,
                     GError **error);
// Reads and checks the whole file; says in .trouble why it cannot be read.
void model_card_read(const char *path, ModelCard *ret);

// In one line, to be freed: size, context, nats and licence, or the trouble.
char *model_card_text(const ModelCard *c);
void model_card_clear(ModelCard *c); // accepts a zeroed struct

#endif
