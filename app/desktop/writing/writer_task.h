// One take in progress: the request, the session, and the results so far. It does not
// know other takes; the writer (writer_work.h) chooses among them. It belongs to the
// writer, or to the ghost (ghost.h) until the writer takes it over. `fresh`, `events`,
// `away`, `stop`, `over`, `error`, `drawn` and `missing` are shared with main under the
// owner's lock; the rest belongs to the owner's thread.
#ifndef APP_DESKTOP_WRITING_WRITER_TASK_H
#define APP_DESKTOP_WRITING_WRITER_TASK_H

#include "app/desktop/playing/playback_list.h"
#include "app/generation/continuation.h"
#include "app/generation/shared_model.h"

typedef struct WriterJob {
    Stream *stream; // of the take; the writer keeps a reference
    GArray *tokens; // the prompt; likewise
    int64_t step;   // step of the cut
    int64_t origin; // of step 0, microseconds of the piece
    Plan plan;
} WriterJob;

typedef struct WriterTask {
    WriterJob asked;    // references owned
    SharedModel *model; // the session's model; a reference
    Session *session;
    Continuation c;
    bool begun;
    size_t told;            // tokens of the take that were passed on
    GArray *fresh, *events; // new tokens and the Event of each
    bool away;              // a thread other than the writer's is computing it
    bool stop, over;
    GError *error; // owned; why nothing was generated, or NULL
    int64_t drawn;
    double missing;
} WriterTask;

WriterTask *writer_task_new(const WriterJob *job);
void writer_task_free(gpointer task); // accepts NULL
// Makes new arrays after main has taken the old ones. Call it under the lock.
void writer_task_renew(WriterTask *j);

// Takes ownership of the session, or makes one if it is NULL. Returns false if there is
// not enough memory.
bool writer_task_begin(WriterTask *j, SharedModel *m, Pool *pool, Session *session);
// Ends the task without a result. Call it under the lock.
void writer_task_give_up(WriterTask *j);

// Generates for `least` microseconds, but not beyond `until`; the first call also reads
// the prompt. Returns the number of tokens; *ret_began is when the first one came.
int writer_task_write(WriterTask *j, int64_t until, int64_t least, int64_t *ret_began,
                      bool *ret_more);
// Moves settled tokens, or all of them if it is over, into `fresh`. Call it under
// the lock.
void writer_task_tell(WriterTask *j, bool over);

bool writer_same_tokens(const GArray *a, const GArray *b); // false if one is NULL

#endif
