// Shared by writer.c, which main calls, and writer_work.c, which is the thread.
#ifndef APP_DESKTOP_WRITING_WRITER_WORK_H
#define APP_DESKTOP_WRITING_WRITER_WORK_H

#include "app/desktop/writing/writer.h"
#include "app/desktop/writing/writer_task.h"
#include "thread/worker.h"

// A bridge in progress. `stopped` belongs to the thread, which copies it from `stop`.
// The result may be read when it is over.
typedef struct BridgeTask {
    Bridge bridge; // owned
    Plan plan;
    int count, stopped;
    bool stop, over;
    double done;
    GPtrArray *takes; // owned, ChoiceTake *; NULL if there is an error
    GError *error;    // owned
} BridgeTask;

// A prompt that was read ahead.
typedef struct Ready {
    GArray *tokens; // owned reference; NULL: none
    GArray *events; // owned; one per token
    Session *session;
    double closeness;
} Ready;

struct Writer {
    Worker worker;
    Wake wake;

    // Used by the thread only.
    SharedModel *model; // a reference; NULL: none yet
    Pool *pool;         // one for life
    Ready ready;
    real *attention, *recalled; // (M); owned
    int64_t looked, woken, spent, counted;

    // Under the worker's lock.
    GPtrArray *jobs;    // owned, WriterTask *
    BridgeTask *bridge; // owned; NULL: none, or its result was read
    GArray *wanted;     // prompt to read ahead; owned reference
    int64_t wanted_origin;
    double closeness;
    int heard;
    int64_t playhead;
    bool loaded, lens;
    bool changes; // another model is requested:
    char *next;   // owned; NULL: the shipped model
    char *trouble;
    WriterModel known;
    WriterState state;
};

#define WRITER_WAKE 30000    // microseconds between two calls of wake()
void writer_tell(Writer *w); // calls wake()

void bridge_task_free(BridgeTask *t); // accepts NULL
void writer_make_bridge(Writer *w);   // called with the lock held

void writer_unload(Writer *w);  // frees the model and everything made from it
bool writer_work(void *writer); // a piece of work (worker.h)

#endif
