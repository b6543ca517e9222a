// DEFLATE (RFC 1951) in memory, without a header: LZ77 and Huffman codes.
#ifndef APP_BASE_DEFLATE_H
#define APP_BASE_DEFLATE_H

#include <glib.h>
#include <stdbool.h>

#define DEFLATE_MOST 1032 // the most bytes that one packed byte can become

// Returns the bytes, compressed at the highest level; to be freed with
// g_byte_array_unref.
GByteArray *deflate_pack(const void *bytes, size_t size);

// Unpacks to exactly `ret_size` bytes. Returns false if the bytes are damaged or unpack
// to another size, or soon after another thread has set *stop; `ret` is then undefined.
// stop: NULL: nothing does.
bool deflate_unpack(void *ret, size_t ret_size, const void *bytes, size_t size,
                    const volatile int *stop);

#endif
