#include "audio/devices/device.h"

#include <alsa/asoundlib.h>
#include <dlfcn.h>
#include <pa_linux_alsa.h>
#include <portaudio.h>

G_DEFINE_QUARK(device_error, device_error)

enum { RATE_LEAST = 8000, RATE_MOST = 96000 }; // synth.h

typedef struct Stream {
    Device device; // must be first: a Stream is a Device
    PaStream *stream;
} Stream;

// This is symbol interposition for the whole process: the linker resolves these
// functions, which PortAudio (19.6) calls, to ours instead of the libraries'.

// PortAudio's JACK is switched off: see device.h.
PaError PaJack_Initialize(void **api, PaHostApiIndex index);
PaError PaJack_Initialize(void **api, PaHostApiIndex index) {
    *api = NULL;
    return paNoError;
}

// ALSA's own functions. They are looked up before main(), while there is only one
// thread, because several threads of PortAudio call them later.
static struct {
    int (*revents)(snd_pcm_t *, struct pollfd *, unsigned, unsigned short *);
    snd_pcm_sframes_t (*avail_update)(snd_pcm_t *);
    int (*prepare)(snd_pcm_t *);
    int (*start)(snd_pcm_t *);
} alsa;

__attribute__((constructor)) static void find_alsa(void) {
    *(void **)&alsa.revents = dlsym(RTLD_NEXT, "snd_pcm_poll_descriptors_revents");
    *(void **)&alsa.avail_update = dlsym(RTLD_NEXT, "snd_pcm_avail_update");
    *(void **)&alsa.prepare = dlsym(RTLD_NEXT, "snd_pcm_prepare");
    *(void **)&alsa.start = dlsym(RTLD_NEXT, "snd_pcm_start");
}

// When one of these fails because the device or its server is gone, PortAudio's thread
// loops for ever, prints a message each time, and cannot be stopped. If we report an
// underrun instead, and then a successful start, it tries again. In that state it can
// be stopped, which happens as soon as the silence is noticed.

int snd_pcm_poll_descriptors_revents(snd_pcm_t *pcm, struct pollfd *fds, unsigned count,
                                     unsigned short *events) {
    if (alsa.revents(pcm, fds, count, events) < 0) *events = POLLERR;
    return 0;
}

snd_pcm_sframes_t snd_pcm_avail_update(snd_pcm_t *pcm) {
    snd_pcm_sframes_t frames = alsa.avail_update(pcm);
    return frames < 0 ? -EPIPE : frames;
}

int snd_pcm_prepare(snd_pcm_t *pcm) {
    alsa.prepare(pcm);
    return 0;
}

int snd_pcm_start(snd_pcm_t *pcm) {
    alsa.start(pcm);
    return 0;
}

static void say_nothing(const char *file, int line, const char *function, int err,
                        const char *format, ...) {}

static bool begin(GError **error) {
    snd_lib_error_set_handler(say_nothing);
    PaError e = Pa_Initialize();
    if (e == paNoError) return true;
    g_set_error(error, DEVICE_ERROR, 0, "PortAudio does not start: %s",
                Pa_GetErrorText(e));
    return false;
}

static char *name_of(PaDeviceIndex i) {
    const PaDeviceInfo *d = Pa_GetDeviceInfo(i);
    return g_strdup_printf("%s: %s", Pa_GetHostApiInfo(d->hostApi)->name, d->name);
}

static bool plays(PaDeviceIndex i) {
    return Pa_GetDeviceInfo(i)->maxOutputChannels >= 2;
}

static void list(GPtrArray *names) {
    if (!begin(NULL)) return;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++)
        if (plays(i)) g_ptr_array_add(names, name_of(i));
    Pa_Terminate();
}

static PaDeviceIndex find(const char *name) {
    PaDeviceIndex usual = Pa_GetDefaultOutputDevice();
    if (!*name && usual != paNoDevice && plays(usual)) return usual;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
        g_autofree char *own = name_of(i);
        if (plays(i) && (!*name || strcmp(own, name) == 0)) return i;
    }
    return paNoDevice;
}

static int render(const void *in, void *out, unsigned long frames,
                  const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                  void *data) {
    const Device *d = data;
    d->render(d->data, out, (int)frames, d->rate, flags & paOutputUnderflow, NULL);
    return paContinue;
}

// Opens the stream at the device's own rate, or else at a common one.
static PaError open_stream(Stream *s, PaDeviceIndex index) {
    double own = Pa_GetDeviceInfo(index)->defaultSampleRate,
           rates[] = {own, 48000, 44100};
    PaError e = paInvalidSampleRate;
    for (size_t i = 0; i < G_N_ELEMENTS(rates) && e == paInvalidSampleRate; i++) {
        if (rates[i] < RATE_LEAST || rates[i] > RATE_MOST) continue;
        double two = 2 * s->device.frames / rates[i];
        PaStreamParameters p = {
            .device = index,
            .channelCount = 2,
            .sampleFormat = paFloat32,
            .suggestedLatency = MAX(Pa_GetDeviceInfo(index)->defaultLowOutputLatency,
                                    two)};
        s->device.rate = (int)rates[i];
        e = Pa_OpenStream(&s->stream, NULL, &p, rates[i],
                          (unsigned long)s->device.frames, paNoFlag, render, s);
    }
    return e;
}

static void close_stream(Device *d) {
    Stream *s = (Stream *)d;
    if (s->stream) Pa_CloseStream(s->stream); // also stops a running stream at once
    Pa_Terminate();
    g_free(d->name);
    g_free(s);
}

static bool open_device(Device **ret, const char *name, int frames, GError **error) {
    if (!begin(error)) return false;
    Stream *s = g_new0(Stream, 1);
    PaDeviceIndex index = find(name);
    s->device = (Device){.system = &device_portaudio, .frames = frames};
    if (index == paNoDevice) {
        g_set_error(error, DEVICE_ERROR, 0,
                    *name ? "there is no sound device '%s' now"
                          : "this machine has no sound device now",
                    name);
        close_stream(&s->device);
        return false;
    }
    s->device.name = name_of(index);
    PaError e = open_stream(s, index);
    if (e != paNoError) {
        g_set_error(error, DEVICE_ERROR, 0, "%s cannot be opened: %s", s->device.name,
                    Pa_GetErrorText(e));
        close_stream(&s->device);
        return false;
    }
    s->device.latency = Pa_GetStreamInfo(s->stream)->outputLatency;
    *ret = &s->device;
    return true;
}

static bool start(Device *d, DeviceRender *with, void *data, GError **error) {
    Stream *s = (Stream *)d;
    d->render = with;
    d->data = data;
    PaAlsa_EnableRealtimeScheduling(s->stream, 1); // if the machine allows it
    PaError e = Pa_StartStream(s->stream);
    if (e == paNoError) return true;
    g_set_error(error, DEVICE_ERROR, 0, "%s does not start: %s", d->name,
                Pa_GetErrorText(e));
    return false;
}

static bool alive(const Device *d) {
    return Pa_IsStreamActive(((const Stream *)d)->stream) == 1;
}

const DeviceSystem device_portaudio = {list, open_device, start, alive, close_stream};
