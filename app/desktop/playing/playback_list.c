#include "app/desktop/playing/playback_list.h"

Stream *stream_new(int take, int64_t fork) {
    Stream *s = g_atomic_rc_box_new0(Stream);
    s->take = take;
    s->fork = s->known = fork;
    pthread_mutex_init(&s->lock, NULL);
    s->events = g_array_new(false, false, sizeof(Event));
    return s;
}

Stream *stream_ref(Stream *s) { return g_atomic_rc_box_acquire(s); }

static void stream_clear(gpointer stream) {
    Stream *s = stream;
    pthread_mutex_destroy(&s->lock);
    g_array_unref(s->events);
}

void stream_unref(Stream *s) {
    if (s) g_atomic_rc_box_release_full(s, stream_clear);
}

Stream *stream_find(const GPtrArray *streams, int take) {
    for (guint i = 0; i < streams->len; i++) {
        Stream *s = streams->pdata[i];
        if (s->take == take) return s;
    }
    return NULL;
}

void stream_add(Stream *s, Event event) {
    pthread_mutex_lock(&s->lock);
    if (event.kind != EVENT_TIME) g_array_append_val(s->events, event);
    s->known = MAX(s->known, event.time);
    pthread_mutex_unlock(&s->lock);
}

void stream_end(Stream *s) {
    pthread_mutex_lock(&s->lock);
    s->whole = true;
    pthread_mutex_unlock(&s->lock);
}

static PlaybackList *list_of(const Performance *p, const TakeStart *start,
                             Stream *stream) {
    PlaybackList *l = g_new0(PlaybackList, 1);
    l->turns = g_array_new(false, false, sizeof(int64_t));
    l->end = stream ? stream->fork : performance_end(p);
    GArray *events = l->base = g_array_new(false, false, sizeof(Event));
    bool later[128] = {false}; // the key has a later note before the stream begins
    for (size_t i = p->note_count; i-- > 0;) {
        Note n = p->notes[i];
        if (stream && n.onset >= stream->fork) continue;
        if (stream && start->held[n.pitch] && !later[n.pitch])
            events_add_onset(events, n.onset, n.pitch, n.velocity);
        else
            events_add_note(events, n.onset, n.release, n.pitch, n.velocity);
        later[n.pitch] = true;
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        if (!stream || p->pedal[i].time <= stream->fork)
            events_add_pedal(events, p->pedal[i].time, p->pedal[i].value);
    for (size_t i = 0; i < p->move_count; i++)
        if (!stream || p->moves[i].time <= stream->fork)
            events_move_pedal(events, p->moves[i].time, (Pedal)p->moves[i].pedal,
                              p->moves[i].value);
    events_sort(events);
    return l;
}

PlaybackList *playback_list_new(const Performance *p) { return list_of(p, NULL, NULL); }

PlaybackList *playback_list_growing(const Performance *p, const TakeStart *start,
                                    Stream *stream) {
    PlaybackList *l = list_of(p, start, stream);
    // The take begins with the pedal state that its model was given. The performance's
    // pedal at this time may differ: it may be the take's current end.
    events_add_pedal(l->base, stream->fork, start->pedal ? 127 : 0);
    l->stream = stream_ref(stream);
    return l;
}

void playback_list_free(PlaybackList *l) {
    if (!l) return;
    g_array_unref(l->base);
    g_array_unref(l->turns);
    stream_unref(l->stream);
    g_free(l);
}

void playback_list_turn(PlaybackList *l, int64_t time) {
    g_array_append_val(l->turns, time);
}

bool playback_list_written(const PlaybackList *l, int64_t time) {
    guint turns = l->turns->len;
    while (turns > 0 && g_array_index(l->turns, int64_t, turns - 1) > time) turns--;
    return turns % 2 == 1;
}

bool playback_list_event(const PlaybackList *l, size_t at, Event *ret) {
    if (at < l->base->len) {
        *ret = g_array_index(l->base, Event, at);
        return true;
    }
    if (!l->stream) return false;
    at -= l->base->len;
    pthread_mutex_lock(&l->stream->lock);
    bool any = at < l->stream->events->len;
    if (any) *ret = g_array_index(l->stream->events, Event, at);
    pthread_mutex_unlock(&l->stream->lock);
    return any;
}

static size_t count(const PlaybackList *l) {
    size_t n = l->base->len;
    if (!l->stream) return n;
    pthread_mutex_lock(&l->stream->lock);
    n += l->stream->events->len;
    pthread_mutex_unlock(&l->stream->lock);
    return n;
}

size_t playback_list_find(const PlaybackList *l, int64_t time) {
    size_t low = 0, high = count(l);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        Event e;
        if (playback_list_event(l, middle, &e) && e.time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t playback_list_known(const PlaybackList *l, bool *ret_whole) {
    *ret_whole = true;
    if (!l->stream) return l->end;
    pthread_mutex_lock(&l->stream->lock);
    int64_t known = l->stream->known;
    *ret_whole = l->stream->whole;
    pthread_mutex_unlock(&l->stream->lock);
    return known;
}

int playback_list_pedal(const PlaybackList *l, Pedal pedal, int64_t time) {
    Event e;
    for (size_t i = playback_list_find(l, time); i-- > 0;)
        if (playback_list_event(l, i, &e) && e.kind == EVENT_PEDAL && e.pitch == pedal)
            return e.value;
    return 0;
}

int64_t playback_list_first_stroke(const PlaybackList *l, int64_t time) {
    Event e;
    for (size_t i = playback_list_find(l, time); playback_list_event(l, i, &e); i++)
        if (e.kind == EVENT_ONSET) return e.time;
    return -1;
}
