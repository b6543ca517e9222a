#include "app/desktop/tape.h"

Stream *stream_new(int take, int64_t fork) {
    Stream *s = g_atomic_rc_box_new0(Stream);
    s->take = take;
    s->fork = s->known = fork;
    pthread_mutex_init(&s->lock, NULL);
    s->events = g_array_new(false, false, sizeof(AudioEvent));
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

void stream_add(Stream *s, const AudioEvent *event, int64_t known) {
    pthread_mutex_lock(&s->lock);
    if (event) g_array_append_val(s->events, *event);
    s->known = MAX(s->known, known);
    pthread_mutex_unlock(&s->lock);
}

void stream_end(Stream *s) {
    pthread_mutex_lock(&s->lock);
    s->whole = true;
    pthread_mutex_unlock(&s->lock);
}

static void add(Tape *t, int64_t time, AudioKind kind, uint8_t pitch, uint8_t value) {
    AudioEvent e = {
        .time = time, .kind = (uint8_t)kind, .pitch = pitch, .value = value};
    g_array_append_val(t->base, e);
}

static int order(AudioEvent e) {
    return e.kind == EVENT_NOTE_OFF ? 0 : e.kind == EVENT_PEDAL ? 1 : 2;
}

static gint by_time(gconstpointer a, gconstpointer b) {
    const AudioEvent *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return order(*x) != order(*y) ? order(*x) - order(*y) : x->pitch - y->pitch;
}

// A note that lasts no time is released after its stroke all the same.
static void add_note(Tape *t, Note n, bool held) {
    add(t, n.onset, EVENT_NOTE_ON, n.pitch, n.velocity);
    if (!held) add(t, MAX(n.release, n.onset + 1), EVENT_NOTE_OFF, n.pitch, 0);
}

static Tape *tape_of(const Performance *p, const TakeStart *start, Stream *stream) {
    Tape *t = g_new0(Tape, 1);
    t->base = g_array_new(false, false, sizeof(AudioEvent));
    t->end = stream ? stream->fork : performance_end(p);
    bool later[128] = {false}; // a key that is struck again before the stream begins
    for (size_t i = p->note_count; i-- > 0;) {
        Note n = p->notes[i];
        if (stream && n.onset >= stream->fork) continue;
        bool held = stream && start->held[n.pitch] && !later[n.pitch];
        later[n.pitch] = true;
        add_note(t, n, held);
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        if (!stream || p->pedal[i].time <= stream->fork)
            add(t, p->pedal[i].time, EVENT_PEDAL, 0, p->pedal[i].value);
    g_array_sort(t->base, by_time);
    return t;
}

Tape *tape_new(const Performance *p) { return tape_of(p, NULL, NULL); }

Tape *tape_growing(const Performance *p, const TakeStart *start, Stream *stream) {
    Tape *t = tape_of(p, start, stream);
    // The take begins with the pedal as its model knows it; what stands in the
    // performance at this moment may be the end of the take so far.
    add(t, stream->fork, EVENT_PEDAL, 0, start->pedal ? 127 : 0);
    t->stream = stream_ref(stream);
    return t;
}

void tape_free(Tape *t) {
    if (!t) return;
    g_array_unref(t->base);
    stream_unref(t->stream);
    g_free(t);
}

bool tape_event(const Tape *t, size_t at, AudioEvent *ret) {
    if (at < t->base->len) {
        *ret = g_array_index(t->base, AudioEvent, at);
        return true;
    }
    if (!t->stream) return false;
    at -= t->base->len;
    pthread_mutex_lock(&t->stream->lock);
    bool any = at < t->stream->events->len;
    if (any) *ret = g_array_index(t->stream->events, AudioEvent, at);
    pthread_mutex_unlock(&t->stream->lock);
    return any;
}

static size_t count(const Tape *t) {
    size_t n = t->base->len;
    if (!t->stream) return n;
    pthread_mutex_lock(&t->stream->lock);
    n += t->stream->events->len;
    pthread_mutex_unlock(&t->stream->lock);
    return n;
}

size_t tape_find(const Tape *t, int64_t time) {
    size_t low = 0, high = count(t);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        AudioEvent e;
        if (tape_event(t, middle, &e) && e.time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t tape_known(const Tape *t, bool *ret_whole) {
    *ret_whole = true;
    if (!t->stream) return t->end;
    pthread_mutex_lock(&t->stream->lock);
    int64_t known = t->stream->known;
    *ret_whole = t->stream->whole;
    pthread_mutex_unlock(&t->stream->lock);
    return known;
}

int tape_pedal(const Tape *t, int64_t time) {
    AudioEvent e;
    for (size_t i = tape_find(t, time); i-- > 0;)
        if (tape_event(t, i, &e) && e.kind == EVENT_PEDAL) return e.value;
    return 0;
}

int64_t tape_first_stroke(const Tape *t, int64_t time) {
    AudioEvent e;
    for (size_t i = tape_find(t, time); tape_event(t, i, &e); i++)
        if (e.kind == EVENT_NOTE_ON) return e.time;
    return -1;
}
