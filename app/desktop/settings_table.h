// All settings, with their names in the file, ranges and usual values: how each stands
// there as text, and is read from it. For settings.c.
#ifndef APP_DESKTOP_SETTINGS_TABLE_H
#define APP_DESKTOP_SETTINGS_TABLE_H

#include "app/desktop/settings.h"

void settings_table_reset(Settings *ret); // all as usual; overwrites what was there
void settings_table_clear(Settings *settings);

// Takes over what the file has. What has no sensible value stays as it is, and is named
// ("audio/volume, model/takes"): NULL if there is none, else to be freed.
char *settings_table_read(Settings *ret, GKeyFile *file);
void settings_table_write(GKeyFile *ret, Settings *settings);

#endif
