#include "audio/synth.h"

#include <dlfcn.h>
#include <fluidsynth.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "audio/soundfont.h"

// Measured: with this gain the loudest moments of recorded recitals peak at -3 dBFS
// (TimGM6mb) to -1 dBFS (FluidR3), and none clips.
#define GAIN 1.0

// The settings of the reverb, which falls by 60 dB in 1.5 s (measured).
#define ROOM_SIZE   0.5
#define ROOM_DAMP   0.4
#define ROOM_WIDTH  1.0
#define ROOM_TAIL   3 // seconds, after which it is inaudible
#define ROOM_SILENT 1e-5f

#define CHANNEL     0
#define SOFT        0.15 // of the velocity; FluidSynth's loudness falls with its square
#define REVERB_CC   91   // how much of each voice goes into the room
#define POLYPHONY   256
#define DRUMS       128 // the bank of percussion, which has no piano

G_DEFINE_QUARK(synth_error, synth_error)

struct Synth {
    fluid_settings_t *settings; // owned
    fluid_synth_t *fluid;       // owned
    int rate;
    float reverb; // 0-1
    float ring;   // the loudest sample of the room in the last block
    int hushed;   // frames until the room is heard again
    int soft;     // how deep the soft pedal is
};

// This is symbol interposition for the whole process: FluidSynth renders its effects
// with a team of one thread, for which libgomp would allocate on the heap. Teams of
// several threads, which load its samples, still go to libgomp's own function. That is
// looked up before main(), while there is one thread.
typedef void Parallel(void (*work)(void *), void *data, unsigned threads,
                      unsigned flags);
static Parallel *parallel;
Parallel GOMP_parallel;

__attribute__((constructor)) static void find_parallel(void) {
    *(void **)&parallel = dlsym(RTLD_NEXT, "GOMP_parallel");
}

void GOMP_parallel(void (*work)(void *), void *data, unsigned threads, unsigned flags) {
    if (threads == 1 || !parallel)
        work(data);
    else
        parallel(work, data, threads, flags);
}

static bool fail(GError **error, const char *what) {
    g_set_error(error, SYNTH_ERROR, 0, "%s", what);
    return false;
}

// ---- reading a soundfont

// What could not be read since the program began. FluidSynth would play on without
// those samples, which crashes. As its cache of samples, this is of the whole process:
// several threads read them, and whose they are cannot be told. So if one of two that
// load at once fails, the other may be refused for it.
static atomic_uint unread;

static int count_unread(bool read) {
    if (!read) atomic_fetch_add(&unread, 1);
    return read ? FLUID_OK : FLUID_FAILED;
}

static void *open_font(const char *path) {
    FILE *file = fopen(path, "rbe");
    count_unread(file != NULL);
    return file;
}

static int read_font(void *to, fluid_long_long_t size, void *file) {
    return count_unread(fread(to, 1, (size_t)size, file) == (size_t)size);
}

static int seek_font(void *file, fluid_long_long_t offset, int from) {
    return fseeko(file, (off_t)offset, from) == 0 ? FLUID_OK : FLUID_FAILED;
}

static fluid_long_long_t tell_font(void *file) { return ftello(file); }

static int close_font(void *file) {
    return fclose(file) == 0 ? FLUID_OK : FLUID_FAILED;
}

static bool read_by_us(fluid_synth_t *fluid, fluid_settings_t *settings) {
    fluid_sfloader_t *loader = new_fluid_defsfloader(settings);
    if (!loader) return false;
    fluid_sfloader_set_callbacks(loader, open_font, read_font, seek_font, tell_font,
                                 close_font);
    fluid_synth_add_sfloader(fluid, loader); // which asks it first, and owns it
    return true;
}

// ---- opening

static fluid_settings_t *settings_for(int rate) {
    fluid_settings_t *s = new_fluid_settings();
    if (!s) return NULL;
    fluid_settings_setnum(s, "synth.sample-rate", rate);
    fluid_settings_setnum(s, "synth.gain", GAIN);
    fluid_settings_setint(s, "synth.polyphony", POLYPHONY);
    fluid_settings_setint(s, "synth.cpu-cores", 1);      // the same bits every time
    fluid_settings_setint(s, "synth.threadsafe-api", 0); // no locks
    fluid_settings_setint(s, "synth.reverb.active", 0);
    fluid_settings_setnum(s, "synth.reverb.room-size", ROOM_SIZE);
    fluid_settings_setnum(s, "synth.reverb.damp", ROOM_DAMP);
    fluid_settings_setnum(s, "synth.reverb.width", ROOM_WIDTH);
    fluid_settings_setnum(s, "synth.reverb.level", 1);
    fluid_settings_setint(s, "synth.chorus.active", 0);
    fluid_settings_setint(s, "synth.dynamic-sample-loading", 1); // only the piano
    return s;
}

// Selects the lowest program of the lowest bank: that is the acoustic grand piano in a
// general set, and the piano in a SoundFont of a piano.
static bool select_piano(fluid_synth_t *fluid, int font) {
    fluid_sfont_t *sfont = fluid_synth_get_sfont_by_id(fluid, font);
    int best = -1;
    fluid_sfont_iteration_start(sfont);
    for (fluid_preset_t *p; (p = fluid_sfont_iteration_next(sfont));) {
        int place = fluid_preset_get_banknum(p) * 128 + fluid_preset_get_num(p);
        if (best < 0 || place < best) best = place;
    }
    return best >= 0 && best / 128 != DRUMS &&
           fluid_synth_program_select(fluid, CHANNEL, font, best / 128, best % 128) ==
               FLUID_OK;
}

bool synth_open(Synth **ret, const char *soundfont, int rate, GError **error) {
    if (rate < 8000 || rate > 96000)
        return fail(error, "a sample rate must be 8000 to 96000");
    if (!soundfont_check(soundfont, error)) return false;
    // FluidSynth would format log messages in any thread, also in the audio thread.
    for (int level = 0; level < LAST_LOG_LEVEL; level++)
        fluid_set_log_function(level, NULL, NULL);

    Synth *s = g_new0(Synth, 1);
    unsigned before = atomic_load(&unread);
    s->rate = rate;
    s->settings = settings_for(rate);
    s->fluid = s->settings ? new_fluid_synth(s->settings) : NULL;
    bool starts = s->fluid && read_by_us(s->fluid, s->settings);
    int font = starts ? fluid_synth_sfload(s->fluid, soundfont, 1) : FLUID_FAILED;
    bool selected = font != FLUID_FAILED && select_piano(s->fluid, font);
    bool whole = atomic_load(&unread) == before;
    if (!selected || !whole) {
        g_set_error(error, SYNTH_ERROR, 0, "%s: %s", soundfont,
                    !starts                ? "FluidSynth does not start"
                    : font == FLUID_FAILED ? "FluidSynth cannot load it"
                    : !whole ? "the SoundFont could not be read to its end"
                             : "there is no piano in it");
        synth_close(s);
        return false;
    }
    fluid_synth_cc(s->fluid, CHANNEL, REVERB_CC, 127);
    *ret = s;
    return true;
}

void synth_close(Synth *s) {
    if (!s) return;
    delete_fluid_synth(s->fluid);
    delete_fluid_settings(s->settings);
    g_free(s);
}

int synth_rate(const Synth *s) { return s->rate; }

void synth_note_on(Synth *s, int pitch, int velocity) {
    velocity -= (int)(SOFT * velocity * s->soft / 127);
    fluid_synth_noteon(s->fluid, CHANNEL, pitch, velocity);
}

void synth_note_off(Synth *s, int pitch) {
    fluid_synth_noteoff(s->fluid, CHANNEL, pitch);
}

void synth_pedal(Synth *s, Pedal pedal, int value) {
    if (pedal == PEDAL_SOFT) s->soft = value;
    fluid_synth_cc(s->fluid, CHANNEL, pedal_controller(pedal), value);
}

void synth_all_off(Synth *s) {
    for (Pedal pedal = 0; pedal < PEDALS; pedal++) synth_pedal(s, pedal, 0);
    fluid_synth_all_notes_off(s->fluid, CHANNEL);
    fluid_synth_all_sounds_off(s->fluid, CHANNEL);
    s->hushed = ROOM_TAIL * s->rate; // since it cannot be silenced
}

void synth_set_reverb(Synth *s, float amount) {
    if ((amount > 0) != (s->reverb > 0))
        fluid_synth_reverb_on(s->fluid, -1, amount > 0);
    s->reverb = amount;
}

// Mixes the reverb into the sound.
static void add_room(Synth *s, float *left, float *right, const float *room_left,
                     const float *room_right, int frames) {
    float gain = s->hushed > 0 ? 0 : s->reverb;
    s->ring = 0;
    s->hushed = s->hushed > frames ? s->hushed - frames : 0;
    for (int i = 0; i < frames; i++) {
        s->ring = fmaxf(s->ring,
                        gain * fmaxf(fabsf(room_left[i]), fabsf(room_right[i])));
        left[i] += gain * room_left[i];
        right[i] += gain * room_right[i];
    }
}

static void render_block(Synth *s, float *left, float *right, int frames) {
    float room_left[SYNTH_BLOCK] = {0}, room_right[SYNTH_BLOCK] = {0};
    float *dry[] = {left, right}, *room[] = {room_left, room_right};
    memset(left, 0, (size_t)frames * sizeof *left);
    memset(right, 0, (size_t)frames * sizeof *right);
    fluid_synth_process(s->fluid, frames, 2, room, 2, dry);
    add_room(s, left, right, room_left, room_right, frames);
}

void synth_render(Synth *s, float *left, float *right, int frames) {
    for (int n; frames > 0; frames -= n, left += n, right += n) {
        n = frames < SYNTH_BLOCK ? frames : SYNTH_BLOCK;
        if (s->reverb > 0)
            render_block(s, left, right, n);
        else
            fluid_synth_write_float(s->fluid, n, left, 0, 1, right, 0, 1);
    }
}

int synth_voices(const Synth *s) {
    return fluid_synth_get_active_voice_count(s->fluid);
}

bool synth_is_silent(const Synth *s) {
    return synth_voices(s) == 0 && (s->reverb <= 0 || s->ring < ROOM_SILENT);
}
