// Which parts of the window differ from the frame before: a hash per cell.
#ifndef UI_TOOLKIT_DAMAGE_H
#define UI_TOOLKIT_DAMAGE_H

#include "ui/toolkit/raster.h"

typedef struct Damage Damage;

Damage *damage_new(void);
void damage_free(Damage *d); // accepts NULL

void damage_begin(Damage *d, int width, int height); // another size: all is damaged
// Something is drawn inside `area`; `bytes` say all about it.
void damage_add(Damage *d, Area area, const void *bytes, size_t size);
// The damaged areas, apart from each other; valid until damage_begin().
const Area *damage_end(Damage *d, int *ret_count);

#endif
