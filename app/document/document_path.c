#include "app/document/document_path.h"

#include "app/generation/choice/follows.h"
#include "app/generation/receipt.h"

#include <string.h>

// Where a note of the path comes from. The onset alone does not tell: a chord at the
// very end of a take begins at the same time as the next take.
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
    size_t last[128]; // the index of the last note of each pitch
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

// Adds the music of `p` up to a moment. `origins` has the Origin of each note; NULL:
// all are w->origin.
static void walk_music(Walk *w, const Document *d, const Performance *p,
                       const uint8_t *origins, int64_t to) {
    bool whole = performance_end(p) <= to;
    for (size_t i = 0; i < p->note_count; i++) {
        Note note = p->notes[i];
        if (note.onset >= to && !whole) break;
        note.release = MIN(note.release, to);
        if (origins) w->origin = origins[i];
        begin_note(w, note);
    }
    for (size_t i = 0; i < p->pedal_count && p->pedal[i].time <= to; i++)
        performance_add_pedal(w->ret, p->pedal[i].time, p->pedal[i].value);
    for (size_t i = 0; i < p->move_count && p->moves[i].time <= to; i++)
        performance_move_pedal(w->ret, p->moves[i].time, (Pedal)p->moves[i].pedal,
                               p->moves[i].value);
    if (d->bars.tempo)
        w->ret->tempo = tap_tempo_map(&d->bars, d->root.tempo);
    else if (p->tempo)
        w->ret->tempo = tempo_map_slice(p->tempo, 0, to);
}

// Lifts the soft and the sostenuto pedal: the model does not know them, and a pianist
// begins a take with no pedal down.
static void lift_other_pedals(Walk *w, int64_t time) {
    performance_move_pedal(w->ret, time, PEDAL_SOSTENUTO, 0);
    performance_move_pedal(w->ret, time, PEDAL_SOFT, 0);
}

static void walk_take(Walk *w, const Take *t, int64_t to) {
    bool whole = t->end <= to;
    lift_other_pedals(w, t->fork);
    if (t->origin == ORIGIN_GENERATED)
        for (int key = 0; key < 128; key++)
            w->open[key] = t->generated.start.held[key] && w->any[key];
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

// Returns the numbers of the takes from the root to this one, an array of int.
static GArray *line_of(const Document *d, int take) {
    int count = document_take(d, take)->depth + 1;
    GArray *line = g_array_sized_new(false, false, sizeof(int), (guint)count);
    g_array_set_size(line, (guint)count);
    for (int i = count - 1; i >= 0; i--) {
        g_array_index(line, int, i) = take;
        take = document_take(d, take)->parent;
    }
    return line;
}

static int by_onset_and_pitch(const void *a, const void *b) {
    const Begun *x = a, *y = b;
    if (x->onset != y->onset) return x->onset < y->onset ? -1 : 1;
    return x->pitch - y->pitch;
}

// Returns the origin of each note. Where performance_finish() merged notes, the first
// of them counts.
static uint8_t *origins_of(const Performance *p, GArray *begun) {
    uint8_t *origins = g_new(uint8_t, p->note_count);
    g_array_sort(begun, by_onset_and_pitch); // a stable sort
    const Begun *at = (const Begun *)(const void *)begun->data;
    for (size_t i = 0; i < p->note_count; i++) {
        Note note = p->notes[i];
        while (at->onset != note.onset || at->pitch != note.pitch) at++;
        origins[i] = at->origin;
    }
    return origins;
}

static void add_span(DocumentPath *ret, int take, int64_t from) {
    PathSpan span = {take, from};
    g_array_append_val(ret->spans, span);
}

static PathSpan span_at(const DocumentPath *p, guint i) {
    return g_array_index(p->spans, PathSpan, i);
}

static Walk walk_begin(DocumentPath *ret, uint8_t origin) {
    *ret = (DocumentPath){.spans = g_array_new(false, false, sizeof(PathSpan))};
    return (Walk){.ret = &ret->performance,
                  .begun = g_array_new(false, false, sizeof(Begun)),
                  .origin = origin};
}

static void walk_end(DocumentPath *ret, Walk *w) {
    performance_finish(&ret->performance);
    ret->origins = origins_of(&ret->performance, w->begun);
    g_array_unref(w->begun);
}

// Adds the path `before` up to a moment, from which another take continues.
static void walk_path(Walk *w, DocumentPath *ret, const Document *d,
                      const DocumentPath *before, int64_t to) {
    walk_music(w, d, &before->performance, before->origins, to);
    for (guint i = 0; i < before->spans->len; i++) {
        PathSpan span = span_at(before, i);
        if (i == 0 || span.from < to) add_span(ret, span.take, span.from);
    }
}

static void walk_line(Walk *w, DocumentPath *ret, const Document *d, const GArray *line,
                      guint first, guint end) {
    for (guint i = first; i < end; i++) {
        const int *at = &g_array_index(line, int, i);
        const Take *t = document_take(d, *at);
        int64_t to = i + 1 < end ? document_take(d, at[1])->fork : G_MAXINT64;
        add_span(ret, *at, t->fork);
        w->origin = (uint8_t)t->origin;
        walk_take(w, t, to);
    }
}

// Returns the origins of the joined notes: those before `until` come from `alone`, the
// others from `before`.
static uint8_t *joined_origins(const Performance *joined, const DocumentPath *alone,
                               const DocumentPath *before, int64_t until) {
    uint8_t *ret = g_new(uint8_t, joined->note_count);
    size_t at[2] = {0};
    for (size_t i = 0; i < joined->note_count; i++) {
        Note note = joined->notes[i];
        bool follows = note.onset >= until;
        const DocumentPath *of = follows ? before : alone;
        const Note *notes = of->performance.notes;
        size_t *k = &at[follows];
        while (notes[*k].onset != note.onset || notes[*k].pitch != note.pitch) ++*k;
        ret[i] = of->origins[*k];
    }
    return ret;
}

// Builds the path of a bridge: the path `before` up to the fork, the bridge's take, and
// then `before` again from the place that the bridge leads to.
static void bridge_path(DocumentPath *ret, const Document *d, const Take *t,
                        const DocumentPath *before) {
    DocumentPath alone;
    Walk w = walk_begin(&alone, (uint8_t)t->origin);
    walk_path(&w, &alone, d, before, t->fork);
    w.origin = (uint8_t)t->origin;
    walk_take(&w, t, G_MAXINT64);
    walk_end(&alone, &w);
    Follows follows;
    follows_cut(&follows, &before->performance, t->until);
    *ret = (DocumentPath){.spans = g_array_ref(alone.spans)};
    follows_join(&ret->performance, &alone.performance, &follows);
    ret->origins = joined_origins(&ret->performance, &alone, before, t->until);
    add_span(ret, t->number, t->fork);
    add_span(ret, document_path_take(before, t->until), t->until);
    for (guint i = 1; i < before->spans->len; i++) {
        PathSpan span = span_at(before, i);
        if (span.from > t->until) add_span(ret, span.take, span.from);
    }
    follows_clear(&follows);
    document_path_clear(&alone);
}

// Extends a path by the takes [first, end) of the line, none of which is a bridge. The
// path is that of a bridge, whose contents are taken over, or a zeroed one, which
// begins with the root.
static void go_on(DocumentPath *path, const Document *d, const GArray *line,
                  guint first, guint end) {
    const int *takes = &g_array_index(line, int, 0);
    bool bridged = path->spans != NULL;
    if (bridged && first == end) return;
    int64_t to = first < end ? document_take(d, takes[first])->fork : G_MAXINT64;
    DocumentPath before = *path;
    Walk w = walk_begin(path, (uint8_t)document_take(d, takes[first - 1])->origin);
    if (bridged) {
        walk_path(&w, path, d, &before, to);
    } else {
        walk_music(&w, d, &d->root, NULL, to);
        add_span(path, 0, 0);
    }
    walk_line(&w, path, d, line, first, end);
    walk_end(path, &w);
    document_path_clear(&before);
}

// Goes from bridge to bridge in a loop, not by recursion, because a line may consist of
// very many bridges.
void document_path(DocumentPath *ret, const Document *d, int take) {
    GArray *line = line_of(d, take);
    guint first = 1; // the first take of the line that is not in the path yet
    *ret = (DocumentPath){0};
    for (guint i = 1; i < line->len; i++) {
        const Take *t = document_take(d, g_array_index(line, int, i));
        if (!t->until) continue;
        go_on(ret, d, line, first, i);
        DocumentPath before = *ret;
        bridge_path(ret, d, t, &before);
        document_path_clear(&before);
        first = i + 1;
    }
    go_on(ret, d, line, first, line->len);
    g_array_unref(line);
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
    Receipt receipt = {.model = t->generated.recipe.model,
                       .prompt = *prompt ? prompt : NULL,
                       .model_hash = t->generated.recipe.model_hash,
                       .tokenizer = t->generated.recipe.tokenizer,
                       .plan = t->generated.recipe.plan,
                       .prompt_from = (double)t->generated.start.origin / 1e6,
                       .prompt_seconds = (double)t->fork / 1e6,
                       .part = part,
                       .drawn = t->generated.drawn ? t->generated.drawn
                                                   : (int64_t)t->generated.tokens->len,
                       .until = t->generated.recipe.until,
                       .rank = t->generated.recipe.rank,
                       .candidates = t->generated.recipe.candidates,
                       .nats = t->generated.recipe.nats};
    return receipt_text(&receipt);
}

char *document_receipt(const Document *d, int take, PromptPart part) {
    GString *ret = g_string_new(NULL);
    GArray *line = line_of(d, take);
    for (guint i = part == PROMPT_OMIT ? line->len - 1 : 0; i < line->len; i++) {
        const Take *t = document_take(d, g_array_index(line, int, i));
        if (t->origin == ORIGIN_GENERATED) {
            g_autofree char *text = receipt_of(d, t, part);
            g_string_append(ret, text);
        } else if (t->origin == ORIGIN_PLAYED) {
            char seconds[G_ASCII_DTOSTR_BUF_SIZE];
            g_ascii_formatd(seconds, sizeof seconds, "%.6g", (double)t->fork / 1e6);
            g_string_append_printf(ret, "played=%s\n", seconds);
        }
    }
    g_array_unref(line);
    return g_string_free(ret, ret->len == 0);
}
