// Generation of takes: begins them, moves the writer's tokens into the document, and
// has the prompt read ahead. Used by the main thread only; the model runs on the
// writer's thread (app/desktop/writing/writer.h).
//
// A take that is being generated has a Stream, which the player may play, until its
// last token is in the document.
#ifndef APP_DESKTOP_WRITING_GENERATION_H
#define APP_DESKTOP_WRITING_GENERATION_H

#include "app/desktop/writing/ghost.h"
#include "ui/view.h"

typedef struct Generation {
    Writer *writer;     // owned
    GPtrArray *streams; // owned, Stream *
    WriterState state;  // at the last generation_follow(); the lens is owned
    bool lens;          // is switched on
    double closeness;   // as requested
    int prepared; // the version of the piece whose prompt is read ahead; -1: none is
} Generation;

// `model` is a path, or "" for the shipped model. `wake` is as in writer_new().
void generation_open(Generation *g, const char *model, bool lens, Wake wake);
void generation_close(Generation *g);

// Changes the model, after stopping all takes as generation_stop() does.
void generation_set_model(Generation *g, const char *model);
const WriterModel *generation_model(const Generation *g); // NULL: not loaded (yet)

// Adds a take to the document and starts generating it. The first of several becomes
// audible, and they are undone together. Returns its stream, which g owns, or NULL
// on error.
Stream *generation_begin(Generation *g, Document *d, const DocumentPrompt *p,
                         const Plan *plan, bool first, GError **error);
// Does the same for the first take, which begins with what the ghost has generated.
Stream *generation_take_over(Generation *g, Document *d, const DocumentPrompt *p,
                             const Plan *plan, Ghost *ghost, GError **error);
// Returns the stream of a take, or NULL if the take is not being generated.
Stream *generation_stream(const Generation *g, int take);

void generation_stop(Generation *g); // stops all; generated music stays
// Stops takes that are not visible.
void generation_stop_hidden(Generation *g, const Document *d);
// The document is replaced: ignores later results.
void generation_forget(Generation *g);

// News of a take.
typedef struct GenerationNews {
    int take;
    double missing; // seconds by which the ended take is shorter than requested
    GError *error;  // owned by the caller
} GenerationNews;

// Moves the new tokens of one take into the document. Returns false if there are none.
bool generation_read(Generation *g, Document *d, GenerationNews *ret);

// Tells the writer which take is audible, and reads the writer's state.
void generation_follow(Generation *g, int take, int64_t playhead);

// Switches the lens on or off. The lens is LensNotes: the model's attention to each
// note; NULL while it is not known.
void generation_set_lens(Generation *g, bool on);
const GArray *generation_lens(const Generation *g);

// Sets the closeness for which the prompt is read ahead; 1 by default.
void generation_set_closeness(Generation *g, double closeness);
// Returns whether the piece has changed since its prompt was read ahead.
bool generation_is_behind(const Generation *g, int version);
// Has the prompt of Continue, as document_prompt() cuts it, read ahead, once the writer
// is free and the piece has not changed for a while since `changed`.
void generation_read_ahead(Generation *g, const Document *d, int64_t from, int64_t time,
                           int version, int64_t changed);

// `waits`: playback waits for `take`. `speed` is the playback speed, `ahead` the
// seconds that are generated but not yet played.
void generation_show(const Generation *g, int take, bool waits, double speed,
                     double ahead, View *ret);

#endif
