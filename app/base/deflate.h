// DEFLATE (RFC 1951) in memory, without a header: LZ77 and Huffman codes.
#ifndef APP_BASE_DEFLATE_H
#define APP_BASE_DEFLATE_H

#include <glib.h>
#include <stdbool.h>

#define DEFLATE_MOST 1032 // times as many bytes can come out as go in, at most

// Returns the bytes, packed as tightly as DEFLATE can; to be freed with
// g_byte_array_unref.
GByteArray *deflate_pack(const void *bytes, size_t size);

// Unpacks to exactly `ret_size` bytes. Returns false if the bytes are damaged or become
// more or fewer; `ret` is then undefined.
bool deflate_unpack(void *ret, size_t ret_size, const void *bytes, size_t size);

#endif
