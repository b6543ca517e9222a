#include "app/data/data_check.h"

#include "app/base/json.h"

#include <stdio.h>

static void count_music(SplitCounts *ret, const CorpusPiece *p, int64_t *steps,
                        int64_t *down) {
    bool pedalled = false, pedal = false;
    for (int k = 0; k < p->count; k++) {
        Token t = p->tokens[k];
        if (token_is_note_on(t)) ret->notes++;
        int64_t shift = token_is_time_shift(t) ? t - TOKEN_TIME_SHIFT + 1 : 0;
        *steps += shift;
        if (pedal) *down += shift;
        pedal = (pedal || t == TOKEN_PEDAL_ON) && t != TOKEN_PEDAL_OFF;
        pedalled = pedalled || pedal;
    }
    ret->pedalled += pedalled;
}

void split_counts(SplitCounts ret[SPLITS], const Corpus *c, const Encoding *e) {
    int64_t steps[SPLITS] = {0}, down[SPLITS] = {0};
    for (int s = 0; s < SPLITS; s++) ret[s] = (SplitCounts){.tokens = c->tokens[s]};
    for (int i = 0; i < c->piece_count; i++) {
        const CorpusPiece *p = &c->pieces[i];
        ret[p->split].pieces++;
        if (!e->ids) count_music(&ret[p->split], p, &steps[p->split], &down[p->split]);
    }
    for (int s = 0; s < SPLITS; s++) {
        ret[s].hours = (double)steps[s] * STEP_MICROSECONDS / 3.6e9;
        ret[s].pedal = (double)down[s] / (double)MAX(1, steps[s]);
    }
}

static bool has_pedal(const Encoding *e) {
    return !e->ids && e->kind == TOKENIZER_PEDAL;
}

// Returns a line for each performance that occurred before, in the same split or in
// another.
static GPtrArray *duplicates(const Corpus *c, bool same_split) {
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable)
        seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < c->piece_count; i++) {
        const CorpusPiece *p = &c->pieces[i];
        char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                                (const void *)p->tokens,
                                                (gsize)p->count * sizeof *p->tokens);
        const CorpusPiece *first = g_hash_table_lookup(seen, sum);
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

static void print_text(const SplitCounts *counts, const Corpus *c, const Encoding *e,
                       const DatasetReport *report) {
    g_autoptr(GPtrArray) shared = duplicates(c, false), twice = duplicates(c, true);
    printf("%-12s %7s", "split", "pieces");
    if (!e->ids) printf(" %9s %11s", "hours", "notes");
    printf(" %12s%s\n", "tokens", has_pedal(e) ? "  with pedal  pedal down" : "");
    for (int s = 0; s < SPLITS; s++) {
        const SplitCounts *n = &counts[s];
        printf("%-12s %7d", split_names[s], n->pieces);
        if (!e->ids) printf(" %9.2f %11" G_GINT64_FORMAT, n->hours, n->notes);
        printf(" %12" G_GINT64_FORMAT, n->tokens);
        if (has_pedal(e))
            printf("  %8.1f %%  %8.1f %%", 100.0 * n->pedalled / MAX(1, n->pieces),
                   100 * n->pedal);
        puts("");
    }
    printf("\nTokenizer: %s\n", e->name);
    printf("Split: %s%s\n", report->basis.split, report->basis.unread);
    print_lines("Files left out", report->reasons);
    print_lines(e->ids ? "Files in more than one split"
                       : "Performances in more than one split",
                shared);
    print_lines(e->ids ? "Files twice in a split" : "Performances twice in a split",
                twice);
}

// JSON is UTF-8, but the bytes of a file's name may be anything.
static cJSON *lines_json(const GPtrArray *lines) {
    cJSON *json = cJSON_CreateArray();
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *valid = g_utf8_make_valid(lines->pdata[i], -1);
        cJSON_AddItemToArray(json, cJSON_CreateString(valid));
    }
    return json;
}

static cJSON *counts_json(const SplitCounts *n, const Encoding *e) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "pieces", n->pieces);
    if (!e->ids) {
        cJSON_AddNumberToObject(json, "hours", n->hours);
        cJSON_AddNumberToObject(json, "notes", (double)n->notes);
    }
    cJSON_AddNumberToObject(json, "tokens", (double)n->tokens);
    if (has_pedal(e)) {
        cJSON_AddNumberToObject(json, "with_pedal", n->pedalled);
        cJSON_AddNumberToObject(json, "pedal_down", n->pedal);
    }
    return json;
}

static void print_json(const SplitCounts *counts, const Corpus *c, const Encoding *e,
                       const DatasetReport *report) {
    g_autoptr(GPtrArray) shared = duplicates(c, false), twice = duplicates(c, true);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "tokenizer", e->name);
    for (int s = 0; s < SPLITS; s++)
        cJSON_AddItemToObject(json, split_names[s], counts_json(&counts[s], e));
    g_autofree char *split = g_strconcat(report->basis.split, report->basis.unread,
                                         NULL);
    cJSON_AddStringToObject(json, "split", split);
    cJSON_AddItemToObject(json, "skipped", lines_json(report->reasons));
    cJSON_AddItemToObject(json, "in_two_splits", lines_json(shared));
    cJSON_AddItemToObject(json, "twice_in_a_split", lines_json(twice));
    json_print(json);
}

void data_check(const Corpus *c, const Encoding *e, const DatasetReport *report,
                bool json) {
    SplitCounts counts[SPLITS];
    split_counts(counts, c, e);
    if (json)
        print_json(counts, c, e, report);
    else
        print_text(counts, c, e, report);
}
