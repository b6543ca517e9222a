// An ending: a take that comes to rest, and to the end of the piece, about where it was
// asked to.
//
// Within a window about that moment the take is steered towards rest, in its logits:
//
//   from the window's beginning, halfway to the moment   further notes fall
//   from the moment to the window's end                  keys and pedal are let go
//
// each by up to ENDING_PUSH. At every place of the window where all keys and the pedal
// are up the model, as it is, says how likely the piece ends there: p(EOS), up to the
// first from halfway to the moment on. The take is cut at the likeliest of them, and of
// several takes that is best which has the likeliest. A take that never comes to rest
// is closed at the window's end.
#ifndef APP_GENERATION_ENDING_H
#define APP_GENERATION_ENDING_H

#include "midi/tokenizer.h"
#include "model/generate/session.h"

#define ENDING_PUSH 6.0

// The likeliest place so far.
typedef struct EndPlace {
    int tokens;  // how many stand before EOS; 0: there was no such place
    double nats; // -log p of EOS there
    bool last;   // none is looked for behind it
} EndPlace;

// How far from the moment asked for it may end, in steps: a fifth of the time, from two
// seconds to ten.
int64_t ending_window(int64_t finish);

// The logits (V) as the ending would have them `steps` after the cut: `logits` itself
// before the window, else into ret. May be `ret`.
const real *ending_tilt(real *ret, const real *logits, int vocabulary, int64_t steps,
                        int64_t finish);

// EOS is possible behind `tokens` tokens, `steps` after the cut; the logits (V) are the
// model's own.
void ending_consider(EndPlace *e, const real *logits, int vocabulary, int tokens,
                     int64_t steps, int64_t finish);

// -log p, in nats, of EOS where it stands, the last of `tokens` (Token).
double ending_score(Session *s, const GArray *tokens);

#endif
