// Comma-separated values (RFC 4180), read row by row from memory: fields in quotes may
// hold commas, line ends and doubled quotes; rows end in LF or CRLF; a byte-order mark
// and empty lines are read past. Any bytes can be read: a quote that is never closed
// runs to the end.
//
// Spreadsheets use semicolons or tabs in countries where numbers have commas. So the
// separator is the one of these that is most frequent in the first row outside of
// quotes, or the one that a preceding line "sep=;" names.
#ifndef APP_BASE_CSV_H
#define APP_BASE_CSV_H

#include <glib.h>
#include <stdbool.h>

typedef struct Csv {
    const char *next, *end; // borrowed
    char separator;
} Csv;

// Returns the text of a CSV file as UTF-8, to be freed with g_free. UTF-16 is
// recognised by its byte-order mark or by the zeros in the first character, and
// converted; other bytes are copied. Returns NULL if the bytes begin like UTF-16 but
// are invalid.
char *csv_text(const char *bytes, size_t size, size_t *ret_size);

void csv_init(Csv *c, const char *text, size_t size);

// Puts the fields of the next row into `row`, an array of strings that owns them.
// Returns false after the last row.
bool csv_row(Csv *c, GPtrArray *row);

#endif
