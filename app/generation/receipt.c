#include "app/generation/receipt.h"

#include "app/base/messages.h"

static void add_text(GString *ret, const char *key, const char *value) {
    g_autofree char *printable = message_printable(value);
    g_autofree char *line = g_strconcat(key, "=", printable, NULL);
    const char *end = line + strlen(line);
    while (end - line > RECEIPT_LINE) end = g_utf8_prev_char(end);
    g_string_append_len(ret, line, end - line);
    g_string_append_c(ret, '\n');
}

static void add_integer(GString *ret, const char *key, uint64_t value) {
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    add_text(ret, key, text);
}

// Writes a number with the fewest digits, at least 6, that read back as the same
// number.
static void spell(char text[G_ASCII_DTOSTR_BUF_SIZE], double value) {
    char format[8];
    for (int digits = 6; digits <= 17; digits++) {
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(text, G_ASCII_DTOSTR_BUF_SIZE, format, value);
        if (g_ascii_strtod(text, NULL) == value) break;
    }
}

static void add_number(GString *ret, const char *key, double value) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    spell(text, value);
    add_text(ret, key, text);
}

static void add_span(GString *ret, const char *key, double from, double to) {
    char begin[G_ASCII_DTOSTR_BUF_SIZE], end[G_ASCII_DTOSTR_BUF_SIZE];
    spell(begin, from);
    spell(end, to);
    g_autofree char *whole = g_strconcat(begin, "-", end, NULL);
    add_text(ret, key, whole);
}

static void add_name(GString *ret, const char *key, const char *path) {
    g_autofree char *name = g_path_get_basename(path);
    add_text(ret, key, name);
}

char *receipt_text(const Receipt *r) {
    GString *ret = g_string_new(NULL);
    const Sampler *s = &r->plan.sampler;
    add_text(ret, "par-midi", PAR_VERSION);
    add_name(ret, "model", r->model);
    add_text(ret, "model_hash", r->model_hash);
    add_text(ret, "weights", r->exact ? "exact" : "int8");
    add_text(ret, "tokenizer", tokenizer_name(r->tokenizer));
    add_integer(ret, "seed", r->plan.seed);
    add_number(ret, "temperature", s->temperature);
    add_number(ret, "top_p", s->top_p);
    add_number(ret, "min_p", s->min_p);
    add_integer(ret, "top_k", (uint64_t)s->top_k);
    add_number(ret, "pitch_temperature", s->within.temperature);
    add_number(ret, "pitch_top_p", s->within.top_p);
    add_number(ret, "closeness", r->plan.closeness);
    for (Dial dial = 0; dial < DIALS; dial++)
        if (r->plan.dials.at[dial] != 0)
            add_number(ret, dial_kinds[dial].name,
                       dial_said(dial, r->plan.dials.at[dial]));
    if (r->prompt) add_name(ret, "prompt", r->prompt);
    add_span(ret, "prompt_seconds", r->prompt_from, r->prompt_seconds);
    add_text(ret, "prompt_part", r->part == PROMPT_OMIT ? "omit" : "include");
    if (r->until > 0) add_number(ret, "until", r->until);
    if (r->plan.finish) add_number(ret, "finish", (double)r->plan.finish / 100);
    if (r->rank) {
        add_integer(ret, "rank", (uint64_t)r->rank);
        add_integer(ret, "candidates", (uint64_t)r->candidates);
        add_number(ret, "nats", r->nats);
    }
    if (r->plan.steps) add_number(ret, "seconds", (double)r->plan.steps / 100);
    add_integer(ret, "tokens", (uint64_t)r->drawn);
    return g_string_free(ret, FALSE);
}
