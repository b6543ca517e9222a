#include "app/data/data_check.h"

#include "app/base/json.h"

#include <stdio.h>

void split_counts(SplitCounts ret[SPLITS], const Corpus *c) {
    int64_t steps[SPLITS] = {0}, down[SPLITS] = {0};
    for (int s = 0; s < SPLITS; s++) ret[s] = (SplitCounts){.tokens = c->tokens[s]};
    for (int i = 0; i < c->piece_count; i++) {
        const Piece *p = &c->pieces[i];
        bool pedalled = false, pedal = false;
        for (int k = 0; k < p->count; k++) {
            Token t = p->tokens[k];
            if (token_is_note_on(t)) ret[p->split].notes++;
            int64_t shift = token_is_time_shift(t) ? t - TOKEN_TIME_SHIFT + 1 : 0;
            steps[p->split] += shift;
            if (pedal) down[p->split] += shift;
            pedal = (pedal || t == TOKEN_PEDAL_ON) && t != TOKEN_PEDAL_OFF;
            pedalled = pedalled || pedal;
        }
        ret[p->split].pieces++;
        ret[p->split].pedalled += pedalled;
    }
    for (int s = 0; s < SPLITS; s++) {
        ret[s].hours = (double)steps[s] * STEP_MICROSECONDS / 3.6e9;
        ret[s].pedal = (double)down[s] / (double)MAX(1, steps[s]);
    }
}

// A line for each performance that is there already, in the same split or in another.
static GPtrArray *duplicates(const Corpus *c, bool same_split) {
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable)
        seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < c->piece_count; i++) {
        const Piece *p = &c->pieces[i];
        char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                                (const void *)p->tokens,
                                                (gsize)p->count * sizeof *p->tokens);
        const Piece *first = g_hash_table_lookup(seen, sum);
        if (first && (first->split == p->split) == same_split)
            lines_add(lines, "%s (%s) and %s (%s)", first->name,
                      split_names[first->split], p->name, split_names[p->split]);
        if (first)
            g_free(sum);
        else
            g_hash_table_insert(seen, sum, (void *)p);
    }
    return lines;
}

static void print_lines(const char *what, const GPtrArray *lines) {
    printf("%s: %u\n", what, lines->len);
    for (guint i = 0; i < lines->len; i++) printf("  %s\n", (char *)lines->pdata[i]);
}

static void print_text(const SplitCounts *counts, const Corpus *c, TokenizerKind kind,
                       const DatasetReport *report) {
    g_autoptr(GPtrArray) shared = duplicates(c, false), twice = duplicates(c, true);
    printf("%-12s %7s %9s %11s %12s", "split", "pieces", "hours", "notes", "tokens");
    puts(kind == TOKENIZER_PEDAL ? "  with pedal  pedal down" : "");
    for (int s = 0; s < SPLITS; s++) {
        const SplitCounts *n = &counts[s];
        printf("%-12s %7d %9.2f %11" G_GINT64_FORMAT " %12" G_GINT64_FORMAT,
               split_names[s], n->pieces, n->hours, n->notes, n->tokens);
        if (kind == TOKENIZER_PEDAL)
            printf("  %8.1f %%  %8.1f %%", 100.0 * n->pedalled / MAX(1, n->pieces),
                   100 * n->pedal);
        puts("");
    }
    printf("\nTokenizer: %s\n", tokenizer_name(kind));
    printf("Split: %s%s\n", report->basis.split, report->basis.unread);
    print_lines("Files left out", report->reasons);
    print_lines("Performances in more than one split", shared);
    print_lines("Performances twice in a split", twice);
}

// JSON is UTF-8; a file's name may be anything.
static cJSON *lines_json(const GPtrArray *lines) {
    cJSON *json = cJSON_CreateArray();
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *valid = g_utf8_make_valid(lines->pdata[i], -1);
        cJSON_AddItemToArray(json, cJSON_CreateString(valid));
    }
    return json;
}

static cJSON *counts_json(const SplitCounts *n, TokenizerKind kind) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "pieces", n->pieces);
    cJSON_AddNumberToObject(json, "hours", n->hours);
    cJSON_AddNumberToObject(json, "notes", (double)n->notes);
    cJSON_AddNumberToObject(json, "tokens", (double)n->tokens);
    if (kind == TOKENIZER_PEDAL) {
        cJSON_AddNumberToObject(json, "with_pedal", n->pedalled);
        cJSON_AddNumberToObject(json, "pedal_down", n->pedal);
    }
    return json;
}

static void print_json(const SplitCounts *counts, const Corpus *c, TokenizerKind kind,
                       const DatasetReport *report) {
    g_autoptr(GPtrArray) shared = duplicates(c, false), twice = duplicates(c, true);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "tokenizer", tokenizer_name(kind));
    for (int s = 0; s < SPLITS; s++)
        cJSON_AddItemToObject(json, split_names[s], counts_json(&counts[s], kind));
    g_autofree char *split = g_strconcat(report->basis.split, report->basis.unread,
                                         NULL);
    cJSON_AddStringToObject(json, "split", split);
    cJSON_AddItemToObject(json, "skipped", lines_json(report->reasons));
    cJSON_AddItemToObject(json, "in_two_splits", lines_json(shared));
    cJSON_AddItemToObject(json, "twice_in_a_split", lines_json(twice));
    json_print(json);
}

void data_check(const Corpus *c, TokenizerKind kind, const DatasetReport *report,
                bool json) {
    SplitCounts counts[SPLITS];
    split_counts(counts, c);
    if (json)
        print_json(counts, c, kind, report);
    else
        print_text(counts, c, kind, report);
}
