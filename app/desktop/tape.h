// What is to be played, as the engine takes it: key strokes, releases and pedal, in
// order of time; and a stream of the same that grows at its end while a take is
// written.
//
// A tape is a base, which never changes, and then a stream, if what is played is still
// being written. At one moment releases come before the pedal, and the pedal before
// strokes, so that a key struck again sounds again.
#ifndef APP_DESKTOP_TAPE_H
#define APP_DESKTOP_TAPE_H

#include "app/document/take.h"
#include "audio/event.h"

#include <pthread.h>

// Shared by the thread that writes a take and the one that plays it; it has its own
// lock.
typedef struct Stream {
    int take;
    int64_t fork; // no event is before it
    pthread_mutex_t lock;
    GArray *events; // owned, AudioEvent
    int64_t known;  // nothing more will come before this moment
    bool whole;     // nothing more will come at all
} Stream;

Stream *stream_new(int take, int64_t fork);
Stream *stream_ref(Stream *s);
void stream_unref(Stream *s); // accepts NULL

// The writer's. `known` never goes back.
void stream_add(Stream *s, const AudioEvent *event, int64_t known); // event may be NULL
void stream_end(Stream *s);

typedef struct Tape {
    GArray *base;   // owned, AudioEvent
    int64_t end;    // of the base
    Stream *stream; // owned reference; NULL: the base is all
} Tape;

// All of a performance.
Tape *tape_new(const Performance *p);
// A performance up to where `stream` goes on. What `start` says is held there stays
// down for the stream to let go.
Tape *tape_growing(const Performance *p, const TakeStart *start, Stream *stream);
void tape_free(Tape *t); // accepts NULL

// The event at a place; false: there is none (yet).
bool tape_event(const Tape *t, size_t at, AudioEvent *ret);
// The first event that is not before `time`.
size_t tape_find(const Tape *t, int64_t time);
// Up to what moment everything is known; *ret_whole: nothing comes after it.
int64_t tape_known(const Tape *t, bool *ret_whole);
// How deep the pedal is just before `time`.
int tape_pedal(const Tape *t, int64_t time);
// When the first key is struck from `time` on, or -1 if none is yet.
int64_t tape_first_stroke(const Tape *t, int64_t time);

#endif
