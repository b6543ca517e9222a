// Comma-separated values (RFC 4180), read row by row from memory: fields in quotes may
// hold commas, line ends and doubled quotes; rows end in LF or CRLF; a byte-order mark
// and empty lines are read past. Any bytes can be read: a quote that is never closed
// runs to the end.
#ifndef APP_CSV_H
#define APP_CSV_H

#include <glib.h>
#include <stdbool.h>

typedef struct Csv {
    const char *next, *end; // borrowed
} Csv;

void csv_init(Csv *c, const char *text, size_t size);

// Puts the next row's fields into `row`, an array of strings that frees them. False:
// that was the last.
bool csv_row(Csv *c, GPtrArray *row);

#endif
