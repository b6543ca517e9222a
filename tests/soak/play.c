// Generates and plays without end, and measures the time of the audio callback:
//   soak_play MODEL|silence SECONDS
// It uses the default device, for example that of tests/tools/with_*.sh, with 256
// frames per callback. The underruns of a silent stream at the same time are caused by
// the machine. So the number of underruns is printed, and run.sh compares the two.
// Prints TAP.
#include "app/generation/continuation.h"
#include "audio/devices/output.h"
#include "audio/soundfont.h"
#include "tests/test.h"

#include <stdlib.h>

#define AHEAD 300000 // microseconds of music that are pushed in advance
#define ROOM  0.3f   // of reverb, as the program's default

static double seconds;

// Pushes the events of a token. Waits for room, and until it is not too far ahead.
static void push(Engine *e, uint32_t epoch, const Event *d) {
    AudioEvent event = {d->time,         .epoch = epoch,    .source = SOURCE_PLAYBACK,
                        .kind = d->kind, .pitch = d->pitch, .value = d->value};
    while (!engine_promise(e, epoch, d->time)) g_usleep(5000);
    while (engine_state(e).position + AHEAD < d->time) g_usleep(5000);
    while (!engine_push(e, event)) g_usleep(5000);
}

// Returns the program's memory in MB.
static double memory(void) {
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL)) return 0;
    const char *line = strstr(text, "VmRSS:");
    return line ? strtod(line + 6, NULL) / 1024 : 0;
}

// Generates and plays as the program would, on this thread; the device calls the
// engine. After the first sixth of the time, in which caches fill, the memory must not
// grow.
static void play(Engine *e, Continuation *c) {
    uint32_t epoch = engine_cut(e);
    gint64 begin = g_get_monotonic_time(), end = begin + (gint64)(seconds * 1e6);
    double early = 0;
    Event event;
    engine_jump(e, epoch, AUDIO_NOW, 0);
    while (g_get_monotonic_time() < end && continuation_next(c, &event)) {
        if (event.kind != EVENT_TIME) push(e, epoch, &event);
        if (early == 0 && g_get_monotonic_time() > begin + (end - begin) / 6)
            early = memory();
    }
    printf("# memory: %.1f MB after a sixth of the time, %.1f MB at the end\n", early,
           memory());
    CHECK(memory() < 1.05 * early);
    engine_cut(e);
    g_usleep(500000);
}

typedef struct Stream {
    Engine *engine;
    Output *output;
    uint32_t before; // underruns while the stream began
} Stream;

static Stream stream_open(const char *soundfont) {
    Stream s = {.engine = engine_new()};
    engine_set_reverb(s.engine, ROOM);
    s.output = output_open(s.engine,
                           &(OutputWish){.soundfont = soundfont, .frames = 256});
    OutputState state = output_state(s.output);
    for (int i = 0; i < 200 && !(*state.soundfont && *state.device); i++) {
        g_usleep(100000);
        state = output_state(s.output);
    }
    g_usleep(1000000);
    CHECK(*state.device);
    printf("# %s, %d frames at %d\n", *state.device ? state.device : "no device",
           state.frames, state.rate);
    s.before = engine_stats(s.engine).underruns;
    return s;
}

static void stream_close(Stream *s) {
    EngineStats stats = engine_stats(s->engine);
    printf("# 99.9 %% of callbacks within %.2f of a period, all within %.2f\n",
           load_quantile(&stats.load, 0.999), (double)stats.load.most);
    printf("# underruns: %u\n", stats.underruns - s->before);
    CHECK(load_quantile(&stats.load, 0.999) < 0.5);
    CHECK(output_close(s->output));
    engine_free(s->engine);
}

static void soak(const Weights *weights, Pool *pool, const char *soundfont) {
    Stream s = stream_open(soundfont);
    Session *session = session_new(weights, pool);
    Prompt prompt;
    Continuation c;
    Performance nothing = {0};
    Plan plan = {.sampler = continuation_sampler, .seed = 1, .closeness = 1};
    prompt_cut(&prompt, &nothing, TOKENIZER_PEDAL, -1);
    continuation_begin(&c, session, TOKENIZER_PEDAL, &prompt, &plan);
    play(s.engine, &c);
    printf("# %d tokens drawn\n", (int)c.drawn);
    CHECK(c.drawn > 10);
    for (int key = 0; key < 128; key++) CHECK(!engine_held(s.engine, key));
    CHECK(engine_state(s.engine).pedal == 0);
    continuation_clear(&c);
    prompt_clear(&prompt);
    session_free(session);
    stream_close(&s);
}

TEST(silence_takes_next_to_nothing_of_a_callback) {
    g_autofree char *soundfont = soundfont_find(NULL, NULL);
    Stream s = stream_open(soundfont);
    g_usleep((gulong)(seconds * 1e6));
    stream_close(&s);
}

static const char *model_path;

TEST(an_endless_piece_plays_in_half_of_each_callback_and_leaves_no_key_down) {
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
    if (strcmp(model_path, "silence") == 0)
        RUN(silence_takes_next_to_nothing_of_a_callback);
    else
        RUN(an_endless_piece_plays_in_half_of_each_callback_and_leaves_no_key_down);
    return test_end();
}
