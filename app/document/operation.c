#include "app/document/operation_parts.h"

enum { EVENT_BYTES = 11, TOKEN_BYTES = 2 };

static void put_add(GByteArray *ret, const Operation *o) {
    bytes_put_u32(ret, (size_t)o->take);
    bytes_put_i64(ret, o->fork);
    bytes_put_u8(ret, (int)o->origin);
    bytes_put_u8(ret, o->chosen);
    bytes_put_u8(ret, o->joined);
    if (o->origin == ORIGIN_GENERATED) operation_put_recipe(ret, &o->recipe, &o->start);
}

static void get_add(BytesReader *r, Operation *ret) {
    ret->take = bytes_get_number(r);
    ret->fork = bytes_get_i64(r);
    ret->origin = (Origin)bytes_get_choice(r, 1, ORIGIN_GENERATED + 1);
    ret->chosen = bytes_get_bool(r);
    ret->joined = bytes_get_bool(r);
    if (ret->origin == ORIGIN_GENERATED)
        operation_get_recipe(r, &ret->recipe, &ret->start);
}

static void put_tokens(GByteArray *ret, const Operation *o) {
    bytes_put_u32(ret, (size_t)o->take);
    bytes_put_u32(ret, o->count);
    for (size_t i = 0; i < o->count; i++) bytes_put(ret, o->tokens[i], TOKEN_BYTES);
}

static void get_tokens(BytesReader *r, Operation *ret) {
    ret->take = bytes_get_number(r);
    ret->count = bytes_get_count(r, TOKEN_BYTES);
    ret->tokens = g_new(uint16_t, ret->count);
    for (size_t i = 0; i < ret->count; i++)
        ret->tokens[i] = (uint16_t)bytes_get(r, TOKEN_BYTES);
}

// The codes of the kinds of events in a journal.
static const uint8_t event_codes[EVENT_KINDS] = {
    [EVENT_ONSET] = 0, [EVENT_RELEASE] = 1, [EVENT_PEDAL] = 2, [EVENT_TIME] = 3};

static uint8_t get_event_kind(BytesReader *r) {
    uint8_t code = bytes_get_u8(r), kind = 0;
    while (kind < EVENT_KINDS && event_codes[kind] != code) kind++;
    r->failed |= kind == EVENT_KINDS;
    return kind;
}

static void put_events(GByteArray *ret, const Operation *o) {
    bytes_put_u32(ret, (size_t)o->take);
    bytes_put_u32(ret, o->count);
    for (size_t i = 0; i < o->count; i++) {
        Event event = o->events[i];
        bytes_put_i64(ret, event.time);
        bytes_put_u8(ret, event_codes[event.kind]);
        bytes_put_u8(ret, event.pitch);
        bytes_put_u8(ret, event.value);
    }
}

static void get_events(BytesReader *r, Operation *ret) {
    ret->take = bytes_get_number(r);
    ret->count = bytes_get_count(r, EVENT_BYTES);
    ret->events = g_new(Event, ret->count);
    for (size_t i = 0; i < ret->count; i++) {
        Event *event = &ret->events[i];
        event->time = bytes_get_i64(r);
        event->kind = get_event_kind(r);
        event->pitch = bytes_get_u8(r);
        event->value = bytes_get_u8(r);
    }
}

static void put_view(GByteArray *ret, const DocumentView *view) {
    bytes_put_u32(ret, (size_t)view->take);
    bytes_put_i64(ret, view->point);
    bytes_put_i64(ret, view->selection_from);
    bytes_put_i64(ret, view->selection_to);
    bytes_put_i64(ret, view->loop_from);
    bytes_put_i64(ret, view->loop_to);
    bytes_put_u8(ret, view->looping);
}

static void get_view(BytesReader *r, DocumentView *ret) {
    ret->take = bytes_get_number(r);
    ret->point = bytes_get_i64(r);
    ret->selection_from = bytes_get_i64(r);
    ret->selection_to = bytes_get_i64(r);
    ret->loop_from = bytes_get_i64(r);
    ret->loop_to = bytes_get_i64(r);
    ret->looping = bytes_get_bool(r);
}

static void put_bars(GByteArray *ret, const TappedBars *bars) {
    bytes_put_u32(ret, bars->tempo);
    bytes_put_u8(ret, bars->beats);
    bytes_put_i64(ret, bars->first);
}

static void get_bars(BytesReader *r, TappedBars *ret) {
    ret->tempo = (uint32_t)bytes_get(r, 4);
    ret->beats = bytes_get_u8(r);
    ret->first = bytes_get_i64(r);
}

void operation_encode(GByteArray *ret, const Operation *o) {
    bytes_put_u8(ret, (int)o->kind);
    switch (o->kind) {
    case OPERATION_BEGIN: operation_put_root(ret, o); break;
    case OPERATION_ADD: put_add(ret, o); break;
    case OPERATION_TOKENS: put_tokens(ret, o); break;
    case OPERATION_EVENTS: put_events(ret, o); break;
    case OPERATION_VIEW: put_view(ret, &o->view); break;
    case OPERATION_BARS: put_bars(ret, &o->bars); break;
    case OPERATION_UNDO:
    case OPERATION_REDO:
    case OPERATION_KINDS: break;
    case OPERATION_FINISH:
    case OPERATION_REMOVE:
    case OPERATION_RESTORE:
    case OPERATION_RENAME:
        bytes_put_u32(ret, (size_t)o->take);
        if (o->kind == OPERATION_FINISH) bytes_put_i64(ret, o->drawn);
        if (o->kind == OPERATION_REMOVE && o->joined) bytes_put_u8(ret, 1);
        if (o->kind == OPERATION_RENAME) bytes_put_text(ret, o->name);
    }
}

bool operation_decode(Operation *ret, const uint8_t *bytes, size_t size) {
    BytesReader r = {bytes, size, false};
    *ret = (Operation){.kind = (OperationKind)bytes_get_choice(&r, 1, OPERATION_KINDS)};
    if (r.failed) return false;
    switch (ret->kind) {
    case OPERATION_BEGIN: operation_get_root(&r, ret); break;
    case OPERATION_ADD: get_add(&r, ret); break;
    case OPERATION_TOKENS: get_tokens(&r, ret); break;
    case OPERATION_EVENTS: get_events(&r, ret); break;
    case OPERATION_VIEW: get_view(&r, &ret->view); break;
    case OPERATION_BARS: get_bars(&r, &ret->bars); break;
    case OPERATION_UNDO:
    case OPERATION_REDO:
    case OPERATION_KINDS: break;
    case OPERATION_FINISH:
    case OPERATION_REMOVE:
    case OPERATION_RESTORE:
    case OPERATION_RENAME:
        ret->take = bytes_get_number(&r);
        if (ret->kind == OPERATION_FINISH) ret->drawn = bytes_get_i64(&r);
        if (ret->kind == OPERATION_REMOVE && r.left > 0) {
            ret->joined = bytes_get_bool(&r);
            r.failed = r.failed || !ret->joined;
        }
        if (ret->kind == OPERATION_RENAME) ret->name = bytes_get_text(&r);
    }
    return !r.failed && r.left == 0;
}

void operation_clear(Operation *o) {
    g_free(o->name);
    performance_clear(&o->root);
    g_free(o->recipe.model);
    g_free(o->recipe.model_hash);
    g_free(o->tokens);
    g_free(o->events);
    *o = (Operation){0};
}
