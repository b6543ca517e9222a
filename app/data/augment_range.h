// How far training may change its windows: for each, one of every range is drawn.
#ifndef APP_DATA_AUGMENT_RANGE_H
#define APP_DATA_AUGMENT_RANGE_H

#include "midi/augment.h"
#include "model/rng.h"

typedef enum AugmentSetting {
    AUGMENT_TRANSPOSE, // semitones, whole
    AUGMENT_TEMPO,     // factors of time
    AUGMENT_LOUDNESS,  // velocity bins, whole
    AUGMENT_UNTOUCHED, // share of the windows that stay as they were played; no range
    AUGMENT_SETTINGS,
} AugmentSetting;

typedef struct AugmentRange {
    double least[AUGMENT_SETTINGS], most[AUGMENT_SETTINGS];
} AugmentRange;

// Of options and in files: "transpose", "tempo", "loudness", "untouched".
extern const char *const augment_setting_names[AUGMENT_SETTINGS];

// What is taken unless told.
extern const AugmentRange augment_range_usual;

// What a cooldown has: no further than 2 semitones or 0.03 from what was played.
void augment_range_narrow(AugmentRange *r);

// Reads "A..B", or "A" for both. Fails (false), and changes nothing, if it is neither,
// B is less than A, or one is not what the setting can be.
bool augment_range_set(AugmentRange *r, AugmentSetting s, const char *text);
char *augment_range_text(const AugmentRange *r, AugmentSetting s); // to be freed

// A BatchAugment; `data` is an AugmentRange.
GArray *augment_range_draw(void *data, const Token *tokens, int count, int *place,
                           Rng *rng);

#endif
