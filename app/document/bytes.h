// Numbers and texts as the bytes of an operation (operation.h says their formats).
#ifndef APP_DOCUMENT_BYTES_H
#define APP_DOCUMENT_BYTES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define BYTES_TEXT 4096 // the most bytes of a text

void bytes_put(GByteArray *ret, uint64_t value, int bytes);
void bytes_put_u8(GByteArray *ret, int value);
void bytes_put_u32(GByteArray *ret, size_t value);
void bytes_put_i64(GByteArray *ret, int64_t value);
void bytes_put_f64(GByteArray *ret, double value);
void bytes_put_text(GByteArray *ret, const char *text); // NULL is ""

// The bytes that are left to read. After the first failure all later reads return 0.
typedef struct BytesReader {
    const uint8_t *at;
    size_t left;
    bool failed;
} BytesReader;

uint64_t bytes_get(BytesReader *r, int bytes);
uint8_t bytes_get_u8(BytesReader *r);
int64_t bytes_get_i64(BytesReader *r);
double bytes_get_f64(BytesReader *r);
bool bytes_get_bool(BytesReader *r);
// Reads a number below `count`.
int bytes_get_choice(BytesReader *r, int bytes, uint64_t count);
int bytes_get_number(BytesReader *r); // below 2^31
// Reads the number of items that follow, of `item_bytes` each. Fails if there are not
// enough bytes for them.
size_t bytes_get_count(BytesReader *r, size_t item_bytes);
char *bytes_get_text(BytesReader *r); // to be freed with g_free

#endif
