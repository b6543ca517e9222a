// Reads any bytes as a session. If they do not begin as one, they are operations, each
// after its length (two bytes), which get right checksums so that the operations are
// reached. The result must be a sentence, or a document that keeps its invariants and
// is the same when its own history is read again.
#include "app/document/document_file.h"
#include "app/document/document_path.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sound.h"

#include <string.h>

static History history_of(const uint8_t *data, size_t size) {
    History h;
    history_init(&h);
    while (size > 2) {
        size_t length = MIN((size_t)(data[0] | data[1] << 8) + 1, size - 2);
        history_append(&h, data + 2, length);
        data += 2 + length;
        size -= 2 + length;
    }
    return h;
}

static void check_paths(const Document *d) {
    for (int take = 0; take < (int)MIN(d->takes->len, 8); take++) {
        DocumentPath path;
        document_path(&path, d, take);
        MUST(performance_is_sound(&path.performance));
        MUST(take == 0 ||
             performance_end(&path.performance) <= document_take(d, take)->end);
        document_path_clear(&path);
        g_free(document_receipt(d, take, PROMPT_INCLUDE));
    }
    MUST(document_is_visible(d, d->view.take));
}

static void check(Document *d) {
    Document again;
    char *trouble;
    const GByteArray *bytes = d->history.bytes;
    MUST(document_parse(&again, bytes->data, bytes->len, "again", &trouble, NULL));
    MUST(!trouble && again.history.bytes->len == bytes->len);
    MUST(memcmp(again.history.bytes->data, bytes->data, bytes->len) == 0);
    document_clear(&again);
    check_paths(d);
    while (document_undo(d, NULL)) {
    }
    MUST(d->view.take == 0);
    for (int take = 1; take < (int)d->takes->len; take++)
        MUST(!document_is_visible(d, take));
    while (document_redo(d, NULL)) {
    }
    check_paths(d);
}

static void parse(const uint8_t *bytes, size_t size) {
    Document d;
    char *trouble = NULL;
    GError *error = NULL;
    if (document_parse(&d, bytes, size, "fuzz", &trouble, &error)) {
        MUST(!error && (!trouble || g_str_has_prefix(trouble, "fuzz: ")));
        check(&d);
        document_clear(&d);
        g_free(trouble);
    } else {
        MUST(error && g_str_has_prefix(error->message, "fuzz: "));
        g_error_free(error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size >= 8 && memcmp(data, "par-midi", 8) == 0) {
        parse(data, size);
    } else {
        History h = history_of(data, size);
        parse(h.bytes->data, h.bytes->len);
        history_clear(&h);
    }
    return 0;
}
