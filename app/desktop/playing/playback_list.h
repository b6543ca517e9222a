// The events to play: onsets, releases and pedal in order of time (midi/event.h, in
// microseconds of the piece), and a stream of further events that grows while a take is
// being generated.
//
// A playback list is a base, which never changes, followed by a stream if the take is
// still being generated.
#ifndef APP_DESKTOP_PLAYING_PLAYBACK_LIST_H
#define APP_DESKTOP_PLAYING_PLAYBACK_LIST_H

#include "app/document/take.h"
#include "thread/monitor.h"
#include "thread/references.h"

// Shared by the thread that generates a take and the one that plays it.
typedef struct Stream {
    References references;
    int take;
    int64_t fork;    // the time before which it has no event
    Monitor monitor; // protects what follows
    GArray *events;  // owned, Event
    int64_t known;   // every event before this time is in `events`
    bool whole;      // the stream is complete
} Stream;

Stream *stream_new(int take, int64_t fork);
Stream *stream_ref(Stream *s);
void stream_unref(Stream *s); // accepts NULL

// Returns the stream of a take in an array of Stream *, or NULL.
Stream *stream_find(const GPtrArray *streams, int take);

// Called by the writer, in order of time. EVENT_TIME only advances `known`.
void stream_add(Stream *s, Event event);
void stream_end(Stream *s);

typedef struct PlaybackList {
    GArray *base; // owned, Event
    int64_t end;  // end of the base
    // Owned, int64_t: where the model's music begins, then where it ends, and so on.
    GArray *turns;
    Stream *stream; // owned reference; NULL: there is only the base
} PlaybackList;

// Plays all of a performance.
PlaybackList *playback_list_new(const Performance *p);
// Plays a performance up to where `stream` begins. The keys that are held there
// according to `start` stay down until the stream releases them.
PlaybackList *playback_list_growing(const Performance *p, const TakeStart *start,
                                    Stream *stream);
void playback_list_free(PlaybackList *t); // accepts NULL

// Marks a change of author at `time`, first from the pianist to the model, then back,
// and so on. Call it in order of time.
void playback_list_turn(PlaybackList *l, int64_t time);
// Returns whether the model generated the music at a time.
bool playback_list_written(const PlaybackList *l, int64_t time);

// Returns the event at an index; false: there is none (yet).
bool playback_list_event(const PlaybackList *t, size_t at, Event *ret);
// Returns the index of the first event that is not before `time`.
size_t playback_list_find(const PlaybackList *t, int64_t time);
// Returns the time up to which all events are known; *ret_whole: none comes after it.
int64_t playback_list_known(const PlaybackList *t, bool *ret_whole);
// Returns the pedal's depth just before `time`.
int playback_list_pedal(const PlaybackList *t, Pedal pedal, int64_t time);
// Returns the time of the first onset from `time` on, or -1 if there is none yet.
int64_t playback_list_first_stroke(const PlaybackList *t, int64_t time);

#endif
