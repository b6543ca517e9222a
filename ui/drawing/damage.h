// Finds the parts of the window that differ from the previous frame, by a hash
// per cell.
#ifndef UI_DRAWING_DAMAGE_H
#define UI_DRAWING_DAMAGE_H

#include "ui/drawing/raster.h"

typedef struct Damage Damage;

Damage *damage_new(void);
void damage_free(Damage *d); // accepts NULL

// A new size: everything is damaged.
void damage_begin(Damage *d, int width, int height);
// Records that something is drawn inside `area`. `bytes` determine its
// picture completely.
void damage_add(Damage *d, Area area, const void *bytes, size_t size);
// Returns the changed areas, which do not overlap. They are valid until damage_begin().
const Area *damage_end(Damage *d, int *ret_count);

#endif
