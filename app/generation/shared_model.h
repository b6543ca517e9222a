// A model that several threads of the desktop app use at the same time. It is loaded
// once, never changed, and freed with the last reference.
#ifndef APP_GENERATION_SHARED_MODEL_H
#define APP_GENERATION_SHARED_MODEL_H

#include "app/base/models.h"
#include "midi/tokenizer.h"
#include "model/generate/weights.h"
#include "thread/references.h"

typedef struct SharedModel {
    References references;
    char *path; // owned, as are all texts here
    Model model;
    ModelCard card;
    char *card_text;  // one line, from model_card_text()
    Weights *weights; // in int8
    TokenizerKind tokenizer;
} SharedModel;

// Loads a model; `wanted` is as in path_find_model(). Returns NULL if it cannot be
// loaded or is not a model of music.
SharedModel *shared_model_load(const char *wanted, GError **error);
SharedModel *shared_model_ref(SharedModel *m);
void shared_model_unref(SharedModel *m); // any thread; accepts NULL

#endif
