// make_model OUT.safetensors TOKENIZER SEED [TEXT]: makes a random model for tests that
// run the program. TEXT replaces the name of its tokenizer and is added to its
// metadata.
#include "tests/tiny_model.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    TokenizerKind kind;
    if (argc < 4 || argc > 5 || !tokenizer_from_name(argv[2], &kind)) return 2;
    Model m;
    tiny_model(&m, kind, strtoull(argv[3], NULL, 10));
    GError *error = NULL;
    const char *text = argc == 5 ? argv[4] : NULL;
    const char *const extra[] = {"made_by", text ? text : "tests", NULL};
    bool ok = model_save(argv[1], &m.config, &m.parameters, text ? text : m.tokenizer,
                         DTYPE_F32, extra, &error);
    if (!ok) fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    model_free(&m);
    return !ok;
}
