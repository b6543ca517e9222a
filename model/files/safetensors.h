// safetensors files (github.com/huggingface/safetensors), read and written.
//
//   0        u64, little-endian: bytes of the header, n
//   8        JSON: {"__metadata__": {text: text}, NAME: {"dtype": "F32", "shape": [..],
//            "data_offsets": [begin, end]}, ...}, padded with spaces
//   8 + n    the tensors, row-major, little-endian, in order and without gaps
//
// The reader accepts arbitrary bytes safely: all arithmetic is checked, and every size
// is compared with the bytes left before anything is allocated. Offsets must be
// contiguous and names unique; there may be at most SAFETENSORS_MAX_TENSORS entries and
// a header of at most 100 MB.
//
// A file written here has two checksums in its metadata, which other readers ignore:
//   "sha256"         of the tensor bytes;
//   "header_sha256"  of the n bytes of the header, with its own 64 digits as zeros.
// A file must have both or neither, and present checksums must be right. So a flipped
// bit cannot make a file look like one without checksums.
#ifndef MODEL_FILES_SAFETENSORS_H
#define MODEL_FILES_SAFETENSORS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAFETENSORS_MAX_TENSORS 65536
#define SAFETENSORS_MAX_DIMS    4

// clang-format off
typedef enum Dtype {
    DTYPE_F32, DTYPE_BF16, DTYPE_F64, DTYPE_I32, DTYPE_I64, DTYPE_U8, DTYPE_I8,
} Dtype;
// clang-format on

size_t dtype_size(Dtype dtype); // bytes

typedef struct Tensor {
    const char *name; // UTF-8, without control characters, 1-255 bytes
    Dtype dtype;
    int dims; // 0: a scalar
    int64_t shape[SAFETENSORS_MAX_DIMS];
    const void
        *data; // row-major, maybe unaligned; borrowed from the file or the caller
} Tensor;

size_t tensor_elements(const Tensor *t);

typedef struct Safetensors {
    GHashTable *metadata; // owned; char * to char *
    Tensor *tensors;      // owned; in the order of their bytes
    size_t tensor_count;
    char *sha256;        // owned; of the tensor bytes, hexadecimal
    GHashTable *by_name; // owned; name to Tensor *
    GStringChunk *names; // owned
    uint8_t *bytes;      // owned; the memory that the tensors point into
} Safetensors;

// A zeroed Safetensors is empty. On failure `ret` is not changed, and the error is
// "PATH: [byte N:] what is wrong".
bool safetensors_read(const char *path, Safetensors *ret, GError **error);
bool safetensors_parse(const uint8_t *bytes, size_t size, const char *name,
                       Safetensors *ret, GError **error); // copies the bytes
void safetensors_clear(Safetensors *s);

const char *safetensors_metadata(const Safetensors *s, const char *key); // or NULL
const Tensor *safetensors_find(const Safetensors *s, const char *name);  // or NULL

// Converts the elements of a floating-point tensor to float. Returns false for other
// types.
bool tensor_to_float(const Tensor *t, float *ret);

// Writes the tensors in the order given, through replace.h. `metadata` is a
// NULL-terminated list of key, text, key, text ..., or NULL; the checksums are added.
bool safetensors_write(const char *path, const char *const *metadata,
                       const Tensor *tensors, size_t count, GError **error);

#define SAFETENSORS_ERROR safetensors_error_quark()
GQuark safetensors_error_quark(void);

#endif
