// A model that several threads of the desktop use at the same time: loaded once, never
// changed, freed with the last reference.
#ifndef APP_GENERATION_SHARED_MODEL_H
#define APP_GENERATION_SHARED_MODEL_H

#include "app/base/models.h"
#include "midi/tokenizer.h"
#include "model/generate/weights.h"

typedef struct SharedModel {
    char *path; // owned, as all here
    Model model;
    ModelCard card;
    char *card_text;  // in one line, model_card_text()
    Weights *weights; // in int8
    TokenizerKind tokenizer;
} SharedModel;

// `wanted` as for path_find_model(). NULL if it cannot be loaded, or is none of music.
SharedModel *shared_model_load(const char *wanted, GError **error);
SharedModel *shared_model_ref(SharedModel *m);
void shared_model_unref(SharedModel *m); // any thread; accepts NULL

#endif
