// par-midi score prints how surprising each note of a performance is to a model, and
// which of its passages occur in the training set.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/paths.h"
#include "app/commands.h"
#include "app/data/novelty.h"
#include "app/generation/continuation.h"
#include "app/generation/note_scores.h"
#include "model/files/memory.h"

#include <stdio.h>

typedef struct Arguments {
    char *model, *novelty; // owned
    const char *in;        // borrowed
    int passage, threads;
    gboolean exact, json;
} Arguments;

// The results for the piece.
typedef struct Found {
    NoteScores scores;
    GArray *passages;    // owned; Match; NULL: nothing was searched
    Repertoire training; // owned; names the passages
} Found;

static bool score(const Arguments *a, const Model *m, const GArray *tokens, Found *ret,
                  GError **error) {
    Pool *pool = pool_new(a->threads);
    pool_set_mixed(pool, !a->exact);
    Weights *weights = weights_new(m, !a->exact);
    Session *s = weights ? session_new(weights, pool) : NULL;
    if (s) note_scores_measure(&ret->scores, s, tokens);
    session_free(s);
    weights_free(weights);
    pool_free(pool);
    return s || memory_lacks("this model", error);
}

// Searches the index of --novelty, or else the one beside the model, if there is one.
static bool find_passages(const Arguments *a, const char *model_path,
                          TokenizerKind kind, const GArray *tokens, Found *ret,
                          GError **error) {
    g_autofree char *beside = repertoire_path(model_path);
    if (!a->novelty && !g_file_test(beside, G_FILE_TEST_EXISTS)) return true;
    if (!novelty_open(&ret->training, a->novelty ? a->novelty : beside, kind, error))
        return false;
    ret->passages = repertoire_passages(&ret->training, tokens, a->passage);
    return true;
}

static bool find_out(const Arguments *a, const char *model_path, Model *m, Found *ret,
                     GError **error) {
    TokenizerKind kind;
    Performance p = {0};
    bool ok = input_load_model(model_path, m, error) &&
              continuation_tokenizer(m, model_path, &kind, error) &&
              input_read_music(a->in, &p, error);
    if (ok) {
        GArray *tokens = tokenizer_encode(&p, kind);
        ok = find_passages(a, model_path, kind, tokens, ret, error) &&
             score(a, m, tokens, ret, error);
        g_array_unref(tokens);
    }
    performance_clear(&p);
    return ok;
}

static const char *const pitch_names[] = {"C",  "C#", "D",  "D#", "E",  "F",
                                          "F#", "G",  "G#", "A",  "A#", "B"};

static void print_text(const Found *f) {
    printf("%10s  %-5s %8s  %8s %8s %8s %8s\n", "seconds", "note", "velocity", "pitch",
           "time", "loudness", "release");
    const GArray *notes = f->scores.notes;
    for (guint i = 0; i < notes->len; i++) {
        const NoteScore *n = &g_array_index(notes, NoteScore, i);
        char name[8];
        g_snprintf(name, sizeof name, "%s%d", pitch_names[n->pitch % 12],
                   n->pitch / 12 - 1);
        printf("%10.2f  %-5s %8d  %8.2f %8.2f %8.2f %8.2f\n", (double)n->onset / 1e6,
               name, n->velocity, n->pitch_nats, n->time_nats, n->loudness_nats,
               n->release_nats);
    }
    printf("\n%u notes, %.3f nats per note, %.4f per token\n", notes->len,
           f->scores.nats / MAX(1, notes->len),
           f->scores.nats / (double)MAX(1, f->scores.tokens));
    for (guint i = 0; f->passages && i < f->passages->len; i++) {
        const Match *m = &g_array_index(f->passages, Match, i);
        g_autofree char *name = message_printable(f->training.names->pdata[m->piece]);
        printf("%d notes from %.2f to %.2f s are those of %s from %.0f s on, "
               "%+d semitones\n",
               m->notes, (double)m->query_onset / 1e6, (double)m->query_last / 1e6,
               name, (double)m->onset / 1e6, m->transposed);
    }
    if (f->passages && f->passages->len == 0)
        printf("no passage stands in the training set\n");
}

static cJSON *note_json(const NoteScore *n) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "seconds", (double)n->onset / 1e6);
    cJSON_AddNumberToObject(json, "pitch", n->pitch);
    cJSON_AddNumberToObject(json, "velocity", n->velocity);
    cJSON_AddNumberToObject(json, "pitch_nats", n->pitch_nats);
    cJSON_AddNumberToObject(json, "time_nats", n->time_nats);
    cJSON_AddNumberToObject(json, "loudness_nats", n->loudness_nats);
    cJSON_AddNumberToObject(json, "release_nats", n->release_nats);
    return json;
}

static void print_json(const Found *f, const Model *m) {
    cJSON *json = cJSON_CreateObject();
    const GArray *notes = f->scores.notes;
    cJSON_AddStringToObject(json, "model_sha256", m->hash);
    cJSON_AddNumberToObject(json, "nats", f->scores.nats);
    cJSON_AddNumberToObject(json, "tokens", (double)f->scores.tokens);
    cJSON *list = cJSON_AddArrayToObject(json, "notes");
    for (guint i = 0; i < notes->len; i++)
        cJSON_AddItemToArray(list, note_json(&g_array_index(notes, NoteScore, i)));
    if (f->passages) list = cJSON_AddArrayToObject(json, "passages");
    for (guint i = 0; f->passages && i < f->passages->len; i++) {
        const Match *match = &g_array_index(f->passages, Match, i);
        cJSON *object = cJSON_CreateObject();
        cJSON_AddNumberToObject(object, "notes", match->notes);
        cJSON_AddNumberToObject(object, "from", (double)match->query_onset / 1e6);
        cJSON_AddNumberToObject(object, "to", (double)match->query_last / 1e6);
        json_add_text(object, "piece", f->training.names->pdata[match->piece]);
        cJSON_AddNumberToObject(object, "piece_seconds", (double)match->onset / 1e6);
        cJSON_AddNumberToObject(object, "semitones", match->transposed);
        cJSON_AddItemToArray(list, object);
    }
    json_print(json);
}

static int run(const Arguments *a) {
    GError *error = NULL;
    Model model = {0};
    Found found = {0};
    g_autofree char *path = path_find_model(a->model, &error);
    int status = 0;
    if (!path || !find_out(a, path, &model, &found, &error))
        status = message_fail(error);
    else if (a->json)
        print_json(&found, &model);
    else
        print_text(&found);
    note_scores_clear(&found.scores);
    repertoire_clear(&found.training);
    if (found.passages) g_array_unref(found.passages);
    model_free(&model);
    return interrupt_status(status);
}

int cmd_score(int argc, char **argv) {
    g_autofree char *model = NULL, *novelty = NULL;
    Arguments a = {.passage = REPERTOIRE_PASSAGE};
    int status;
    // clang-format off
    const GOptionEntry entries[] = {
        {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "The model, a file or a name from par-midi models (default: $PAR_MIDI_MODEL, then the shipped model)", "MODEL"},
        {"novelty", 0, 0, G_OPTION_ARG_FILENAME, &novelty, "Name passages that occur note for note, at any pitch, in the training set in PATH, a folder or an index of par-midi train --repertoire (default: the index beside the model, if there is one)", "PATH"},
        {"passage", 0, 0, G_OPTION_ARG_INT, &a.passage, "Least number of notes of such a passage (default: 16)", "N"},
        {"exact", 0, 0, G_OPTION_ARG_NONE, &a.exact, "Compute in float with the weights as trained, not in int8; slower", NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a.threads, "Number of threads (default: every core)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &a.json, "Print JSON", NULL},
        {0},
    };
    // clang-format on
    if (!options_parse(
            &argc, &argv, "IN.mid",
            "Prints how surprising each note of a performance is to a model: -log p in "
            "nats\n(natural logarithms) of its pitch, of the time since the note "
            "before, "
            "of its loudness\nif it differs from that note's, and of when it is "
            "released. IN.mid may be -, standard\ninput.",
            NULL, entries, &status))
        return status;
    if (argc != 2) return message_misuse("exactly one MIDI file must be given");
    if (a.threads < 0 || a.threads > 1024)
        return message_misuse("--threads must be from 1 to 1024");
    if (a.passage < 2 || a.passage > MATCH_LONGEST)
        return message_misuse("--passage must be from 2 to %d", MATCH_LONGEST);
    a.in = argv[1];
    a.model = model;
    a.novelty = novelty;
    return run(&a);
}
