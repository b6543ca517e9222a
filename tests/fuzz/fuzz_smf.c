// Reads any bytes as a MIDI file. The result must be a sentence, or a valid
// performance, which can be encoded and, unless it is too long, written to a file and
// read again.
#include "midi/smf/smf_read.h"
#include "midi/smf/smf_write.h"
#include "midi/tokenizer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sound.h"

static void write_and_read(const Performance *p) {
    GBytes *bytes = smf_write(p, "fuzz", NULL);
    if (!bytes) return;
    gsize size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    Performance again = {0};
    MUST(smf_parse(data, size, "again", &again, NULL, NULL));
    MUST(performance_is_sound(&again));
    performance_clear(&again);
    g_bytes_unref(bytes);
}

// Checks that every time in the music has a tick that gives exactly it.
static void check_tempo(const Performance *p) {
    for (size_t i = 0; i < p->note_count; i++) {
        int64_t tick = tempo_map_tick(p->tempo, p->notes[i].onset);
        MUST(tempo_map_time(p->tempo, tick) == p->notes[i].onset ||
             p->notes[i].onset == 100 * INT64_C(3600000000)); // cut, at the most
    }
    TempoMap *rest = tempo_map_slice(p->tempo, performance_end(p) / 2, G_MAXINT64);
    tempo_map_unref(tempo_map_finer(rest, 3));
    tempo_map_unref(rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Performance p = {0};
    SmfReport report;
    GError *error = NULL;
    if (!smf_parse(data, size, "fuzz", &p, &report, &error)) {
        MUST(error && g_str_has_prefix(error->message, "fuzz: "));
        MUST(!p.notes && !p.pedal && !p.tempo);
        g_error_free(error);
        return 0;
    }
    MUST(!error && performance_is_sound(&p) && report.drums <= report.notes);
    check_tempo(&p);
    MUST(p.note_count <= report.notes - report.drums);
    g_free(smf_report_warnings(&report));
    if (performance_end(&p) < INT64_C(3600000000)) {
        g_array_unref(tokenizer_encode(&p, TOKENIZER_PEDAL));
        g_array_unref(tokenizer_encode(&p, TOKENIZER_PERFORMANCE));
        if (size % 16 == 0) write_and_read(&p); // which takes longest
    }
    performance_clear(&p);
    return 0;
}
