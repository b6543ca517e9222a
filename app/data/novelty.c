#include "app/data/novelty.h"

#include "app/base/interrupt.h"
#include "app/base/progress.h"
#include "app/data/dataset.h"
#include "midi/analysis/line.h"
#include "midi/tokenizer.h"

static bool add_piece(Repertoire *r, const CorpusPiece *piece, const char *title) {
    Performance p = {0};
    GArray *tokens = piece_tokens(piece);
    tokenizer_decode(&p, (const Token *)(void *)tokens->data, tokens->len);
    g_array_unref(tokens);
    g_autofree Note *line = line_of(&p);
    bool ok = repertoire_add(r, title ? title : piece->name, line, p.note_count);
    performance_clear(&p);
    return ok;
}

static bool add_pieces(Repertoire *r, const Corpus *c, GHashTable *titles,
                       const char *folder, const volatile int *stop, GError **error) {
    Progress progress;
    const char *why = NULL;
    guint before = r->names->len;
    progress_begin(&progress, "indexing");
    for (int i = 0; i < c->piece_count && !why; i++) {
        const CorpusPiece *piece = &c->pieces[i];
        progress_show(&progress, (double)i / c->piece_count, NULL);
        if (stop && *stop)
            why = "stopped while it was indexed";
        else if (piece->split == SPLIT_TRAIN && piece->weight > 0 &&
                 !add_piece(r, piece, g_hash_table_lookup(titles, piece->name)))
            why = "has too many notes to be searched";
    }
    if (!why && r->names->len == before) why = "has nothing to train on";
    progress_end(&progress);
    if (why)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", folder, why);
    return !why;
}

static GHashTable *titles_new(void) {
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

// Adds the titles that a folder's CSV files give to its files.
static void add_titles(GHashTable *titles, const char *folder, const Encoding *music) {
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    DatasetBasis basis;
    g_autoptr(GPtrArray) files = dataset_list(folder, music, reasons, &basis, NULL);
    for (guint i = 0; files && i < files->len; i++) {
        DatasetFile *f = files->pdata[i];
        if (f->title)
            g_hash_table_insert(titles, g_strdup(f->name), g_steal_pointer(&f->title));
    }
    dataset_basis_clear(&basis);
}

static bool add_folder(Repertoire *r, const char *folder, TokenizerKind kind,
                       GError **error) {
    DatasetReport report;
    Encoding music = encoding_of_music(kind);
    Corpus corpus = {0};
    g_autoptr(GHashTable) titles = titles_new();
    add_titles(titles, folder, &music);
    bool ok = dataset_open(&corpus, folder, NULL, &music, &report, error) &&
              add_pieces(r, &corpus, titles, folder, interrupt_flag(), error);
    dataset_report_clear(&report);
    corpus_close(&corpus);
    return ok;
}

bool novelty_read(Repertoire *ret, char *const *folders, TokenizerKind kind,
                  GError **error) {
    Repertoire r;
    repertoire_init(&r);
    bool ok = true;
    for (char *const *folder = folders; *folder && ok; folder++)
        ok = add_folder(&r, *folder, kind, error);
    if (ok && !match_sort(r.index, interrupt_flag())) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "stopped while the training set was indexed");
        ok = false;
    }
    if (ok)
        *ret = r;
    else
        repertoire_clear(&r);
    return ok;
}

bool novelty_of_corpus(Repertoire *ret, const Corpus *c, char *const *folders,
                       TokenizerKind kind, GError **error) {
    Repertoire r;
    Encoding music = encoding_of_music(kind);
    g_autoptr(GHashTable) titles = titles_new();
    for (char *const *folder = folders; *folder; folder++)
        add_titles(titles, *folder, &music);
    repertoire_init(&r);
    bool ok = add_pieces(&r, c, titles, folders[0], NULL, error);
    if (ok)
        *ret = r;
    else
        repertoire_clear(&r);
    return ok;
}

bool novelty_open(Repertoire *ret, const char *path, TokenizerKind kind,
                  GError **error) {
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return repertoire_load(ret, path, interrupt_flag(), error);
    return novelty_read(ret, (char *[]){(char *)path, NULL}, kind, error);
}
