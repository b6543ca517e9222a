#include "app/document/bytes.h"

#include <string.h>

void bytes_put(GByteArray *ret, uint64_t value, int bytes) {
    uint8_t buffer[8];
    for (int i = 0; i < bytes; i++) buffer[i] = (uint8_t)(value >> (8 * i));
    g_byte_array_append(ret, buffer, (guint)bytes);
}

void bytes_put_u8(GByteArray *ret, int value) { bytes_put(ret, (uint64_t)value, 1); }
void bytes_put_u32(GByteArray *ret, size_t value) { bytes_put(ret, value, 4); }
void bytes_put_i64(GByteArray *ret, int64_t value) {
    bytes_put(ret, (uint64_t)value, 8);
}

void bytes_put_f64(GByteArray *ret, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bytes_put(ret, bits, 8);
}

void bytes_put_text(GByteArray *ret, const char *text) {
    size_t size = text ? strlen(text) : 0;
    bytes_put(ret, size, 2);
    if (size) g_byte_array_append(ret, (const guint8 *)text, (guint)size);
}

uint64_t bytes_get(BytesReader *r, int bytes) {
    uint64_t value = 0;
    if (r->failed || r->left < (size_t)bytes) {
        r->failed = true;
        return 0;
    }
    for (int i = 0; i < bytes; i++) value |= (uint64_t)r->at[i] << (8 * i);
    r->at += bytes;
    r->left -= (size_t)bytes;
    return value;
}

uint8_t bytes_get_u8(BytesReader *r) { return (uint8_t)bytes_get(r, 1); }
int64_t bytes_get_i64(BytesReader *r) { return (int64_t)bytes_get(r, 8); }

bool bytes_get_bool(BytesReader *r) {
    uint8_t value = bytes_get_u8(r);
    r->failed = r->failed || value > 1;
    return value == 1;
}

int bytes_get_choice(BytesReader *r, int bytes, uint64_t count) {
    uint64_t value = bytes_get(r, bytes);
    if (value < count) return (int)value;
    r->failed = true;
    return 0;
}

int bytes_get_number(BytesReader *r) {
    return bytes_get_choice(r, 4, (uint64_t)G_MAXINT + 1);
}

double bytes_get_f64(BytesReader *r) {
    uint64_t bits = bytes_get(r, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

size_t bytes_get_count(BytesReader *r, size_t item_bytes) {
    size_t count = (size_t)bytes_get(r, 4);
    if (count <= r->left / item_bytes) return count;
    r->failed = true;
    return 0;
}

char *bytes_get_text(BytesReader *r) {
    size_t size = (size_t)bytes_get(r, 2);
    if (size > r->left || size > BYTES_TEXT || memchr(r->at, 0, size)) {
        r->failed = true;
        size = 0;
    }
    char *text = g_strndup((const char *)r->at, size);
    r->at += size;
    r->left -= size;
    return text;
}
