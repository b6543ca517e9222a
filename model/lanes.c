#include "model/lanes.h"

extern const Lanes lanes_base;
#ifdef LANES_X86
extern const Lanes lanes_v3, lanes_v4;
const Lanes *const lanes_levels[] = {&lanes_base, &lanes_v3, &lanes_v4, NULL};
#else
const Lanes *const lanes_levels[] = {&lanes_base, NULL};
#endif

const Lanes *lanes(void) {
    const Lanes *best = lanes_levels[0];
    for (int i = 1; lanes_levels[i]; i++)
        if (lanes_levels[i]->here()) best = lanes_levels[i];
    return best;
}
