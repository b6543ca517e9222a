// Random documents for property tests, and the visible state of a document as text.
#ifndef TESTS_RANDOM_DOCUMENT_H
#define TESTS_RANDOM_DOCUMENT_H

#include "app/document/document_path.h"

static inline int64_t random_time(GRand *r, int64_t below) {
    return below > 0 ? (int64_t)g_rand_double_range(r, 0, (double)below) : 0;
}

static inline TempoMap *random_tempo_map(GRand *r) {
    TempoMap *m = tempo_map_new(g_rand_boolean(r) ? 480 : -25 * 256 + 40);
    int64_t tick = 0;
    for (int left = g_rand_int_range(r, 0, 9); left > 0; left--) {
        tick += g_rand_int_range(r, 0, 4000);
        tempo_map_add_tempo(m, tick, (uint32_t)g_rand_int_range(r, 200000, 900000));
        if (left % 2) tempo_map_add_metre(m, (Metre){tick, 3, 2, 24, 8});
        if (left % 3) tempo_map_add_key(m, (KeySignature){tick, -2, g_rand_boolean(r)});
    }
    tempo_map_set_title(m, "Prelude", g_rand_boolean(r) ? 7 : 0);
    tempo_map_add_name(m, "Right\xE9", g_rand_boolean(r) ? 6 : 0);
    return m;
}

static inline Performance random_performance(GRand *r, int notes, int64_t length) {
    Performance p = {0};
    for (int i = 0; i < notes; i++) {
        int64_t onset = random_time(r, length);
        int64_t release = onset +
                          random_time(r, g_rand_int_range(r, 0, 3) ? 400000 : 5000000);
        performance_add_note(&p, (Note){onset, release,
                                        (uint8_t)g_rand_int_range(r, 0, 128),
                                        (uint8_t)g_rand_int_range(r, 1, 128)});
    }
    for (int i = 0; i < notes / 3; i++)
        performance_add_pedal(&p, random_time(r, length),
                              (uint8_t)g_rand_int_range(r, 0, 128));
    performance_finish(&p);
    return p;
}

// Draws any tokens; few keys and short times are more frequent than others.
static inline void random_tokens(GRand *r, Token *ret, int count) {
    static const Token first[] = {TOKEN_NOTE_ON + 60, TOKEN_NOTE_OFF + 60,
                                  TOKEN_TIME_SHIFT,   TOKEN_VELOCITY,
                                  TOKEN_PEDAL_ON,     0};
    static const Token many[] = {12, 12, 30, 32, 2, VOCABULARY_PEDAL};
    for (int i = 0; i < count; i++) {
        int kind = g_rand_int_range(r, 0, G_N_ELEMENTS(first));
        ret[i] = first[kind] + g_rand_int_range(r, 0, many[kind]);
    }
}

static inline void random_events(GRand *r, int64_t now, Event *ret, int count) {
    static const uint8_t kinds[] = {EVENT_ONSET, EVENT_RELEASE, EVENT_PEDAL,
                                    EVENT_TIME};
    for (int i = 0; i < count; i++) {
        now += random_time(r, g_rand_boolean(r) ? 1 : 300000);
        Event e = {now, kinds[g_rand_int_range(r, 0, 4)], 0, 0};
        if (e.kind == EVENT_RELEASE || e.kind == EVENT_ONSET)
            e.pitch = (uint8_t)g_rand_int_range(r, 50, 62);
        if (e.kind == EVENT_ONSET) e.value = (uint8_t)g_rand_int_range(r, 1, 128);
        if (e.kind == EVENT_PEDAL) {
            e.pitch = (uint8_t)(g_rand_boolean(r) ? 0 : g_rand_int_range(r, 0, PEDALS));
            e.value = (uint8_t)g_rand_int_range(r, 0, 128);
        }
        ret[i] = e;
    }
}

static inline Recipe random_recipe(GRand *r) {
    Plan plan = {.sampler = {g_rand_double(r), g_rand_double(r), g_rand_double(r),
                             g_rand_int_range(r, 0, 400),
                             continuation_pitches(g_rand_double(r), g_rand_double(r))},
                 .seed = (uint64_t)g_rand_int(r) << 32 | g_rand_int(r),
                 .tokens = g_rand_int_range(r, 0, 9),
                 .steps = g_rand_int_range(r, 0, 9),
                 .natural_end = g_rand_boolean(r),
                 .closeness = 2.5};
    for (Dial dial = 0; dial < DIALS; dial++)
        plan.dials.at[dial] = g_rand_boolean(r) ? dial_kinds[dial].most / 2 : 0;
    if (g_rand_int_range(r, 0, 4) == 0) plan.finish = g_rand_int_range(r, 200, 3000);
    return (Recipe){.tokenizer = g_rand_boolean(r) ? TOKENIZER_PEDAL
                                                   : TOKENIZER_PERFORMANCE,
                    .plan = plan,
                    .model = "/models/tiny.safetensors",
                    .model_hash = "5e1f"};
}

static inline int random_bridge(Document *d, GRand *r, int parent, int64_t time) {
    DocumentPath path;
    Prompt prompt;
    Recipe recipe = random_recipe(r);
    document_path(&path, d, parent);
    prompt_cut(&prompt, &path.performance, recipe.tokenizer, time);
    TakeStart start = take_start(&prompt.decoder, 0);
    recipe.plan.finish = 0;
    recipe.until = (double)(prompt.cut + 1 + random_time(r, 6000000)) / 1e6;
    recipe.rank = 2, recipe.candidates = 3;
    recipe.nats = g_rand_double(r);
    int take = document_add_generated(d, parent, prompt.cut, &recipe, &start,
                                      g_rand_boolean(r), g_rand_boolean(r), NULL);
    prompt_clear(&prompt);
    document_path_clear(&path);
    return take;
}

static inline int random_add(Document *d, GRand *r, int parent, int64_t time) {
    if (g_rand_int_range(r, 0, 4) == 0) return random_bridge(d, r, parent, time);
    if (g_rand_boolean(r))
        return document_add_played(d, parent, time, g_rand_boolean(r), NULL);
    DocumentPrompt p;
    Recipe recipe = random_recipe(r);
    int64_t from = g_rand_int_range(r, 0, 3) ? 0 : random_time(r, time);
    document_prompt(&p, d, parent, from, time, recipe.tokenizer);
    int take = document_add_generated(d, p.parent, p.fork, &recipe, &p.start,
                                      g_rand_boolean(r), g_rand_boolean(r), NULL);
    document_prompt_clear(&p);
    return take;
}

static inline void random_growth(Document *d, GRand *r, int take) {
    const Take *t = document_take(d, take);
    Token tokens[40];
    Event events[40];
    int count = g_rand_int_range(r, 0, 40);
    random_tokens(r, tokens, count);
    random_events(r, t->end, events, count);
    if (t->origin == ORIGIN_GENERATED)
        document_add_tokens(d, take, tokens, NULL, (size_t)count, NULL);
    else
        document_add_events(d, take, events, (size_t)count, NULL);
}

static inline void random_view(Document *d, GRand *r, int take) {
    DocumentView v = d->view;
    int64_t end = document_take(d, take)->end;
    switch (g_rand_int_range(r, 0, 4)) {
    case 0: v.take = take; break;
    case 1: v.point = random_time(r, end) - 1; break;
    case 2:
        v.selection_from = random_time(r, end);
        v.selection_to = v.selection_from + random_time(r, end);
        break;
    default:
        v.looping = g_rand_boolean(r);
        v.loop_to = v.loop_from + random_time(r, end) + 1;
    }
    document_set_view(d, v, NULL);
}

// Operations that the format has and the window does not use.
static inline bool restore_take(Document *d, int take) {
    return document_apply(d, &(Operation){.kind = OPERATION_RESTORE, .take = take},
                          NULL);
}

static inline bool rename_take(Document *d, int take, char *name) {
    Operation o = {.kind = OPERATION_RENAME, .take = take, .name = name};
    return document_apply(d, &o, NULL);
}

static inline void random_bars(Document *d, GRand *r) {
    TappedBars bars = {(uint32_t)g_rand_int_range(r, 50000, 2000000),
                       (uint8_t)g_rand_int_range(r, 0, 8), random_time(r, 9000000)};
    document_set_bars(d, g_rand_int_range(r, 0, 4) ? bars : (TappedBars){0}, NULL);
}

// Applies a random operation, which may be refused.
static inline void random_step(Document *d, GRand *r) {
    int take = g_rand_int_range(r, 0, (int)d->takes->len);
    int64_t end = document_take(d, take)->end;
    int64_t time = g_rand_int_range(r, 0, 3) ? random_time(r, end + 1) : end;
    int what = g_rand_int_range(r, 0, 21);
    if (what < 3) random_add(d, r, take, time);
    if (what >= 3 && what < 11) random_growth(d, r, take);
    if (what == 11) document_finish(d, take, g_rand_int_range(r, 0, 900), NULL);
    if (what == 12 && g_rand_boolean(r)) document_remove(d, take, NULL);
    if (what == 12 && g_rand_boolean(r)) document_remove_too(d, take, NULL);
    if (what == 13) restore_take(d, take);
    if (what == 14) rename_take(d, take, g_rand_boolean(r) ? "calm" : "");
    if (what >= 15 && what < 17) random_view(d, r, take);
    if (what >= 17 && what < 19) document_undo(d, NULL);
    if (what == 19) document_redo(d, NULL);
    if (what == 20) random_bars(d, r);
}

static inline Document random_document(GRand *r, int steps) {
    Document d;
    Performance root = random_performance(r, g_rand_int_range(r, 0, 40), 10000000);
    if (g_rand_boolean(r)) root.tempo = random_tempo_map(r);
    for (int left = g_rand_int_range(r, -5, 9); left > 0; left--)
        performance_move_pedal(&root, random_time(r, 9000000),
                               left % 2 ? PEDAL_SOFT : PEDAL_SOSTENUTO,
                               (uint8_t)g_rand_int_range(r, 0, 128));
    performance_finish(&root);
    document_begin(&d, g_rand_boolean(r) ? ORIGIN_OPENED : ORIGIN_PLAYED, "prelude.mid",
                   &root, NULL);
    performance_clear(&root);
    for (int i = 0; i < steps; i++) random_step(&d, r);
    return d;
}

static inline void say_tempo_map(GString *ret, const TempoMap *m) {
    g_string_append_printf(ret, " [%d '%s' '%s'", m->division, m->title ? m->title : "",
                           m->names ? m->names : "");
    for (guint i = 0; i < m->tempi->len; i++) {
        TempoChange c = g_array_index(m->tempi, TempoChange, i);
        g_string_append_printf(ret, " %d:%u", (int)c.tick, c.tempo);
    }
    for (guint i = 0; i < m->metres->len; i++) {
        Metre c = g_array_index(m->metres, Metre, i);
        g_string_append_printf(ret, " %d:%d/%d", (int)c.tick, c.beats, 1 << c.unit);
    }
    for (guint i = 0; i < m->keys->len; i++) {
        KeySignature c = g_array_index(m->keys, KeySignature, i);
        g_string_append_printf(ret, " %d:%d%s", (int)c.tick, c.sharps,
                               c.minor ? "m" : "");
    }
    g_string_append_c(ret, ']');
}

static inline void say_performance(GString *ret, const Performance *p) {
    for (size_t i = 0; i < p->note_count; i++) {
        Note n = p->notes[i];
        g_string_append_printf(ret, " %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ":%d/%d",
                               n.onset, n.release, n.pitch, n.velocity);
    }
    for (size_t i = 0; i < p->pedal_count; i++)
        g_string_append_printf(ret, " %" G_GINT64_FORMAT "^%d", p->pedal[i].time,
                               p->pedal[i].value);
    for (size_t i = 0; i < p->move_count; i++)
        g_string_append_printf(ret, " %" G_GINT64_FORMAT "^%d:%d", p->moves[i].time,
                               p->moves[i].pedal, p->moves[i].value);
    if (p->tempo) say_tempo_map(ret, p->tempo);
}

static inline char *performance_text(const Performance *p) {
    GString *ret = g_string_new(NULL);
    say_performance(ret, p);
    return g_string_free(ret, FALSE);
}

static inline void say_take(GString *ret, const Document *d, const Take *t) {
    DocumentPath path;
    document_path(&path, d, t->number);
    g_string_append_printf(
        ret, "%d < %d at %" G_GINT64_FORMAT " %d '%s' %d %d:", t->number, t->parent,
        t->fork, t->origin, t->name, t->finished, (int)t->generated.drawn);
    say_performance(ret, &path.performance);
    for (guint i = 0; t->generated.tokens && i < t->generated.tokens->len; i++)
        g_string_append_printf(ret, " %d",
                               g_array_index(t->generated.tokens, uint16_t, i));
    g_autofree char *receipt = document_receipt(d, t->number, PROMPT_INCLUDE);
    g_string_append_printf(ret, "\n%s", receipt ? receipt : "");
    document_path_clear(&path);
}

// Returns all that a user can see or export, one take per line.
static inline char *document_text(const Document *d) {
    GString *ret = g_string_new(NULL);
    DocumentView v = d->view;
    g_string_append_printf(ret,
                           "take %d point %" G_GINT64_FORMAT
                           " selected %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                           " loop %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " %d\n",
                           v.take, v.point, v.selection_from, v.selection_to,
                           v.loop_from, v.loop_to, v.looping);
    for (int i = 0; i < (int)d->takes->len; i++)
        if (document_is_visible(d, i)) say_take(ret, d, document_take(d, i));
    return g_string_free(ret, FALSE);
}

#endif
