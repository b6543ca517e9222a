#include "tests/test.h"

#include "app/desktop/playing/player.h"
#include "app/desktop/writing/ghost.h"
#include "tests/tiny_model_file.h"

#include <glib/gstdio.h>

#define SECOND INT64_C(1000000)
#define TRIES  12000 // of 10 ms; enough on the busiest machine
#define AWAIT(THIS)                                                                    \
    do {                                                                               \
        for (int tries = 0; tries < TRIES && !(THIS); tries++) g_usleep(10000);        \
        CHECK(THIS);                                                                   \
    } while (0)

static char *folder, *path;
static void nothing(void *data) {}

// A writer, its model, a prompt, and a ghost without a request yet.
typedef struct Desk {
    Writer *writer;
    SharedModel *model;
    DocumentPrompt prompt;
    Ghost *ghost;
} Desk;

static void cut(DocumentPrompt *ret, int notes) {
    Performance p = {0};
    Document d = {0};
    for (int i = 0; i < notes; i++)
        performance_add_note(
            &p, (Note){i * 100000, i * 100000 + 80000, (uint8_t)(40 + i * 7 % 40), 80});
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "", &p, NULL));
    document_prompt(ret, &d, 0, 0, -1, TOKENIZER_PEDAL);
    document_clear(&d);
    performance_clear(&p);
}

static Desk desk_new(void) {
    Desk ret = {.writer = writer_new(path, (Wake){nothing, NULL}),
                .ghost = ghost_new((Wake){nothing, NULL})};
    AWAIT(writer_model(ret.writer));
    ret.model = writer_share(ret.writer);
    cut(&ret.prompt, 40);
    return ret;
}

static void desk_free(Desk *d) {
    ghost_free(d->ghost);
    document_prompt_clear(&d->prompt);
    shared_model_unref(d->model);
    writer_free(d->writer);
}

// Returns a plan; 0 steps make it endless.
static Plan a_plan(int64_t steps) {
    return (Plan){continuation_sampler, 11, .steps = steps, .closeness = 1};
}

static void ask(const Desk *d, Plan plan, int64_t ahead) {
    ghost_ask(d->ghost, d->model, &d->prompt, &plan, d->prompt.fork + ahead);
}

static bool waits(const Desk *d, Plan plan) {
    return ghost_waits_for(d->ghost, d->model, &d->prompt, &plan);
}

// Waits until a take is finished and returns its tokens.
static GArray *read_take(Writer *w, int take) {
    GArray *all = g_array_new(false, false, sizeof(Token));
    bool finished = false;
    for (int i = 0; i < TRIES && !finished; i++) {
        WriterNews n;
        if (!writer_read(w, &n)) {
            g_usleep(10000);
            continue;
        }
        CHECK(n.take == take && !n.error && n.events->len == n.tokens->len);
        g_array_append_vals(all, n.tokens->data, n.tokens->len);
        finished = n.finished;
        g_array_unref(n.tokens);
        g_array_unref(n.events);
    }
    CHECK(finished);
    return all;
}

static GArray *writers_own(const Desk *d, Plan plan) {
    Stream *s = stream_new(9, d->prompt.fork);
    writer_write(d->writer,
                 &(WriterJob){s, d->prompt.prompt.tokens, d->prompt.prompt.step,
                              d->prompt.start.origin, plan});
    GArray *ret = read_take(d->writer, 9);
    stream_unref(s);
    return ret;
}

// Takes the ghost over while it is being written (most likely), while it waits, and
// after it was written to its end.
TEST(what_is_taken_over_is_what_the_writer_alone_writes_with_its_seed) {
    const int64_t ahead[] = {3600 * SECOND, 2 * SECOND, 3600 * SECOND};
    const unsigned long later[] = {0, 200000, 500000};
    for (int i = 0; i < 3; i++) {
        Desk d = desk_new();
        Plan plan = a_plan(600);
        ask(&d, plan, ahead[i]);
        AWAIT(waits(&d, plan));
        CHECK(ghost_seed(d.ghost) == 11);
        g_usleep(later[i]);
        Stream *s = ghost_take(d.ghost, d.writer, 5);
        CHECK(s->take == 5 && !ghost_exists(d.ghost));
        GArray *got = read_take(d.writer, 5), *want = writers_own(&d, plan);
        CHECK(writer_same_tokens(got, want) && s->whole);
        g_array_unref(got);
        g_array_unref(want);
        stream_unref(s);
        desk_free(&d);
    }
}

TEST(what_waits_is_no_more_than_was_asked_for) {
    Desk d = desk_new();
    int64_t from, until = d.prompt.fork + 2 * SECOND;
    ask(&d, a_plan(0), 2 * SECOND);
    AWAIT(ghost_notes(d.ghost, &from) &&
          performance_end(ghost_notes(d.ghost, &from)) >= until);
    g_usleep(200000);
    const Performance *notes = ghost_notes(d.ghost, &from);
    CHECK(from == d.prompt.fork && notes->notes[0].onset >= from);
    for (size_t i = 0; i < notes->note_count; i++)
        CHECK(notes->notes[i].onset < until + 2 * SECOND);
    desk_free(&d);
}

TEST(it_waits_for_the_same_prompt_model_and_dials_alone) {
    Desk d = desk_new();
    Plan plan = a_plan(600), longer = a_plan(700), wilder = plan, lower = plan,
         close = plan, another_seed = plan;
    DocumentPrompt other;
    SharedModel *again = shared_model_load(path, NULL);
    cut(&other, 41);
    wilder.sampler.temperature = 1.1;
    lower.dials.at[0] = 1;
    close.closeness = 2;
    another_seed.seed = 12;
    CHECK(!waits(&d, plan));
    ask(&d, plan, SECOND);
    AWAIT(waits(&d, plan));
    CHECK(waits(&d, another_seed));
    CHECK(!waits(&d, longer) && !waits(&d, wilder));
    CHECK(!waits(&d, lower) && !waits(&d, close));
    CHECK(!ghost_waits_for(d.ghost, d.model, &other, &plan));
    CHECK(!ghost_waits_for(d.ghost, again, &d.prompt, &plan));
    document_prompt_clear(&other);
    shared_model_unref(again);
    desk_free(&d);
}

// Discards the ghost at random moments, some of which are before it is begun.
TEST(what_is_thrown_away_leaves_nothing) {
    Desk d = desk_new();
    int holders = atomic_load(&d.model->references.count);
    for (unsigned long i = 0; i < 30; i++) {
        int64_t from;
        ask(&d, a_plan(0), 3600 * SECOND);
        g_usleep(i * 1000);
        ghost_drop(d.ghost);
        CHECK(!ghost_exists(d.ghost) && !ghost_notes(d.ghost, &from));
        CHECK(!waits(&d, a_plan(0)));
    }
    ask(&d, a_plan(0), 3600 * SECOND); // and so does one that the program's end meets
    ghost_free(d.ghost);
    d.ghost = NULL;
    CHECK(atomic_load(&d.model->references.count) == holders);
    CHECK(!writer_writes(d.writer));
    desk_free(&d);
}

// An endless ghost, which is most likely being written when it is taken over.
TEST(a_stop_ends_what_is_taken_over_at_once) {
    Desk d = desk_new();
    for (int i = 0; i < 10; i++) {
        ask(&d, a_plan(0), 3600 * SECOND);
        AWAIT(waits(&d, a_plan(0)));
        Stream *s = ghost_take(d.ghost, d.writer, 5);
        writer_stop(d.writer, 5);
        g_array_unref(read_take(d.writer, 5));
        CHECK(s->whole);
        stream_unref(s);
    }
    desk_free(&d);
}

TEST(another_model_ends_what_is_taken_over_at_once) {
    Desk d = desk_new();
    for (int i = 0; i < 10; i++) {
        ask(&d, a_plan(0), 3600 * SECOND);
        AWAIT(waits(&d, a_plan(0)));
        Stream *s = ghost_take(d.ghost, d.writer, 5);
        writer_set_model(d.writer, path);
        g_array_unref(read_take(d.writer, 5));
        CHECK(s->whole);
        AWAIT(writer_model(d.writer));
        shared_model_unref(d.model);
        d.model = writer_share(d.writer);
        stream_unref(s);
    }
    desk_free(&d);
}

// Measures in the music's time, since a stroke waits only for the player's thread.
TEST(what_waited_sounds_within_20_ms) {
    Desk d = desk_new();
    Engine *e = engine_new();
    Player *player = player_new(e);
    Plan plan = a_plan(600);
    Performance before = {0};
    ask(&d, plan, 4 * SECOND);
    AWAIT(waits(&d, plan));
    Stream *s = ghost_take(d.ghost, d.writer, 1);
    player_play(player, playback_list_growing(&before, &d.prompt.start, s),
                d.prompt.fork, true);
    float out[2 * 480];
    int blocks = 0; // of 10 ms
    bool struck = false;
    for (int i = 0; i < TRIES && !struck; i++) {
        engine_render(e, out, 480, 48000);
        blocks += engine_state(e).time == TIME_RUNS;
        for (HeardEvent h; engine_heard(e, &h);)
            struck = struck || h.event.kind == EVENT_ONSET;
        g_usleep(1000);
    }
    CHECK(struck && blocks <= 2);
    player_free(player);
    engine_free(e);
    stream_unref(s);
    desk_free(&d);
}

int main(void) {
    folder = g_dir_make_tmp("par-midi-XXXXXX", NULL);
    path = tiny_model_file(folder);
    RUN(what_is_taken_over_is_what_the_writer_alone_writes_with_its_seed);
    RUN(what_waits_is_no_more_than_was_asked_for);
    RUN(it_waits_for_the_same_prompt_model_and_dials_alone);
    RUN(what_is_thrown_away_leaves_nothing);
    RUN(a_stop_ends_what_is_taken_over_at_once);
    RUN(another_model_ends_what_is_taken_over_at_once);
    RUN(what_waited_sounds_within_20_ms);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return test_end();
}
