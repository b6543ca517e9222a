#include "app/evaluation/likelihood/copy_score.h"

#include "app/base/inputs.h"
#include "app/base/json.h"
#include "app/evaluation/eval_folder.h"
#include "app/evaluation/likelihood/token_nats.h"
#include "midi/tokenizer.h"

#include <stdio.h>

enum { SECOND = 1000000, AGAIN = COPY_SCORE_THEME + COPY_SCORE_BETWEEN };

void copy_score_init(CopyScore *s, const Evaluation *e) {
    *s = (CopyScore){e, g_array_new(FALSE, FALSE, sizeof(CopyPiece)), 0};
}

void copy_score_clear(CopyScore *s) {
    if (s->pieces) g_array_unref(s->pieces);
    s->pieces = NULL;
}

// --- the music ---

// Reads the first seconds of a piece, counted from its first onset.
static bool read_part(Performance *ret, const char *path, int seconds, GError **error) {
    Performance p = {0};
    if (!input_read_music(path, &p, error)) return false;
    int64_t from = p.note_count > 0 ? p.notes[0].onset : 0;
    int64_t length = (int64_t)seconds * SECOND;
    bool ok = performance_end(&p) >= from + length;
    if (ok) {
        performance_slice(ret, &p, from, from + length);
        performance_shift(ret, -from);
    } else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: is shorter than %d seconds", path, seconds);
    performance_clear(&p);
    return ok;
}

static void append(Performance *ret, const Performance *part, int seconds) {
    int64_t at = (int64_t)seconds * SECOND;
    for (size_t i = 0; i < part->note_count; i++) {
        Note n = part->notes[i];
        performance_add_note(ret,
                             (Note){n.onset + at, n.release + at, n.pitch, n.velocity});
    }
    performance_add_pedal(ret, at, 0); // lifts a pedal that the previous part left down
    for (size_t i = 0; i < part->pedal_count; i++)
        performance_add_pedal(ret, at + part->pedal[i].time, part->pedal[i].value);
}

// --- its likelihood ---

// The sums over the tokens in [from, to): of all tokens, and of the pitches of notes.
typedef struct Hearing {
    int64_t from, to; // steps
    double nats[COPY_NATS];
    int count[COPY_NATS];
} Hearing;

typedef struct Listener {
    const Token *tokens;
    int vocabulary;
    Decoder decoder;
    Hearing hearings[2];
} Listener;

static void count(Hearing *h, CopyNats what, double nats) {
    h->nats[what] += nats;
    h->count[what]++;
}

static void listen(void *data, int place, const real *logits) {
    Listener *l = data;
    Token token = l->tokens[place];
    for (int i = 0; i < 2; i++) {
        Hearing *h = &l->hearings[i];
        if (l->decoder.step < h->from || l->decoder.step >= h->to) continue;
        count(h, COPY_TOKENS, token_nats(logits, token, 0, l->vocabulary));
        if (token_is_note_on(token))
            count(h, COPY_PITCHES, token_nats_of_pitch(logits, token));
    }
    decoder_push(&l->decoder, token);
}

// Scores `first`, then `between`, then the theme, in one piece of music.
static void hear(const CopyScore *s, Listener *l, const Performance *first,
                 const Performance *between, const Performance *theme,
                 EvaluateReport r) {
    const Evaluation *e = s->e;
    int64_t second = SECOND / STEP_MICROSECONDS;
    Performance music = {0};
    append(&music, first, 0);
    append(&music, between, COPY_SCORE_THEME);
    append(&music, theme, AGAIN);
    performance_finish(&music);
    GArray *tokens = tokenizer_encode(&music, e->encoding.kind);
    *l = (Listener){.tokens = (const Token *)(void *)tokens->data,
                    .vocabulary = e->configs[0].vocabulary,
                    .hearings = {{.from = 0, .to = COPY_SCORE_THEME * second},
                                 {.from = AGAIN * second, .to = INT64_MAX}}};
    decoder_init(&l->decoder);
    decoder_push(&l->decoder, l->tokens[0]);
    evaluate_each(e->predictors, &e->model.parameters, &e->configs[0], l->tokens,
                  (int)tokens->len, e->stride, listen, l, r);
    g_array_unref(tokens);
    performance_clear(&music);
}

// Reports the progress within one of the two pieces of music as half of the whole.
typedef struct Half {
    EvaluateReport whole;
    double from;
} Half;

static void report_half(void *data, double done) {
    const Half *h = data;
    if (h->whole.report) h->whole.report(h->whole.data, h->from + done / 2);
}

static void measure(CopyScore *s, const Performance parts[3], EvaluateReport r) {
    Listener heard, unheard;
    Half halves[] = {{r, 0}, {r, 0.5}};
    hear(s, &heard, &parts[0], &parts[1], &parts[0],
         (EvaluateReport){report_half, &halves[0]});
    hear(s, &unheard, &parts[2], &parts[1], &parts[0],
         (EvaluateReport){report_half, &halves[1]});
    const Hearing *of[COPY_HEARINGS] = {&heard.hearings[0], &heard.hearings[1],
                                        &unheard.hearings[1]};
    CopyPiece piece;
    for (int n = 0; n < COPY_NATS; n++)
        for (int i = 0; i < COPY_HEARINGS; i++)
            piece.nats[n][i] = of[i]->nats[n] / of[i]->count[n];
    g_array_append_val(s->pieces, piece);
}

bool copy_score_add(CopyScore *s, const CopyFiles *files, EvaluateReport r,
                    GError **error) {
    Performance parts[3] = {{0}};
    bool ok = read_part(&parts[0], files->theme, COPY_SCORE_THEME, error) &&
              read_part(&parts[1], files->between, COPY_SCORE_BETWEEN, error) &&
              read_part(&parts[2], files->other, COPY_SCORE_THEME, error);
    if (ok) measure(s, parts, r);
    for (int i = 0; i < 3; i++) performance_clear(&parts[i]);
    return ok;
}

// --- the results ---

Interval copy_score_mean(const CopyScore *s, CopyNats nats, CopyHearing of,
                         CopyHearing minus) {
    int pieces = (int)s->pieces->len;
    g_autofree double *values = g_new(double, pieces + 1);
    for (int i = 0; i < pieces; i++) {
        const double *n = g_array_index(s->pieces, CopyPiece, i).nats[nats];
        values[i] = of == minus ? n[of] : n[minus] - n[of];
    }
    return interval_of(values, pieces);
}

// The rows of both reports.
static const struct {
    const char *key, *name;
    CopyHearing of, minus;
} rows[] = {
    {"first", "first hearing", COPY_FIRST, COPY_FIRST},
    {"second", "second hearing", COPY_SECOND, COPY_SECOND},
    {"unheard", "there, but unheard before", COPY_UNHEARD, COPY_UNHEARD},
    {"gained", "second less than first", COPY_SECOND, COPY_FIRST},
    {"copied", "second less than unheard", COPY_SECOND, COPY_UNHEARD},
};
static const char *const nats_keys[COPY_NATS] = {"pitch_nats_per_note",
                                                 "nats_per_token"};

void copy_score_print(const CopyScore *s, const GPtrArray *folders) {
    printf("%d seconds of a piece, %d of another, and the first again\n\n",
           COPY_SCORE_THEME, COPY_SCORE_BETWEEN);
    printf("%-26s   %-28s   %s\n", "", "nats a note, of pitch", "nats a token");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        printf("%-26s", rows[i].name);
        for (int n = 0; n < COPY_NATS; n++) {
            Interval x = copy_score_mean(s, (CopyNats)n, rows[i].of, rows[i].minus);
            printf("   %7.4f (%7.4f to %7.4f)", x.mean, x.low, x.high);
        }
        puts("");
    }
    printf("\nmeans over %u pieces with 95 %% bootstrap intervals; %d left out\n",
           s->pieces->len, s->skipped);
    eval_folders_print(folders);
}

void copy_score_print_json(const CopyScore *s, const GPtrArray *folders) {
    const Evaluation *e = s->e;
    cJSON *json = cJSON_CreateObject();
    for (int n = 0; n < COPY_NATS; n++) {
        cJSON *all = cJSON_AddObjectToObject(json, nats_keys[n]);
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            interval_add(all, rows[i].key,
                         copy_score_mean(s, (CopyNats)n, rows[i].of, rows[i].minus));
    }
    cJSON_AddNumberToObject(json, "theme_seconds", COPY_SCORE_THEME);
    cJSON_AddNumberToObject(json, "between_seconds", COPY_SCORE_BETWEEN);
    cJSON_AddNumberToObject(json, "context", e->configs[0].context);
    cJSON_AddNumberToObject(json, "latents", e->configs[0].latents);
    cJSON_AddNumberToObject(json, "stride", e->stride);
    cJSON_AddNumberToObject(json, "pieces", s->pieces->len);
    cJSON_AddNumberToObject(json, "skipped", s->skipped);
    cJSON_AddStringToObject(json, "model_sha256", e->model.hash);
    cJSON_AddStringToObject(json, "tokenizer", e->encoding.name);
    cJSON_AddItemToObject(json, "folders", eval_folders_json(folders));
    json_print(json);
}
