// Shared by writer.c, which main calls, and writer_work.c, which is the thread.
#ifndef APP_DESKTOP_WRITING_WRITER_WORK_H
#define APP_DESKTOP_WRITING_WRITER_WORK_H

#include "app/desktop/writing/writer.h"
#include "app/desktop/writing/writer_task.h"
#include "thread/worker.h"

// A bridge in progress. `stopped` and `enough` belong to the thread, which copies them
// from `stop` and `count`. The result may be read when it is over.
typedef struct BridgeTask {
    Bridge bridge; // owned
    Plan plan;
    int count, stopped, enough;
    bool stop, over;
    double done;
    GPtrArray *takes; // owned, ChoiceTake *; NULL if there is an error
    GError *error;    // owned
} BridgeTask;

// A prompt to read ahead, before anybody asks for its continuation.
typedef struct Ahead {
    GArray *tokens; // a reference; NULL: none
    int64_t origin; // as in WriterJob
    double closeness;
} Ahead;

// A prompt that was read ahead.
typedef struct Ready {
    GArray *tokens; // a reference; NULL: none
    GArray *events; // owned; one per token
    Session *session;
    double closeness;
} Ready;

// What the thread reads from a session for the lens.
typedef struct LensRows {
    real *attention, *recalled; // (M); owned
    int64_t looked;             // when it did so last
} LensRows;

// Over which the rate is measured.
typedef struct Spell {
    int64_t microseconds, tokens;
} Spell;

// What main has heard and shows.
typedef struct Followed {
    int take; // -1: none
    int64_t playhead;
    bool lens;
} Followed;

// The model that is loaded, and the request for another one.
typedef struct ModelSlot {
    bool loaded;
    WriterModel known; // valid if it is
    bool changes;      // another one is requested:
    char *next;        // owned; NULL: the shipped model
    char *trouble;     // owned; why a requested one could not be loaded
} ModelSlot;

struct Writer {
    Worker worker;
    Wake wake;

    // Used by the thread only.
    SharedModel *model; // a reference; NULL: none yet
    Pool *pool;         // one for life
    Ready ready;
    LensRows lens;
    Spell spell;
    int64_t woken; // when main was last

    // Under the worker's lock.
    GPtrArray *jobs;    // owned, WriterTask *
    BridgeTask *bridge; // owned; NULL: none, or its result was read
    Ahead ahead;
    Followed followed;
    ModelSlot slot;
    WriterState state;
};

#define WRITER_WAKE 30000    // microseconds between two calls of wake()
void writer_tell(Writer *w); // calls wake()

void bridge_task_free(BridgeTask *t); // accepts NULL
void writer_make_bridge(Writer *w);   // called with the lock held

void writer_unload(Writer *w);  // frees the model and everything made from it
bool writer_work(void *writer); // a piece of work (worker.h)

#endif
