// How much training may augment its windows: for each window, one value of every range
// is drawn.
#ifndef APP_DATA_AUGMENT_RANGE_H
#define APP_DATA_AUGMENT_RANGE_H

#include "midi/augment.h"
#include "model/rng.h"

typedef enum AugmentSetting {
    AUGMENT_TRANSPOSE, // semitones, whole
    AUGMENT_TEMPO,     // factors of time
    AUGMENT_LOUDNESS,  // velocity bins, whole
    AUGMENT_UNTOUCHED, // the share of the windows that stay as played; one number
    AUGMENT_SETTINGS,
} AugmentSetting;

typedef struct AugmentRange {
    double least[AUGMENT_SETTINGS], most[AUGMENT_SETTINGS];
} AugmentRange;

// The names in options and files: "transpose", "tempo", "loudness", "untouched".
extern const char *const augment_setting_names[AUGMENT_SETTINGS];

// The default ranges.
extern const AugmentRange augment_range_usual;

// The ranges of a cooldown: at most 2 semitones and a tempo factor of 0.03 from the
// original.
void augment_range_narrow(AugmentRange *r);

// Reads "A..B", or "A" for both ends. Returns false, without any change, if the text
// has neither form, if B is less than A, or if a number is out of the setting's limits.
bool augment_range_set(AugmentRange *r, AugmentSetting s, const char *text);
char *augment_range_text(const AugmentRange *r, AugmentSetting s); // to be freed

// Draws an augmentation and applies it: a BatchAugment (model/train/data/batch.h)
// whose `data` is an AugmentRange.
GArray *augment_range_draw(void *data, const Token *tokens, int count, int *place,
                           Rng *rng);

#endif
