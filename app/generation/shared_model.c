#include "app/generation/shared_model.h"

#include "app/base/inputs.h"
#include "app/base/paths.h"
#include "app/generation/continuation.h"
#include "model/files/memory.h"

static void free_model(SharedModel *m) {
    weights_free(m->weights);
    model_free(&m->model);
    model_card_clear(&m->card);
    g_free(m->card_text);
    g_free(m->path);
    g_free(m);
}

static bool load(SharedModel *m, const char *wanted, GError **error) {
    m->path = path_find_model(wanted, error);
    if (!m->path || !input_load_card(m->path, &m->model, &m->card, error) ||
        !continuation_tokenizer(&m->model, m->path, &m->tokenizer, error))
        return false;
    m->card_text = model_card_text(&m->card);
    m->weights = weights_new(&m->model, true);
    return m->weights || memory_lacks("this model", error);
}

SharedModel *shared_model_load(const char *wanted, GError **error) {
    SharedModel *m = g_new0(SharedModel, 1);
    references_init(&m->references, 1);
    if (load(m, wanted, error)) return m;
    shared_model_unref(m);
    return NULL;
}

SharedModel *shared_model_ref(SharedModel *m) {
    references_add(&m->references);
    return m;
}

void shared_model_unref(SharedModel *m) {
    if (m && references_drop(&m->references)) free_model(m);
}
