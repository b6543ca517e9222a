// The small random model (tests/tiny_model.h) as a file.
#ifndef TESTS_TINY_MODEL_FILE_H
#define TESTS_TINY_MODEL_FILE_H

#include "tests/test.h"
#include "tests/tiny_model.h"

// Returns its path in the folder, to be freed.
static inline char *tiny_model_file(const char *folder) {
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 7);
    char *path = g_build_filename(folder, "tiny.safetensors", NULL);
    CHECK(
        model_save(path, &m.config, &m.parameters, m.tokenizer, DTYPE_F32, NULL, NULL));
    model_free(&m);
    return path;
}

#endif
