#include "tests/test.h"

#include "app/desktop/writing/bridging.h"
#include "app/desktop/writing/writer.h"
#include "app/document/document_file.h"
#include "tests/tiny_model_file.h"

#include <glib/gstdio.h>

#define SECOND INT64_C(1000000)

static char *folder, *path;
static void nothing(void *data) {}

static void save_model(void) {
    folder = g_dir_make_tmp("par-midi-XXXXXX", NULL);
    path = tiny_model_file(folder);
}

#define TRIES 12000 // of 10 ms; enough on the busiest machine

static void await_model(Writer *w) {
    for (int i = 0; i < TRIES && !writer_model(w); i++) g_usleep(10000);
    CHECK(writer_model(w) != NULL);
}

static Writer *writer(void) {
    Writer *w = writer_new(path, (Wake){nothing, NULL});
    await_model(w);
    return w;
}

static void a_prompt(Prompt *ret) {
    Performance p = {0};
    for (int i = 0; i < 60; i++)
        performance_add_note(
            &p, (Note){i * 100000, i * 100000 + 80000, (uint8_t)(40 + i * 7 % 40), 80});
    performance_finish(&p);
    prompt_cut(ret, &p, TOKENIZER_PEDAL, -1);
    performance_clear(&p);
}

static WriterJob job(const Prompt *p, int take, uint64_t seed, int64_t steps) {
    return (WriterJob){.stream = stream_new(take, p->cut),
                       .tokens = p->tokens,
                       .step = p->step,
                       .plan = {continuation_sampler, seed, .steps = steps}};
}

static bool is_event_of(Decoder *d, Token token, Event e) {
    Event want = decoder_push(d, token).event;
    return e.time == want.time && e.kind == want.kind && e.pitch == want.pitch &&
           e.value == want.value;
}

// Reads the writer's results until the take is finished or the time is over. Returns
// its tokens, each of which must have come with its event.
static GArray *read_take(Writer *w, const Prompt *p, int take, double seconds,
                         bool *ret_finished) {
    GArray *all = g_array_new(false, false, sizeof(Token));
    Decoder d = p->decoder;
    *ret_finished = false;
    int64_t end = g_get_monotonic_time() + (int64_t)(seconds * 1e6);
    while (!*ret_finished && g_get_monotonic_time() < end) {
        WriterNews n;
        if (!writer_read(w, &n)) {
            g_usleep(2000);
            continue;
        }
        if (n.take == take) {
            g_array_append_vals(all, n.tokens->data, n.tokens->len);
            CHECK(n.events->len == n.tokens->len);
            for (guint i = 0; i < n.tokens->len; i++)
                CHECK(is_event_of(&d, g_array_index(n.tokens, Token, i),
                                  g_array_index(n.events, Event, i)));
            *ret_finished = n.finished;
        }
        g_array_unref(n.tokens);
        g_array_unref(n.events);
    }
    return all;
}

// Returns what `par-midi continue` makes from the same prompt and plan.
static GArray *alone(const Prompt *p, const Plan *plan) {
    Model m;
    CHECK(model_load(path, &m, NULL));
    Weights *weights = weights_new(&m, true);
    Pool *pool = pool_new(1);
    pool_set_mixed(pool, true);
    Session *s = session_new(weights, pool);
    Continuation c;
    Event d;
    continuation_begin(&c, s, TOKENIZER_PEDAL, p, plan);
    while (continuation_next(&c, &d)) {
    }
    size_t count;
    const Token *tokens = continuation_take(&c, &count);
    GArray *ret = g_array_new(false, false, sizeof(Token));
    g_array_append_vals(ret, tokens, (guint)count);
    continuation_clear(&c);
    session_free(s);
    weights_free(weights);
    pool_free(pool);
    model_free(&m);
    return ret;
}

static bool same(const GArray *a, const GArray *b) {
    return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(Token)) == 0;
}

TEST(takes_are_those_that_continue_makes_read_ahead_or_not) {
    Writer *w = writer();
    Prompt p;
    a_prompt(&p);
    writer_prepare(w, p.tokens, 0);
    for (int i = 0; i < TRIES && writer_state(w).context == 0; i++) g_usleep(10000);
    for (int i = 0; i < 3; i++) {
        WriterJob j = job(&p, 1 + i, 10 + (uint64_t)i, 300);
        writer_write(w, &j);
        bool finished;
        GArray *got = read_take(w, &p, 1 + i, 120, &finished),
               *want = alone(&p, &j.plan);
        CHECK(finished && same(got, want));
        g_array_unref(got);
        g_array_unref(want);
        stream_unref(j.stream);
    }
    prompt_clear(&p);
    writer_free(w);
}

TEST(takes_written_at_the_same_time_are_those_that_continue_makes) {
    enum { TAKES = 3 };
    Writer *w = writer();
    Prompt p, other;
    WriterJob jobs[TAKES];
    GArray *got[TAKES];
    a_prompt(&p);
    prompt_cut(&other, &(Performance){0}, TOKENIZER_PEDAL, -1);
    int finished = 0;
    for (int i = 0; i < TAKES; i++) {
        jobs[i] = job(i < 2 ? &p : &other, 1 + i, 20 + (uint64_t)i, 300);
        got[i] = g_array_new(false, false, sizeof(Token));
        writer_write(w, &jobs[i]);
    }
    for (int i = 0; i < TRIES && finished < TAKES; i++) {
        WriterNews n;
        while (writer_read(w, &n)) {
            g_array_append_vals(got[n.take - 1], n.tokens->data, n.tokens->len);
            finished += n.finished;
            g_array_unref(n.tokens);
            g_array_unref(n.events);
        }
        g_usleep(10000);
    }
    CHECK(finished == TAKES);
    for (int i = 0; i < TAKES; i++) {
        GArray *want = alone(i < 2 ? &p : &other, &jobs[i].plan);
        CHECK(same(got[i], want));
        g_array_unref(got[i]);
        g_array_unref(want);
        stream_unref(jobs[i].stream);
    }
    prompt_clear(&p);
    prompt_clear(&other);
    writer_free(w);
}

static void a_bridge(Bridge *ret) {
    Performance p = {0};
    for (int i = 0; i < 60; i++)
        performance_add_note(
            &p, (Note){i * 100000, i * 100000 + 80000, (uint8_t)(40 + i * 7 % 40), 80});
    performance_finish(&p);
    CHECK(bridge_cut(ret, &p, TOKENIZER_PEDAL, 2 * SECOND, 3 * SECOND, NULL));
    performance_clear(&p);
}

static Plan bridge_plan(const Bridge *b, int64_t steps) {
    return (Plan){.sampler = continuation_sampler,
                  .seed = 7,
                  .steps = steps ? steps : bridge_steps(b),
                  .closeness = 1};
}

static GPtrArray *await_bridge(Writer *w, GError **error) {
    GPtrArray *ret = NULL;
    for (int i = 0; i < TRIES && !writer_read_bridge(w, &ret, error); i++)
        g_usleep(10000);
    return ret;
}

// Returns the takes from which `par-midi continue --until` chooses.
static GPtrArray *bridges_alone(const Bridge *b, const Plan *plan, int count) {
    static const int never = 0;
    Model m;
    CHECK(model_load(path, &m, NULL));
    Weights *weights = weights_new(&m, true);
    Pool *pool = pool_new(1);
    pool_set_mixed(pool, true);
    Choice choice = {.weights = weights,
                     .pool = pool,
                     .kind = TOKENIZER_PEDAL,
                     .prompt = &b->prompt,
                     .bridge = b,
                     .plan = *plan,
                     .count = count,
                     .stop = &never};
    GPtrArray *ret = choice_make(&choice, NULL);
    weights_free(weights);
    pool_free(pool);
    model_free(&m);
    return ret;
}

TEST(the_takes_of_a_bridge_are_those_that_continue_makes_the_best_first) {
    Writer *w = writer();
    Bridge b, same_one;
    a_bridge(&b);
    a_bridge(&same_one);
    Plan plan = bridge_plan(&b, 0);
    writer_bridge(w, &b, &plan, 4);
    GPtrArray *got = await_bridge(w, NULL), *want = bridges_alone(&same_one, &plan, 4);
    CHECK(got && got->len == 4 && !writer_writes(w));
    for (guint i = 0; got && i < 4; i++) {
        const ChoiceTake *a = got->pdata[i], *c = want->pdata[i];
        CHECK(a->seed == c->seed && a->nats == c->nats && same(a->tokens, c->tokens));
    }
    if (got) g_ptr_array_unref(got);
    g_ptr_array_unref(want);
    bridge_clear(&same_one);
    writer_free(w);
}

TEST(a_stop_ends_a_bridge_and_nothing_comes_of_it) {
    Writer *w = writer();
    Bridge b;
    GError *error = NULL;
    a_bridge(&b);
    Plan plan = bridge_plan(&b, 100000000);
    writer_bridge(w, &b, &plan, 4);
    writer_stop(w, -1);
    CHECK(await_bridge(w, &error) == NULL);
    CHECK(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INTR));
    g_clear_error(&error);
    a_bridge(&b); // the end of the program does not wait until it is finished
    writer_bridge(w, &b, &plan, 4);
    writer_free(w);
}

static BridgingNews await_news(Bridging *b, Writer *w, Document *d) {
    BridgingNews n = {0};
    for (int i = 0; i < TRIES && !bridging_read(b, w, d, &n); i++) g_usleep(10000);
    return n;
}

TEST(an_ending_comes_into_the_document_and_is_judged_like_a_bridge) {
    Writer *w = writer();
    Document d, again;
    Performance p = {0};
    performance_add_note(&p, (Note){0, 2 * SECOND, 60, 80});
    performance_finish(&p);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &p, NULL));
    DocumentPrompt prompt;
    document_prompt(&prompt, &d, 0, 0, -1, TOKENIZER_PEDAL);
    int64_t fork = prompt.fork, finish = 400, window = ending_window(finish);
    Plan plan = {.sampler = continuation_sampler,
                 .seed = 5,
                 .closeness = 1,
                 .finish = finish,
                 .steps = finish + window};
    Bridging b = {0};
    CHECK(bridging_end(&b, w, &d, &prompt, &plan, 3, NULL));
    BridgingNews n = await_news(&b, w, &d);
    CHECK(n.takes == 3 && n.ending && !n.error && n.fork == fork);
    const Take *t = document_take(&d, d.view.take);
    CHECK(t->generated.recipe.rank == 1 && t->generated.recipe.candidates == 3 &&
          !t->until);
    CHECK(t->finished && t->end <= fork + (finish + window + 2) * STEP_MICROSECONDS);
    char *trouble = NULL;
    CHECK(document_parse(&again, d.history.bytes->data, d.history.bytes->len, "session",
                         &trouble, NULL) &&
          !trouble);
    CHECK(document_take(&again, again.view.take)->generated.recipe.plan.finish ==
          finish);
    document_clear(&again);
    CHECK(bridging_others(&d, t->number) == 2);
    CHECK(bridging_reject(&d, NULL) && d.view.take == 0 && document_undo(&d, NULL));
    CHECK(d.view.take == t->number && bridging_others(&d, t->number) == 2);
    CHECK(bridging_keep(&d, NULL) && bridging_others(&d, t->number) == 0);
    CHECK(d.view.take == t->number);
    document_prompt_clear(&prompt);
    bridging_close(&b);
    document_clear(&d);
    performance_clear(&p);
    writer_free(w);
}

static int64_t known(const WriterJob *j) {
    monitor_lock(&j->stream->monitor);
    int64_t ret = j->stream->known;
    monitor_unlock(&j->stream->monitor);
    return ret;
}

TEST(a_stop_keeps_the_part_that_exists_and_closes_it) {
    Writer *w = writer();
    Prompt p;
    a_prompt(&p);
    WriterJob j = job(&p, 1, 3, 0);
    writer_follow(w, 1, p.cut + 3600 * SECOND); // endless, and far from being played
    writer_write(w, &j);
    for (int i = 0; i < TRIES && known(&j) < p.cut + SECOND; i++) g_usleep(10000);
    writer_stop(w, -1);
    bool finished;
    GArray *got = read_take(w, &p, 1, 120, &finished);
    CHECK(finished && got->len > 10);
    bool down[128] = {false}, pedal = false;
    Decoder d = p.decoder;
    for (int key = 0; key < 128; key++) down[key] = d.sounding[key] != 0;
    for (guint i = 0; i < got->len; i++) {
        Event e = decoder_push(&d, g_array_index(got, Token, i)).event;
        if (e.kind == EVENT_ONSET) down[e.pitch] = true;
        if (e.kind == EVENT_RELEASE) down[e.pitch] = false;
        if (e.kind == EVENT_PEDAL) pedal = e.value > 0;
    }
    for (int key = 0; key < 128; key++) CHECK(!down[key]);
    CHECK(!pedal && j.stream->whole && !writer_writes(w));
    // The played tokens are the kept ones.
    size_t heard = 0, kept = 0;
    d = p.decoder;
    for (guint i = 0; i < got->len; i++)
        kept += decoder_push(&d, g_array_index(got, Token, i)).event.kind ==
                EVENT_ONSET;
    for (guint i = 0; i < j.stream->events->len; i++)
        heard += g_array_index(j.stream->events, Event, i).kind == EVENT_ONSET;
    CHECK(heard == kept);
    g_array_unref(got);
    stream_unref(j.stream);
    prompt_clear(&p);
    writer_free(w);
}

// Waits until it is true, and then a little longer for anything that should not come.
static int64_t wait_until_known(const WriterJob *j, int64_t time) {
    for (int i = 0; i < TRIES && known(j) <= time; i++) g_usleep(10000);
    g_usleep(300000);
    return known(j);
}

TEST(an_endless_take_keeps_ahead_of_the_playhead_and_no_more) {
    Writer *w = writer();
    Prompt p;
    a_prompt(&p);
    WriterJob j = job(&p, 1, 4, 0);
    writer_follow(w, 1, p.cut);
    writer_write(w, &j);
    int64_t known = wait_until_known(&j, p.cut + WRITER_ENDLESS) - p.cut;
    CHECK(known > WRITER_ENDLESS && known < WRITER_ENDLESS + 10 * SECOND);
    writer_follow(w, 1, p.cut + 10 * SECOND);
    known = wait_until_known(&j, p.cut + 10 * SECOND + WRITER_ENDLESS) - p.cut;
    CHECK(known > 10 * SECOND + WRITER_ENDLESS && !j.stream->whole);
    stream_unref(j.stream);
    prompt_clear(&p);
    writer_free(w); // while it is being written
}

TEST(what_is_not_heard_waits_until_the_heard_take_is_ahead) {
    Writer *w = writer();
    Prompt p;
    a_prompt(&p);
    WriterJob a = job(&p, 1, 5, 3000), b = job(&p, 2, 6, 3000);
    writer_follow(w, 2, p.cut);
    writer_write(w, &b);
    writer_write(w, &a);
    bool ok = true;
    for (int i = 0; i < 200; i++) {
        monitor_lock(&a.stream->monitor);
        int64_t other = a.stream->known - p.cut;
        monitor_unlock(&a.stream->monitor);
        monitor_lock(&b.stream->monitor);
        int64_t heard = b.stream->known - p.cut;
        monitor_unlock(&b.stream->monitor);
        ok = ok && (other < 2 * SECOND || heard >= WRITER_AHEAD);
        g_usleep(1000);
    }
    CHECK(ok);
    writer_free(w);
    stream_unref(a.stream);
    stream_unref(b.stream);
    prompt_clear(&p);
}

TEST(a_model_that_is_none_is_told_in_a_sentence) {
    Writer *w = writer_new("/nowhere/model.safetensors", (Wake){nothing, NULL});
    char *trouble = NULL;
    for (int i = 0; i < TRIES && !trouble; i++) {
        g_usleep(10000);
        trouble = writer_trouble(w);
    }
    CHECK(trouble && strstr(trouble, "/nowhere/model.safetensors"));
    CHECK(!writer_model(w) && !writer_state(w).loading);
    g_free(trouble);
    writer_free(w);
}

TEST(another_model_closes_what_is_written_and_writes_from_then_on) {
    g_autofree char *other = g_build_filename(folder, "other.safetensors", NULL);
    Model m;
    tiny_model(&m, TOKENIZER_PEDAL, 8);
    CHECK(model_save(other, &m.config, &m.parameters, m.tokenizer, DTYPE_F32, NULL,
                     NULL));
    model_free(&m);
    Writer *w = writer();
    g_autofree char *hash = g_strdup(writer_model(w)->hash);
    Prompt p;
    a_prompt(&p);
    WriterJob endless = job(&p, 1, 5, 0), next = job(&p, 2, 5, 100);
    bool finished;
    writer_write(w, &endless);
    writer_set_model(w, other);
    CHECK(!writer_model(w)); // there is no model until it is loaded
    g_array_unref(read_take(w, &p, 1, TRIES / 100, &finished));
    CHECK(finished);
    await_model(w);
    CHECK(strcmp(writer_model(w)->hash, hash) != 0);
    CHECK(strcmp(writer_model(w)->path, other) == 0);
    CHECK(strstr(writer_model(w)->card, "context ") != NULL);
    writer_write(w, &next);
    g_array_unref(read_take(w, &p, 2, TRIES / 100, &finished));
    CHECK(finished);
    writer_free(w);
    stream_unref(endless.stream);
    stream_unref(next.stream);
    prompt_clear(&p);
    g_unlink(other);
}

TEST(a_model_that_cannot_be_loaded_leaves_the_one_before) {
    Writer *w = writer();
    writer_set_model(w, "/nowhere/model.safetensors");
    await_model(w);
    CHECK(strcmp(writer_model(w)->path, path) == 0);
    g_autofree char *trouble = writer_trouble(w), *again = writer_trouble(w);
    CHECK(trouble && strstr(trouble, "/nowhere/model.safetensors"));
    CHECK(again == NULL);
    writer_free(w);
}

TEST(what_is_listened_to_belongs_to_notes) {
    Performance p = {0};
    performance_add_note(&p, (Note){1003000, 1500000, 60, 80});
    performance_add_note(&p, (Note){2000000, 2500000, 62, 80});
    performance_finish(&p);
    GArray *tokens = tokenizer_encode(&p, TOKENIZER_PEDAL);
    const Token *t = &g_array_index(tokens, Token, 0);
    real weights[64] = {0}, recalled[64] = {0};
    for (guint i = 0; i < tokens->len; i++)
        weights[i] = t[i] == TOKEN_NOTE_ON + 60 ? 0.25f : t[i] == TOKEN_NOTE_ON + 62,
        recalled[i] = t[i] == TOKEN_NOTE_ON + 62 ? 0.375f : 0;
    GArray *heard = tokenizer_events(t, tokens->len);
    const Event *events = &g_array_index(heard, Event, 0);
    GArray *notes = lens_notes(t, events, (int)tokens->len, 0, weights, recalled);
    float shares[2], again[2];
    lens_spread(shares, again, &p, notes, 0);
    CHECK_NEAR((double)again[0], 0, 0);
    CHECK_NEAR((double)again[1], 0.375, 0);
    CHECK_NEAR((double)shares[0], 0.5, 1e-6);
    CHECK_NEAR((double)shares[1], 1, 1e-6);
    CHECK(lens_step(t, (int)tokens->len, (int)tokens->len) == 250);
    CHECK(lens_step(t, (int)tokens->len, -5) == 0);
    g_array_unref(heard);
    g_array_unref(notes);
    g_array_unref(tokens);
    performance_clear(&p);
}

// The model, but with a preference for TIME_SHIFTs of a second.
static Writer *silent_writer(void) {
    Model m;
    g_autofree char *silent = g_build_filename(folder, "silent.safetensors", NULL);
    tiny_model(&m, TOKENIZER_PEDAL, 7);
    m.parameters.head.bias[TOKEN_TIME_SHIFT + STEPS_PER_SHIFT - 1] += 40;
    CHECK(model_save(silent, &m.config, &m.parameters, m.tokenizer, DTYPE_F32, NULL,
                     NULL));
    model_free(&m);
    Writer *w = writer_new(silent, (Wake){nothing, NULL});
    await_model(w);
    CHECK(g_unlink(silent) == 0);
    return w;
}

TEST(a_take_that_ends_early_in_silence_is_said_to) {
    Writer *w = silent_writer();
    Prompt p;
    a_prompt(&p);
    WriterJob j = job(&p, 1, 3, 150);
    writer_write(w, &j);
    WriterNews n = {0};
    for (int i = 0; i < TRIES && !n.finished; i++) {
        if (!writer_read(w, &n)) {
            g_usleep(10000);
            continue;
        }
        g_array_unref(n.tokens);
        g_array_unref(n.events);
    }
    CHECK(n.finished);
    CHECK_NEAR(n.missing, 1.5, 1e-9);
    stream_unref(j.stream);
    prompt_clear(&p);
    writer_free(w);
}

int main(void) {
    save_model();
    RUN(takes_are_those_that_continue_makes_read_ahead_or_not);
    RUN(takes_written_at_the_same_time_are_those_that_continue_makes);
    RUN(the_takes_of_a_bridge_are_those_that_continue_makes_the_best_first);
    RUN(an_ending_comes_into_the_document_and_is_judged_like_a_bridge);
    RUN(a_stop_ends_a_bridge_and_nothing_comes_of_it);
    RUN(a_stop_keeps_the_part_that_exists_and_closes_it);
    RUN(a_take_that_ends_early_in_silence_is_said_to);
    RUN(an_endless_take_keeps_ahead_of_the_playhead_and_no_more);
    RUN(what_is_not_heard_waits_until_the_heard_take_is_ahead);
    RUN(a_model_that_is_none_is_told_in_a_sentence);
    RUN(another_model_closes_what_is_written_and_writes_from_then_on);
    RUN(a_model_that_cannot_be_loaded_leaves_the_one_before);
    RUN(what_is_listened_to_belongs_to_notes);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return test_end();
}
