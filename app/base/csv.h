// Comma-separated values (RFC 4180), read row by row from memory: fields in quotes may
// hold commas, line ends and doubled quotes; rows end in LF or CRLF; a byte-order mark
// and empty lines are read past. Any bytes can be read: a quote that is never closed
// runs to the end.
//
// As spreadsheets write them where the comma is in the numbers, too: with semicolons or
// tabs, whichever the first row has most of outside of quotes, or what a line "sep=;"
// before it says.
#ifndef APP_BASE_CSV_H
#define APP_BASE_CSV_H

#include <glib.h>
#include <stdbool.h>

typedef struct Csv {
    const char *next, *end; // borrowed
    char separator;
} Csv;

// The bytes of such a file as UTF-8, if they are UTF-16 by their byte-order mark or by
// the zeros in the first character, and as they are if not; g_free. NULL: they begin as
// UTF-16 and are none.
char *csv_text(const char *bytes, size_t size, size_t *ret_size);

void csv_init(Csv *c, const char *text, size_t size);

// Puts the next row's fields into `row`, an array of strings that frees them. False:
// that was the last.
bool csv_row(Csv *c, GPtrArray *row);

#endif
