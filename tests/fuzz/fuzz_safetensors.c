// Reads any bytes as a safetensors file. The result must be a sentence, or tensors of
// which each byte can be read.
#include "model/files/safetensors.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

// If the first byte says so, sets the header's length to the place of the first
// newline, where the tensors' bytes begin. So most inputs reach the parsing of JSON.
static uint8_t *with_length(const uint8_t *data, size_t size, bool right) {
    uint8_t *bytes = g_memdup2(data, size);
    const uint8_t *end = right && size > 8 ? memchr(data + 8, '\n', size - 8) : NULL;
    uint64_t length = end ? (uint64_t)(end - (data + 8)) : 0;
    if (end)
        for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(length >> (8 * i));
    return bytes;
}

static void read_tensor(const Safetensors *s, const Tensor *t) {
    size_t count = tensor_elements(t), bytes = count * dtype_size(t->dtype);
    unsigned sum = 0;
    for (size_t i = 0; i < bytes; i++) sum += ((const uint8_t *)t->data)[i];
    float *values = g_new(float, count + 1);
    MUST(sum <= 255 * bytes && safetensors_find(s, t->name) == t);
    tensor_to_float(t, values);
    g_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    uint8_t *bytes = with_length(data + 1, size - 1, data[0] & 1);
    Safetensors s = {0};
    GError *error = NULL;
    if (safetensors_parse(bytes, size - 1, "fuzz", &s, &error)) {
        MUST(!error);
        for (size_t i = 0; i < s.tensor_count; i++) read_tensor(&s, &s.tensors[i]);
        safetensors_clear(&s);
    } else {
        MUST(error && g_str_has_prefix(error->message, "fuzz: "));
        g_error_free(error);
    }
    g_free(bytes);
    return 0;
}
