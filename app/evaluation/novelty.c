#include "app/evaluation/novelty.h"

#include "app/base/interrupt.h"
#include "app/base/progress.h"
#include "app/data/dataset.h"
#include "midi/performance.h"
#include "midi/tokenizer.h"

static bool add_piece(Novelty *n, const Piece *piece) {
    Performance p = {0};
    GArray *tokens = piece_tokens(piece);
    tokenizer_decode(&p, (const Token *)(void *)tokens->data, tokens->len);
    g_array_unref(tokens);
    bool ok = match_add(n->index, &p);
    performance_clear(&p);
    if (ok) g_ptr_array_add(n->names, g_strdup(piece->name));
    return ok;
}

static bool add_pieces(Novelty *n, const Corpus *c, const char *folder,
                       GError **error) {
    Progress progress;
    const char *why = NULL;
    progress_begin(&progress, "indexing");
    for (int i = 0; i < c->piece_count && !why; i++) {
        progress_show(&progress, (double)i / c->piece_count, NULL);
        if (*interrupt_flag())
            why = "stopped while it was indexed";
        else if (c->pieces[i].split == SPLIT_TRAIN && !add_piece(n, &c->pieces[i]))
            why = "has too many notes to be searched";
    }
    if (!why && n->names->len == 0) why = "has nothing to train on";
    if (!why) match_sort(n->index);
    progress_end(&progress);
    if (why)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", folder, why);
    return !why;
}

bool novelty_open(Novelty *ret, const char *folder, TokenizerKind kind,
                  GError **error) {
    DatasetReport report;
    Encoding music = encoding_of_music(kind);
    Corpus corpus = {0};
    Novelty n = {match_new(), g_ptr_array_new_with_free_func(g_free)};
    bool ok = dataset_open(&corpus, folder, NULL, &music, &report, error) &&
              add_pieces(&n, &corpus, folder, error);
    dataset_report_clear(&report);
    corpus_close(&corpus);
    if (ok)
        *ret = n;
    else
        novelty_close(&n);
    return ok;
}

void novelty_close(Novelty *n) {
    match_free(n->index);
    if (n->names) g_ptr_array_unref(n->names);
    *n = (Novelty){0};
}
