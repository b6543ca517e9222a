// A model on disk and in memory: configuration, parameters and the name of the
// tokenizer, in one safetensors file. model/MODEL.md lists its metadata and tensor
// names. A loaded model is immutable and may be shared by threads.
#ifndef MODEL_FILES_MODEL_H
#define MODEL_FILES_MODEL_H

#include "model/files/safetensors.h"
#include "model/parameters.h"

typedef struct Model {
    Config config;
    Parameters parameters;
    char *tokenizer; // owned; NULL if the file names none
    char *hash;      // owned; sha256 of the tensors' bytes, hexadecimal
} Model;

// Fails if the file is not a Perceiver AR model, if its tensors are not those that its
// configuration implies, or if it holds a NaN or an infinity. On failure `ret` is not
// changed.
bool model_load(const char *path, Model *ret, GError **error);
bool model_from_safetensors(const Safetensors *file, const char *path, Model *ret,
                            GError **error);
void model_free(Model *m); // accepts a zeroed struct

// Writes the parameters as `dtype`: F32, or BF16 (rounded to nearest even). `extra` is
// NULL or a NULL-terminated list of key, text, ... for the metadata.
bool model_save(const char *path, const Config *c, const Parameters *p,
                const char *tokenizer, Dtype dtype, const char *const *extra,
                GError **error);

#endif
