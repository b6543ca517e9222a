#include "audio/ports/touch.h"

#include <math.h>

const char *const touch_names[TOUCHES] = {"Softest", "Soft", "Normal", "Hard",
                                          "Hardest"};

int touch_velocity(Touch touch, int velocity) {
    if (velocity <= 1) return velocity;
    double curve = exp2(((int)touch - TOUCH_NORMAL) / 2.0);
    return 1 + (int)lround(126 * pow((velocity - 1) / 126.0, curve));
}
