// Writes the demo prompts: the openings of three pieces in the public domain, typed in
// from their scores and played by a small machine with some manners.
//
//     make_prompts FOLDER
//
// A voice is a line of text. `g3b3e4/24` strikes three keys for 24 units (what one unit
// is, the piece says), `-` rests, a length that is left out is the last one again, a
// length of 0 makes a grace note, and | is a barline, which is checked. No function of
// the C library's mathematics is called, so that the bytes are the same everywhere.
#include "midi/smf/smf_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Voice {
    const char *score;
    const char *figure; // how a chord is broken: one place a step, * strikes all of it,
    int step;           // 0 its lowest note; steps are in units. NULL: struck once
    int weight, centre; // louder than the phrase by so much, at this pitch
    double lead;        // ahead of the beat, in seconds
    double hold;        // share of a note's length for which its key is down
} Voice;

typedef struct Phrase {
    int units;
    int from, peak, to; // velocities: where it begins, after three fifths, at its end
    double tempo;       // quarters a minute
    double linger;      // share of the tempo that its end loses
} Phrase;

typedef struct Piece {
    const char *file, *title;
    int quarter, bar, upbeat; // in units
    Voice voices[3];   // the first is the bass: where it moves, the pedal changes
    Phrase phrases[5]; // up to one without units
} Piece;

static const Piece pieces[] = {
    {
        .file = "bach-prelude-in-c.mid",
        .title = "J. S. Bach: Prelude in C, BWV 846, bars 1-11",
        .quarter = 4,
        .bar = 16,
        .voices = {{"c4e4g4c5e5/16 | c4d4a4d5f5 | b3d4g4d5f5 | c4e4g4c5e5 |"
                    "c4e4a4e5a5 | c4d4f#4a4d5 | b3d4g4d5g5 | b3c4e4g4c5 |"
                    "a3c4e4g4c5 | d3a3d4f#4c5 | g3b3d4g4b4 |",
                    "01234234", 1, 0, 70, 0, 0.92}},
        .phrases = {{64, 58, 69, 60, 70, 0.06},
                    {64, 66, 76, 58, 72, 0.08},
                    {48, 58, 68, 52, 69, 0.22}},
    },
    {
        .file = "chopin-prelude-in-e-minor.mid",
        .title = "F. Chopin: Prelude in E minor, op. 28 no. 4, bars 1-12",
        .quarter = 12,
        .bar = 48,
        .upbeat = 12,
        .voices =
            {{"-/12 | g3b3e4/48 | f#3a3e4/24 f#3a3d#4 | f3a3d#4 f3a3d4/12 f3g#3d4 |"
              "e3g#3d4/24 e3g3d4/12 e3g3c#4 | e3g3c4/24 e3f#3c4 | e3f#3c4 d#3f#3c4 |"
              "d3f#3c4/48 | d3f3c4/24 d3f3b3 | c3e3b3/12 c3e3a3/36 |"
              "b2e3a3/12 b2d#3a3 c3e3a3/24 | b2d#3a3 c3e3a3 | -/48 |",
              "*", 6, -13, 57, 0, 0.84},
             {"-/540 | b2d#3a3/12 -/36 |", NULL, 0, -13, 57, 0, 1.0},
             {"b3/9 b4/3 | b4/36 c5/12 | b4/36 c5/12 | b4/36 c5/12 | b4/36 bb4/12 |"
              "a4/36 b4/12 | a4/36 b4/12 | a4/36 b4/9 a4/3 | a4/36 g#4/24 a4/6 b4 d5 "
              "c5 "
              "e4 a4 | f#4/36 a4/12 | f#4/36 b4/0 a4/12 |"
              "g4/6 f#4 c4 b3 d#4 f#4 d5/4 c5 b4 |",
              NULL, 0, 12, 69, 0.018, 1.03}},
        .phrases = {{204, 50, 61, 53, 57, 0.08},
                    {192, 53, 66, 59, 58, 0.07},
                    {96, 62, 72, 53, 59, 0.08},
                    {96, 49, 63, 56, 55, 0.2}},
    },
    {
        .file = "satie-gymnopedie-1.mid",
        .title = "E. Satie: Gymnopedie no. 1, bars 1-21",
        .quarter = 1,
        .bar = 3,
        .voices = {{"g2/3 | d2 | g2 | d2 | g2 | d2 | g2 | d2 | g2 | d2 | g2 | d2 |"
                    "g2 | d2 | g2 | d2 | f#2 | b1 | e2 | e2 | d2 |",
                    NULL, 0, -2, 43, 0.008, 0.97},
                   {"-/1 b3d4f#4/2 | -/1 a3c#4f#4/2 | -/1 b3d4f#4/2 | -/1 a3c#4f#4/2 |"
                    "-/1 b3d4f#4/2 | -/1 a3c#4f#4/2 | -/1 b3d4f#4/2 | -/1 a3c#4f#4/2 |"
                    "-/1 b3d4f#4/2 | -/1 a3c#4f#4/2 | -/1 b3d4f#4/2 | -/1 a3c#4f#4/2 |"
                    "-/1 b3d4f#4/2 | -/1 a3c#4f#4/2 | -/1 b3d4f#4/2 | -/1 a3c#4f#4/2 |"
                    "-/1 a3c#4f#4/2 | -/1 b3d4f#4/2 |"
                    "-/1 g3b3/2 | -/1 b3d4g4/2 | -/1 f3a3d4/2 |",
                    NULL, 0, -8, 62, 0, 0.95},
                   {"-/12 | -/1 f#5 a5 | g5 f#5 c#5 | b4 c#5 d5 | a4/3 | f#4/12 |"
                    "-/1 f#5 a5 | g5 f#5 c#5 | b4 c#5 d5 | a4/3 | c#5 | f#5 | e4/9 |",
                    NULL, 0, 13, 74, 0.02, 1.02}},
        .phrases = {{12, 43, 50, 48, 66, 0.02},
                    {24, 49, 60, 47, 67, 0.07},
                    {27, 50, 63, 42, 66, 0.16}},
    },
};

typedef struct Pianist {
    const Piece *piece;
    GRand *random; // a hand's small unevenness
    bool pedal;    // down
    Performance performance;
} Pianist;

// A little to either side of 0, seldom as far as `most`.
static double uneven(Pianist *p, double most) {
    double x = g_rand_double(p->random); // one statement each: their order is fixed
    x -= g_rand_double(p->random);
    return most * x;
}

// The phrase that holds `unit`, and how far through it (0-1) that is.
static const Phrase *phrase_at(const Piece *piece, double unit, double *through) {
    const Phrase *phrase = piece->phrases;
    for (; unit >= phrase->units && phrase[1].units; phrase++) unit -= phrase->units;
    *through = MIN(unit / phrase->units, 1);
    return phrase;
}

static double loudness(const Piece *piece, double unit) {
    double x, top = 0.6;
    const Phrase *phrase = phrase_at(piece, unit, &x);
    if (x < top) return phrase->from + (phrase->peak - phrase->from) * x / top;
    return phrase->peak + (phrase->to - phrase->peak) * (x - top) / (1 - top);
}

// A phrase sets off gently, flows in its middle and lingers at its end.
static double unit_seconds(const Piece *piece, double unit) {
    double x;
    const Phrase *phrase = phrase_at(piece, unit, &x);
    double flow = 0.95 + 0.3 * x * (1 - x);
    double linger = 1 - phrase->linger * x * x * x * x * x;
    return 60 / (phrase->tempo * flow * linger * piece->quarter);
}

static double seconds(const Piece *piece, double unit) {
    double slice = 0.25, sum = 0.3; // silence before the first note
    double done = 0;
    for (; done + slice <= unit; done += slice)
        sum += slice * unit_seconds(piece, done);
    return sum + (unit - done) * unit_seconds(piece, done);
}

static int64_t microseconds(double time) { return (int64_t)(time * 1e6); }

// One key for `units` from `unit`; `above` counts the chord's notes under it.
static void strike(Pianist *p, const Voice *v, int pitch, double unit, double units,
                   int above) {
    const Piece *piece = p->piece;
    int beat = (int)unit - piece->upbeat;
    int accent = beat % piece->bar == 0 ? 3 : beat % piece->quarter == 0 ? 1 : 0;
    double onset = seconds(piece, unit) - v->lead + 0.005 * above + uneven(p, 0.009);
    double length = seconds(piece, unit + units) - seconds(piece, unit);
    double level = loudness(piece, unit) + v->weight + 0.35 * (pitch - v->centre) +
                   4 * MIN(length, 1) + accent + uneven(p, 4);
    if (units == 0) onset -= length = 0.11; // a grace note, before the beat
    double release = onset + MAX(length * v->hold + uneven(p, 0.02), 0.04);
    performance_add_note(&p->performance,
                         (Note){.onset = microseconds(onset),
                                .release = microseconds(release),
                                .pitch = (uint8_t)pitch,
                                .velocity = (uint8_t)CLAMP(level, 1, 127)});
}

static void move_pedal(Pianist *p, double time, bool down) {
    static const uint8_t way[] = {22, 58, 91, 117, 127}; // of a foot, 14 ms a place
    int last = G_N_ELEMENTS(way) - 1;
    for (int i = 0; i <= last && down != p->pedal; i++)
        performance_add_pedal(&p->performance, microseconds(time + 0.014 * i),
                              down       ? way[i]
                              : i < last ? way[last - 1 - i]
                                         : 0);
    p->pedal = down;
}

// Legato: up once the new harmony sounds, and down again when the old one has gone.
static void change_pedal(Pianist *p, double time, bool down) {
    double up = time + 0.04 + uneven(p, 0.02);
    move_pedal(p, up, false);
    if (down) move_pedal(p, up + 0.15 + uneven(p, 0.03), true);
}

// "c#5" at *at becomes 73; *at goes past it.
static int read_pitch(const char **at) {
    static const int white[] = {9, 11, 0, 2, 4, 5, 7}; // a to g
    int letter = *(*at)++, alter = 0;
    g_assert(letter >= 'a' && letter <= 'g');
    if (**at == '#' || **at == 'b') alter = *(*at)++ == '#' ? 1 : -1;
    g_assert(g_ascii_isdigit(**at));
    int octave = *(*at)++ - '0';
    return 12 * (octave + 1) + white[letter - 'a'] + alter;
}

static void play_chord(Pianist *p, const Voice *v, const int *pitches, int count,
                       int unit, int units) {
    const char *figure = v->figure ? v->figure : "*";
    int step = v->figure ? v->step : MAX(units, 1);
    int places = (int)strlen(figure);
    for (int at = 0; at < MAX(units, 1); at += step) {
        int place = at / step % places;
        char which = figure[place];
        // what comes once in the figure stays down until the figure's end
        bool once = which != '*' && !strchr(figure + place + 1, which) &&
                    strchr(figure, which) == figure + place;
        int length = units ? (once ? places - place : 1) * step : 0;
        for (int i = 0; i < count; i++)
            if (which == '*' || which == '0' + i)
                strike(p, v, pitches[i], unit + at, length, which == '*' ? i : 0);
    }
}

static void play_voice(Pianist *p, const Voice *v) {
    const Piece *piece = p->piece;
    int unit = 0, units = 0;
    for (const char *at = v->score; *at;) {
        int pitches[8], count = 0;
        if (*at == ' ' || *at == '|') {
            g_assert(*at == ' ' || unit % piece->bar == piece->upbeat);
            at++;
            continue;
        }
        if (*at == '-') at++;
        while (*at >= 'a' && *at <= 'g') pitches[count++] = read_pitch(&at);
        if (*at == '/') units = (int)strtol(at + 1, (char **)&at, 10);
        play_chord(p, v, pitches, count, unit, units);
        if (v == piece->voices) change_pedal(p, seconds(piece, unit), count > 0);
        unit += units;
    }
    int whole = 0;
    for (const Phrase *phrase = piece->phrases; phrase->units; phrase++)
        whole += phrase->units;
    g_assert(unit == whole);
    if (v == piece->voices) change_pedal(p, seconds(piece, unit) - 0.1, false);
}

static bool make(const char *folder, const Piece *piece, GError **error) {
    Pianist p = {.piece = piece, .random = g_rand_new_with_seed(846)};
    for (int i = 0; i < (int)G_N_ELEMENTS(piece->voices); i++)
        if (piece->voices[i].score) play_voice(&p, &piece->voices[i]);
    performance_finish(&p.performance);

    g_autofree char *path = g_build_filename(folder, piece->file, NULL);
    g_autoptr(GBytes) bytes = smf_write(&p.performance, piece->title, error);
    gsize size = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    bool ok = data && g_file_set_contents(path, data, (gssize)size, error);
    performance_clear(&p.performance);
    g_rand_free(p.random);
    return ok;
}

int main(int argc, char **argv) {
    g_autoptr(GError) error = NULL;
    if (argc != 2) return fputs("usage: make_prompts FOLDER\n", stderr), 2;
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        if (make(argv[1], &pieces[i], &error)) continue;
        fprintf(stderr, "make_prompts: %s\n", error->message);
        return 1;
    }
    return 0;
}
