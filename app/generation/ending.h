// An ending is a take that comes to rest, and ends the piece, near a requested moment.
//
// Within a window around that moment the logits are steered towards rest:
//
//   from the window's beginning on   new notes become less likely, fully from halfway
//                                    to the moment on
//   from the moment on               releases of keys and pedal become likelier, fully
//                                    at the window's end
//
// each by up to ENDING_PUSH. Wherever all keys and the pedal are up within the window,
// the model itself, without steering, gives p(EOS), the probability that the piece ends
// there. The first such place in the window's last three quarters is the last one that
// is considered. The take is cut at the likeliest place; of several takes the best is
// the one with the likeliest end. A take that never comes to rest is closed at the
// window's end.
#ifndef APP_GENERATION_ENDING_H
#define APP_GENERATION_ENDING_H

#include "midi/tokenizer.h"
#include "model/generate/session.h"

#define ENDING_PUSH 6.0

// The likeliest place so far.
typedef struct EndPlace {
    int tokens;  // the number of tokens before EOS; 0: there was no such place
    double nats; // -log p of EOS there
    bool last;   // later places are not considered any more
} EndPlace;

// Returns how far from the requested moment the take may end, in steps: a fifth of the
// time, but between two and ten seconds.
int64_t ending_window(int64_t finish);

// Returns the steered logits, (V), at `steps` after the cut: `logits` itself before the
// window, otherwise `ret`, which is then written. Both may be the same array.
const real *ending_tilt(real *ret, const real *logits, int vocabulary, int64_t steps,
                        int64_t finish);

// Considers the place after `tokens` tokens, `steps` after the cut, as an end. The
// logits, (V), are the model's own.
void ending_consider(EndPlace *e, const real *logits, int vocabulary, int tokens,
                     int64_t steps, int64_t finish);

// Returns -log p, in nats, of EOS, which is the last of `tokens` (Token).
double ending_score(Session *s, const GArray *tokens);

#endif
