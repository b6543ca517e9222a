#include "app/desktop/writing/surprise.h"
#include "app/generation/note_scores.h"
#include "tests/test.h"
#include "tests/tiny_model_file.h"

#include <glib/gstdio.h>

#define TRIES 12000 // of 10 ms; enough on the busiest machine

static char *folder, *path;
static SharedModel *model;
static void nothing(void *data) {}

static void open_model(void) {
    folder = g_dir_make_tmp("par-midi-XXXXXX", NULL);
    path = tiny_model_file(folder);
    model = shared_model_load(path, NULL);
    CHECK(model);
}

static void close_model(void) {
    shared_model_unref(model);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
}

// Makes a piece longer than the latents, with other notes from `turn` on.
static void piece(Performance *ret, int notes, int turn) {
    *ret = (Performance){0};
    for (int i = 0; i < notes; i++) {
        int pitch = 40 + i * (i < turn ? 7 : 11) % 40;
        Note n = {i * 100000, i * 100000 + 80000, (uint8_t)pitch,
                  (uint8_t)(40 + i % 50)};
        performance_add_note(ret, n);
    }
    performance_finish(ret);
}

static GArray *await(Surprise *s) {
    for (int i = 0; i < TRIES; i++) {
        SurpriseState now = surprise_state(s);
        if (now.done >= 1 && now.notes) return now.notes;
        if (now.notes) g_array_unref(now.notes);
        g_usleep(10000);
    }
    return g_array_new(false, false, sizeof(NoteScore));
}

// Equal apart from the rounding of int8 and bf16, for few tokens at once and for many.
#define ROUNDED .05

static void check_scores(const GArray *notes, const Performance *p) {
    Pool *pool = pool_new(1);
    pool_set_mixed(pool, true);
    Session *session = session_new(model->weights, pool);
    g_autoptr(GArray) tokens = tokenizer_encode(p, TOKENIZER_PEDAL);
    NoteScores want;
    note_scores_measure(&want, session, tokens);
    CHECK(notes->len == p->note_count && want.notes->len == notes->len);
    for (guint i = 0; i < MIN(notes->len, want.notes->len); i++) {
        const NoteScore *a = &g_array_index(notes, NoteScore, i);
        const NoteScore *b = &g_array_index(want.notes, NoteScore, i);
        CHECK(a->pitch == b->pitch && a->onset == b->onset);
        CHECK_NEAR(a->pitch_nats, b->pitch_nats, ROUNDED);
        CHECK_NEAR(a->time_nats, b->time_nats, ROUNDED);
        CHECK_NEAR(a->loudness_nats, b->loudness_nats, ROUNDED);
    }
    note_scores_clear(&want);
    session_free(session);
    pool_free(pool);
}

TEST(what_colours_the_notes_is_what_score_prints) {
    Performance p;
    piece(&p, 200, 200);
    Surprise *s = surprise_new((Wake){nothing, NULL});
    surprise_follow(s, model, &p, 1, 0);
    g_autoptr(GArray) notes = await(s);
    check_scores(notes, &p);
    surprise_free(s);
    performance_clear(&p);
}

TEST(a_take_from_the_same_prompt_is_coloured_up_to_where_it_turns_at_once) {
    Performance a, b;
    piece(&a, 200, 200);
    piece(&b, 230, 150);
    Surprise *s = surprise_new((Wake){nothing, NULL});
    surprise_follow(s, model, &a, 1, 0);
    g_autoptr(GArray) first = await(s);
    surprise_follow(s, model, &b, 2, 0);
    SurpriseState now = surprise_state(s);
    CHECK(now.notes && now.notes->len >= 149);
    for (guint i = 0; now.notes && i < 149; i++)
        CHECK(g_array_index(now.notes, NoteScore, i).pitch_nats ==
              g_array_index(first, NoteScore, i).pitch_nats);
    if (now.notes) g_array_unref(now.notes);
    g_autoptr(GArray) second = await(s);
    CHECK(second->len == b.note_count);
    surprise_free(s);
    performance_clear(&a);
    performance_clear(&b);
}

TEST(while_a_piece_changes_it_is_asked_about_now_and_then) {
    Performance p;
    piece(&p, 20, 20);
    Surprise *s = surprise_new((Wake){nothing, NULL});
    int64_t now = g_get_monotonic_time();
    surprise_follow(s, model, &p, 1, now);
    surprise_follow(s, model, &p, 2, g_get_monotonic_time() + 60000000);
    CHECK(surprise_is_behind(s, 2));
    surprise_follow(s, model, &p, 2, 0);
    CHECK(!surprise_is_behind(s, 2));
    surprise_follow(s, NULL, &p, 3, 0);
    SurpriseState state = surprise_state(s);
    CHECK(!surprise_is_behind(s, 3) && !state.notes && state.done == 1);
    surprise_free(s);
    performance_clear(&p);
}

TEST(a_model_that_is_asked_no_more_is_let_go) {
    Performance p;
    piece(&p, 200, 200);
    Surprise *s = surprise_new((Wake){nothing, NULL});
    int before = atomic_load(&model->references.count);
    surprise_follow(s, model, &p, 1, 0);
    g_array_unref(await(s));
    surprise_follow(s, NULL, &p, 1, 0);
    for (int i = 0; i < TRIES; i++) {
        if (atomic_load(&model->references.count) == before) break;
        g_usleep(10000);
    }
    CHECK(atomic_load(&model->references.count) == before);
    surprise_free(s);
    performance_clear(&p);
}

int main(void) {
    open_model();
    RUN(what_colours_the_notes_is_what_score_prints);
    RUN(a_take_from_the_same_prompt_is_coloured_up_to_where_it_turns_at_once);
    RUN(while_a_piece_changes_it_is_asked_about_now_and_then);
    RUN(a_model_that_is_asked_no_more_is_let_go);
    close_model();
    return test_end();
}
