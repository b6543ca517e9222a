#include "app/desktop/playing/playback_list.h"

Stream *stream_new(int take, int64_t fork) {
    Stream *s = g_new0(Stream, 1);
    references_init(&s->references, 1);
    s->take = take;
    s->fork = s->known = fork;
    monitor_init(&s->monitor);
    s->events = g_array_new(false, false, sizeof(Event));
    return s;
}

Stream *stream_ref(Stream *s) {
    references_add(&s->references);
    return s;
}

void stream_unref(Stream *s) {
    if (!s || !references_drop(&s->references)) return;
    monitor_clear(&s->monitor);
    g_array_unref(s->events);
    g_free(s);
}

Stream *stream_find(const GPtrArray *streams, int take) {
    for (guint i = 0; i < streams->len; i++) {
        Stream *s = streams->pdata[i];
        if (s->take == take) return s;
    }
    return NULL;
}

void stream_add(Stream *s, Event event) {
    monitor_lock(&s->monitor);
    if (event.kind != EVENT_TIME) g_array_append_val(s->events, event);
    s->known = MAX(s->known, event.time);
    monitor_unlock(&s->monitor);
}

void stream_end(Stream *s) {
    monitor_lock(&s->monitor);
    s->whole = true;
    monitor_unlock(&s->monitor);
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
    monitor_lock(&l->stream->monitor);
    bool any = at < l->stream->events->len;
    if (any) *ret = g_array_index(l->stream->events, Event, at);
    monitor_unlock(&l->stream->monitor);
    return any;
}

static size_t count(const PlaybackList *l) {
    size_t n = l->base->len;
    if (!l->stream) return n;
    monitor_lock(&l->stream->monitor);
    n += l->stream->events->len;
    monitor_unlock(&l->stream->monitor);
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
    monitor_lock(&l->stream->monitor);
    int64_t known = l->stream->known;
    *ret_whole = l->stream->whole;
    monitor_unlock(&l->stream->monitor);
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
