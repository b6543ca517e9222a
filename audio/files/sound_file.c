#include "audio/files/sound_file.h"

#include "audio/files/wav_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>

enum { BLOCK = 1024 }; // samples handed over at once

// What encoders recommend for music; of a piano it makes some 90 to 110 kbit/s.
static const double vorbis_quality = 0.6, mp3_compression = 0.2, opus_compression = 0.8;

static bool fail(GError **error, const char *why) {
    g_set_error(error, SOUND_ERROR, 0, "could not be written: %s", why);
    return false;
}

static bool fail_by_code(const SoundFile *s, GError **error) {
    return fail(error, s->code ? g_strerror(s->code) : sf_strerror(s->library));
}

// ---- the FILE, as libsndfile sees it: where the sound begins is 0

static void remember(SoundFile *s) {
    if (!s->code) s->code = errno ? errno : EIO;
}

static sf_count_t seek(sf_count_t offset, int whence, void *data) {
    SoundFile *s = data;
    off_t to = (off_t)(whence == SEEK_SET ? s->start + offset : offset);
    if (fseeko(s->file, to, whence) != 0) return remember(s), -1;
    return ftello(s->file) - s->start;
}

static sf_count_t tell(void *data) {
    SoundFile *s = data;
    return ftello(s->file) - s->start;
}

static sf_count_t length(void *data) {
    off_t here = (off_t)tell(data);
    sf_count_t end = seek(0, SEEK_END, data);
    seek(here, SEEK_SET, data);
    return end;
}

static sf_count_t read_none(void *to, sf_count_t count, void *data) { return 0; }

static sf_count_t write_bytes(const void *from, sf_count_t count, void *data) {
    SoundFile *s = data;
    size_t written = fwrite(from, 1, (size_t)count, s->file);
    if (written != (size_t)count) remember(s);
    return (sf_count_t)written;
}

static SF_VIRTUAL_IO io = {length, seek, read_none, write_bytes, tell};

// ---- the format, as libsndfile calls it

static int libsndfile_format(SoundFormat f) {
    static const int kinds[SOUND_KINDS] = {
        [SOUND_WAV] = SF_FORMAT_WAV,
        [SOUND_FLAC] = SF_FORMAT_FLAC,
        [SOUND_VORBIS] = SF_FORMAT_OGG | SF_FORMAT_VORBIS,
        [SOUND_OPUS] = SF_FORMAT_OGG | SF_FORMAT_OPUS,
        [SOUND_MP3] = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III,
    };
    int depth = f.depth == 16   ? SF_FORMAT_PCM_16
                : f.depth == 24 ? SF_FORMAT_PCM_24
                : f.depth == 32 ? SF_FORMAT_FLOAT
                                : 0;
    return kinds[f.kind] | depth;
}

static void set_quality(SNDFILE *to, SoundKind kind) {
    double quality = vorbis_quality, opus = opus_compression, mp3 = mp3_compression;
    int variable = SF_BITRATE_MODE_VARIABLE;
    // The chunk of peaks in a float file would contain the time of writing.
    sf_command(to, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if (kind == SOUND_VORBIS)
        sf_command(to, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
    if (kind == SOUND_OPUS)
        sf_command(to, SFC_SET_COMPRESSION_LEVEL, &opus, sizeof opus);
    if (kind == SOUND_MP3) {
        sf_command(to, SFC_SET_BITRATE_MODE, &variable, sizeof variable);
        sf_command(to, SFC_SET_COMPRESSION_LEVEL, &mp3, sizeof mp3);
    }
}

static bool open_library(SoundFile *s, GError **error) {
    SF_INFO info = {.samplerate = s->format.rate,
                    .channels = SOUND_CHANNELS,
                    .format = libsndfile_format(s->format)};
    if (!sf_format_check(&info)) {
        g_set_error(error, SOUND_ERROR, 0, "this machine's libsndfile writes no %s",
                    sound_format_name(s->format.kind));
        return false;
    }
    s->library = sf_open_virtual(&io, SFM_WRITE, &info, s);
    if (!s->library || s->code) return fail_by_code(s, error);
    set_quality(s->library, s->format.kind);
    return true;
}

// The header of a file in append mode cannot be rewritten.
static bool can_seek(FILE *file) {
    struct stat st;
    int flags = fcntl(fileno(file), F_GETFL);
    return fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) && flags >= 0 &&
           !(flags & O_APPEND);
}

bool sound_file_begin(SoundFile *s, FILE *file, SoundFormat format, GError **error) {
    *s = (SoundFile){.file = file, .format = format, .quantize = QUANTIZE_INIT};
    if (!file) return true;
    if (can_seek(file)) {
        s->start = ftello(file);
        return open_library(s, error);
    }
    if (format.kind != SOUND_WAV) return fail(error, "only WAV can go into a pipe");
    if (wav_stream_begin(file, format.rate, SOUND_CHANNELS, format.depth)) return true;
    remember(s);
    return fail_by_code(s, error);
}

// ---- samples

static bool put_whole(SoundFile *s, const float *samples, int count) {
    int bits = s->format.depth;
    int32_t whole[BLOCK];
    for (int i = 0; i < count; i++)
        whole[i] = quantize_whole(&s->quantize, samples[i], bits) * (1 << (32 - bits));
    return !s->file     ? true
           : s->library ? sf_write_int(s->library, whole, count) == count
                        : wav_stream_whole(s->file, whole, (size_t)count, bits);
}

static bool put_float(SoundFile *s, const float *samples, int count) {
    float level[BLOCK];
    for (int i = 0; i < count; i++)
        level[i] = quantize_level(&s->quantize, samples[i], s->format.depth != 32);
    return !s->file     ? true
           : s->library ? sf_write_float(s->library, level, count) == count
                        : wav_stream_float(s->file, level, (size_t)count);
}

static bool has_room(const SoundFile *s, uint64_t bytes, GError **error) {
    if (s->format.kind != SOUND_WAV || bytes <= SOUND_WAV_MOST - s->bytes) return true;
    int frame = SOUND_CHANNELS * s->format.depth / 8;
    g_set_error(error, SOUND_ERROR, 0,
                "a WAV file cannot be longer than 4 GiB, here %.1f hours",
                SOUND_WAV_MOST / 3600. / (s->format.rate * frame));
    return false;
}

bool sound_file_write(SoundFile *s, const float *samples, int frames, GError **error) {
    bool whole = s->format.depth == 16 || s->format.depth == 24;
    int left = frames * SOUND_CHANNELS;
    uint64_t bytes = (uint64_t)left * (whole ? (uint64_t)s->format.depth / 8 : 4);
    if (!has_room(s, bytes, error)) return false;
    for (int n; left > 0; left -= n, samples += n) {
        n = MIN(left, BLOCK);
        errno = 0;
        bool ok = (whole ? put_whole : put_float)(s, samples, n);
        if (!ok && !s->library) remember(s);
        if (!ok || s->code) return fail_by_code(s, error);
    }
    s->bytes += bytes;
    return true;
}

bool sound_file_end(SoundFile *s, GError **error) {
    errno = 0;
    sound_file_clear(s);
    if (s->file && fflush(s->file) != 0) remember(s);
    return !s->code || fail_by_code(s, error);
}

void sound_file_clear(SoundFile *s) {
    if (s->library && sf_close(s->library) != 0) remember(s);
    s->library = NULL;
}
