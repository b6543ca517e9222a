#include "audio/files/sound_format.h"

#include <string.h>

enum { RATE_LEAST = 8000, RATE_MOST = 96000, RATES = 10, ENDINGS = 2 };

G_DEFINE_QUARK(sound_error, sound_error)

static const struct Row {
    const char *name, *endings[ENDINGS];
    int rates[RATES]; // that it can hold, the usual one first; one alone: any
    int deepest;      // bits; 0: lossy
} rows[SOUND_KINDS] = {
    [SOUND_WAV] = {"WAV", {".wav"}, {44100}, 32},
    [SOUND_FLAC] = {"FLAC", {".flac"}, {44100}, 24},
    [SOUND_VORBIS] = {"Ogg Vorbis", {".ogg", ".oga"}, {44100}, 0},
    [SOUND_OPUS] = {"Opus", {".opus"}, {48000, 24000, 16000, 12000, 8000}, 0},
    [SOUND_MP3] = {"MP3",
                   {".mp3"},
                   {44100, 48000, 32000, 24000, 22050, 16000, 12000, 11025, 8000},
                   0},
};

const char *sound_format_ending(SoundKind kind) { return rows[kind].endings[0]; }
const char *sound_format_name(SoundKind kind) { return rows[kind].name; }

static bool has_ending(const struct Row *row, const char *path) {
    g_autofree char *lower = g_ascii_strdown(path, -1);
    for (int i = 0; i < ENDINGS && row->endings[i]; i++)
        if (g_str_has_suffix(lower, row->endings[i])) return true;
    return false;
}

static bool find_kind(SoundKind *ret, const char *path, GError **error) {
    *ret = SOUND_WAV;
    if (strcmp(path, "-") == 0) return true;
    for (; *ret < SOUND_KINDS; (*ret)++)
        if (has_ending(&rows[*ret], path)) return true;
    g_autoptr(GString) known = g_string_new(NULL);
    for (int i = 0; i < SOUND_KINDS; i++)
        g_string_append_printf(known, "%s%s",
                               i == 0                 ? ""
                               : i == SOUND_KINDS - 1 ? " or "
                                                      : ", ",
                               sound_format_ending((SoundKind)i));
    g_set_error(error, SOUND_ERROR, 0, "%s: a sound file's name ends in %s", path,
                known->str);
    return false;
}

static bool check_rate(const struct Row *row, int rate, GError **error) {
    if (rate < RATE_LEAST || rate > RATE_MOST) {
        g_set_error(error, SOUND_ERROR, 0, "the rate must be from %d to %d", RATE_LEAST,
                    RATE_MOST);
        return false;
    }
    g_autoptr(GString) known = g_string_new(NULL);
    for (int i = 0; i < RATES && row->rates[i]; i++) {
        if (row->rates[i] == rate || !row->rates[1]) return true;
        g_string_append_printf(known, "%s%d", i ? ", " : "", row->rates[i]);
    }
    g_set_error(error, SOUND_ERROR, 0, "the rates of %s are %s, not %d", row->name,
                known->str, rate);
    return false;
}

static bool check_depth(const struct Row *row, int depth, GError **error) {
    if (!row->deepest) {
        if (depth == 0) return true;
        g_set_error(error, SOUND_ERROR, 0, "%s is lossy and has no depth", row->name);
        return false;
    }
    if (depth <= row->deepest && (depth == 16 || depth == 24 || depth == 32))
        return true;
    g_set_error(error, SOUND_ERROR, 0, "the depth of %s is 16%s, not %d", row->name,
                row->deepest == 32 ? ", 24 or 32 (float)" : " or 24", depth);
    return false;
}

bool sound_format_choose(SoundFormat *ret, const char *path, int rate, int depth,
                         GError **error) {
    SoundKind kind;
    if (!find_kind(&kind, path, error)) return false;
    const struct Row *row = &rows[kind];
    if (rate == SOUND_USUAL) rate = row->rates[0];
    if (depth == SOUND_USUAL) depth = row->deepest ? 16 : 0;
    if (!check_rate(row, rate, error) || !check_depth(row, depth, error)) return false;
    *ret = (SoundFormat){kind, rate, depth};
    return true;
}
