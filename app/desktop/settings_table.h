// The table of all settings, with their names in the file, ranges and defaults, and how
// each is written as text and read back. For settings.c.
#ifndef APP_DESKTOP_SETTINGS_TABLE_H
#define APP_DESKTOP_SETTINGS_TABLE_H

#include "app/desktop/settings.h"

// Sets all to their defaults, without freeing old values.
void settings_table_reset(Settings *ret);
void settings_table_clear(Settings *settings);

// Reads the values of the file. Settings without a valid value stay unchanged; their
// names are returned ("audio/volume, model/takes"), to be freed, or NULL if there
// are none.
char *settings_table_read(Settings *ret, GKeyFile *file);
void settings_table_write(GKeyFile *ret, Settings *settings);

#endif
