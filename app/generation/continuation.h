// One take: a model goes on from a prompt, token by token.
//
//   prompt -> tokens -> session -> logits -> sampler -> token -> decoder -> event
//               ^                               ^         |
//               |                            grammar <----+
//               +-----------------------------------------+
//
// The tokens so far go to the session (model/generate/session.h), which gives the
// logits of the next one; the sampler draws it, under a mask of what the grammar allows
// here; it is added to the tokens, and the decoder says what is heard of it. When the
// length asked for is reached, or the caller has had enough, the same stream goes on
// with the tokens that close every key and the pedal, and EOS. So prompt and take are
// together a legal, complete piece, whenever it ends.
//
// Beside the grammar the mask keeps three rules: EOS is out until it is wanted; nothing
// comes before the moment of the cut; and what has sounded for CONTINUATION_LONGEST is
// released at the next step. Tokens of one step are finitely many by the grammar, where
// pitches only rise, so time cannot stand still. The same model, prompt and plan give
// the same tokens, if the session is new. A token costs a mask and a sort beside the
// model.
//
// Models also stand still, the sooner the more carefully they are drawn from: the end
// of the piece being out, they spell it as silence; they hold a chord for ever, or play
// a few notes (midi/analysis/loop.h) again and again. That is CONTINUATION_SILENCE
// without a sound, CONTINUATION_HELD without an onset, or CONTINUATION_LOOP of a loop.
// Then the mask leaves out what would go on with it: every TIME_SHIFT, so that a note
// must come, or the loop's next note. And since it is the careful drawing that leads
// back there, the model is drawn from as it was trained for the CONTINUATION_STIR that
// follow. A take that never stands still is drawn as if there were no such rule; no
// silence within a take lasts longer than CONTINUATION_SILENCE and one shift.
#ifndef APP_GENERATION_CONTINUATION_H
#define APP_GENERATION_CONTINUATION_H

#include "app/generation/dials.h"
#include "app/generation/ending.h"
#include "app/generation/prompt.h"
#include "midi/analysis/loop.h"
#include "midi/grammar.h"
#include "model/generate/sampler.h"
#include "model/generate/session.h"

// In steps. After ten seconds a piano's string has all but died away, and only a slip
// of the model holds its key longer.
#define CONTINUATION_LONGEST 1000

// In steps. How often pianists in MAESTRO go beyond, in an hour of their playing:
#define CONTINUATION_SILENCE 200 // 8 times, many of them between two movements
#define CONTINUATION_HELD    500 // 5 times
#define CONTINUATION_LOOP    500 // once in four hours

#define CONTINUATION_STIR    1000 // steps that follow a standstill
#define CONTINUATION_EARLY   50 // a take that lacks fewer steps is as long as was asked

// How tokens are drawn for who does not say; model/TRAINING.md says why so.
extern const Sampler continuation_sampler;

// What this does to a model stands in model/TRAINING.md; more was not tried.
#define CONTINUATION_CLOSEST 4

// Of a sampler: how the pitches of notes are chosen, apart from time and loudness.
SamplerRange continuation_pitches(double temperature, double top_p);

typedef struct Plan {
    Sampler sampler;
    uint64_t seed;
    int64_t tokens;   // to draw at most; 0: no limit
    int64_t steps;    // of 10 ms, from the cut on; 0: no limit
    bool natural_end; // the model may end the piece sooner
    // To what was played before: 0 - CONTINUATION_CLOSEST, 1 as trained.
    double closeness;
    int64_t finish; // steps after which it is to come to rest (ending.h); 0: not asked
    Dials dials;
} Plan;

typedef struct Continuation {
    Session *session; // borrowed
    Plan plan;
    Rng rng;
    Grammar grammar;
    Decoder decoder;
    Steering steering;     // by the plan's dials
    EndPlace ending;       // where it might end, if it is to
    Loop loop;             // of the notes so far, in steps
    int64_t struck;        // step of the newest onset
    int64_t heard;         // step up to which a key was down or a string rang
    bool rings;            // under the pedal, of a key that is up
    GArray *tokens;        // owned; the prompt's, then the take's
    GArray *events;        // owned; the Event of each token
    guint prompt_tokens;   // of them
    int64_t drawn;         // tokens that the length counts: all but the closing ones
    int64_t stirred;       // of them: drawn from the model as trained, to move on
    int64_t stirred_until; // step
    int64_t begin;         // step of the cut
    int vocabulary;
    bool stopped;
    size_t closing_count, closing_done; // 0 while it goes on
    Token closing[GRAMMAR_CLOSE_MAX];
} Continuation;

// Which tokenizer a model speaks; an error if it names none that is known here, or one
// of another vocabulary. `path` is for the message.
bool continuation_tokenizer(const Model *m, const char *path, TokenizerKind *ret,
                            GError **error);

// False, with a sentence: a closeness other than 1 was asked for of a model that has no
// recall.
bool continuation_can_keep_close(const Model *m, const char *path, double closeness,
                                 GError **error);

// The session's model must speak `kind`, as the prompt's tokens do.
void continuation_begin(Continuation *c, Session *s, TokenizerKind kind,
                        const Prompt *prompt, const Plan *plan);
void continuation_clear(Continuation *c); // accepts a zeroed struct

// Adds one token and says what is heard of it; the first call reads the prompt. False
// when the piece has ended.
bool continuation_next(Continuation *c, Event *event);

// Computes together what the next continuation_next() of each will draw from, so that
// several takes cost much less than one after the other: see session_sync_all(), which
// says what their sessions must be. The tokens are those that each draws by itself.
void continuation_prepare(Continuation *takes, int count);

// From now on only what closes the take comes.
void continuation_stop(Continuation *c);

// The take's tokens, valid until the next call, and their count.
const Token *continuation_take(const Continuation *c, size_t *ret_count);
// Returns the event of each of them, likewise, in microseconds from step 0.
const Event *continuation_events(const Continuation *c);

// How far it has come, in seconds since the cut.
double continuation_seconds(const Continuation *c);

// Whether the model has ended the piece.
bool continuation_ended_itself(const Continuation *c);

// Seconds of those asked for that an ended take lacks, since the model ended the piece
// sooner or nothing sounded any more at its end; 0 if that is less than
// CONTINUATION_EARLY, or it was stopped, or no length was asked for.
double continuation_missing(const Continuation *c);

#endif
