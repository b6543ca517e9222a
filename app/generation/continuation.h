// One take: a model continues a prompt token by token.
//
//   prompt -> tokens -> session -> logits -> sampler -> token -> decoder -> event
//               ^                               ^         |
//               |                            grammar <----+
//               +-----------------------------------------+
//
// The session (model/generate/session.h) computes from the tokens so far the logits of
// the next one. The sampler draws it under a mask of what the grammar allows here. It
// is added to the tokens, and the decoder turns it into an event. When the requested
// length is reached, or the caller stops the take, the tokens that release every key
// and the pedal follow, and then EOS. So prompt and take together are a legal, complete
// piece, whenever it ends.
//
// The mask adds three rules to the grammar: EOS is excluded until the piece may end;
// nothing comes before the moment of the cut; and a key that has sounded for
// CONTINUATION_LONGEST is released at the next step. The grammar allows finitely many
// tokens in one step, since pitches only rise, so time always goes on. The same model,
// prompt and plan give the same tokens, if the session is new. Apart from the model, a
// token costs one mask and one sort.
//
// Models also stall, and sooner if temperature or top-p is low. Since EOS is excluded,
// they end the piece by silence; or they hold one chord for ever; or they repeat a few
// notes (midi/analysis/loop.h) again and again. A take has stalled after
// CONTINUATION_SILENCE without a sound, CONTINUATION_HELD without an onset, or
// CONTINUATION_LOOP of a loop. Then the mask excludes what would prolong the stall:
// every TIME_SHIFT, so that a note must come, or the loop's next note. Since a low
// temperature would lead back into the stall, the following CONTINUATION_STIR steps are
// drawn from the model as it was trained. A take that never stalls is drawn as if there
// were no such rule. No silence within a take lasts longer than CONTINUATION_SILENCE
// and one shift.
#ifndef APP_GENERATION_CONTINUATION_H
#define APP_GENERATION_CONTINUATION_H

#include "app/generation/dials.h"
#include "app/generation/ending.h"
#include "app/generation/prompt.h"
#include "midi/analysis/loop.h"
#include "midi/grammar.h"
#include "model/generate/sampler.h"
#include "model/generate/session.h"

// In steps. After ten seconds a piano's string has almost died away; if the model holds
// a key longer, that is a mistake.
#define CONTINUATION_LONGEST 1000

// In steps. Each line says how often pianists in MAESTRO exceed it in an hour of
// playing:
#define CONTINUATION_SILENCE 200 // 8 times, often between two movements
#define CONTINUATION_HELD    500 // 5 times
#define CONTINUATION_LOOP    500 // once in four hours

#define CONTINUATION_STIR    1000 // steps of drawing as trained after a stall
#define CONTINUATION_EARLY   50   // a take that is shorter by fewer steps is complete

// The default sampler; model/TRAINING.md gives the reasons.
extern const Sampler continuation_sampler;

// The largest closeness that was measured; model/TRAINING.md reports its effect.
#define CONTINUATION_CLOSEST 4
// The usual closeness. With it, takes return to what was played as often as pianists do
// (model/TRAINING.md).
#define CONTINUATION_CLOSENESS 1.5

// Returns the sampler's range for pitches: with it, pitches have a temperature and
// top-p of their own, apart from those of time and loudness.
SamplerRange continuation_pitches(double temperature, double top_p);

typedef struct Plan {
    Sampler sampler;
    uint64_t seed;
    int64_t tokens;   // the most tokens to draw; 0: no limit
    int64_t steps;    // of 10 ms, counted from the cut; 0: no limit
    bool natural_end; // the model may end the piece earlier
    // How closely the take follows what was played before: 0 to CONTINUATION_CLOSEST;
    // 1: as trained.
    double closeness;
    int64_t finish; // steps to the ending (ending.h); 0: none
    Dials dials;
} Plan;

// Returns whether two plans are equal apart from their seeds.
bool plan_same_but_seed(const Plan *a, const Plan *b);

// What follows from the tokens so far.
typedef struct TakeState {
    Grammar grammar;
    Decoder decoder;
    Steering steering; // of the plan's dials
    Loop loop;         // the loop detector of the notes so far, in steps
    int64_t struck;    // step of the newest onset
    int64_t heard;     // the last step at which a key was down or a string rang
    bool rings;        // a string sounds under the pedal after its key was released
} TakeState;

// The tokens that close a take. `count` and `done` are 0 until then.
typedef struct Closing {
    Token tokens[GRAMMAR_CLOSE_MAX];
    size_t count, done;
} Closing;

typedef struct Continuation {
    Session *session; // borrowed
    Plan plan;
    Rng rng;
    TakeState state;
    EndPlace ending;     // the best place to end so far, if the plan asks for an ending
    GArray *tokens;      // owned; the prompt's, then the take's
    GArray *events;      // owned; the Event of each token
    guint prompt_tokens; // how many of them are the prompt's
    int64_t drawn;       // the take's tokens without those that close it
    int64_t stirred;     // those drawn from the model as trained, to leave a stall
    int64_t stirred_until; // the step at which that drawing ends
    int64_t begin;         // the step of the cut
    bool stopped;
    Closing closing;
} Continuation;

// Finds the tokenizer of a model. Fails if the model names no known tokenizer, or one
// with another vocabulary. `path` is for the message.
bool continuation_tokenizer(const Model *m, const char *path, TokenizerKind *ret,
                            GError **error);

// Finds the closeness of takes: what is asked for or, if that is below 0, the usual
// one. A model without recall has only 1, and fails if another is asked for.
bool continuation_closeness(const Model *m, const char *path, double asked, double *ret,
                            GError **error);

// Begins a take. The session's model must use the tokenizer `kind`, as the prompt's
// tokens do.
void continuation_begin(Continuation *c, Session *s, TokenizerKind kind,
                        const Prompt *prompt, const Plan *plan);
void continuation_clear(Continuation *c); // accepts a zeroed struct

// Adds one token and sets *event to its event. The first call computes the whole
// prompt. Returns false when the piece has ended.
bool continuation_next(Continuation *c, Event *event);

// Computes the next logits of several takes together (session_sync_all()), from which
// continuation_next() of each then draws. The tokens are the same as without this call.
void continuation_prepare(Continuation *const *takes, int count);

// Stops the take: from now on continuation_next() adds only the tokens that close it.
void continuation_stop(Continuation *c);

// Returns the take's tokens, which are valid until the next call, and their count.
const Token *continuation_take(const Continuation *c, size_t *ret_count);
// Returns the event of each of these tokens, with times in microseconds from step 0.
// They too are valid until the next call.
const Event *continuation_events(const Continuation *c);

// Returns the length of the take so far, in seconds from the cut.
double continuation_seconds(const Continuation *c);

// Returns whether the model has ended the piece.
bool continuation_ended_itself(const Continuation *c);

// Returns by how many seconds an ended take is shorter than requested, because the
// model ended the piece earlier or because nothing sounded any more at its end. Returns
// 0 if that is less than CONTINUATION_EARLY, if the take was stopped, or if no length
// was requested.
double continuation_missing(const Continuation *c);

#endif
