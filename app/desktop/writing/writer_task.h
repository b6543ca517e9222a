// One take in progress: the request, the session, and the results so far. It does not
// know other takes; the writer (writer_work.h) chooses among them. It belongs to the
// writer, or to the ghost (ghost.h) until the writer takes it over. `news`, `away` and
// `stop` are shared with main under the owner's lock; the rest belongs to the owner's
// thread.
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

// What came of a take since the last news.
typedef struct WriterNews {
    int take;
    const Stream *stream; // its job's stream, which identifies the document
    GArray *tokens; // Token: tokens that will not change any more; owned by the caller
    GArray *events; // the Event of each token, from step 0; likewise owned
    bool finished;
    int64_t drawn;  // valid when it is finished
    double missing; // likewise; from continuation_missing()
    GError *error;  // why nothing was generated, or NULL; owned by the caller
} WriterNews;

typedef struct WriterTask {
    WriterJob asked;    // references owned
    SharedModel *model; // the session's model; a reference
    Session *session;
    Continuation c;
    bool begun;
    size_t told;     // tokens of the take that were passed on
    WriterNews news; // not read yet; owned
    bool away;       // a thread other than the writer's is computing it
    bool stop;
} WriterTask;

WriterTask *writer_task_new(const WriterJob *job);
void writer_task_free(gpointer task); // accepts NULL
// Hands the news over to the caller. Call it under the lock.
WriterNews writer_task_take_news(WriterTask *j);

// Takes ownership of the session. Returns false if that is NULL: there is not enough
// memory.
bool writer_task_begin(WriterTask *j, SharedModel *m, Session *session);
// Ends the task without a result. Call it under the lock.
void writer_task_give_up(WriterTask *j);

enum { WRITER_TURNS = 8 }; // tasks at the same time

// A task's turn at the model.
typedef struct WriterTurn {
    WriterTask *task;
    bool heard, stop; // the screen shows its state; it is to end
    int64_t until;    // time of the piece beyond which it need not go
    // Results: when the first token came, how many came, whether more will.
    int64_t began;
    int tokens;
    bool more;
} WriterTurn;

// Generates for `least` microseconds with all tasks at the same time, those of a thread
// reading the weights once. A task's first turn also reads the prompt, if its session
// has not.
void writer_task_write(WriterTurn *turns, int count, Pool *pool, int64_t least);
// Adds settled tokens, or all of them if it is over, to the news. Call it under the
// lock.
void writer_task_tell(WriterTask *j, bool over);

bool writer_same_tokens(const GArray *a, const GArray *b); // false if one is NULL

#endif
