// A corpus small enough to train on in a test: pieces that repeat a pattern of tokens,
// each beginning at another place of the pattern.
#ifndef TESTS_TOY_CORPUS_H
#define TESTS_TOY_CORPUS_H

#include "model/train/data/corpus.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOY_VOCABULARY = 13, TOY_PIECES = 6, TOY_LENGTH = 90 };

static inline void toy_corpus_open(Corpus *ret, const char *folder) {
    static const Token pattern[] = {3, 5, 4, 7, 7, 6, 12, 3, 9, 10, 8};
    char *path = g_build_filename(folder, "toy.tokens", NULL);
    uint8_t fingerprint[CORPUS_FINGERPRINT] = {1};
    GError *error = NULL;
    CorpusWriter *w = corpus_begin(path, TOY_VOCABULARY, fingerprint, &error);
    for (int p = 0; w && p < TOY_PIECES; p++) {
        Token tokens[TOY_LENGTH];
        for (int i = 0; i < TOY_LENGTH; i++)
            tokens[i] = pattern[(size_t)(i + p) % G_N_ELEMENTS(pattern)];
        tokens[0] = 2;
        tokens[TOY_LENGTH - 1] = 1;
        char name[16];
        g_snprintf(name, sizeof name, "%d.mid", p);
        if (!corpus_add(w, name, p < 4 ? SPLIT_TRAIN : SPLIT_VALIDATION, tokens,
                        TOY_LENGTH, &error))
            break;
    }
    if (error || !corpus_commit(w, &error) || !corpus_open(ret, path, NULL, &error)) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    g_free(path);
}

static inline char *toy_folder(void) { return g_dir_make_tmp("par-midi-XXXXXX", NULL); }

// Removes a folder with files and one level of subfolders.
static inline void toy_remove(const char *folder) {
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            toy_remove(path);
        else
            g_unlink(path);
        g_free(path);
    }
    if (dir) g_dir_close(dir);
    g_rmdir(folder);
}

#endif
