// One take: a model continues a prompt token by token.
//
//   prompt -> tokens -> session -> logits -> sampler -> token -> decoder -> event
//               ^                               ^         |
//               |                            grammar <----+
//               +-----------------------------------------+
//
// The session (model/generate/session.h) computes from the tokens so far the logits of
// the next one. The sampler draws it under a mask of what the grammar allows here. It
// is added to the tokens, and the decoder turns it into an event. When the length asked
// for is reached, or the caller stops the take, the tokens that release every key and
// the pedal follow, and then EOS. So prompt and take together are a legal, complete
// piece, whenever it ends.
//
// The mask adds three rules to the grammar: EOS is not allowed until it is wanted;
// nothing comes before the moment of the cut; and a key that has sounded for
// CONTINUATION_LONGEST is released at the next step. The grammar allows finitely many
// tokens in one step, since pitches only rise, so time always goes on. The same model,
// prompt and plan give the same tokens, if the session is new. Besides the model, a
// token costs a mask and a sort.
//
// Models also stall, and sooner if temperature or top-p is low: as EOS is not allowed,
// they end the piece by silence; they hold one chord for ever; or they repeat a few
// notes (midi/analysis/loop.h) again and again. A take has stalled after
// CONTINUATION_SILENCE without a sound, CONTINUATION_HELD without an onset, or
// CONTINUATION_LOOP of a loop. Then the mask excludes what would prolong it: every
// TIME_SHIFT, so that a note must come, or the loop's next note. And since the low
// temperature would lead back there, the following CONTINUATION_STIR steps are drawn
// from the model as it was trained. A take that never stalls is drawn as if there were
// no such rule. No silence within a take lasts longer than CONTINUATION_SILENCE and one
// shift.
#ifndef APP_GENERATION_CONTINUATION_H
#define APP_GENERATION_CONTINUATION_H

#include "app/generation/dials.h"
#include "app/generation/ending.h"
#include "app/generation/prompt.h"
#include "midi/analysis/loop.h"
#include "midi/grammar.h"
#include "model/generate/sampler.h"
#include "model/generate/session.h"

// In steps. After ten seconds a piano's string has almost died away; only by a mistake
// does the model hold its key longer.
#define CONTINUATION_LONGEST 1000

// In steps. Each line says how often pianists in MAESTRO exceed it in an hour of
// playing:
#define CONTINUATION_SILENCE 200 // 8 times, often between two movements
#define CONTINUATION_HELD    500 // 5 times
#define CONTINUATION_LOOP    500 // once in four hours

#define CONTINUATION_STIR    1000 // steps after a stall
#define CONTINUATION_EARLY   50   // a take that lacks fewer steps counts as complete

// The default sampler; model/TRAINING.md gives the reasons.
extern const Sampler continuation_sampler;

// The largest closeness that was tried; model/TRAINING.md tells its effect.
#define CONTINUATION_CLOSEST 4

// Returns the range of a sampler that chooses the pitches of notes apart from time and
// loudness.
SamplerRange continuation_pitches(double temperature, double top_p);

typedef struct Plan {
    Sampler sampler;
    uint64_t seed;
    int64_t tokens;   // to draw at most; 0: no limit
    int64_t steps;    // of 10 ms, from the cut on; 0: no limit
    bool natural_end; // the model may end the piece sooner
    // How close the take keeps to what was played before: 0 to CONTINUATION_CLOSEST; 1:
    // as trained.
    double closeness;
    int64_t
        finish; // steps after which the take must come to rest (ending.h); 0: no ending
    Dials dials;
} Plan;

// Whether they are the same, whatever their seeds.
bool plan_same_but_seed(const Plan *a, const Plan *b);

typedef struct Continuation {
    Session *session; // borrowed
    Plan plan;
    Rng rng;
    Grammar grammar;
    Decoder decoder;
    Steering steering;     // by the plan's dials
    EndPlace ending;       // the best place to end so far, if it must end
    Loop loop;             // of the notes so far, in steps
    int64_t struck;        // step of the newest onset
    int64_t heard;         // step up to which a key was down or a string rang
    bool rings;            // a string sounds under the pedal though its key is up
    GArray *tokens;        // owned; the prompt's, then the take's
    GArray *events;        // owned; the Event of each token
    guint prompt_tokens;   // of them
    int64_t drawn;         // tokens that the length counts: all but the closing ones
    int64_t stirred;       // of them: drawn from the model as trained, to leave a stall
    int64_t stirred_until; // step
    int64_t begin;         // step of the cut
    int vocabulary;
    bool stopped;
    size_t closing_count, closing_done; // 0 while it goes on
    Token closing[GRAMMAR_CLOSE_MAX];
} Continuation;

// Finds the tokenizer of a model. Fails if the model names none that is known here, or
// one with another vocabulary. `path` is for the message.
bool continuation_tokenizer(const Model *m, const char *path, TokenizerKind *ret,
                            GError **error);

// Fails if a closeness other than 1 is asked of a model that has no recall.
bool continuation_can_keep_close(const Model *m, const char *path, double closeness,
                                 GError **error);

// Begins a take. The session's model must use the tokenizer `kind`, as the prompt's
// tokens do.
void continuation_begin(Continuation *c, Session *s, TokenizerKind kind,
                        const Prompt *prompt, const Plan *plan);
void continuation_clear(Continuation *c); // accepts a zeroed struct

// Adds one token and sets *event to its event. The first call computes the whole
// prompt. Returns false when the piece has ended.
bool continuation_next(Continuation *c, Event *event);

// Computes the next logits of several takes together, which costs much less than one
// take after the other; continuation_next() of each then draws from them.
// session_sync_all() says what their sessions must have in common. The tokens are the
// same as without this call.
void continuation_prepare(Continuation *takes, int count);

// Stops the take: from now on only the tokens that close it come.
void continuation_stop(Continuation *c);

// Returns the take's tokens, which are valid until the next call, and their count.
const Token *continuation_take(const Continuation *c, size_t *ret_count);
// Returns the event of each of them, likewise, in microseconds from step 0.
const Event *continuation_events(const Continuation *c);

// Returns the length of the take so far, in seconds from the cut.
double continuation_seconds(const Continuation *c);

// Returns whether the model has ended the piece.
bool continuation_ended_itself(const Continuation *c);

// Returns how many of the seconds asked for an ended take lacks, because the model
// ended the piece sooner or because nothing sounded any more at its end. Returns 0 if
// that is less than CONTINUATION_EARLY, if the take was stopped, or if no length was
// asked for.
double continuation_missing(const Continuation *c);

#endif
