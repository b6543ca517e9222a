// The writer: the thread on which the model writes takes.
//
// It owns the sessions. What it writes goes three ways: as events into each take's
// Stream, which the player plays while it grows; as tokens to the main thread, which
// keeps them in the document (writer_read()); and as a WriterState to the screen.
//
// Several takes may be written at once: the one that is heard until it is well ahead of
// the playhead, then the shortest of the others. An endless take keeps WRITER_ENDLESS
// ahead. While there is nothing to write, the prompt that Continue would begin from is
// read ahead (writer_prepare()), so that the first note is there at once. Each take
// has a session that is new, so it is the take that `par-midi continue` would make.
//
// Main makes all calls; each returns at once, but writer_free(), which waits for the
// token, or the prompt, that is being computed.
#ifndef APP_DESKTOP_WRITING_WRITER_H
#define APP_DESKTOP_WRITING_WRITER_H

#include "app/desktop/writing/writer_task.h"
#include "app/generation/choice.h"
#include "app/generation/lens.h"

#define WRITER_AHEAD   INT64_C(5000000)  // microseconds; then others have their turn
#define WRITER_ENDLESS INT64_C(20000000) // and then nobody

typedef struct Writer Writer;

// What is known of the model once it is loaded; it lives until writer_set_model().
typedef struct WriterModel {
    const char *path, *hash;
    const char *card; // in one line, model_card_text()
    TokenizerKind tokenizer;
    int context;
    bool recalls; // so that a closeness means something to it
} WriterModel;

// `model` is a path, NULL for the one that ships; it is loaded by the writer's thread.
// `wake` is called from there when there is something new; it must not block.
Writer *writer_new(const char *model, void (*wake)(void *data), void *data);
// Takes another model, as above: what is being written is closed first, and until the
// other is loaded there is none. One that cannot be loaded leaves the model as it was.
void writer_set_model(Writer *w, const char *model);
void writer_free(Writer *w); // accepts NULL

const WriterModel *writer_model(Writer *w); // NULL: not loaded (yet)
SharedModel *writer_share(Writer *w);       // a reference to it, or NULL
char *writer_trouble(Writer *w); // why the one asked for is not, or NULL; g_free

// The prompt to read ahead; a reference is kept. `origin` as of a job.
void writer_prepare(Writer *w, GArray *tokens, int64_t origin);
void writer_write(Writer *w, const WriterJob *job);
// From now on only what closes the take comes. -1: all takes, and of a bridge nothing.
void writer_stop(Writer *w, int take);
// Which take is heard, or -1, and where the playhead is.
void writer_follow(Writer *w, int take, int64_t playhead);
// Of takes that begin with the prompt to read ahead; 1 to begin with.
void writer_set_closeness(Writer *w, double closeness);
void writer_set_lens(Writer *w, bool on); // whether WriterState.lens is wanted

typedef struct WriterNews {
    int take;
    const Stream *stream; // of its job, to tell apart takes of two documents
    GArray *tokens;       // owned by who reads, Token: those that are there to stay
    GArray *events;       // likewise: the Event of each, from step 0 of the tokens
    bool finished;
    int64_t drawn;  // when it is finished
    double missing; // likewise: continuation_missing()
    GError *error;  // owned by who reads: why it was not written at all, or NULL
} WriterNews;

bool writer_read(Writer *w, WriterNews *ret); // false: nothing new
bool writer_writes(Writer *w);                // any take that is not read to its end

// Takes of a bridge, `count` of them, of which the likeliest comes first. One bridge at
// a time; it is written when no take is left to write. `bridge` is taken over.
// writer_stop() of all takes stops it, too.
void writer_bridge(Writer *w, Bridge *bridge, const Plan *plan, int count);
double writer_bridging(Writer *w); // how much of it is done, 0-1
// ChoiceTakes, owned by who reads, or NULL with an error; false: it is not over.
bool writer_read_bridge(Writer *w, GPtrArray **ret, GError **error);

typedef struct WriterState {
    bool loading, reading;
    double rate;               // tokens a second, while it works
    double needed;             // tokens a second of the music it writes
    int64_t context;           // tokens that are attended to
    int64_t attended, latents; // where these begin, microseconds; context 0: unknown
    int64_t origin;            // of the lens's steps
    GArray *lens;              // owned by who asks; LensNote; NULL: none
} WriterState;

// Of the take that is heard, else of what is written or was read last.
WriterState writer_state(Writer *w);

#endif
