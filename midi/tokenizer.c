#include "midi/tokenizer.h"

#include "midi/event.h"

#include <string.h>

// A note in steps.
typedef struct Span {
    int64_t on, off;
    uint8_t pitch, velocity;
} Span;

// The pedal is down from `press` up to but not including `lift`.
typedef struct Hold {
    int64_t press, lift; // microseconds
} Hold;

const char *tokenizer_name(TokenizerKind kind) {
    return kind == TOKENIZER_PEDAL ? "performance-pedal" : "performance";
}

bool tokenizer_from_name(const char *name, TokenizerKind *ret) {
    for (TokenizerKind kind = TOKENIZER_PERFORMANCE; kind <= TOKENIZER_PEDAL; kind++) {
        if (strcmp(name, tokenizer_name(kind)) != 0) continue;
        *ret = kind;
        return true;
    }
    return false;
}

int tokenizer_vocabulary(TokenizerKind kind) {
    return kind == TOKENIZER_PEDAL ? VOCABULARY_PEDAL : VOCABULARY_PERFORMANCE;
}

// Returns the pedal changes, with a lift at the end if the pedal is still down.
static GArray *pedal_changes(const Performance *p) {
    GArray *changes = g_array_new(false, false, sizeof(PedalChange));
    g_array_append_vals(changes, p->pedal, (guint)p->pedal_count);
    PedalChange lift = {performance_end(p), 0};
    if (p->pedal_count && p->pedal[p->pedal_count - 1].value >= PEDAL_DOWN)
        g_array_append_val(changes, lift);
    return changes;
}

static GArray *pedal_holds(const GArray *changes) {
    GArray *holds = g_array_new(false, false, sizeof(Hold));
    bool down = false;
    for (guint i = 0; i < changes->len; i++) {
        PedalChange change = g_array_index(changes, PedalChange, i);
        if (down == (change.value >= PEDAL_DOWN)) continue;
        down = !down;
        Hold pressed = {change.time, change.time};
        if (down)
            g_array_append_val(holds, pressed);
        else
            g_array_index(holds, Hold, holds->len - 1).lift = change.time;
    }
    return holds;
}

// Returns when a note released at `release` ends: at its release, or when the pedal
// that holds it is lifted.
static int64_t held_until(const GArray *holds, int64_t release) {
    guint low = 0, high = holds->len; // holds before `low` are pressed by `release`
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(holds, Hold, middle).press <= release)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return release;
    return MAX(release, g_array_index(holds, Hold, low - 1).lift);
}

// Returns the notes in steps. Each is at least one step long and ends at the next note
// of its pitch. Notes of one pitch at one step become one.
static GArray *note_spans(const Performance *p, const GArray *holds) {
    GArray *spans = g_array_sized_new(false, false, sizeof(Span), (guint)p->note_count);
    guint last[128];
    bool any[128] = {false};
    for (size_t i = 0; i < p->note_count; i++) {
        const Note *note = &p->notes[i];
        int64_t release = held_until(holds, note->release);
        int64_t on = tokenizer_step(note->onset),
                off = MAX(tokenizer_step(release), on + 1);
        Span span = {on, off, note->pitch, note->velocity};
        if (any[note->pitch]) {
            Span *before = &g_array_index(spans, Span, last[note->pitch]);
            if (before->on == on) {
                before->off = MAX(before->off, off);
                before->velocity = MAX(before->velocity, note->velocity);
                continue;
            }
            before->off = MIN(before->off, on);
        }
        any[note->pitch] = true;
        last[note->pitch] = spans->len;
        g_array_append_val(spans, span);
    }
    return spans;
}

// Of the pedal movements within a step, keeps only the resulting change, or a lift
// followed by a press.
static void add_pedal_events(GArray *events, const GArray *changes) {
    bool down = false;
    for (guint i = 0; i < changes->len;) {
        int64_t step = tokenizer_step(g_array_index(changes, PedalChange, i).time);
        bool before = down, lifted = false;
        for (; i < changes->len; i++) {
            PedalChange change = g_array_index(changes, PedalChange, i);
            if (tokenizer_step(change.time) != step) break;
            down = change.value >= PEDAL_DOWN;
            lifted = lifted || !down;
        }
        if (before && lifted) events_add_pedal(events, step, 0);
        if (down && (!before || lifted)) events_add_pedal(events, step, PEDAL_DOWN);
    }
}

static void emit(GArray *tokens, Token token) { g_array_append_val(tokens, token); }

void tokenizer_shift(GArray *tokens, int64_t steps) {
    for (; steps > STEPS_PER_SHIFT; steps -= STEPS_PER_SHIFT)
        emit(tokens, TOKEN_TIME_SHIFT + STEPS_PER_SHIFT - 1);
    if (steps > 0) emit(tokens, (Token)(TOKEN_TIME_SHIFT + steps - 1));
}

// Spells events as tokens. Times are in steps; the value of an onset is its velocity
// bin.
static GArray *spell(const GArray *events) {
    GArray *tokens = g_array_sized_new(false, false, sizeof(Token), events->len * 2);
    int64_t now = 0;
    int bin = -1;
    emit(tokens, TOKEN_SOS);
    for (guint i = 0; i < events->len; i++) {
        Event e = g_array_index(events, Event, i);
        tokenizer_shift(tokens, e.time - now);
        now = e.time;
        if (e.kind == EVENT_PEDAL) {
            emit(tokens, e.value ? TOKEN_PEDAL_ON : TOKEN_PEDAL_OFF);
        } else if (e.kind == EVENT_ONSET) {
            if (e.value != bin) emit(tokens, TOKEN_VELOCITY + e.value);
            bin = e.value;
            emit(tokens, TOKEN_NOTE_ON + e.pitch);
        } else {
            emit(tokens, TOKEN_NOTE_OFF + e.pitch);
        }
    }
    emit(tokens, TOKEN_EOS);
    return tokens;
}

GArray *tokenizer_encode(const Performance *p, TokenizerKind kind) {
    GArray *changes = pedal_changes(p), *holds = pedal_holds(changes);
    if (kind == TOKENIZER_PEDAL) g_array_set_size(holds, 0); // keys end as played
    GArray *spans = note_spans(p, holds);
    GArray *events = g_array_sized_new(false, false, sizeof(Event), spans->len * 2);
    for (guint i = 0; i < spans->len; i++) {
        Span span = g_array_index(spans, Span, i);
        events_add_note(events, span.on, span.off, span.pitch,
                        (uint8_t)velocity_bin(span.velocity));
    }
    if (kind == TOKENIZER_PEDAL) add_pedal_events(events, changes);
    events_sort(events);
    GArray *tokens = spell(events);
    g_array_unref(events);
    g_array_unref(spans);
    g_array_unref(holds);
    g_array_unref(changes);
    return tokens;
}

void decoder_init(Decoder *d) { *d = (Decoder){.velocity = 64}; }

static Decoded decode_note_on(Decoder *d, Decoded now, uint8_t pitch) {
    if (d->sounding[pitch]) return now;
    d->sounding[pitch] = d->velocity;
    d->onset[pitch] = d->step;
    now.event.kind = EVENT_ONSET;
    now.event.pitch = pitch;
    now.event.value = now.velocity = d->velocity;
    now.onset = now.event.time;
    return now;
}

static Decoded decode_note_off(Decoder *d, Decoded now, uint8_t pitch) {
    if (!d->sounding[pitch]) return now;
    now.event.kind = EVENT_RELEASE;
    now.event.pitch = pitch;
    now.velocity = d->sounding[pitch];
    now.onset = d->onset[pitch] * STEP_MICROSECONDS;
    d->sounding[pitch] = 0;
    return now;
}

static Decoded decode_pedal(Decoder *d, Decoded now, bool down) {
    if (d->pedal == down) return now;
    d->pedal = down;
    now.event.kind = EVENT_PEDAL;
    now.event.value = down ? 127 : 0;
    return now;
}

Decoded decoder_push(Decoder *d, Token token) {
    Decoded now = {.event = {.time = d->step * STEP_MICROSECONDS, .kind = EVENT_TIME}};
    if (token_is_note_on(token))
        return decode_note_on(d, now, (uint8_t)(token - TOKEN_NOTE_ON));
    if (token_is_note_off(token))
        return decode_note_off(d, now, (uint8_t)(token - TOKEN_NOTE_OFF));
    if (token == TOKEN_PEDAL_ON || token == TOKEN_PEDAL_OFF)
        return decode_pedal(d, now, token == TOKEN_PEDAL_ON);
    if (token_is_velocity(token))
        d->velocity = (uint8_t)bin_velocity(token - TOKEN_VELOCITY);
    if (token_is_time_shift(token)) d->step += token - TOKEN_TIME_SHIFT + 1;
    now.event.time = d->step * STEP_MICROSECONDS;
    return now;
}

GArray *tokenizer_events(const Token *tokens, size_t count) {
    GArray *ret = g_array_sized_new(false, false, sizeof(Event), (guint)count);
    Decoder decoder;
    decoder_init(&decoder);
    for (size_t i = 0; i < count; i++) {
        Event e = decoder_push(&decoder, tokens[i]).event;
        g_array_append_val(ret, e);
    }
    return ret;
}

static void add_decoded(Performance *ret, Decoded decoded) {
    Event e = decoded.event;
    if (e.kind == EVENT_RELEASE)
        performance_add_note(ret,
                             (Note){decoded.onset, e.time, e.pitch, decoded.velocity});
    if (e.kind == EVENT_PEDAL) performance_add_pedal(ret, e.time, e.value);
}

void tokenizer_decode(Performance *ret, const Token *tokens, size_t count) {
    Decoder decoder;
    decoder_init(&decoder);
    for (size_t i = 0; i < count && tokens[i] != TOKEN_EOS; i++)
        add_decoded(ret, decoder_push(&decoder, tokens[i]));
    for (Token key = 0; key < 128; key++)
        add_decoded(ret, decoder_push(&decoder, TOKEN_NOTE_OFF + key));
    add_decoded(ret, decoder_push(&decoder, TOKEN_PEDAL_OFF));
    performance_finish(ret);
}

guint tokenizer_in_common(const GArray *a, const GArray *b) {
    guint most = MIN(a->len, b->len), i = 0;
    while (i < most && g_array_index(a, Token, i) == g_array_index(b, Token, i)) i++;
    return i;
}
