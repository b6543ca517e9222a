#include "app/document/document_path.h"
#include "app/generation/choice/bridge.h"
#include "midi/bars.h"
#include "tests/app/random_document.h"
#include "tests/sound.h"
#include "tests/tempo_maps.h"
#include "tests/test.h"

enum { DOCUMENTS = 60, STEPS = 120, SECOND = 1000000 };

static bool same_text(char *a, char *b) {
    bool same = strcmp(a, b) == 0;
    g_free(a);
    g_free(b);
    return same;
}

static Document piece_of(const Note *notes, size_t count) {
    Document d;
    Performance p = {0};
    for (size_t i = 0; i < count; i++) performance_add_note(&p, notes[i]);
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    performance_clear(&p);
    return d;
}

static Document empty_piece(void) { return piece_of(NULL, 0); }

static Event down(int64_t time, int pitch) {
    return (Event){time, EVENT_ONSET, (uint8_t)pitch, 80};
}
static Event up(int64_t time, int pitch) {
    return (Event){time, EVENT_RELEASE, (uint8_t)pitch, 0};
}
static Event pedal(int64_t time, int value) {
    return (Event){time, EVENT_PEDAL, 0, (uint8_t)value};
}

static void play(Document *d, int take, Event event) {
    CHECK(document_add_events(d, take, &event, 1, NULL));
}

// Adds a generated take at the end of the path, or at `time`.
static int generate(Document *d, int parent, int64_t time, TokenizerKind kind,
                    const Token *tokens, size_t count) {
    DocumentPrompt p;
    document_prompt(&p, d, parent, 0, time, kind);
    Recipe recipe = {.tokenizer = kind, .plan.sampler = {1, 1, 0, 0, {0}}};
    int take = document_add_generated(d, p.parent, p.fork, &recipe, &p.start, true,
                                      false, NULL);
    document_prompt_clear(&p);
    CHECK(take > 0 && document_add_tokens(d, take, tokens, NULL, count, NULL));
    return take;
}

static Note note_of(const Document *d, int take, size_t i) {
    DocumentPath path;
    document_path(&path, d, take);
    Note note = {0};
    CHECK(i < path.performance.note_count);
    if (i < path.performance.note_count) note = path.performance.notes[i];
    document_path_clear(&path);
    return note;
}

static bool refused(bool did, GError *error, const char *why) {
    bool as_expected = !did && error && strcmp(error->message, why) == 0;
    if (!as_expected && error) fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    return as_expected;
}

TEST(undoing_all_gives_the_beginning_and_redoing_all_the_end) {
    GRand *r = g_rand_new_with_seed(1);
    int edits = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
        Document d;
        Performance root = random_performance(r, 20, 9 * SECOND);
        CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &root, NULL));
        char *first = document_text(&d);
        for (int step = 0; step < STEPS; step++) random_step(&d, r);
        while (document_redo(&d, NULL)) {
        }
        char *last = document_text(&d);
        int undone = 0;
        for (; document_undo(&d, NULL); undone++) {
        }
        edits += undone;
        CHECK(same_text(document_text(&d), first));
        while (document_redo(&d, NULL)) {
        }
        CHECK(same_text(document_text(&d), last));
        performance_clear(&root);
        document_clear(&d);
    }
    CHECK(edits > 3 * DOCUMENTS);
    g_rand_free(r);
}

TEST(each_undo_gives_what_was_there_before_the_edit) {
    GRand *r = g_rand_new_with_seed(2);
    for (int i = 0; i < DOCUMENTS; i++) {
        Document d = random_document(r, STEPS);
        char *before = document_text(&d);
        guint done = d.edits_done;
        int take = g_rand_int_range(r, 0, (int)d.takes->len);
        bool edited = false;
        switch (i % 4) {
        case 0: edited = document_remove(&d, take, NULL); break;
        case 1: edited = restore_take(&d, take); break;
        case 2: edited = rename_take(&d, take, "other"); break;
        default: edited = document_add_played(&d, take, 7, true, NULL) > 0;
        }
        CHECK(d.edits_done == done + edited);
        if (edited) CHECK(document_undo(&d, NULL));
        CHECK(same_text(document_text(&d), before));
        document_clear(&d);
    }
    g_rand_free(r);
}

TEST(every_path_is_a_sound_performance_with_all_let_go_at_its_end) {
    GRand *r = g_rand_new_with_seed(3);
    for (int i = 0; i < DOCUMENTS; i++) {
        Document d = random_document(r, STEPS);
        for (int take = 0; take < (int)d.takes->len; take++) {
            DocumentPath path;
            document_path(&path, &d, take);
            const Performance *p = &path.performance;
            CHECK(performance_is_sound(p));
            if (take > 0 && !document_take(&d, take)->until) {
                CHECK(performance_end(p) <= document_take(&d, take)->end);
                CHECK(!p->pedal_count || p->pedal[p->pedal_count - 1].value == 0);
            }
            document_path_clear(&path);
        }
        document_clear(&d);
    }
    g_rand_free(r);
}

// Returns whether the prompt of a take of the path, at or after span `s`, has this note
// as open: a key that is down, or a string that rings under the pedal.
static bool is_shown(const Document *d, const DocumentPath *path, guint s, Note note) {
    for (; s < path->spans->len; s++) {
        PathSpan span = g_array_index(path->spans, PathSpan, s);
        const Take *t = document_take(d, span.take);
        if (span.from > note.release) return false;
        if (t->origin == ORIGIN_GENERATED && t->generated.start.held[note.pitch])
            return true;
    }
    return false;
}

TEST(no_note_crosses_a_fork_but_those_a_model_was_shown_as_open) {
    GRand *r = g_rand_new_with_seed(4);
    int across = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
        Document d = random_document(r, STEPS);
        for (int take = 1; take < (int)d.takes->len; take++) {
            DocumentPath path;
            document_path(&path, &d, take);
            for (size_t n = 0; n < path.performance.note_count; n++)
                for (guint s = 1; s < path.spans->len; s++) {
                    int64_t fork = g_array_index(path.spans, PathSpan, s).from;
                    Note note = path.performance.notes[n];
                    int before = g_array_index(path.spans, PathSpan, s - 1).take;
                    if (note.onset >= fork || note.release <= fork) continue;
                    if (document_take(&d, before)->until == fork) continue;
                    CHECK(is_shown(&d, &path, s, note));
                    across++;
                }
            document_path_clear(&path);
        }
        document_clear(&d);
    }
    CHECK(across > 20);
    g_rand_free(r);
}

static Performance joined(const Prompt *prompt, const Token *tokens, int count) {
    Performance p = {0};
    prompt_join(&p, prompt, PROMPT_INCLUDE, tokens, (size_t)count);
    return p;
}

// Returns the event of each token of a take, without those of its prompt.
static GArray *events_after(const GArray *prompt, const Token *tokens, int count) {
    GArray *all = g_array_copy((GArray *)prompt);
    g_array_append_vals(all, tokens, (guint)count);
    GArray *ret = tokenizer_events(&g_array_index(all, Token, 0), all->len);
    g_array_remove_range(ret, 0, prompt->len);
    g_array_unref(all);
    return ret;
}

// Adds a generated take at a random place of the current path. Its `count` tokens come
// a few at a time, some of them with their events.
static int add_somewhere(Document *d, GRand *r, bool whole, DocumentPrompt *ret,
                         Token *tokens, int count) {
    int64_t end = document_take(d, d->view.take)->end;
    int64_t time = g_rand_int_range(r, 0, 5) ? random_time(r, end) : -1;
    Recipe recipe = random_recipe(r);
    document_prompt(ret, d, d->view.take, whole ? 0 : random_time(r, end), time,
                    recipe.tokenizer);
    int take = document_add_generated(d, ret->parent, ret->fork, &recipe, &ret->start,
                                      true, false, NULL);
    random_tokens(r, tokens, count);
    GArray *events = events_after(ret->prompt.tokens, tokens, count);
    const Event *all = &g_array_index(events, Event, 0);
    for (int i = 0, more; i < count; i += more) {
        more = g_rand_int_range(r, 1, MIN(4, count - i) + 1);
        CHECK(document_add_tokens(d, take, tokens + i,
                                  g_rand_boolean(r) ? all + i : NULL, (size_t)more,
                                  NULL));
    }
    g_array_unref(events);
    return take;
}

TEST(the_path_of_a_generated_take_is_what_the_command_line_writes) {
    GRand *r = g_rand_new_with_seed(16);
    for (int i = 0; i < 400; i++) {
        Document d = random_document(r, i % 3 ? 0 : 40);
        DocumentPrompt prompt;
        Token tokens[200];
        int count = g_rand_int_range(r, 0, 200);
        CHECK(document_set_bars(&d, (TappedBars){0}, NULL)); // it has no bars
        int take = add_somewhere(&d, r, true, &prompt, tokens, count);
        DocumentPath path;
        document_path(&path, &d, take);
        Performance want = joined(&prompt.prompt, tokens, count);
        CHECK(same_text(performance_text(&path.performance), performance_text(&want)));
        performance_clear(&want);
        document_path_clear(&path);
        document_prompt_clear(&prompt);
        document_clear(&d);
    }
    g_rand_free(r);
}

// Returns what the command line makes from a bridge over the path of `parent`.
static void check_bridge(const Document *d, int parent, const Take *t) {
    DocumentPath before, path;
    Performance want = {0};
    Bridge b;
    document_path(&before, d, parent);
    document_path(&path, d, t->number);
    if (bridge_cut(&b, &before.performance, t->generated.recipe.tokenizer, t->fork,
                   t->until, NULL)) {
        g_autofree Token *tokens = g_new(Token, t->generated.tokens->len);
        for (guint i = 0; i < t->generated.tokens->len; i++)
            tokens[i] = g_array_index(t->generated.tokens, uint16_t, i);
        bridge_join(&want, &b, tokens, t->generated.tokens->len);
        CHECK(same_text(performance_text(&path.performance), performance_text(&want)));
        g_autofree uint8_t *parts = document_path_parts(&path);
        g_autofree uint8_t *wanted = bridge_parts(&b, &want);
        if (parent == 0) CHECK(memcmp(parts, wanted, want.note_count) == 0);
        performance_clear(&want);
        bridge_clear(&b);
    }
    document_path_clear(&path);
    document_path_clear(&before);
}

TEST(the_path_of_a_bridge_is_what_the_command_line_writes) {
    GRand *r = g_rand_new_with_seed(15);
    int upon = 0;
    for (int i = 0; i < 4 * DOCUMENTS; i++) {
        Document d = random_document(r, i % 3 ? 0 : STEPS / 2);
        int parent = d.view.take;
        int64_t end = document_take(&d, parent)->end;
        int take = random_bridge(&d, r, parent, random_time(r, end));
        if (take < 0) continue;
        for (int step = 0; step < 4; step++) random_growth(&d, r, take);
        check_bridge(&d, parent, document_take(&d, take));
        int second = random_bridge(&d, r, take, random_time(r, end)); // on its path
        if (second > 0) check_bridge(&d, take, document_take(&d, second));
        upon += second > 0;
        document_clear(&d);
    }
    CHECK(upon > DOCUMENTS);
    g_rand_free(r);
}

TEST(what_goes_on_after_a_bridge_begins_with_what_followed_it) {
    Note notes[] = {{0, SECOND, 60, 80},
                    {2 * SECOND, 3 * SECOND, 61, 80},
                    {4 * SECOND, 5 * SECOND, 62, 80},
                    {6 * SECOND, 7 * SECOND, 63, 80}};
    Document d = piece_of(notes, 4);
    Recipe recipe = {.tokenizer = TOKENIZER_PEDAL,
                     .plan.sampler = {1, 1, 0, 0, {0}},
                     .until = 3.5,
                     .rank = 1,
                     .candidates = 8,
                     .nats = 4.5};
    TakeStart start = {.step = 150, .velocity = 64};
    static const Token tokens[] = {TOKEN_NOTE_ON + 40, TOKEN_TIME_SHIFT + 49,
                                   TOKEN_NOTE_OFF + 40};
    int bridge = document_add_generated(&d, 0, 3 * SECOND / 2, &recipe, &start, true,
                                        false, NULL);
    CHECK(document_add_tokens(&d, bridge, tokens, NULL, 3, NULL));
    DocumentPath path;
    document_path(&path, &d, bridge);
    CHECK(path.performance.note_count == 4 && path.performance.notes[1].pitch == 40 &&
          path.performance.notes[2].pitch == 62);
    CHECK(document_path_take(&path, 2 * SECOND) == bridge);
    CHECK(document_path_take(&path, 4 * SECOND) == 0);
    CHECK(path.origins[1] == ORIGIN_GENERATED && path.origins[2] == ORIGIN_OPENED);
    document_path_clear(&path);
    static const Token more[] = {TOKEN_NOTE_ON + 70, TOKEN_TIME_SHIFT + 9,
                                 TOKEN_NOTE_OFF + 70};
    int after = generate(&d, bridge, 11 * SECOND / 2, TOKENIZER_PEDAL, more, 3);
    CHECK(document_take(&d, after)->parent == bridge);
    CHECK(note_of(&d, after, 1).pitch == 40 && note_of(&d, after, 2).pitch == 62 &&
          note_of(&d, after, 3).pitch == 70);
    g_autofree char *text = document_receipt(&d, bridge, PROMPT_INCLUDE);
    CHECK(strstr(text, "\nuntil=3.5\n") &&
          strstr(text, "\nrank=1\ncandidates=8\nnats=4.5\n"));
    document_clear(&d);
}

TEST(the_deepest_bridge_upon_bridges_has_a_path) {
    Note notes[] = {{0, SECOND, 60, 80}, {10 * SECOND, 11 * SECOND, 61, 80}};
    Document d = piece_of(notes, 2);
    TakeStart start = {.step = 150, .velocity = 64};
    int take = 0;
    while (document_take(&d, take)->depth < DOCUMENT_MAX_DEPTH) {
        Recipe recipe = {.tokenizer = TOKENIZER_PEDAL,
                         .plan.sampler = {1, 1, 0, 0, {0}},
                         .until = 3.5,
                         .rank = 1,
                         .candidates = 1};
        take = document_add_generated(&d, take, 2 * SECOND, &recipe, &start, true,
                                      false, NULL);
    }
    DocumentPath path;
    document_path(&path, &d, take);
    CHECK(path.performance.note_count == 2);
    document_path_clear(&path);
    document_clear(&d);
}

TEST(takes_removed_at_once_come_back_at_once) {
    Document d = empty_piece();
    for (int i = 0; i < 3; i++) document_add_played(&d, 0, 0, true, NULL);
    CHECK(document_remove(&d, 1, NULL) && document_remove_too(&d, 2, NULL));
    CHECK(!document_is_visible(&d, 1) && !document_is_visible(&d, 2));
    CHECK(document_undo(&d, NULL) && document_is_visible(&d, 1) &&
          document_is_visible(&d, 2) && document_is_visible(&d, 3));
    CHECK(document_redo(&d, NULL) && !document_is_visible(&d, 1) &&
          !document_is_visible(&d, 2) && document_is_visible(&d, 3));
    document_clear(&d);
}

TEST(a_prompt_from_a_selection_has_nothing_from_before_it) {
    Note notes[] = {{0, 9 * SECOND, 60, 80}, {4 * SECOND, 9 * SECOND, 64, 80}};
    Document d = piece_of(notes, 2);
    DocumentPrompt p;
    document_prompt(&p, &d, 0, 3500000, 6 * SECOND, TOKENIZER_PEDAL);
    CHECK(p.fork == 6 * SECOND && p.start.origin == 3500000 && p.parent == 0);
    CHECK(p.prompt.before.note_count == 1 &&
          p.prompt.before.notes[0].onset == SECOND / 2);
    CHECK(p.start.held[64] && !p.start.held[60]);
    Recipe recipe = {.tokenizer = TOKENIZER_PEDAL, .plan.sampler = {1, 1, 0, 0, {0}}};
    int take = document_add_generated(&d, 0, p.fork, &recipe, &p.start, true, false,
                                      NULL);
    static const Token tokens[] = {TOKEN_TIME_SHIFT + 99, TOKEN_TIME_SHIFT + 99,
                                   TOKEN_TIME_SHIFT + 99, TOKEN_NOTE_OFF + 64};
    CHECK(document_add_tokens(&d, take, tokens, NULL, 4, NULL));
    CHECK(note_of(&d, take, 0).release == 6 * SECOND);
    CHECK(note_of(&d, take, 1).release == 7 * SECOND);
    g_autofree char *text = document_receipt(&d, take, PROMPT_INCLUDE);
    CHECK(strstr(text, "\nprompt_seconds=3.5-6\n"));
    document_prompt_clear(&p);
    document_clear(&d);
}

TEST(a_take_never_changes_but_by_growing) {
    GRand *r = g_rand_new_with_seed(6);
    for (int i = 0; i < DOCUMENTS; i++) {
        Document d = random_document(r, STEPS / 2);
        guint count = d.takes->len;
        Take *before = g_new0(Take, count);
        for (guint t = 0; t < count; t++) {
            before[t] = *document_take(&d, (int)t);
            if (before[t].events) before[t].events = g_array_copy(before[t].events);
        }
        for (int step = 0; step < STEPS; step++) random_step(&d, r);
        CHECK(d.takes->len >= count);
        for (guint t = 0; t < count; t++) {
            const Take *now = document_take(&d, (int)t);
            CHECK(now->parent == before[t].parent && now->fork == before[t].fork);
            CHECK(!before[t].finished || now->end == before[t].end);
            if (!before[t].events) continue;
            CHECK(now->events->len >= before[t].events->len);
            for (guint e = 0; e < before[t].events->len; e++) {
                Event was = g_array_index(before[t].events, Event, e);
                Event is = g_array_index(now->events, Event, e);
                CHECK(was.time == is.time && was.kind == is.kind &&
                      was.pitch == is.pitch && was.value == is.value);
            }
            g_array_unref(before[t].events);
        }
        g_free(before);
        document_clear(&d);
    }
    g_rand_free(r);
}

TEST(a_path_does_not_change_while_what_it_left_goes_on_growing) {
    GRand *r = g_rand_new_with_seed(7);
    for (int i = 0; i < DOCUMENTS; i++) {
        Document d = empty_piece();
        int grows = random_add(&d, r, 0, 0);
        for (int step = 0; step < 6; step++) random_growth(&d, r, grows);
        int64_t end = document_take(&d, grows)->end;
        int take = random_add(&d, r, grows, i % 2 ? end : random_time(r, end));
        random_growth(&d, r, take);
        DocumentPath path;
        document_path(&path, &d, take);
        char *before = performance_text(&path.performance);
        document_path_clear(&path);
        for (int step = 0; step < 6; step++) random_growth(&d, r, grows);
        document_path(&path, &d, take);
        CHECK(same_text(performance_text(&path.performance), before));
        document_path_clear(&path);
        document_clear(&d);
    }
    g_rand_free(r);
}

TEST(a_pianist_begins_with_free_hands_and_pedal) {
    Document d = empty_piece();
    int first = document_add_played(&d, 0, 0, true, NULL);
    play(&d, first, down(1 * SECOND, 60));
    play(&d, first, pedal(1 * SECOND, 127));
    play(&d, first, up(9 * SECOND, 60));
    int second = document_add_played(&d, first, 3 * SECOND, true, NULL);
    play(&d, second, down(4 * SECOND, 64));
    play(&d, second, (Event){6 * SECOND, EVENT_TIME, 0, 0});
    DocumentPath path;
    document_path(&path, &d, second);
    const Performance *p = &path.performance;
    CHECK(p->note_count == 2 && p->notes[0].release == 3 * SECOND);
    CHECK(p->notes[1].onset == 4 * SECOND && p->notes[1].release == 6 * SECOND);
    CHECK(p->pedal_count == 2 && p->pedal[1].time == 3 * SECOND &&
          p->pedal[1].value == 0);
    CHECK(document_path_take(&path, 3 * SECOND - 1) == first);
    CHECK(document_path_take(&path, 3 * SECOND) == second);
    document_path_clear(&path);
    document_clear(&d);
}

TEST(a_model_goes_on_with_the_keys_and_pedal_it_was_shown) {
    Document d = empty_piece();
    int first = document_add_played(&d, 0, 0, true, NULL);
    play(&d, first, down(1 * SECOND, 60));
    play(&d, first, pedal(2 * SECOND, 127));
    play(&d, first, up(9 * SECOND, 60));
    static const Token tokens[] = {// from the prompt's last event on
                                   TOKEN_TIME_SHIFT + 99, TOKEN_TIME_SHIFT + 99,
                                   TOKEN_NOTE_OFF + 60,   TOKEN_TIME_SHIFT + 99,
                                   TOKEN_PEDAL_OFF,       TOKEN_EOS};
    int take = generate(&d, first, 3 * SECOND, TOKENIZER_PEDAL, tokens, 6);
    DocumentPath path;
    document_path(&path, &d, take);
    const Performance *p = &path.performance;
    CHECK(p->note_count == 1 && p->notes[0].release == 4 * SECOND);
    CHECK(p->pedal_count == 2 && p->pedal[1].time == 5 * SECOND);
    document_path_clear(&path);
    document_clear(&d);
}

TEST(what_a_growing_take_leaves_open_sounds_as_far_as_it_goes) {
    Note held = {0, 5 * SECOND, 60, 80};
    Document d = piece_of(&held, 1);
    static const Token second = TOKEN_TIME_SHIFT + 99;
    int take = generate(&d, 0, 2 * SECOND, TOKENIZER_PEDAL, &second, 1);
    CHECK(note_of(&d, take, 0).release == 2 * SECOND);
    for (int i = 0; i < 2; i++)
        CHECK(document_add_tokens(&d, take, &second, NULL, 1, NULL));
    CHECK(note_of(&d, take, 0).release == 3 * SECOND);
    document_clear(&d);
}

TEST(each_note_has_the_origin_of_the_take_it_is_from) {
    Note note = {0, SECOND, 60, 80};
    Document d = piece_of(&note, 1);
    int played = document_add_played(&d, 0, 2 * SECOND, true, NULL);
    play(&d, played, down(2 * SECOND, 62));
    play(&d, played, up(3 * SECOND, 62));
    static const Token tokens[] = {TOKEN_NOTE_ON + 64, TOKEN_TIME_SHIFT + 9,
                                   TOKEN_NOTE_OFF + 64};
    int take = generate(&d, played, -1, TOKENIZER_PEDAL, tokens, 3);
    DocumentPath path;
    document_path(&path, &d, take);
    static const uint8_t want[] = {ORIGIN_OPENED, ORIGIN_PLAYED, ORIGIN_GENERATED};
    CHECK(path.performance.note_count == 3);
    CHECK(memcmp(path.origins, want, sizeof want) == 0);
    document_path_clear(&path);
    document_clear(&d);
}

TEST(a_chord_that_hangs_at_the_end_is_of_the_piece_that_it_ends) {
    const Note chord[] = {{0, SECOND, 55, 80}, {SECOND, SECOND, 60, 80}};
    Document d = piece_of(chord, 2);
    static const Token tokens[] = {TOKEN_NOTE_ON + 64, TOKEN_TIME_SHIFT + 9,
                                   TOKEN_NOTE_OFF + 60, TOKEN_NOTE_OFF + 64};
    int take = generate(&d, 0, -1, TOKENIZER_PEDAL, tokens, 4);
    DocumentPath path;
    document_path(&path, &d, take);
    static const uint8_t want[] = {SMF_GIVEN, SMF_GIVEN, SMF_WRITTEN};
    g_autofree uint8_t *parts = document_path_parts(&path);
    CHECK(path.performance.note_count == 3 && path.performance.notes[2].pitch == 64);
    CHECK(path.performance.notes[2].onset == SECOND);
    CHECK(memcmp(parts, want, sizeof want) == 0);
    document_path_clear(&path);
    document_clear(&d);
}

TEST(a_take_goes_on_in_the_tempo_and_metre_that_hold_where_it_begins) {
    Performance p = {0};
    Document d;
    p.tempo = tempo_map_new(480);
    tempo_map_add_tempo(p.tempo, 0, 600000);
    tempo_map_add_metre(p.tempo, (Metre){0, 3, 2, 24, 8});
    tempo_map_add_tempo(p.tempo, 960, 300000);                // at 1.2 s
    tempo_map_add_metre(p.tempo, (Metre){1920, 2, 2, 24, 8}); // at 1.8 s
    for (int i = 0; i < 3; i++)
        performance_add_note(&p, (Note){i * SECOND, i * SECOND + SECOND, 60, 80});
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    int take = generate(&d, 0, 3 * SECOND / 2, TOKENIZER_PEDAL, NULL, 0);
    DocumentPath path, root;
    document_path(&root, &d, 0);
    CHECK(equal_tempo_maps(root.performance.tempo, p.tempo));
    document_path(&path, &d, take);
    const TempoMap *m = path.performance.tempo;
    CHECK(m->tempi->len == 2 && m->metres->len == 1);
    CHECK(tempo_map_time(m, 960 + 4800) == 1200000 + 3000000);
    document_path_clear(&path);
    document_path_clear(&root);
    document_clear(&d);
    performance_clear(&p);
}

TEST(tapped_bars_are_those_of_the_whole_path_and_no_moment_moves) {
    Performance p = {0};
    Document d;
    DocumentPath before, after, undone;
    for (int i = 0; i < 8; i++)
        performance_add_note(&p, (Note){i * SECOND + 7, i * SECOND + 77777, 60, 80});
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    int take = generate(&d, 0, 3 * SECOND / 2, TOKENIZER_PEDAL, NULL, 0);
    document_path(&before, &d, take);
    CHECK(!before.performance.tempo);
    CHECK(document_set_bars(&d, (TappedBars){750000, 3, SECOND}, NULL));
    document_path(&after, &d, take);
    CHECK(bars_exist(after.performance.tempo));
    CHECK_NEAR((double)bars_at(after.performance.tempo, 7 * SECOND).from, 5.5e6, 14);
    CHECK(after.performance.note_count == before.performance.note_count);
    for (size_t i = 0; i < after.performance.note_count; i++)
        CHECK(after.performance.notes[i].onset == before.performance.notes[i].onset &&
              after.performance.notes[i].release ==
                  before.performance.notes[i].release);
    CHECK(document_undo(&d, NULL));
    document_path(&undone, &d, take);
    CHECK(!undone.performance.tempo && document_redo(&d, NULL) && d.bars.beats == 3);
    CHECK(!document_set_bars(&d, (TappedBars){1, 4, 0}, NULL));
    CHECK(!document_set_bars(&d, (TappedBars){500000, 0, 0}, NULL));
    CHECK(!document_set_bars(&d, (TappedBars){500000, 4, -1}, NULL));
    document_path_clear(&before);
    document_path_clear(&after);
    document_path_clear(&undone);
    document_clear(&d);
    performance_clear(&p);
}

TEST(a_take_begins_with_the_other_pedals_up_and_keeps_its_own_moves) {
    Performance p = {0};
    Document d;
    performance_add_note(&p, (Note){0, 3 * SECOND, 60, 80});
    performance_move_pedal(&p, SECOND, PEDAL_SOFT, 127);
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    int take = document_add_played(&d, 0, 2 * SECOND, true, NULL);
    play(&d, take, down(2 * SECOND, 62));
    play(&d, take, (Event){3 * SECOND, EVENT_PEDAL, PEDAL_SOSTENUTO, 90});
    play(&d, take, up(4 * SECOND, 62));
    CHECK(!document_add_events(&d, take, &(Event){5 * SECOND, EVENT_PEDAL, PEDALS, 90},
                               1, NULL));
    DocumentPath path;
    document_path(&path, &d, take);
    const PedalMove *m = path.performance.moves;
    CHECK(path.performance.move_count == 4 && m[0].time == SECOND);
    CHECK(m[1].time == 2 * SECOND && m[1].pedal == PEDAL_SOFT && m[1].value == 0);
    CHECK(m[2].time == 3 * SECOND && m[2].pedal == PEDAL_SOSTENUTO);
    CHECK(m[3].time == 4 * SECOND && m[3].value == 0);
    document_path_clear(&path);
    document_clear(&d);
    performance_clear(&p);
}

TEST(a_fork_belongs_to_the_take_that_is_heard_before_it) {
    Document d = empty_piece();
    int a = document_add_played(&d, 0, 5 * SECOND, true, NULL);
    play(&d, a, down(6 * SECOND, 60));
    int b = document_add_played(&d, a, 7 * SECOND, true, NULL);
    int again = document_add_played(&d, b, 7 * SECOND, true, NULL);
    CHECK(document_take(&d, again)->parent == a);
    int early = document_add_played(&d, b, 4 * SECOND, true, NULL);
    CHECK(document_take(&d, early)->parent == 0);
    CHECK(document_take(&d, b)->parent == a && document_take(&d, a)->parent == 0);
    document_clear(&d);
}

TEST(a_removed_take_goes_with_all_upon_it_and_comes_back_with_it) {
    Document d = empty_piece();
    int a = document_add_played(&d, 0, 5 * SECOND, true, NULL);
    int b = document_add_played(&d, a, 6 * SECOND, true, NULL);
    CHECK(d.view.take == b && document_remove(&d, a, NULL));
    CHECK(!document_is_visible(&d, a) && !document_is_visible(&d, b));
    CHECK(d.view.take == 0 && d.view.point == 5 * SECOND);
    GError *error = NULL;
    bool did = document_remove(&d, b, &error);
    CHECK(refused(did, error, "take 2 cannot be removed"));
    CHECK(restore_take(&d, a) && document_is_visible(&d, b));
    error = NULL;
    did = document_remove(&d, 0, &error);
    CHECK(refused(did, error, "take 0 cannot be removed"));
    document_clear(&d);
}

TEST(takes_made_at_once_are_undone_at_once) {
    Document d = empty_piece();
    Recipe recipe = {.plan.sampler = {1, 1, 0, 0, {0}}};
    TakeStart start = {.velocity = 64};
    for (int i = 0; i < 4; i++)
        document_add_generated(&d, 0, 0, &recipe, &start, i == 0, i > 0, NULL);
    CHECK(document_is_visible(&d, 4) && d.view.take == 1);
    CHECK(document_undo(&d, NULL));
    for (int take = 1; take <= 4; take++) CHECK(!document_is_visible(&d, take));
    CHECK(d.view.take == 0 && !document_can_undo(&d));
    CHECK(document_redo(&d, NULL) && document_is_visible(&d, 4));
    CHECK(d.view.take == 1 && !document_can_redo(&d));
    document_clear(&d);
}

TEST(what_an_undone_take_grew_meanwhile_is_there_when_it_is_redone) {
    Document d = empty_piece();
    int take = document_add_played(&d, 0, 0, true, NULL);
    CHECK(document_undo(&d, NULL));
    play(&d, take, down(1 * SECOND, 60));
    CHECK(document_redo(&d, NULL));
    CHECK(note_of(&d, take, 0).pitch == 60);
    document_clear(&d);
}

TEST(a_take_that_a_new_edit_cuts_off_from_redo_can_be_restored) {
    Document d = empty_piece();
    int take = document_add_played(&d, 0, 0, true, NULL);
    play(&d, take, down(1 * SECOND, 60));
    CHECK(document_undo(&d, NULL));
    CHECK(document_add_played(&d, 0, 0, true, NULL) > 0);
    CHECK(!document_can_redo(&d) && !document_is_visible(&d, take));
    CHECK(restore_take(&d, take) && document_is_visible(&d, take));
    CHECK(note_of(&d, take, 0).pitch == 60);
    document_clear(&d);
}

TEST(nonsense_is_refused_with_a_sentence_and_changes_nothing) {
    Note note = {0, SECOND, 60, 80};
    Document d = piece_of(&note, 1);
    int take = document_add_played(&d, 0, 2 * SECOND, true, NULL);
    Token token = TOKEN_EOS;
    Event early = down(SECOND, 60), loud = {2 * SECOND, EVENT_ONSET, 60, 128};
    guint bytes = d.history.bytes->len;
    GError *error = NULL;
    bool did = document_add_events(&d, take, &early, 1, &error);
    CHECK(refused(did, error, "take 1 cannot go on with such events"));
    error = NULL;
    did = document_add_events(&d, take, &loud, 1, &error);
    CHECK(refused(did, error, "take 1 cannot go on with such events"));
    error = NULL;
    did = document_add_tokens(&d, take, &token, NULL, 1, &error);
    CHECK(refused(did, error, "take 1 does not grow by tokens"));
    error = NULL;
    did = document_set_view(&d, (DocumentView){.take = 9}, &error);
    CHECK(refused(did, error, "there is no take 9"));
    error = NULL;
    did = document_set_view(&d, (DocumentView){.loop_from = 5, .loop_to = 4}, &error);
    CHECK(refused(did, error, "the view lies beyond all time"));
    error = NULL;
    did = document_redo(&d, &error);
    CHECK(refused(did, error, "there is nothing to redo"));
    error = NULL;
    did = document_add_played(&d, 0, -1, true, &error) >= 0;
    CHECK(refused(did, error, "a fork lies beyond all time"));
    CHECK(document_finish(&d, take, 0, NULL));
    bytes = d.history.bytes->len;
    error = NULL;
    did = document_add_events(&d, take, &(Event){3 * SECOND, EVENT_TIME, 0, 0}, 1,
                              &error);
    CHECK(refused(did, error, "take 1 is finished"));
    CHECK(d.history.bytes->len == bytes);
    document_clear(&d);
}

TEST(takes_upon_takes_have_a_limit_that_is_said) {
    Document d = empty_piece();
    int take = 0;
    for (int i = 0; i < DOCUMENT_MAX_DEPTH; i++)
        take = document_add_played(&d, take, i + 1, true, NULL);
    CHECK(document_take(&d, take)->depth == DOCUMENT_MAX_DEPTH);
    GError *error = NULL;
    bool did = document_add_played(&d, take, SECOND, true, &error) >= 0;
    CHECK(refused(did, error, "there are too many takes upon takes"));
    CHECK(document_add_played(&d, take, 5, true, NULL) > take); // further up
    document_clear(&d);
}

TEST(receipts_stand_in_the_order_of_the_path) {
    Document d = empty_piece();
    int played = document_add_played(&d, 0, 0, true, NULL);
    play(&d, played, down(1 * SECOND, 62));
    play(&d, played, up(3 * SECOND, 62));
    static const Token tokens[] = {TOKEN_NOTE_ON + 64, TOKEN_EOS};
    int take = generate(&d, played, 2500000, TOKENIZER_PEDAL, tokens, 2);
    g_autofree char *text = document_receipt(&d, take, PROMPT_INCLUDE);
    CHECK(g_str_has_prefix(text, "played=0\npar-midi="));
    CHECK(strstr(text, "\nprompt_seconds=0-2.5\n") && strstr(text, "\ntokens=2\n"));
    CHECK(document_finish(&d, take, 1, NULL));
    g_autofree char *alone = document_receipt(&d, take, PROMPT_OMIT);
    CHECK(g_str_has_prefix(alone, "par-midi=") && strstr(alone, "\ntokens=1\n") &&
          strstr(alone, "\nprompt_part=omit\n"));
    CHECK(document_receipt(&d, 0, PROMPT_INCLUDE) == NULL);
    document_clear(&d);
}

TEST(a_dial_beyond_its_most_is_no_recipe) {
    Document d = empty_piece();
    TakeStart start = {.velocity = 64};
    const double wrong[] = {2.1, -2.1, HUGE_VAL, (double)NAN};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        Recipe recipe = {.plan.sampler = {1, 1, 0, 0, {0}}};
        recipe.plan.dials.at[DIAL_DENSITY] = wrong[i];
        GError *error = NULL;
        int take = document_add_generated(&d, 0, 0, &recipe, &start, true, false,
                                          &error);
        CHECK(refused(take >= 0, error, "a take's recipe is out of range"));
    }
    document_clear(&d);
}

TEST(tokens_that_a_stop_may_take_back_are_not_settled) {
    static const Token tokens[] = {TOKEN_SOS, TOKEN_NOTE_ON, TOKEN_TIME_SHIFT,
                                   TOKEN_VELOCITY};
    CHECK(take_settled(tokens, 4) == 2 && take_settled(tokens, 1) == 1);
    CHECK(take_settled(tokens + 2, 2) == 0);
}

int main(void) {
    RUN(undoing_all_gives_the_beginning_and_redoing_all_the_end);
    RUN(each_undo_gives_what_was_there_before_the_edit);
    RUN(every_path_is_a_sound_performance_with_all_let_go_at_its_end);
    RUN(no_note_crosses_a_fork_but_those_a_model_was_shown_as_open);
    RUN(the_path_of_a_generated_take_is_what_the_command_line_writes);
    RUN(the_path_of_a_bridge_is_what_the_command_line_writes);
    RUN(what_goes_on_after_a_bridge_begins_with_what_followed_it);
    RUN(the_deepest_bridge_upon_bridges_has_a_path);
    RUN(takes_removed_at_once_come_back_at_once);
    RUN(a_prompt_from_a_selection_has_nothing_from_before_it);
    RUN(a_take_never_changes_but_by_growing);
    RUN(a_path_does_not_change_while_what_it_left_goes_on_growing);
    RUN(a_pianist_begins_with_free_hands_and_pedal);
    RUN(a_model_goes_on_with_the_keys_and_pedal_it_was_shown);
    RUN(what_a_growing_take_leaves_open_sounds_as_far_as_it_goes);
    RUN(each_note_has_the_origin_of_the_take_it_is_from);
    RUN(a_chord_that_hangs_at_the_end_is_of_the_piece_that_it_ends);
    RUN(a_take_goes_on_in_the_tempo_and_metre_that_hold_where_it_begins);
    RUN(tapped_bars_are_those_of_the_whole_path_and_no_moment_moves);
    RUN(a_take_begins_with_the_other_pedals_up_and_keeps_its_own_moves);
    RUN(a_fork_belongs_to_the_take_that_is_heard_before_it);
    RUN(a_removed_take_goes_with_all_upon_it_and_comes_back_with_it);
    RUN(takes_made_at_once_are_undone_at_once);
    RUN(what_an_undone_take_grew_meanwhile_is_there_when_it_is_redone);
    RUN(a_take_that_a_new_edit_cuts_off_from_redo_can_be_restored);
    RUN(nonsense_is_refused_with_a_sentence_and_changes_nothing);
    RUN(takes_upon_takes_have_a_limit_that_is_said);
    RUN(receipts_stand_in_the_order_of_the_path);
    RUN(a_dial_beyond_its_most_is_no_recipe);
    RUN(tokens_that_a_stop_may_take_back_are_not_settled);
    return test_end();
}
