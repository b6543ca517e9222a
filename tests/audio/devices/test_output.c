// The engine driven by devices that come and go:  test_output [jack|pipewire]
// With an argument it runs beside a server of that kind (tests/tools/with_*.sh), which
// it stops and kills. Without an argument there is no device.
#include "audio/devices/driver.h"
#include "audio/devices/output.h"
#include "audio/soundfont.h"
#include "tests/audio/exit_hard.h"
#include "tests/audio/tsan.h"
#include "tests/test.h"

#include <alsa/asoundlib.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS 1000

static char *soundfont; // NULL: there is none here

static int64_t now(void) { return g_get_monotonic_time(); }

// An engine whose piece runs, so that its position shows whether time passes.
static Engine *running_engine(void) {
    Engine *e = engine_new();
    uint32_t epoch = engine_cut(e);
    CHECK(engine_jump(e, epoch, AUDIO_NOW, 0));
    CHECK(engine_promise(e, epoch, 3600 * (int64_t)G_USEC_PER_SEC));
    return e;
}

static Output *open_output(Engine *e, const char *device) {
    return output_open(e, &(OutputWish){.device = device, .soundfont = soundfont});
}

// Waits for a phase, at most so many seconds. No call may take long.
static bool comes_to(Output *o, OutputPhase phase, double seconds) {
    int64_t end = now() + (int64_t)(seconds * 1e6), asked;
    OutputState s;
    do {
        asked = now();
        s = output_state(o);
        CHECK(now() - asked < 100 * MS);
        if (s.phase == phase) return true;
        g_usleep(5 * MS);
    } while (now() < end);
    fprintf(stderr, "phase %d, not %d: %s\n", s.phase, phase, s.trouble);
    return false;
}

// Returns how many seconds of music are played per second.
static double pace(Engine *e) {
    g_usleep(100 * MS);
    EngineState before = engine_state(e);
    g_usleep(500 * MS);
    EngineState after = engine_state(e);
    return (double)(after.position - before.position) / (double)(after.at - before.at);
}

static bool closes_in_a_second(Output *o) {
    int64_t began = now();
    bool closed = output_close(o);
    CHECK(now() - began < 1000 * MS);
    return closed;
}

// Waits until the wished SoundFont plays, or until the reason why it does not is known.
static OutputState when_loaded(Output *o) {
    int64_t end = now() + 10 * G_USEC_PER_SEC;
    OutputState s;
    do {
        g_usleep(5 * MS);
        s = output_state(o);
    } while (s.soundfont_loads && now() < end);
    CHECK(!s.soundfont_loads);
    return s;
}

static void check_sound(Engine *e) {
    if (!soundfont) return;
    engine_test_note(e);
    for (int i = 0; i < 5000 && !engine_held(e, 60); i++) g_usleep(MS);
    CHECK(engine_held(e, 60));
}

// ---- without a device

TEST(without_its_device_the_clock_drives_and_says_why) {
    Engine *e = running_engine();
    Output *o = open_output(e, "ALSA: no such device");
    CHECK(comes_to(o, OUTPUT_SILENT, 5));
    OutputState s = output_state(o);
    CHECK(strcmp(s.trouble, "there is no sound device 'ALSA: no such device' now") ==
          0);
    CHECK(!*s.device && s.rate == 48000);
    CHECK_NEAR(pace(e), 1, 0.1);
    CHECK(closes_in_a_second(o));
    engine_free(e);
}

TEST(a_machine_without_devices_goes_on_in_silence) {
    Engine *e = running_engine();
    Output *o = open_output(e, OUTPUT_NO_DEVICE);
    CHECK(comes_to(o, OUTPUT_OFF, 1));
    char **devices = NULL;
    for (int i = 0; i < 50 && !devices; i++) {
        g_usleep(100 * MS);
        devices = output_devices(o);
    }
    CHECK(devices);
    CHECK_NEAR(pace(e), 1, 0.1);
    if (devices && !*devices) {
        output_wish(o, &(OutputWish){.soundfont = soundfont});
        CHECK(comes_to(o, OUTPUT_SILENT, 5));
        CHECK(strcmp(output_state(o).trouble, "this machine has no sound device now") ==
              0);
        CHECK_NEAR(pace(e), 1, 0.1);
    }
    g_strfreev(devices);
    CHECK(closes_in_a_second(o));
    engine_free(e);
}

TEST(the_libraries_are_silent_on_stderr) {
    g_autofree char *path = g_strdup("/tmp/par-midi-stderr-XXXXXX");
    int file = g_mkstemp(path), kept = dup(2);
    dup2(file, 2);
    Engine *e = running_engine();
    Output *o = open_output(e, "");
    int64_t end = now() + 3 * G_USEC_PER_SEC;
    while (output_state(o).phase == OUTPUT_OPENING && now() < end) g_usleep(5 * MS);
    closes_in_a_second(o);
    engine_free(e);
    dup2(kept, 2);
    CHECK(lseek(file, 0, SEEK_END) == 0);
    close(kept);
    close(file);
    unlink(path);
}

TEST(opening_and_closing_at_once_leaves_nothing) {
    for (int i = 0; i < 5; i++) {
        Engine *e = running_engine();
        Output *o = open_output(e, OUTPUT_NO_DEVICE);
        g_usleep((gulong)i * MS);
        CHECK(closes_in_a_second(o));
        engine_free(e);
    }
    CHECK(output_close(NULL));
}

// ---- the functions that replace ALSA's

// An ALSA device that accepts everything and plays nothing.
static gpointer use_alsa(gpointer ret_ok) {
    snd_pcm_t *pcm = NULL;
    bool ok = snd_pcm_open(&pcm, "null", SND_PCM_STREAM_PLAYBACK, 0) == 0 &&
              snd_pcm_set_params(pcm, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED,
                                 2, 48000, 0, 100000) == 0;
    for (int i = 0; i < 100 && ok; i++)
        ok = snd_pcm_prepare(pcm) == 0 && snd_pcm_start(pcm) == 0 &&
             snd_pcm_avail_update(pcm) >= 0;
    if (pcm) snd_pcm_close(pcm);
    *(bool *)ret_ok = ok;
    return NULL;
}

TEST(alsa_may_be_entered_by_two_threads_at_once) { // ThreadSanitizer would see more
    bool ok[2];
    GThread *a = g_thread_new(NULL, use_alsa, &ok[0]),
            *b = g_thread_new(NULL, use_alsa, &ok[1]);
    g_thread_join(a);
    g_thread_join(b);
    CHECK(ok[0] && ok[1]);
}

// ---- the driver

TEST(a_device_takes_over_and_the_clock_takes_back) {
    Engine *e = running_engine();
    Driver d = {0};
    float out[2 * 480];
    driver_start(&d, e);
    driver_render(&d, 7, out, 480, 48000, false, NULL); // this device is not allowed
    CHECK(!driver_is_device(&d));
    driver_allow(&d, 7);
    CHECK_NEAR(pace(e), 1, 0.1); // the clock continues until the first call
    int64_t end = now() + 500 * MS, position = engine_state(e).position;
    for (int i = 0; i < 100; i++) driver_render(&d, 7, out, 480, 48000, i == 0, NULL);
    CHECK(driver_is_device(&d) && engine_stats(e).underruns == 1);
    while (now() < end) g_usleep(10 * MS);
    CHECK_NEAR((double)(engine_state(e).position - position), 1e6, 0.1e6);
    g_usleep(1200 * MS); // the device hangs
    CHECK(!driver_is_device(&d) && !driver_allows(&d));
    CHECK_NEAR(pace(e), 1, 0.1);
    out[0] = 1;
    driver_render(&d, 7, out, 480, 48000, false, NULL); // and calls again
    CHECK(out[0] == 0 && !driver_is_device(&d));
    CHECK(driver_stop(&d));
    engine_free(e);
}

static gpointer call_often(gpointer data) {
    Driver *d = data;
    float out[2 * 64];
    for (int i = 0; i < 20000; i++)
        driver_render(d, 1 + (uint32_t)i % 2, out, 64, 48000, false, NULL);
    return NULL;
}

TEST(two_devices_and_the_clock_never_render_at_once) {
    Engine *e = running_engine(); // ThreadSanitizer would see two in it
    Driver d = {0};
    driver_start(&d, e);
    GThread *a = g_thread_new(NULL, call_often, &d),
            *b = g_thread_new(NULL, call_often, &d);
    for (uint32_t i = 0; i < 200; i++) {
        driver_allow(&d, i % 3);
        g_usleep(200);
    }
    g_thread_join(a);
    g_thread_join(b);
    CHECK(driver_stop(&d));
    CHECK(engine_state(e).clock % SYNTH_BLOCK == 0);
    engine_free(e);
}

// ---- beside a server

static pid_t server; // may be replaced later

static void find_server(const char *variable) {
    const char *pid = g_getenv(variable);
    server = pid ? atoi(pid) : 0;
    if (server <= 0) exit(99);
}

TEST(the_default_device_plays) {
    Engine *e = running_engine();
    Output *o = open_output(e, NULL);
    CHECK(comes_to(o, OUTPUT_PLAYING, 5));
    OutputState s = when_loaded(o);
    fprintf(stderr, "%s, %d a second, %d a call, %.1f ms\n", s.device, s.rate, s.frames,
            s.latency * 1e3);
    CHECK(*s.device && s.rate >= 44100 && s.frames > 0 && !*s.trouble);
    CHECK(s.latency > 0 && s.latency < 0.5);
    CHECK(!soundfont == !*s.soundfont);
    check_sound(e);
    CHECK_NEAR(pace(e), 1, 0.1);
    CHECK(closes_in_a_second(o));
    engine_free(e);
}

TEST(another_device_soundfont_or_buffer_is_taken_up_live) {
    Engine *e = running_engine();
    Output *o = open_output(e, OUTPUT_NO_DEVICE);
    CHECK(comes_to(o, OUTPUT_OFF, 2));
    output_wish(o, &(OutputWish){.soundfont = "/none.sf2"});
    CHECK(comes_to(o, OUTPUT_PLAYING, 5));
    CHECK(strstr(when_loaded(o).soundfont_trouble, "/none.sf2: No such file"));
    g_auto(GStrv) devices = output_devices(o);
    CHECK(devices && devices[0]);
    output_wish(o, &(OutputWish){devices ? devices[0] : NULL, soundfont, 1024});
    g_usleep(300 * MS);
    CHECK(comes_to(o, OUTPUT_PLAYING, 5));
    OutputState s = when_loaded(o);
    CHECK(devices && g_strcmp0(s.device, devices[0]) == 0);
    CHECK(g_str_has_prefix(s.device, "JACK") || s.frames == 1024);
    CHECK(!soundfont == !!*s.soundfont_trouble);
    check_sound(e);
    output_wish(o, &(OutputWish){.device = OUTPUT_NO_DEVICE});
    CHECK(comes_to(o, OUTPUT_OFF, 2));
    CHECK_NEAR(pace(e), 1, 0.1);
    CHECK(closes_in_a_second(o));
    engine_free(e);
}

TEST(a_stuck_server_stops_nobody_and_is_picked_up_again) {
    Engine *e = running_engine();
    Output *o = open_output(e, NULL);
    CHECK(comes_to(o, OUTPUT_PLAYING, 5));
    kill(server, SIGSTOP);
    g_usleep(1500 * MS);
    CHECK_NEAR(pace(e), 1, 0.1);
    CHECK(output_state(o).phase != OUTPUT_PLAYING);
    g_usleep(1500 * MS);
    CHECK(*output_state(o).trouble);
    kill(server, SIGCONT);
    CHECK(comes_to(o, OUTPUT_PLAYING, 15));
    check_sound(e);
    CHECK(closes_in_a_second(o));
    engine_free(e);
}

static void restart_jack(void) {
    char *argv[] = {"jackd", "--no-realtime", "-n", NULL,  "-d", "dummy",
                    "-r",    "44100",         "-p", "256", NULL};
    argv[3] = (char *)g_getenv("JACK_DEFAULT_SERVER");
    waitpid(server, NULL, WNOHANG);
    CHECK(g_spawn_async(NULL, argv, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                            G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_DO_NOT_REAP_CHILD,
                        NULL, NULL, &server, NULL));
}

TEST(a_server_that_dies_is_told_and_another_one_found) {
    Engine *e = running_engine();
    Output *o = open_output(e, NULL);
    CHECK(comes_to(o, OUTPUT_PLAYING, 5));
    kill(server, SIGKILL);
    CHECK(comes_to(o, OUTPUT_SILENT, 5));
    fprintf(stderr, "%s\n", output_state(o).trouble);
    CHECK_NEAR(pace(e), 1, 0.1);
    if (g_getenv("PAR_JACKD_PID")) { // at another rate too
        restart_jack();
        CHECK(comes_to(o, OUTPUT_PLAYING, 15));
        CHECK(output_state(o).rate == 44100);
        check_sound(e);
        CHECK_NEAR(pace(e), 1, 0.1);
    }
    CHECK(closes_in_a_second(o));
    engine_free(e);
}

// The engine and the output are not freed, as the header requires.
TEST(closing_takes_no_longer_though_the_server_hangs) {
    Engine *e = running_engine();
    Output *o = open_output(e, NULL);
    CHECK(comes_to(o, OUTPUT_PLAYING, 5));
    kill(server, SIGSTOP);
    bool closed = closes_in_a_second(o);
    int64_t clock = engine_state(e).clock;
    kill(server, SIGCONT);
    g_usleep(500 * MS);
    CHECK(engine_state(e).clock == clock);
    if (closed) engine_free(e);
}

int main(int argc, char **argv) {
    const char *beside = argc > 1 ? argv[1] : "none";
    soundfont = soundfont_find(NULL, NULL);
    if (strcmp(beside, "none") == 0) {
        RUN(alsa_may_be_entered_by_two_threads_at_once);
        RUN(without_its_device_the_clock_drives_and_says_why);
        RUN(a_machine_without_devices_goes_on_in_silence);
        RUN(the_libraries_are_silent_on_stderr);
        RUN(opening_and_closing_at_once_leaves_nothing);
        RUN(a_device_takes_over_and_the_clock_takes_back);
        RUN(two_devices_and_the_clock_never_render_at_once);
    } else {
        find_server(strcmp(beside, "jack") == 0 ? "PAR_JACKD_PID" : "PAR_PIPEWIRE_PID");
        RUN(the_default_device_plays);
        RUN(the_libraries_are_silent_on_stderr);
        RUN(another_device_soundfont_or_buffer_is_taken_up_live);
        RUN(a_stuck_server_stops_nobody_and_is_picked_up_again);
        RUN(closing_takes_no_longer_though_the_server_hangs);
        RUN(a_server_that_dies_is_told_and_another_one_found);
        kill(server, SIGKILL);
        waitpid(server, NULL, 0); // the server may be our own child
    }
    int status = test_end();
    exit_hard(status);
}
