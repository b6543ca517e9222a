// par-midi tokenize prints a performance as token ids or names; par-midi detokenize
// turns them back into MIDI.
#include "app/base/inputs.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "app/commands.h"
#include "midi/grammar.h"
#include "midi/smf/smf_write.h"
#include "midi/tokenizer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_TEXT (64u << 20) // bytes of ids

static void add_name(GString *ret, Token t) {
    static const char *const others[] = {"PAD", "EOS", "SOS"};
    if (t < TOKEN_NOTE_ON)
        g_string_append(ret, others[t]);
    else if (t < TOKEN_NOTE_OFF)
        g_string_append_printf(ret, "NOTE_ON_%d", t - TOKEN_NOTE_ON);
    else if (t < TOKEN_TIME_SHIFT)
        g_string_append_printf(ret, "NOTE_OFF_%d", t - TOKEN_NOTE_OFF);
    else if (t < TOKEN_VELOCITY)
        g_string_append_printf(ret, "TIME_SHIFT_%d", t - TOKEN_TIME_SHIFT + 1);
    else if (t < TOKEN_PEDAL_ON)
        g_string_append_printf(ret, "VELOCITY_%d", t - TOKEN_VELOCITY);
    else
        g_string_append(ret, t == TOKEN_PEDAL_ON ? "PEDAL_ON" : "PEDAL_OFF");
}

static int tokenize(const char *in, TokenizerKind kind, bool names) {
    GError *error = NULL;
    Performance p = {0};
    if (!input_read_midi(in, &p, &error)) return message_fail(error);
    GArray *tokens = tokenizer_encode(&p, kind);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < tokens->len; i++) {
        Token token = g_array_index(tokens, Token, i);
        if (i > 0) g_string_append_c(text, ' ');
        if (names)
            add_name(text, token);
        else
            g_string_append_printf(text, "%d", token);
    }
    g_string_append_c(text, '\n');
    bool ok = path_write("-", text->str, text->len, &error);
    g_string_free(text, TRUE);
    g_array_unref(tokens);
    performance_clear(&p);
    return ok ? 0 : message_fail(error);
}

static const char which[] =
    "performance or performance-pedal (default: performance-pedal)";

static bool kind_from(const char *name, TokenizerKind *ret, int *status) {
    *ret = TOKENIZER_PEDAL;
    if (!name || tokenizer_from_name(name, ret)) return true;
    *status = message_misuse("--tokenizer must be %s or %s",
                             tokenizer_name(TOKENIZER_PERFORMANCE),
                             tokenizer_name(TOKENIZER_PEDAL));
    return false;
}

int cmd_tokenize(int argc, char **argv) {
    g_autofree char *tokenizer = NULL;
    gboolean names = FALSE;
    TokenizerKind kind;
    int status;
    const GOptionEntry entries[] = {
        {"tokenizer", 0, 0, G_OPTION_ARG_STRING, &tokenizer, which, "NAME"},
        {"names", 0, 0, G_OPTION_ARG_NONE, &names, "Print names instead of ids", NULL},
        {0},
    };
    if (!options_parse(
            &argc, &argv, "IN.mid",
            "Prints a MIDI file as the model's token ids. IN.mid may be -, standard "
            "input.",
            NULL, entries, &status))
        return status;
    if (argc != 2) return message_misuse("exactly one MIDI file must be given");
    if (!kind_from(tokenizer, &kind, &status)) return status;
    return tokenize(argv[1], kind, names);
}

static bool read_error(GError **error, const char *path) {
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s",
                path_input_name(path), g_strerror(code));
    return false;
}

// Reads a file or standard input, at most LONGEST_TEXT bytes.
static bool read_text(const char *path, GString *ret, GError **error) {
    FILE *file = path_is_stdio(path) ? stdin : fopen(path, "rb");
    if (!file) return read_error(error, path);
    char piece[4096];
    for (size_t n;
         ret->len <= LONGEST_TEXT && (n = fread(piece, 1, sizeof piece, file)) > 0;)
        g_string_append_len(ret, piece, (gssize)n);
    bool ok = !ferror(file) || read_error(error, path);
    if (file != stdin) fclose(file);
    if (ok && ret->len > LONGEST_TEXT) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: is larger than %u MB",
                    path_input_name(path), LONGEST_TEXT >> 20);
        return false;
    }
    return ok;
}

// Maps each name that --names prints to its id plus 1.
static GHashTable *ids_of_names(int vocabulary) {
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (Token token = 0; token < vocabulary; token++) {
        GString *name = g_string_new(NULL);
        add_name(name, token);
        g_hash_table_insert(ids, g_string_free(name, FALSE),
                            GINT_TO_POINTER(token + 1));
    }
    return ids;
}

static bool parse_token(const char *word, GHashTable *ids, int vocabulary, Token *ret) {
    int named = GPOINTER_TO_INT(g_hash_table_lookup(ids, word));
    guint64 id = 0;
    bool ok = named || g_ascii_string_to_unsigned(word, 10, 0, (guint64)vocabulary - 1,
                                                  &id, NULL);
    if (ok) *ret = named ? named - 1 : (Token)id;
    return ok;
}

// Parses ids and names, as tokenize prints them.
static bool parse_tokens(const GString *text, const char *path, int vocabulary,
                         GArray *ret, GError **error) {
    static const char space[] = " \t\r\n";
    g_autoptr(GHashTable) ids = ids_of_names(vocabulary);
    for (const char *at = text->str; at < text->str + text->len;) {
        if (strchr(space, *at) && *at) {
            at++;
            continue;
        }
        size_t size = strcspn(at, space);
        g_autofree char *word = g_strndup(at, MIN(size, 40));
        Token token;
        if (!parse_token(word, ids, vocabulary, &token)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "%s: byte %td: '%s' is no token id, 0 to %d, and no token's "
                        "name",
                        path_input_name(path), at - text->str, word, vocabulary - 1);
            return false;
        }
        g_array_append_val(ret, token);
        at += size;
    }
    if (ret->len > 0) return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: holds no token",
                path_input_name(path));
    return false;
}

static void warn_unless_legal(const GArray *tokens, TokenizerKind kind,
                              const char *path) {
    Grammar g;
    grammar_init(&g, kind);
    for (guint i = 0; i < tokens->len; i++) {
        Token token = g_array_index(tokens, Token, i);
        if (!grammar_allows(&g, token)) {
            GString *name = g_string_new(NULL);
            add_name(name, token);
            message_warn(
                "%s: token %u, %s, is not legal there; tokens without a meaning are "
                "left out",
                path_input_name(path), i + 1, name->str);
            g_string_free(name, TRUE);
            return;
        }
        grammar_push(&g, token);
    }
    if (!g.ended)
        message_warn(
            "%s: the tokens do not end in EOS; the last keys are released at the end",
            path_input_name(path));
}

static bool detokenize(const char *in, const char *out, TokenizerKind kind,
                       GError **error) {
    GString *text = g_string_new(NULL);
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    Performance p = {0};
    GBytes *bytes = NULL;
    bool ok = read_text(in, text, error) &&
              parse_tokens(text, in, tokenizer_vocabulary(kind), tokens, error);
    if (ok) {
        warn_unless_legal(tokens, kind, in);
        tokenizer_decode(&p, (const Token *)(const void *)tokens->data, tokens->len);
        bytes = smf_write(&p, NULL, error);
        ok = bytes && path_write(out, g_bytes_get_data(bytes, NULL),
                                 g_bytes_get_size(bytes), error);
    }
    if (bytes) g_bytes_unref(bytes);
    performance_clear(&p);
    g_array_unref(tokens);
    g_string_free(text, TRUE);
    return ok;
}

int cmd_detokenize(int argc, char **argv) {
    g_autofree char *out = NULL, *tokenizer = NULL;
    TokenizerKind kind;
    int status;
    // clang-format off
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Write the MIDI file to this file; - is standard output", "OUT.mid"},
        {"tokenizer", 0, 0, G_OPTION_ARG_STRING, &tokenizer, which, "NAME"},
        {0},
    };
    // clang-format on
    if (!options_parse(
            &argc, &argv, "[IDS.txt] -o OUT.mid",
            "Turns token ids or names, from a file or standard input, into a "
            "MIDI file.",
            NULL, entries, &status))
        return status;
    if (argc > 2) return message_misuse("only one file of ids can be given");
    if (!out) return message_misuse("-o OUT.mid is missing");
    if (!kind_from(tokenizer, &kind, &status)) return status;
    const char *in = argc == 2 ? argv[1] : "-";
    GError *error = NULL;
    status = outputs_check(PATHS(in), PATHS(out));
    if (status) return status;
    return detokenize(in, out, kind, &error) ? 0 : message_fail(error);
}
