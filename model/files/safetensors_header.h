// Reads and writes the JSON header of a safetensors file; see safetensors.h for the
// format. Errors are sentences without the name of the file. Checksums are SHA-256 in
// hexadecimal digits.
#ifndef MODEL_FILES_SAFETENSORS_HEADER_H
#define MODEL_FILES_SAFETENSORS_HEADER_H

#include "model/files/safetensors.h"

#define TENSOR_SUM "sha256" // a key of the metadata
#define HEADER_SUM "header_sha256"

// Fills in `s`, except sha256, bytes and the data of the tensors, from text[size],
// which is followed by a zero byte. The tensors must cover the file's `data_size`
// bytes, in order and without gaps. After a failure, call safetensors_clear() on `s`.
bool header_read(const char *text, size_t size, uint64_t data_size, Safetensors *s,
                 GError **error);

// Returns the checksum of the header, to be freed with g_free. It is computed with the
// digits of the checksum in the text set to zeros, which this function does.
char *header_sum(char *text, size_t size);

// Returns the text, padded so that the tensors begin at a multiple of 8 bytes.
GString *header_write(const char *const *metadata, const Tensor *tensors, size_t count,
                      const char *tensor_sum);

size_t tensor_bytes(const Tensor *t);

// Sets the error and evaluates to false, to be returned.
#define fail(error, ...) (g_set_error(error, SAFETENSORS_ERROR, 0, __VA_ARGS__), false)

#endif
