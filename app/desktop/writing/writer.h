// The writer: the thread on which the model generates takes.
//
// It owns the sessions. Its results go three ways: as events into each take's Stream,
// which the player plays while it grows; as tokens to the main thread, which stores
// them in the document (writer_read()); and as a WriterState to the screen.
//
// Several takes may be in progress: it generates the audible one until that is well
// ahead of the playhead, then up to WRITER_TURNS at the same time. An endless take
// stays WRITER_ENDLESS ahead. While there is no take to generate, the writer reads the
// prompt of Continue ahead (writer_prepare()), so that the first note comes at once.
// Takes of one prompt read it once. Each equals the take that `par-midi continue` would
// make.
//
// To be called by the main thread, except writer_take_back(). Each call returns at
// once, except writer_free(), which waits for the token or the prompt that is being
// computed.
#ifndef APP_DESKTOP_WRITING_WRITER_H
#define APP_DESKTOP_WRITING_WRITER_H

#include "app/desktop/writing/writer_task.h"
#include "app/generation/choice/choice.h"
#include "app/generation/lens.h"
#include "thread/wake.h"

// Microseconds; beyond it other takes have their turn.
#define WRITER_AHEAD INT64_C(5000000)
// Microseconds; beyond it an endless take rests.
#define WRITER_ENDLESS INT64_C(20000000)

typedef struct Writer Writer;

// Describes the loaded model. Valid until writer_set_model().
typedef struct WriterModel {
    const char *path, *hash;
    const char *card; // one line, from model_card_text()
    TokenizerKind tokenizer;
    int context;
    bool recalls; // has recall, which closeness steers
} WriterModel;

// `model` is a path, or NULL for the shipped model; the writer's thread loads it and
// wakes main when there is news.
Writer *writer_new(const char *model, Wake wake);
// Changes the model: all takes are ended first, and there is no model until the new one
// is loaded. If that fails, the old model is loaded again.
void writer_set_model(Writer *w, const char *model);
void writer_free(Writer *w); // accepts NULL

const WriterModel *writer_model(Writer *w); // NULL: not loaded (yet)
SharedModel *writer_share(Writer *w);       // a reference to the model, or NULL
// Why the requested model is not loaded, or NULL; g_free.
char *writer_trouble(Writer *w);

// Sets the prompt to read ahead and keeps a reference to it. `origin` is as
// in WriterJob.
void writer_prepare(Writer *w, GArray *tokens, int64_t origin);
void writer_write(Writer *w, const WriterJob *job);
// Takes over a take that another thread has begun with the writer's model. While that
// thread still computes, the take is `away`: it can be stopped, but the writer does not
// go on with it until the thread calls writer_take_back().
void writer_adopt(Writer *w, WriterTask *task, bool away);
void writer_take_back(Writer *w, WriterTask *task, bool more);
// Ends a take: only its closing tokens will follow. -1 ends all takes and drops
// a bridge.
void writer_stop(Writer *w, int take);
// Sets the audible take, or -1, and the playhead's position.
void writer_follow(Writer *w, int take, int64_t playhead);
// Sets the closeness for which the prompt is read ahead; 1 by default.
void writer_set_closeness(Writer *w, double closeness);
void writer_set_lens(Writer *w, bool on); // whether WriterState.lens is wanted

bool writer_read(Writer *w, WriterNews *ret); // false: no news
bool writer_writes(Writer *w);                // some take has not been read to its end

// Requests `count` takes of a bridge, to be sorted with the likeliest first; if the
// plan finishes, of an ending, of which `bridge` has the prompt alone. There is one
// bridge at a time; it is generated when no other take is left to generate. Takes
// ownership of `bridge`. writer_stop() of all takes also stops it.
void writer_bridge(Writer *w, Bridge *bridge, const Plan *plan, int count);
// So many takes of it are enough: the others are given up.
void writer_bridge_fewer(Writer *w, int count);
double writer_bridging(Writer *w); // progress of the bridge, 0-1
// Returns false while it is not done. *ret: ChoiceTakes, owned by the caller, or NULL
// with an error.
bool writer_read_bridge(Writer *w, GPtrArray **ret, GError **error);

typedef struct WriterState {
    bool loading, reading;
    double rate;     // tokens per second while it works
    double needed;   // tokens per second that playback needs
    int64_t context; // tokens in the context
    // Start of each range, microseconds; unknown if context is 0.
    int64_t attended, latents;
    int64_t origin; // time of the lens's step 0
    GArray *lens;   // LensNotes, owned by the caller; NULL: none
} WriterState;

// Returns the state of the audible take or, if there is none, of what was generated or
// read last.
WriterState writer_state(Writer *w);

#endif
