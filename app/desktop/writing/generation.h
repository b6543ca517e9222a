// Takes in the making: begins them, moves what the writer has written into the
// document, and keeps the prompt read ahead. The main thread's; the model runs on the
// writer's (app/desktop/writing/writer.h).
//
// A take that is being written has a Stream, which the player may play, until its last
// token is in the document.
#ifndef APP_DESKTOP_WRITING_GENERATION_H
#define APP_DESKTOP_WRITING_GENERATION_H

#include "app/desktop/writing/writer.h"
#include "app/document/document_path.h"
#include "ui/view.h"

typedef struct Generation {
    Writer *writer;     // owned
    GPtrArray *streams; // owned, Stream *
    WriterState state;  // as it was last asked for; the lens is owned
    bool lens;          // is asked for
    double closeness;   // likewise
    int prepared; // the version of the piece whose prompt is read ahead; -1: none is
} Generation;

// `model` is a path, "" for the one that ships. `wake` as in writer_new().
void generation_open(Generation *g, const char *model, bool lens,
                     void (*wake)(void *data), void *data);
void generation_close(Generation *g);

// Another model: what is being written is closed, as by generation_stop().
void generation_set_model(Generation *g, const char *model);
const WriterModel *generation_model(const Generation *g); // NULL: not loaded (yet)

// Adds a take to the document and has it written; the first of several is the one that
// is heard, and undone together with the others. Returns its stream, which stays g's;
// NULL: an error.
Stream *generation_begin(Generation *g, Document *d, const DocumentPrompt *p,
                         const Plan *plan, bool first, GError **error);
// The stream of a take, NULL: it is not being written.
Stream *generation_stream(const Generation *g, int take);

void generation_stop(Generation *g); // all; what is written stays
void generation_stop_hidden(Generation *g, const Document *d); // what nobody can see
void generation_forget(Generation *g); // what still comes is of another document

// What became of a take.
typedef struct GenerationNews {
    int take;
    double missing; // seconds of those asked for that it lacks, now that it has ended
    GError *error;  // owned by who reads
} GenerationNews;

// Moves what was written of one take into the document. False: nothing new.
bool generation_read(Generation *g, Document *d, GenerationNews *ret);

// Tells the writer what is heard, and asks what it does.
void generation_follow(Generation *g, int take, int64_t playhead);

// What the model listens to is wanted, or not; LensNotes, NULL while it is not known.
void generation_set_lens(Generation *g, bool on);
const GArray *generation_lens(const Generation *g);

// How close takes will be, for which the prompt is read ahead; 1 to begin with.
void generation_set_closeness(Generation *g, double closeness);
// Whether the piece has changed since its prompt was read ahead.
bool generation_is_behind(const Generation *g, int version);
// Has the prompt read ahead that Continue would begin from, as document_prompt() cuts
// it, once the writer is free and the piece has rested for a while since `changed`.
void generation_read_ahead(Generation *g, const Document *d, int64_t from, int64_t time,
                           int version, int64_t changed);

// `waits`: the music waits for `take`. `speed` is how fast it plays, `ahead` how many
// seconds are written that are not yet heard.
void generation_show(const Generation *g, int take, bool waits, double speed,
                     double ahead, View *ret);

#endif
