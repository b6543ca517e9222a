#include "app/document/history.h"

#include <string.h>

G_DEFINE_QUARK(history_error, history_error)

static const uint8_t magic[8] = {'p', 'a', 'r', '-', 'm', 'i', 'd', 'i'};

static void put_u32(uint8_t *ret, uint32_t value) {
    for (int i = 0; i < 4; i++) ret[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *bytes) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

static void checksum(uint8_t ret[8], const uint8_t chain[8], const uint8_t length[4],
                     const uint8_t *recorded, size_t size) {
    uint8_t digest[32];
    gsize digest_size = sizeof digest;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, chain, 8);
    g_checksum_update(sum, length, 4);
    g_checksum_update(sum, recorded, (gssize)size);
    g_checksum_get_digest(sum, digest, &digest_size);
    g_checksum_free(sum);
    memcpy(ret, digest, 8);
}

void history_init(History *h) {
    uint8_t header[HISTORY_HEADER] = {0};
    memcpy(header, magic, sizeof magic);
    put_u32(header + 8, HISTORY_VERSION);
    *h = (History){.bytes = g_byte_array_new()};
    g_byte_array_append(h->bytes, header, sizeof header);
}

void history_clear(History *h) {
    if (h->bytes) g_byte_array_unref(h->bytes);
    *h = (History){0};
}

bool history_has_room(const History *h, size_t size) {
    size_t left = HISTORY_MAX_BYTES - h->bytes->len;
    return left >= HISTORY_RECORD && size <= left - HISTORY_RECORD;
}

void history_append(History *h, const uint8_t *recorded, size_t size) {
    uint8_t length[4];
    put_u32(length, (uint32_t)size);
    checksum(h->chain, h->chain, length, recorded, size);
    g_byte_array_append(h->bytes, length, sizeof length);
    g_byte_array_append(h->bytes, h->chain, sizeof h->chain);
    g_byte_array_append(h->bytes, recorded, (guint)size);
}

bool history_open(HistoryReader *r, const uint8_t *bytes, size_t size, const char *name,
                  GError **error) {
    bool ours = size >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
    if (!ours)
        g_set_error(error, HISTORY_ERROR, 0, "%s: is no par-midi session", name);
    else if (size < HISTORY_HEADER)
        g_set_error(error, HISTORY_ERROR, 0, "%s: ends within its first %d bytes", name,
                    HISTORY_HEADER);
    else if (get_u32(bytes + 8) != HISTORY_VERSION || get_u32(bytes + 12) != 0)
        g_set_error(error, HISTORY_ERROR, 0,
                    "%s: has version %u of the format, this program reads %d", name,
                    get_u32(bytes + 8), HISTORY_VERSION);
    else {
        *r = (HistoryReader){bytes, size, HISTORY_HEADER, {0}};
        return true;
    }
    return false;
}

HistoryEnd history_next(HistoryReader *r, const uint8_t **ret_recorded,
                        size_t *ret_size) {
    const uint8_t *record = r->bytes + r->at;
    size_t left = r->size - r->at;
    if (left == 0) return HISTORY_WHOLE;
    if (left < HISTORY_RECORD) return HISTORY_CUT;
    size_t size = get_u32(record);
    if (size == 0) return HISTORY_DAMAGED;
    if (size > left - HISTORY_RECORD) return HISTORY_CUT;
    uint8_t sum[8];
    checksum(sum, r->chain, record, record + HISTORY_RECORD, size);
    if (memcmp(sum, record + 4, sizeof sum) != 0) return HISTORY_DAMAGED;
    memcpy(r->chain, sum, sizeof sum);
    *ret_recorded = record + HISTORY_RECORD;
    *ret_size = size;
    r->at += HISTORY_RECORD + size;
    return HISTORY_GOES_ON;
}
