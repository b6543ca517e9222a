// What is to be played: key strokes, releases and pedal, in order of time
// (midi/event.h, in microseconds of the piece); and a stream of the same that grows at
// its end while a take is written.
//
// A playback list is a base, which never changes, and then a stream, if what is played
// is still being written.
#ifndef APP_DESKTOP_PLAYING_PLAYBACK_LIST_H
#define APP_DESKTOP_PLAYING_PLAYBACK_LIST_H

#include "app/document/take.h"

#include <pthread.h>

// Shared by the thread that writes a take and the one that plays it; it has its own
// lock.
typedef struct Stream {
    int take;
    int64_t fork; // no event is before it
    pthread_mutex_t lock;
    GArray *events; // owned, Event
    int64_t known;  // nothing more will come before this moment
    bool whole;     // nothing more will come at all
} Stream;

Stream *stream_new(int take, int64_t fork);
Stream *stream_ref(Stream *s);
void stream_unref(Stream *s); // accepts NULL

// The one of a take among some (Stream *), or NULL.
Stream *stream_find(const GPtrArray *streams, int take);

// The writer's, in order of time; with EVENT_TIME nothing but `known` grows.
void stream_add(Stream *s, Event event);
void stream_end(Stream *s);

typedef struct PlaybackList {
    GArray *base;   // owned, Event
    int64_t end;    // of the base
    GArray *turns;  // owned, int64_t: where the model's begins, then where it ends, ...
    Stream *stream; // owned reference; NULL: the base is all
} PlaybackList;

// All of a performance.
PlaybackList *playback_list_new(const Performance *p);
// A performance up to where `stream` goes on. What `start` says is held there stays
// down for the stream to let go.
PlaybackList *playback_list_growing(const Performance *p, const TakeStart *start,
                                    Stream *stream);
void playback_list_free(PlaybackList *t); // accepts NULL

// From `time` on it is the model's, or no longer is: the other than before. Turns are
// told in order of time, the first being to the model.
void playback_list_turn(PlaybackList *l, int64_t time);
// Whether the model wrote what is at a time.
bool playback_list_written(const PlaybackList *l, int64_t time);

// The event at a place; false: there is none (yet).
bool playback_list_event(const PlaybackList *t, size_t at, Event *ret);
// The first event that is not before `time`.
size_t playback_list_find(const PlaybackList *t, int64_t time);
// Up to what moment everything is known; *ret_whole: nothing comes after it.
int64_t playback_list_known(const PlaybackList *t, bool *ret_whole);
// How deep the pedal is just before `time`.
int playback_list_pedal(const PlaybackList *t, Pedal pedal, int64_t time);
// When the first key is struck from `time` on, or -1 if none is yet.
int64_t playback_list_first_stroke(const PlaybackList *t, int64_t time);

#endif
