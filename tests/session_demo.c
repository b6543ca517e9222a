// The program that tests/kill_every_save.sh torments for a saved session.
//   session_demo FILE SEED    saves a document, the same for the same seed
#include "app/document/document_file.h"
#include "tests/random_document.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    GRand *random = g_rand_new_with_seed((guint32)strtoul(argv[2], NULL, 10));
    Document d = random_document(random, 150);
    g_autoptr(GError) error = NULL;
    bool ok = document_save(&d, argv[1], &error);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    document_clear(&d);
    g_rand_free(random);
    return !ok;
}
