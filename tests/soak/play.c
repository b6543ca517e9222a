// Generates and plays without end, and looks at what the audio callback needs:
//   soak_play MODEL SECONDS
// on the default device, of tests/with_*.sh for instance, 256 frames a callback. First
// a fifth of the time in silence, whose underruns are the machine's own. Prints TAP.
#include "app/continuation.h"
#include "audio/output.h"
#include "audio/soundfont.h"
#include "tests/test.h"

#include <stdlib.h>

#define AHEAD 300000 // microseconds that are pushed before they are due

static double seconds;

// Pushes what is heard of a token; waits for room, and not to be too far ahead.
static void push(Engine *e, uint32_t epoch, const Decoded *d) {
    AudioEvent event = {d->time, .epoch = epoch, .source = SOURCE_PLAYBACK,
                        .pitch = d->pitch, .value = d->velocity};
    event.kind = d->kind == DECODED_NOTE_ON    ? EVENT_NOTE_ON
                 : d->kind == DECODED_NOTE_OFF ? EVENT_NOTE_OFF
                                               : EVENT_PEDAL;
    while (!engine_promise(e, epoch, d->time)) g_usleep(5000);
    while (engine_state(e).position + AHEAD < d->time) g_usleep(5000);
    while (!engine_push(e, event)) g_usleep(5000);
}

// Drawn and played, as the program would, on this thread; the sound is the device's.
static void play(Engine *e, Continuation *c) {
    uint32_t epoch = engine_cut(e);
    gint64 end = g_get_monotonic_time() + (gint64)(seconds * 1e6);
    Decoded event;
    engine_jump(e, epoch, EVENT_NOW, 0);
    while (g_get_monotonic_time() < end && continuation_next(c, &event))
        if (event.kind != DECODED_NOTHING && event.kind != DECODED_END)
            push(e, epoch, &event);
    engine_cut(e);
    g_usleep(500000);
}

static void say(const char *when, const EngineStats *s, uint32_t underruns) {
    printf("# %s: 99.9 %% of callbacks within %.2f of a period, all within %.2f; %u "
           "underruns\n",
           when, load_quantile(&s->load, 0.999), (double)s->load.most, underruns);
}

static void soak(const Weights *weights, Pool *pool, const char *soundfont) {
    Engine *e = engine_new();
    Output *o = output_open(e, &(OutputWish){.soundfont = soundfont, .frames = 256});
    OutputState state = output_state(o);
    for (int i = 0; i < 200 && !(*state.soundfont && *state.device); i++) {
        g_usleep(100000);
        state = output_state(o);
    }
    printf("# %s, %d frames at %d\n", *state.device ? state.device : "no device",
           state.frames, state.rate);
    g_usleep((gulong)(seconds / 5 * 1e6));
    EngineStats silent = engine_stats(e);
    say("in silence", &silent, silent.underruns);

    Session *session = session_new(weights, pool);
    Prompt prompt;
    Continuation c;
    Performance nothing = {0};
    Plan plan = {.sampler = continuation_sampler, .seed = 1};
    prompt_cut(&prompt, &nothing, TOKENIZER_PEDAL, -1);
    continuation_begin(&c, session, TOKENIZER_PEDAL, &prompt, &plan);
    play(e, &c);
    EngineStats stats = engine_stats(e);
    uint32_t underruns = stats.underruns - silent.underruns;
    say("generating and playing", &stats, underruns);
    printf("# %d tokens drawn\n", (int)c.drawn);
    CHECK(c.drawn > 10);
    CHECK(load_quantile(&stats.load, 0.999) < 0.5 && stats.load.most < 1);
    CHECK(underruns <= 5 * silent.underruns + 1);
    for (int key = 0; key < 128; key++) CHECK(!engine_held(e, key));
    CHECK(engine_state(e).pedal == 0);
    continuation_clear(&c);
    prompt_clear(&prompt);
    session_free(session);
    CHECK(output_close(o));
    engine_free(e);
}

static const char *model_path;

TEST(an_endless_piece_plays_without_dropout_and_leaves_no_key_down) {
    g_autoptr(GError) error = NULL;
    Model m = {0};
    char *soundfont = soundfont_find(NULL, &error);
    CHECK(soundfont && model_load(model_path, &m, &error));
    if (error) fprintf(stderr, "%s\n", error->message);
    if (error) return;
    Pool *pool = pool_new(0);
    Weights *weights = weights_new(&m, true);
    soak(weights, pool, soundfont);
    weights_free(weights);
    pool_free(pool);
    model_free(&m);
    g_free(soundfont);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    model_path = argv[1];
    seconds = atof(argv[2]);
    RUN(an_endless_piece_plays_without_dropout_and_leaves_no_key_down);
    return test_end();
}
