#include "app/data/encoding.h"

#include "midi/file_name.h"
#include "midi/smf_read.h"
#include "midi/tokenizer.h"

Encoding encoding_of_music(TokenizerKind kind) {
    return (Encoding){.name = tokenizer_name(kind),
                      .what = "MIDI files",
                      .vocabulary = tokenizer_vocabulary(kind),
                      .kind = kind};
}

bool encoding_from_name(const char *name, int vocabulary, Encoding *ret) {
    TokenizerKind kind;
    if (!tokenizer_from_name(name, &kind) || tokenizer_vocabulary(kind) != vocabulary)
        return false;
    *ret = encoding_of_music(kind);
    return true;
}

bool encoding_takes(const Encoding *e, const char *name) {
    (void)e;
    return file_name_is_midi(name);
}

GArray *encoding_read(const Encoding *e, const char *path, GError **error) {
    Performance p = {0};
    GArray *tokens = smf_read_music(path, &p, NULL, error)
                         ? tokenizer_encode(&p, e->kind)
                         : NULL;
    performance_clear(&p);
    return tokens;
}
