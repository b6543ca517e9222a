// The touch curve: maps a live keyboard's velocity to the one that is heard, recorded
// and given to the model.
//
//   v' = 1 + 126 ((v - 1) / 126)^g,   g = 2^((touch - TOUCH_NORMAL) / 2)
//
// rounded. 1 stays 1 and 127 stays 127 at any touch, and a harder stroke never sounds
// softer. From softest to hardest touch, 64 becomes 90, 78, 64, 48, 33.
#ifndef AUDIO_PORTS_TOUCH_H
#define AUDIO_PORTS_TOUCH_H

// A soft touch makes soft strokes louder, for keyboards that are heavy to play.
typedef enum Touch {
    TOUCH_SOFTEST,
    TOUCH_SOFT,
    TOUCH_NORMAL, // velocities as the keyboard sends them
    TOUCH_HARD,
    TOUCH_HARDEST,
    TOUCHES
} Touch;

extern const char *const touch_names[TOUCHES];

// `velocity` is 0-127; 0, a release, stays 0. RT safe.
int touch_velocity(Touch touch, int velocity);

#endif
