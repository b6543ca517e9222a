#include "app/document/take.h"

#include <math.h>

TakeStart take_start(const Decoder *decoder, int64_t origin) {
    TakeStart ret = {origin, decoder->step, decoder->velocity, decoder->pedal, {false}};
    for (int key = 0; key < 128; key++) ret.held[key] = decoder->sounding[key] != 0;
    return ret;
}

static void add_event(Take *t, Event event) {
    t->end = event.time;
    t->notes += event.kind == EVENT_ONSET;
    g_array_append_val(t->events, event);
}

static void begin_generated(Take *t, const Recipe *recipe, const TakeStart *start) {
    t->generated.recipe = *recipe;
    t->generated.recipe.model = g_strdup(recipe->model ? recipe->model : "");
    t->generated.recipe.model_hash = g_strdup(recipe->model_hash ? recipe->model_hash
                                                                 : "");
    t->generated.start = *start;
    t->until = (int64_t)llround(recipe->until * 1e6);
    decoder_init(&t->generated.decoder);
    t->generated.decoder.step = start->step;
    t->generated.decoder.velocity = start->velocity;
    t->generated.decoder.pedal = start->pedal;
    for (int key = 0; key < 128; key++)
        t->generated.decoder.sounding[key] = start->held[key];
    t->generated.tokens = g_array_new(false, false, sizeof(uint16_t));
    // A tokenizer without pedal tokens has folded the pedal into the notes, so it is
    // up.
    if (!start->pedal) add_event(t, (Event){.time = t->fork, .kind = EVENT_PEDAL});
    t->end = MAX(t->fork, start->origin + start->step * STEP_MICROSECONDS);
}

Take *take_new(Origin origin, int64_t fork, const Recipe *recipe,
               const TakeStart *start) {
    Take *t = g_new0(Take, 1);
    t->fork = t->end = fork;
    t->origin = origin;
    t->name = g_strdup("");
    t->events = g_array_new(false, false, sizeof(Event));
    if (origin == ORIGIN_GENERATED)
        begin_generated(t, recipe, start);
    else
        add_event(t, (Event){.time = fork, .kind = EVENT_PEDAL});
    return t;
}

void take_free(Take *t) {
    if (!t) return;
    g_free(t->name);
    g_free(t->generated.recipe.model);
    g_free(t->generated.recipe.model_hash);
    if (t->events) g_array_unref(t->events);
    if (t->generated.tokens) g_array_unref(t->generated.tokens);
    g_free(t);
}

static bool in_range(Event e) {
    switch ((EventKind)e.kind) {
    case EVENT_ONSET: return e.pitch < 128 && e.value > 0 && e.value < 128;
    case EVENT_RELEASE: return e.pitch < 128 && e.value == 0;
    case EVENT_PEDAL: return e.pitch < PEDALS && e.value < 128;
    case EVENT_TIME: return e.pitch == 0 && e.value == 0;
    case EVENT_KINDS: break;
    }
    return false;
}

bool take_accepts(const Take *t, const Event *events, size_t count) {
    int64_t now = t->end;
    for (size_t i = 0; i < count; i++) {
        if (events[i].time < now || events[i].time > TAKE_LATEST) return false;
        if (!in_range(events[i])) return false;
        now = events[i].time;
    }
    return true;
}

void take_add_events(Take *t, const Event *events, size_t count) {
    for (size_t i = 0; i < count; i++) add_event(t, events[i]);
}

int64_t take_time(int64_t origin, int64_t fork, int64_t time) {
    return MAX(origin + time, fork);
}

static Event decode(Take *t, guint at) {
    Event e = {0};
    while (t->generated.decoded <= at)
        e = decoder_push(
                &t->generated.decoder,
                g_array_index(t->generated.tokens, uint16_t, t->generated.decoded++))
                .event;
    return e;
}

void take_add_tokens(Take *t, const uint16_t *tokens, const Event *events,
                     size_t count) {
    guint before = t->generated.tokens->len;
    g_array_append_vals(t->generated.tokens, tokens, (guint)count);
    for (guint i = 0; i < count; i++) {
        Event e = events ? events[i] : decode(t, before + i);
        e.time = take_time(t->generated.start.origin, t->fork, e.time);
        if (e.kind == EVENT_TIME)
            t->end = MAX(t->end, e.time);
        else
            add_event(t, e);
    }
}

size_t take_settled(const Token *tokens, size_t count) {
    while (count > 0 && (token_is_velocity(tokens[count - 1]) ||
                         token_is_time_shift(tokens[count - 1])))
        count--;
    return count;
}
