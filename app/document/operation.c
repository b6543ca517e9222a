#include "app/document/operation.h"

#include <math.h>
#include <string.h>

enum { NOTE_BYTES = 18, PEDAL_BYTES = 9, EVENT_BYTES = 11, TOKEN_BYTES = 2 };
enum { TEMPO_BYTES = 8, METRE_BYTES = 8, KEY_BYTES = 6, MOVE_BYTES = 10 };

enum { WITH_TEMPO_MAP = 1, WITH_MOVES = 2 }; // further parts of a root, as bits

static void put(GByteArray *ret, uint64_t value, int bytes) {
    uint8_t buffer[8];
    for (int i = 0; i < bytes; i++) buffer[i] = (uint8_t)(value >> (8 * i));
    g_byte_array_append(ret, buffer, (guint)bytes);
}

static void put_u8(GByteArray *ret, int value) { put(ret, (uint64_t)value, 1); }
static void put_u32(GByteArray *ret, size_t value) { put(ret, value, 4); }
static void put_i64(GByteArray *ret, int64_t value) { put(ret, (uint64_t)value, 8); }

static void put_f64(GByteArray *ret, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(ret, bits, 8);
}

static void put_text(GByteArray *ret, const char *text) {
    size_t size = text ? strlen(text) : 0;
    put(ret, size, 2);
    if (size) g_byte_array_append(ret, (const guint8 *)text, (guint)size);
}

// The bytes that are left to read. After the first failure all later reads return 0.
typedef struct Reader {
    const uint8_t *at;
    size_t left;
    bool failed;
} Reader;

static uint64_t get(Reader *r, int bytes) {
    uint64_t value = 0;
    if (r->failed || r->left < (size_t)bytes) {
        r->failed = true;
        return 0;
    }
    for (int i = 0; i < bytes; i++) value |= (uint64_t)r->at[i] << (8 * i);
    r->at += bytes;
    r->left -= (size_t)bytes;
    return value;
}

static uint8_t get_u8(Reader *r) { return (uint8_t)get(r, 1); }
static int64_t get_i64(Reader *r) { return (int64_t)get(r, 8); }

static bool get_bool(Reader *r) {
    uint8_t value = get_u8(r);
    r->failed = r->failed || value > 1;
    return value == 1;
}

// Reads a number below `count`.
static int get_choice(Reader *r, int bytes, uint64_t count) {
    uint64_t value = get(r, bytes);
    if (value < count) return (int)value;
    r->failed = true;
    return 0;
}

static int get_number(Reader *r) { return get_choice(r, 4, (uint64_t)G_MAXINT + 1); }

static double get_f64(Reader *r) {
    uint64_t bits = get(r, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Reads the number of items that follow, of `item_bytes` each. Fails if there are not
// enough bytes for them.
static size_t get_count(Reader *r, size_t item_bytes) {
    size_t count = (size_t)get(r, 4);
    if (count <= r->left / item_bytes) return count;
    r->failed = true;
    return 0;
}

static char *get_text(Reader *r) {
    size_t size = (size_t)get(r, 2);
    if (size > r->left || size > OPERATION_TEXT || memchr(r->at, 0, size)) {
        r->failed = true;
        size = 0;
    }
    char *text = g_strndup((const char *)r->at, size);
    r->at += size;
    r->left -= size;
    return text;
}

static void put_tempo_map(GByteArray *ret, const TempoMap *m) {
    put(ret, (uint16_t)m->division, 2);
    put_text(ret, m->title);
    put_text(ret, m->names);
    put_u32(ret, m->tempi->len);
    for (guint i = 0; i < m->tempi->len; i++) {
        TempoChange change = g_array_index(m->tempi, TempoChange, i);
        put_u32(ret, (size_t)change.tick);
        put_u32(ret, change.tempo);
    }
    put_u32(ret, m->metres->len);
    for (guint i = 0; i < m->metres->len; i++) {
        Metre metre = g_array_index(m->metres, Metre, i);
        put_u32(ret, (size_t)metre.tick);
        put_u8(ret, metre.beats);
        put_u8(ret, metre.unit);
        put_u8(ret, metre.clocks);
        put_u8(ret, metre.quarter);
    }
    put_u32(ret, m->keys->len);
    for (guint i = 0; i < m->keys->len; i++) {
        KeySignature key = g_array_index(m->keys, KeySignature, i);
        put_u32(ret, (size_t)key.tick);
        put_u8(ret, key.sharps);
        put_u8(ret, key.minor);
    }
}

// Reads a tick that must not be before the last one.
static int64_t get_tick(Reader *r, int64_t *last) {
    int64_t tick = (int64_t)get(r, 4);
    r->failed = r->failed || tick < *last || tick > TEMPO_MAP_TICKS;
    return *last = tick;
}

static void get_tempi(Reader *r, TempoMap *m) {
    int64_t last = 0;
    for (size_t left = get_count(r, TEMPO_BYTES); left > 0; left--) {
        int64_t tick = get_tick(r, &last);
        uint32_t tempo = (uint32_t)get(r, 4);
        r->failed = r->failed || tempo == 0 || tempo > TEMPO_MOST;
        if (!r->failed) tempo_map_add_tempo(m, tick, tempo);
    }
}

static void get_metres(Reader *r, TempoMap *m) {
    int64_t last = 0;
    for (size_t left = get_count(r, METRE_BYTES); left > 0; left--) {
        Metre metre = {.tick = get_tick(r, &last), .beats = get_u8(r)};
        metre.unit = (uint8_t)get_choice(r, 1, 8);
        metre.clocks = get_u8(r);
        metre.quarter = get_u8(r);
        r->failed = r->failed || metre.beats == 0;
        if (!r->failed) tempo_map_add_metre(m, metre);
    }
}

static void get_keys(Reader *r, TempoMap *m) {
    int64_t last = 0;
    for (size_t left = get_count(r, KEY_BYTES); left > 0; left--) {
        KeySignature key = {.tick = get_tick(r, &last), .sharps = (int8_t)get_u8(r)};
        key.minor = get_bool(r);
        r->failed = r->failed || ABS(key.sharps) > 7;
        if (!r->failed) tempo_map_add_key(m, key);
    }
}

static TempoMap *get_tempo_map(Reader *r) {
    TempoMap *m = tempo_map_new((int16_t)get(r, 2));
    g_autofree char *title = get_text(r), *names = get_text(r);
    r->failed = r->failed || !m;
    if (r->failed) return m;
    tempo_map_set_title(m, title, strlen(title));
    tempo_map_add_name(m, names, strlen(names));
    get_tempi(r, m);
    get_metres(r, m);
    get_keys(r, m);
    return m;
}

static void put_moves(GByteArray *ret, const Performance *p) {
    put_u32(ret, p->move_count);
    for (size_t i = 0; i < p->move_count; i++) {
        put_i64(ret, p->moves[i].time);
        put_u8(ret, p->moves[i].pedal);
        put_u8(ret, p->moves[i].value);
    }
}

static void get_moves(Reader *r, Performance *ret) {
    for (size_t left = get_count(r, MOVE_BYTES); left > 0; left--) {
        int64_t time = get_i64(r);
        Pedal pedal = (Pedal)get_choice(r, 1, PEDALS);
        r->failed = r->failed || pedal == PEDAL_DAMPER;
        performance_move_pedal(ret, time, pedal, get_u8(r));
    }
}

static void put_root(GByteArray *ret, const Operation *o) {
    put_u8(ret, (int)o->origin);
    put_text(ret, o->name);
    put_u32(ret, o->root.note_count);
    for (size_t i = 0; i < o->root.note_count; i++) {
        Note note = o->root.notes[i];
        put_i64(ret, note.onset);
        put_i64(ret, note.release);
        put_u8(ret, note.pitch);
        put_u8(ret, note.velocity);
    }
    put_u32(ret, o->root.pedal_count);
    for (size_t i = 0; i < o->root.pedal_count; i++) {
        put_i64(ret, o->root.pedal[i].time);
        put_u8(ret, o->root.pedal[i].value);
    }
    int with = (o->root.tempo ? WITH_TEMPO_MAP : 0) |
               (o->root.move_count ? WITH_MOVES : 0);
    if (with) put_u8(ret, with);
    if (with & WITH_TEMPO_MAP) put_tempo_map(ret, o->root.tempo);
    if (with & WITH_MOVES) put_moves(ret, &o->root);
}

static void get_root(Reader *r, Operation *ret) {
    ret->origin = (Origin)get_choice(r, 1, ORIGIN_GENERATED + 1);
    ret->name = get_text(r);
    for (size_t left = get_count(r, NOTE_BYTES); left > 0; left--) {
        Note note = {.onset = get_i64(r)};
        note.release = get_i64(r);
        note.pitch = get_u8(r);
        note.velocity = get_u8(r);
        performance_add_note(&ret->root, note);
    }
    for (size_t left = get_count(r, PEDAL_BYTES); left > 0; left--) {
        int64_t time = get_i64(r);
        performance_add_pedal(&ret->root, time, get_u8(r));
    }
    if (r->failed || r->left == 0) return;
    int with = get_choice(r, 1, (WITH_TEMPO_MAP | WITH_MOVES) + 1);
    r->failed = r->failed || !with;
    if (with & WITH_TEMPO_MAP) ret->root.tempo = get_tempo_map(r);
    if (with & WITH_MOVES) get_moves(r, &ret->root);
}

// A number that was added to the recipe later, and its value in files that lack it.
typedef struct Number {
    double *at;
    int *whole; // instead of `at`, if the number is an integer
    double usual;
    int64_t *steps; // likewise
} Number;
enum { NUMBERS = 3 + DIALS + 5 };

static void recipe_numbers(Recipe *recipe, Number ret[NUMBERS]) {
    SamplerRange *pitches = &recipe->plan.sampler.within;
    *ret++ = (Number){.at = &pitches->temperature, .usual = 1};
    *ret++ = (Number){.at = &pitches->top_p, .usual = 1};
    *ret++ = (Number){.at = &recipe->plan.closeness, .usual = 1};
    for (Dial dial = 0; dial <= DIAL_PEDAL; dial++)
        *ret++ = (Number){.at = &recipe->plan.dials.at[dial]};
    *ret++ = (Number){.at = &recipe->until};
    *ret++ = (Number){.whole = &recipe->rank};
    *ret++ = (Number){.whole = &recipe->candidates};
    *ret++ = (Number){.at = &recipe->nats};
    *ret++ = (Number){.at = &recipe->plan.dials.at[DIAL_SPREAD]};
    *ret++ = (Number){.steps = &recipe->plan.finish};
}

static double number_value(Number n) {
    return n.whole ? *n.whole : n.steps ? (double)*n.steps : *n.at;
}

static void put_numbers(GByteArray *ret, Recipe recipe) {
    Number numbers[NUMBERS];
    recipe_numbers(&recipe, numbers);
    put_u8(ret, NUMBERS);
    for (int i = 0; i < NUMBERS; i++) put_f64(ret, number_value(numbers[i]));
}

static void set_number(Reader *r, Number number, double value) {
    bool is_whole = value >= 0 && value <= 1e6 && value == floor(value);
    if (number.at)
        *number.at = value;
    else if (!is_whole)
        r->failed = true;
    else if (number.whole)
        *number.whole = (int)value;
    else
        *number.steps = (int64_t)value;
}

static void get_numbers(Reader *r, Recipe *recipe) {
    Number numbers[NUMBERS];
    recipe->plan.sampler.within = continuation_pitches(1, 1);
    recipe_numbers(recipe, numbers);
    int count = r->left > 0 ? get_u8(r) : 0;
    for (int i = 0; i < MAX(count, NUMBERS); i++) {
        double value = i < count ? get_f64(r) : numbers[i].usual;
        if (i < NUMBERS) set_number(r, numbers[i], value);
    }
}

static void put_recipe(GByteArray *ret, const Recipe *recipe, const TakeStart *start) {
    const Plan *plan = &recipe->plan;
    put_u8(ret, (int)recipe->tokenizer);
    put_i64(ret, start->origin);
    put_i64(ret, start->step);
    put_u8(ret, start->velocity);
    put_u8(ret, start->pedal);
    uint8_t held[16] = {0};
    for (int key = 0; key < 128; key++)
        held[key / 8] |= (uint8_t)(start->held[key] << key % 8);
    g_byte_array_append(ret, held, sizeof held);
    put(ret, plan->seed, 8);
    put_f64(ret, plan->sampler.temperature);
    put_f64(ret, plan->sampler.top_p);
    put_f64(ret, plan->sampler.min_p);
    put_u32(ret, (size_t)plan->sampler.top_k);
    put_i64(ret, plan->tokens);
    put_i64(ret, plan->steps);
    put_u8(ret, plan->natural_end);
    put_text(ret, recipe->model);
    put_text(ret, recipe->model_hash);
    put_numbers(ret, *recipe);
}

static void get_recipe(Reader *r, Recipe *recipe, TakeStart *start) {
    Plan *plan = &recipe->plan;
    recipe->tokenizer = (TokenizerKind)get_choice(r, 1, TOKENIZER_PEDAL + 1);
    start->origin = get_i64(r);
    start->step = get_i64(r);
    start->velocity = get_u8(r);
    start->pedal = get_bool(r);
    for (int key = 0; key < 128;) {
        uint8_t eight = get_u8(r);
        for (int bit = 0; bit < 8; bit++) start->held[key++] = eight >> bit & 1;
    }
    plan->seed = get(r, 8);
    plan->sampler.temperature = get_f64(r);
    plan->sampler.top_p = get_f64(r);
    plan->sampler.min_p = get_f64(r);
    plan->sampler.top_k = get_number(r);
    plan->tokens = get_i64(r);
    plan->steps = get_i64(r);
    plan->natural_end = get_bool(r);
    recipe->model = get_text(r);
    recipe->model_hash = get_text(r);
    get_numbers(r, recipe);
}

static void put_add(GByteArray *ret, const Operation *o) {
    put_u32(ret, (size_t)o->take);
    put_i64(ret, o->fork);
    put_u8(ret, (int)o->origin);
    put_u8(ret, o->chosen);
    put_u8(ret, o->joined);
    if (o->origin == ORIGIN_GENERATED) put_recipe(ret, &o->recipe, &o->start);
}

static void get_add(Reader *r, Operation *ret) {
    ret->take = get_number(r);
    ret->fork = get_i64(r);
    ret->origin = (Origin)get_choice(r, 1, ORIGIN_GENERATED + 1);
    ret->chosen = get_bool(r);
    ret->joined = get_bool(r);
    if (ret->origin == ORIGIN_GENERATED) get_recipe(r, &ret->recipe, &ret->start);
}

static void put_tokens(GByteArray *ret, const Operation *o) {
    put_u32(ret, (size_t)o->take);
    put_u32(ret, o->count);
    for (size_t i = 0; i < o->count; i++) put(ret, o->tokens[i], TOKEN_BYTES);
}

static void get_tokens(Reader *r, Operation *ret) {
    ret->take = get_number(r);
    ret->count = get_count(r, TOKEN_BYTES);
    ret->tokens = g_new(uint16_t, ret->count);
    for (size_t i = 0; i < ret->count; i++)
        ret->tokens[i] = (uint16_t)get(r, TOKEN_BYTES);
}

// The codes of the kinds of events in a journal.
static const uint8_t event_codes[EVENT_KINDS] = {
    [EVENT_ONSET] = 0, [EVENT_RELEASE] = 1, [EVENT_PEDAL] = 2, [EVENT_TIME] = 3};

static uint8_t get_event_kind(Reader *r) {
    uint8_t code = get_u8(r), kind = 0;
    while (kind < EVENT_KINDS && event_codes[kind] != code) kind++;
    r->failed |= kind == EVENT_KINDS;
    return kind;
}

static void put_events(GByteArray *ret, const Operation *o) {
    put_u32(ret, (size_t)o->take);
    put_u32(ret, o->count);
    for (size_t i = 0; i < o->count; i++) {
        Event event = o->events[i];
        put_i64(ret, event.time);
        put_u8(ret, event_codes[event.kind]);
        put_u8(ret, event.pitch);
        put_u8(ret, event.value);
    }
}

static void get_events(Reader *r, Operation *ret) {
    ret->take = get_number(r);
    ret->count = get_count(r, EVENT_BYTES);
    ret->events = g_new(Event, ret->count);
    for (size_t i = 0; i < ret->count; i++) {
        Event *event = &ret->events[i];
        event->time = get_i64(r);
        event->kind = get_event_kind(r);
        event->pitch = get_u8(r);
        event->value = get_u8(r);
    }
}

static void put_view(GByteArray *ret, const DocumentView *view) {
    put_u32(ret, (size_t)view->take);
    put_i64(ret, view->point);
    put_i64(ret, view->selection_from);
    put_i64(ret, view->selection_to);
    put_i64(ret, view->loop_from);
    put_i64(ret, view->loop_to);
    put_u8(ret, view->looping);
}

static void get_view(Reader *r, DocumentView *ret) {
    ret->take = get_number(r);
    ret->point = get_i64(r);
    ret->selection_from = get_i64(r);
    ret->selection_to = get_i64(r);
    ret->loop_from = get_i64(r);
    ret->loop_to = get_i64(r);
    ret->looping = get_bool(r);
}

static void put_bars(GByteArray *ret, const TappedBars *bars) {
    put_u32(ret, bars->tempo);
    put_u8(ret, bars->beats);
    put_i64(ret, bars->first);
}

static void get_bars(Reader *r, TappedBars *ret) {
    ret->tempo = (uint32_t)get(r, 4);
    ret->beats = get_u8(r);
    ret->first = get_i64(r);
}

void operation_encode(GByteArray *ret, const Operation *o) {
    put_u8(ret, (int)o->kind);
    switch (o->kind) {
    case OPERATION_BEGIN: put_root(ret, o); break;
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
        put_u32(ret, (size_t)o->take);
        if (o->kind == OPERATION_FINISH) put_i64(ret, o->drawn);
        if (o->kind == OPERATION_REMOVE && o->joined) put_u8(ret, 1);
        if (o->kind == OPERATION_RENAME) put_text(ret, o->name);
    }
}

bool operation_decode(Operation *ret, const uint8_t *bytes, size_t size) {
    Reader r = {bytes, size, false};
    *ret = (Operation){.kind = (OperationKind)get_choice(&r, 1, OPERATION_KINDS)};
    if (r.failed) return false;
    switch (ret->kind) {
    case OPERATION_BEGIN: get_root(&r, ret); break;
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
        ret->take = get_number(&r);
        if (ret->kind == OPERATION_FINISH) ret->drawn = get_i64(&r);
        if (ret->kind == OPERATION_REMOVE && r.left > 0) {
            ret->joined = get_bool(&r);
            r.failed = r.failed || !ret->joined;
        }
        if (ret->kind == OPERATION_RENAME) ret->name = get_text(&r);
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
