#include "app/document/document_path.h"

#include "app/generation/receipt.h"

#include <string.h>

// Where a note of the path comes from. A chord that hangs at the end of a take begins
// where the next take does, so its time alone does not tell.
typedef struct Begun {
    int64_t onset;
    uint8_t pitch, origin;
} Begun;

// The state of a walk along a path: the notes so far, and which of them may still be
// released.
typedef struct Walk {
    Performance *ret;
    GArray *begun; // of Begun
    uint8_t origin;
    bool any[128], open[128];
    size_t last[128]; // note of each pitch
} Walk;

static void begin_note(Walk *w, Note note) {
    w->any[note.pitch] = true;
    w->last[note.pitch] = w->ret->note_count;
    Begun begun = {note.onset, note.pitch, w->origin};
    g_array_append_val(w->begun, begun);
    performance_add_note(w->ret, note);
}

static void release(Walk *w, int pitch, int64_t time) {
    if (w->open[pitch]) w->ret->notes[w->last[pitch]].release = time;
    w->open[pitch] = false;
}

static void strike(Walk *w, Event e) {
    release(w, e.pitch, e.time);
    begin_note(w, (Note){e.time, e.time, e.pitch, e.value});
    w->open[e.pitch] = true;
}

static void walk_root(Walk *w, const Document *d, int64_t to) {
    const Performance *root = &d->root;
    bool whole = document_take(d, 0)->end <= to;
    for (size_t i = 0; i < root->note_count; i++) {
        Note note = root->notes[i];
        if (note.onset >= to && !whole) break;
        note.release = MIN(note.release, to);
        begin_note(w, note);
    }
    for (size_t i = 0; i < root->pedal_count && root->pedal[i].time <= to; i++)
        performance_add_pedal(w->ret, root->pedal[i].time, root->pedal[i].value);
    for (size_t i = 0; i < root->move_count && root->moves[i].time <= to; i++)
        performance_move_pedal(w->ret, root->moves[i].time, (Pedal)root->moves[i].pedal,
                               root->moves[i].value);
    if (d->bars.tempo)
        w->ret->tempo = tap_tempo_map(&d->bars, root->tempo);
    else if (root->tempo)
        w->ret->tempo = tempo_map_slice(root->tempo, 0, to);
}

// Of the model, which does not know them, and of a pianist, who begins with free feet.
static void lift_other_pedals(Walk *w, int64_t time) {
    performance_move_pedal(w->ret, time, PEDAL_SOSTENUTO, 0);
    performance_move_pedal(w->ret, time, PEDAL_SOFT, 0);
}

static void walk_take(Walk *w, const Take *t, int64_t to) {
    bool whole = t->end <= to;
    lift_other_pedals(w, t->fork);
    if (t->origin == ORIGIN_GENERATED)
        for (int key = 0; key < 128; key++)
            w->open[key] = t->start.held[key] && w->any[key];
    for (guint i = 0; i < t->events->len; i++) {
        Event e = g_array_index(t->events, Event, i);
        if (e.time > to) break;
        if (e.kind == EVENT_ONSET && (e.time < to || whole)) strike(w, e);
        if (e.kind == EVENT_RELEASE) release(w, e.pitch, e.time);
        if (e.kind == EVENT_PEDAL)
            performance_move_pedal(w->ret, e.time, (Pedal)e.pitch, e.value);
    }
    for (int key = 0; key < 128; key++) release(w, key, MIN(t->end, to));
    if (whole)
        for (Pedal pedal = 0; pedal < PEDALS; pedal++)
            performance_move_pedal(w->ret, t->end, pedal, 0);
}

static GArray *spans_of(const Document *d, int take) {
    int count = document_take(d, take)->depth + 1;
    GArray *spans = g_array_sized_new(false, false, sizeof(PathSpan), (guint)count);
    g_array_set_size(spans, (guint)count);
    for (int i = count - 1; i >= 0; i--) {
        const Take *t = document_take(d, take);
        g_array_index(spans, PathSpan, i) = (PathSpan){take, t->fork};
        take = t->parent;
    }
    return spans;
}

static int by_onset_and_pitch(const void *a, const void *b) {
    const Begun *x = a, *y = b;
    if (x->onset != y->onset) return x->onset < y->onset ? -1 : 1;
    return x->pitch - y->pitch;
}

// Of those that performance_finish() made one, the first counts.
static uint8_t *origins_of(const Performance *p, GArray *begun) {
    uint8_t *origins = g_new(uint8_t, p->note_count);
    g_array_sort(begun, by_onset_and_pitch); // stable
    const Begun *at = (const Begun *)(const void *)begun->data;
    for (size_t i = 0; i < p->note_count; i++) {
        Note note = p->notes[i];
        while (at->onset != note.onset || at->pitch != note.pitch) at++;
        origins[i] = at->origin;
    }
    return origins;
}

void document_path(DocumentPath *ret, const Document *d, int take) {
    *ret = (DocumentPath){.spans = spans_of(d, take)};
    Walk walk = {.ret = &ret->performance,
                 .begun = g_array_new(false, false, sizeof(Begun))};
    for (guint i = 0; i < ret->spans->len; i++) {
        const PathSpan *span = &g_array_index(ret->spans, PathSpan, i);
        int64_t to = i + 1 < ret->spans->len ? span[1].from : G_MAXINT64;
        walk.origin = (uint8_t)document_take(d, span->take)->origin;
        if (i == 0)
            walk_root(&walk, d, to);
        else
            walk_take(&walk, document_take(d, span->take), to);
    }
    performance_finish(&ret->performance);
    ret->origins = origins_of(&ret->performance, walk.begun);
    g_array_unref(walk.begun);
}

uint8_t *document_path_parts(const DocumentPath *p) {
    uint8_t *parts = g_new0(uint8_t, p->performance.note_count);
    for (size_t i = 0; i < p->performance.note_count; i++)
        parts[i] = p->origins[i] == ORIGIN_GENERATED ? SMF_WRITTEN : SMF_GIVEN;
    return parts;
}

void document_path_clear(DocumentPath *p) {
    performance_clear(&p->performance);
    g_free(p->origins);
    if (p->spans) g_array_unref(p->spans);
    *p = (DocumentPath){0};
}

int document_path_take(const DocumentPath *p, int64_t time) {
    guint at = p->spans->len - 1;
    while (at > 0 && g_array_index(p->spans, PathSpan, at).from > time) at--;
    return g_array_index(p->spans, PathSpan, at).take;
}

void document_prompt(DocumentPrompt *ret, const Document *d, int take, int64_t from,
                     int64_t time, TokenizerKind kind) {
    DocumentPath path;
    document_path(&path, d, take);
    int64_t end = performance_end(&path.performance);
    int64_t cut = time < 0 ? end : MIN(time, end);
    *ret = (DocumentPrompt){.parent = take};
    document_fork_point(d, &ret->parent, cut);
    if (ret->parent != take) {
        document_path_clear(&path);
        document_path(&path, d, ret->parent);
    }
    from = CLAMP(from, 0, cut);
    if (from > 0) {
        Performance part = {0};
        performance_slice(&part, &path.performance, from, G_MAXINT64);
        performance_shift(&part, -from);
        performance_clear(&path.performance);
        path.performance = part;
    }
    prompt_cut(&ret->prompt, &path.performance, kind, cut - from);
    ret->fork = from + ret->prompt.cut;
    ret->start = take_start(&ret->prompt.decoder, from);
    document_path_clear(&path);
}

void document_prompt_clear(DocumentPrompt *p) {
    prompt_clear(&p->prompt);
    *p = (DocumentPrompt){0};
}

static char *receipt_of(const Document *d, const Take *t, PromptPart part) {
    const char *prompt = document_take(d, 0)->name;
    Receipt receipt = {.model = t->recipe.model,
                       .prompt = *prompt ? prompt : NULL,
                       .model_hash = t->recipe.model_hash,
                       .tokenizer = t->recipe.tokenizer,
                       .plan = t->recipe.plan,
                       .prompt_from = (double)t->start.origin / 1e6,
                       .prompt_seconds = (double)t->fork / 1e6,
                       .part = part,
                       .drawn = t->drawn ? t->drawn : (int64_t)t->tokens->len};
    return receipt_text(&receipt);
}

char *document_receipt(const Document *d, int take, PromptPart part) {
    GString *ret = g_string_new(NULL);
    GArray *spans = spans_of(d, take);
    for (guint i = part == PROMPT_OMIT ? spans->len - 1 : 0; i < spans->len; i++) {
        const Take *t = document_take(d, g_array_index(spans, PathSpan, i).take);
        if (t->origin == ORIGIN_GENERATED) {
            g_autofree char *text = receipt_of(d, t, part);
            g_string_append(ret, text);
        } else if (t->origin == ORIGIN_PLAYED) {
            char seconds[G_ASCII_DTOSTR_BUF_SIZE];
            g_ascii_formatd(seconds, sizeof seconds, "%.6g", (double)t->fork / 1e6);
            g_string_append_printf(ret, "played=%s\n", seconds);
        }
    }
    g_array_unref(spans);
    return g_string_free(ret, ret->len == 0);
}
