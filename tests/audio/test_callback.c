// What the audio callback must not do: allocate, lock, make a system call. The
// functions of the heap and of mutexes are replaced, to count calls, and the kernel
// kills a child process that makes a system call.
#include "audio/devices/driver.h"
#include "audio/soundfont.h"
#include "tests/test.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE   48000
#define PERIOD 256

static bool armed;
static long heap_calls, lock_calls;

#include "tests/count_calls.h"

typedef void Callback(Engine *e, float *out);

static bool send(void *data, const WireMessage *m) { return ++*(int *)data % 10; }

static void play(Engine *e, float *out) { // as on a device's thread
    Driver d = {.engine = e};
    int messages = 0;
    const DeviceWire wire = {send, &messages};
    engine_shut_wire(e, WIRE_NO_DEVICE, false);
    driver_allow(&d, 1);
    driver_render(&d, 1, out, PERIOD, RATE, true, &wire);
}

static void play_and_allocate(Engine *e, float *out) {
    static GMutex mutex;
    g_free(g_malloc(1));
    g_mutex_lock(&mutex);
    g_mutex_unlock(&mutex);
}

// What other threads do between two callbacks: they fill the rings, cut the piece,
// release the hands' keys, and make every other request to the engine.
static void ask_for_much(Engine *e, int callback, uint32_t *epoch, int64_t *time) {
    if (callback % 100 == 0) {
        *epoch = callback % 200 ? engine_cut(e) : engine_panic(e);
        engine_jump(e, *epoch, AUDIO_NOW, *time);
        engine_test_note(e);
        engine_release(e, SOURCE_MIDI);
    }
    engine_set_speed(e, 1 + callback % 3 * 0.5);
    engine_set_volume(e, callback % 7 / 6.0f);
    engine_set_reverb(e, callback / 20 % 4 / 3.0f);
    engine_set_own_sound(e, callback % 11 != 0);
    int many = callback % 50 == 49 ? 2 * ENGINE_ROOM : 3;
    for (int i = 0; i < many; i++) {
        AudioEvent event = {.time = *time += 1000,
                            .epoch = *epoch,
                            .kind = (uint8_t)((callback + i) % 5 / 2),
                            .source = (uint8_t)((callback + i) % SOURCE_TEST),
                            .pitch = (uint8_t)(21 + (callback * 7 + i * 5) % 88),
                            .value = (uint8_t)(1 + (callback * 3 + i) % 127)};
        if (event.kind == EVENT_PEDAL) event.pitch %= PEDALS;
        engine_push(e, event);
    }
    engine_push(e, (AudioEvent){.time = *time, .epoch = *epoch, .kind = AUDIO_CLICK});
}

static Synth *another; // takes over meanwhile

static Engine *open_engine(const char *soundfont) {
    Engine *e = engine_new();
    Synth *s = NULL;
    CHECK(synth_open(&s, soundfont, RATE, NULL));
    CHECK(synth_open(&another, soundfont, RATE, NULL));
    engine_give_synth(e, s);
    return e;
}

static void run(Engine *e, Callback *callback, int times, float *out) {
    uint32_t epoch = 0;
    int64_t time = 0;
    for (int i = 0; i < times; i++) {
        armed = false;
        ask_for_much(e, i, &epoch, &time);
        if (i == times / 2) engine_give_synth(e, g_steal_pointer(&another));
        armed = true;
        callback(e, out);
    }
    armed = false;
}

static char *soundfont;

static void count(Callback *callback) {
    float out[2 * PERIOD];
    Engine *e = open_engine(soundfont);
    heap_calls = lock_calls = 0;
    run(e, callback, 10 * RATE / PERIOD, out);
    fprintf(stderr, "%ld heap calls, %ld locks\n", heap_calls, lock_calls);
    engine_free(e);
}

TEST(the_callback_neither_allocates_nor_locks) {
    count(play);
    CHECK(heap_calls == 0 && lock_calls == 0);
}

TEST(one_that_does_is_seen) {
    count(play_and_allocate);
    CHECK(heap_calls > 0 && lock_calls > 0);
}

// From here on the kernel kills the process for any system call except exit.
static bool forbid_calls(void) {
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog filter = {G_N_ELEMENTS(rules), rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static bool survives(Callback *callback) {
    float out[2 * PERIOD];
    Engine *e = open_engine(soundfont);
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        if (!forbid_calls()) _exit(2);
        run(e, callback, 1000, out);
        syscall(SYS_exit, 0); // _exit() would make another system call
    }
    CHECK(waitpid(child, &status, 0) == child);
    synth_close(another); // only the child gave it to the engine
    engine_free(e);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void play_and_call(Engine *e, float *out) {
    play(e, out);
    syscall(SYS_getppid);
}

TEST(the_callback_makes_no_system_call) { CHECK(survives(play)); }

TEST(one_that_does_is_killed) { CHECK(!survives(play_and_call)); }

int main(void) {
    soundfont = soundfont_find(NULL, NULL);
    if (!HEAP_IS_OURS) {
        SKIP("the heap and the system calls are the sanitizer's");
    } else if (!soundfont) {
        SKIP("no soundfont here");
    } else {
        RUN(the_callback_neither_allocates_nor_locks);
        RUN(one_that_does_is_seen);
        RUN(the_callback_makes_no_system_call);
        RUN(one_that_does_is_killed);
    }
    g_free(soundfont);
    return test_end();
}
