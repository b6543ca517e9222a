// The history of a document as bytes. A journal and a saved session store it in this
// form:
//
//   0    8 bytes "par-midi"
//   8    u32  version of the format, HISTORY_VERSION
//   12   u32  0
//   16   records, each
//          0    u32  n, bytes of what is recorded, at least 1
//          4    8 bytes of sha256 over the 8 bytes at this place in the record before
//               (zeros for the first), the 4 bytes of n, and the n bytes
//          12   n bytes: an operation (app/document/operation.h)
//
// Numbers are little-endian. Each checksum includes the previous one, so a record that
// was changed, dropped, moved or copied from elsewhere is detected, and everything
// after it is rejected. A file that ends within a record was cut off there by a crash
// or a full disk.
#ifndef APP_DOCUMENT_HISTORY_H
#define APP_DOCUMENT_HISTORY_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_VERSION   1
#define HISTORY_HEADER    16
#define HISTORY_RECORD    12           // bytes of a record before its operation
#define HISTORY_MAX_BYTES (256u << 20) // the size limit of a whole history

typedef struct History {
    GByteArray *bytes; // owned; header and records
    uint8_t chain[8];  // checksum of the last record
} History;

void history_init(History *h);
void history_clear(History *h); // accepts a zeroed struct

// Returns whether there is room for a record of `size` bytes.
bool history_has_room(const History *h, size_t size);
void history_append(History *h, const uint8_t *recorded, size_t size); // has room

typedef enum HistoryEnd {
    HISTORY_GOES_ON, // one more record was read
    HISTORY_WHOLE,   // the bytes end with the last record
    HISTORY_CUT,     // they end within a record
    HISTORY_DAMAGED, // the bytes at `at` are no record
} HistoryEnd;

typedef struct HistoryReader {
    const uint8_t *bytes; // borrowed
    size_t size, at;      // `at` is where the next record begins
    uint8_t chain[8];
} HistoryReader;

// Reads the header. On failure the error says "NAME: what is wrong".
bool history_open(HistoryReader *r, const uint8_t *bytes, size_t size, const char *name,
                  GError **error);

// Reads the next record and returns its contents, which point into the reader's bytes.
HistoryEnd history_next(HistoryReader *r, const uint8_t **ret_recorded,
                        size_t *ret_size);

#define HISTORY_ERROR history_error_quark()
GQuark history_error_quark(void);

#endif
