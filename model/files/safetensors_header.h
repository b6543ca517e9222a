// The header of a safetensors file, from JSON and to it; model/files/safetensors.h has
// its form. Errors are sentences without the file's name. Sums are SHA-256, in
// hexadecimal digits.
#ifndef MODEL_FILES_SAFETENSORS_HEADER_H
#define MODEL_FILES_SAFETENSORS_HEADER_H

#include "model/files/safetensors.h"

#define TENSOR_SUM "sha256" // keys of the metadata
#define HEADER_SUM "header_sha256"

// Fills all of `s` but sha256, bytes and the tensors' data from text[size], which a
// zero follows. The tensors are the file's `data_size` bytes, in order and without
// gaps. What a failure leaves in `s` is for safetensors_clear().
bool header_read(const char *text, size_t size, uint64_t data_size, Safetensors *s,
                 GError **error);

// The header's sum, to be freed with g_free: of the text with the sum in it as zeros,
// which this makes of its digits.
char *header_sum(char *text, size_t size);

// The text, padded so that the tensors begin at a multiple of 8 bytes.
GString *header_write(const char *const *metadata, const Tensor *tensors, size_t count,
                      const char *tensor_sum);

size_t tensor_bytes(const Tensor *t);

// To be returned: false, with the sentence.
#define fail(error, ...) (g_set_error(error, SAFETENSORS_ERROR, 0, __VA_ARGS__), false)

#endif
