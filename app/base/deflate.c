#include "app/base/deflate.h"

#include <gio/gio.h>
#include <stdint.h>

GByteArray *deflate_pack(const void *bytes, size_t size) {
    gsize room = size + 64 + size / 8, read, written = 0;
    GByteArray *ret = g_byte_array_sized_new((guint)room);
    g_byte_array_set_size(ret, (guint)room);
    GZlibCompressor *c = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
    g_converter_convert(G_CONVERTER(c), bytes, size, ret->data, room,
                        G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
    g_object_unref(c);
    g_byte_array_set_size(ret, (guint)written);
    return ret;
}

#define PIECE 262144 // bytes between two looks at `stop`

bool deflate_unpack(void *ret, size_t ret_size, const void *bytes, size_t size,
                    const volatile int *stop) {
    GZlibDecompressor *d = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_RAW);
    gsize read = 0, written = 0, in = 0, out = 0;
    uint8_t beyond; // room for one byte more, to detect too many bytes
    GConverterResult result = G_CONVERTER_CONVERTED;
    while (result == G_CONVERTER_CONVERTED && !(stop && g_atomic_int_get(stop))) {
        bool full = out >= ret_size;
        result = g_converter_convert(G_CONVERTER(d), (const uint8_t *)bytes + in,
                                     size - in, full ? &beyond : (uint8_t *)ret + out,
                                     full ? 1 : MIN(ret_size - out, PIECE),
                                     G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
        if (result == G_CONVERTER_ERROR) break;
        in += read, out += written;
        if (out > ret_size) break;
    }
    g_object_unref(d);
    return result == G_CONVERTER_FINISHED && out == ret_size && in == size;
}
