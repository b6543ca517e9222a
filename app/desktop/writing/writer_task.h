// One take on its way: what was asked, the session, and what came of it so far. It
// knows nothing of other takes; the writer (writer_work.h) chooses among them. What is
// `fresh` and `events`, `stop`, `over` and `error`, `drawn` and `missing` is shared
// with main under the writer's lock; the rest is the thread's.
#ifndef APP_DESKTOP_WRITING_WRITER_TASK_H
#define APP_DESKTOP_WRITING_WRITER_TASK_H

#include "app/desktop/playing/playback_list.h"
#include "app/generation/continuation.h"
#include "app/generation/shared_model.h"

typedef struct WriterJob {
    Stream *stream; // of its take; the writer keeps a reference
    GArray *tokens; // the prompt's; likewise
    int64_t step;   // of the cut
    int64_t origin; // of step 0, microseconds of the piece
    Plan plan;
} WriterJob;

typedef struct WriterTask {
    WriterJob asked;    // references owned
    SharedModel *model; // a reference; of the session
    Session *session;
    Continuation c;
    bool begun;
    size_t told;            // tokens of the take that were told
    GArray *fresh, *events; // Token and its Event
    bool stop, over;
    GError *error; // owned; why it is over without being written, or NULL
    int64_t drawn;
    double missing;
} WriterTask;

WriterTask *writer_task_new(const WriterJob *job);
void writer_task_free(gpointer task); // accepts NULL
// Its arrays were taken: it gets new ones. Under the lock.
void writer_task_renew(WriterTask *j);

// Takes the session over, or makes one if that is NULL. False: there is no memory.
bool writer_task_begin(WriterTask *j, SharedModel *m, Pool *pool, Session *session);
// It is over, and nothing was written. Under the lock.
void writer_task_give_up(WriterTask *j);

// Writes on, not beyond `until` and for so many microseconds; the first call reads the
// prompt. Returns how many tokens that were, *ret_began when the first came.
int writer_task_write(WriterTask *j, int64_t until, int64_t least, int64_t *ret_began,
                      bool *ret_more);
// Makes fresh what is there to stay; all when it is over. Under the lock.
void writer_task_tell(WriterTask *j, bool over);

bool writer_same_tokens(const GArray *a, const GArray *b); // none are the same as none

#endif
