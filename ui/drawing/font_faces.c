#include "ui/drawing/font_faces.h"

#include "ui/drawing/font_files.h"

#define FACES     32
#define SIZE_MOST 400

struct FontFaces {
    FontFiles *fonts;
    FontFile files[FACES][2]; // regular and strong; owned
    int count;
    GHashTable *open;  // "path index size" -> TTF_Font
    GHashTable *known; // character that the first face lacks -> its face
};

G_DEFINE_QUARK(font_error, font_error)

static void font_free(gpointer font) { TTF_CloseFont(font); }

static TTF_Font *open_face(FontFaces *f, int i, bool strong, int size) {
    const FontFile *file = &f->files[i][strong];
    size = CLAMP(size, 4, SIZE_MOST);
    g_autofree char *key = g_strdup_printf("%s %ld %d", file->path, file->index, size);
    TTF_Font *font = g_hash_table_lookup(f->open, key);
    if (font) return font;
    font = TTF_OpenFontIndex(file->path, size, file->index);
    if (!font) return NULL;
    TTF_SetFontHinting(font, TTF_HINTING_LIGHT_SUBPIXEL);
    g_hash_table_insert(f->open, g_steal_pointer(&key), font);
    return font;
}

static bool has(FontFaces *f, int i, bool strong, uint32_t c) {
    TTF_Font *font = open_face(f, i, strong, 16);
    return font && (c == 0 || TTF_GlyphIsProvided32(font, c));
}

// Asks fontconfig for a face with this character; 0: for any. False: there is none.
static bool add_face(FontFaces *f, uint32_t c) {
    FontFile *files = f->files[f->count];
    if (f->count == FACES || !font_files_find(f->fonts, &files[0], c, false))
        return false;
    if (!font_files_find(f->fonts, &files[1], c, true) || !has(f, f->count, true, c)) {
        g_free(files[1].path);
        files[1] = (FontFile){g_strdup(files[0].path), files[0].index};
    }
    bool found = has(f, f->count, false, c);
    f->count += found;
    for (int i = 0; i < 2 && !found; i++) g_clear_pointer(&files[i].path, g_free);
    return found;
}

bool font_faces_open(FontFaces **ret, GError **error) {
    if (TTF_Init() != 0) {
        g_set_error(error, FONT_ERROR, 0, "texts cannot be drawn: %s", TTF_GetError());
        return false;
    }
    FontFaces *f = g_new0(FontFaces, 1);
    f->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, font_free);
    f->known = g_hash_table_new(NULL, NULL);
    f->fonts = font_files_open();
    if (!f->fonts || !add_face(f, 0)) {
        g_set_error(error, FONT_ERROR, 0,
                    "no font found: apt install fonts-inter or fonts-dejavu-core");
        font_faces_close(f);
        return false;
    }
    *ret = f;
    return true;
}

void font_faces_close(FontFaces *f) {
    if (!f) return;
    g_hash_table_destroy(f->open);
    g_hash_table_destroy(f->known);
    for (int i = 0; i < f->count; i++)
        for (int j = 0; j < 2; j++) g_free(f->files[i][j].path);
    font_files_close(f->fonts);
    g_free(f);
    TTF_Quit();
}

TTF_Font *font_faces_first(FontFaces *f, bool strong, int size) {
    return open_face(f, 0, strong, size);
}

// The first face that has the character; where none has, the first shows a box.
static int face_of(FontFaces *f, uint32_t c) {
    gpointer known;
    int i = 0;
    if (has(f, 0, false, c)) return 0;
    if (g_hash_table_lookup_extended(f->known, GUINT_TO_POINTER(c), NULL, &known))
        return GPOINTER_TO_INT(known);
    while (i < f->count && !has(f, i, false, c)) i++;
    if (i == f->count && !add_face(f, c)) i = 0;
    g_hash_table_insert(f->known, GUINT_TO_POINTER(c), GINT_TO_POINTER(i));
    return i;
}

static TTF_Font *font_of(FontFaces *f, bool strong, int size, uint32_t c) {
    int i = face_of(f, c);
    TTF_Font *font = open_face(f, i, strong && has(f, i, true, c), size);
    return font ? font : open_face(f, 0, strong, size);
}

static bool is_common(GUnicodeScript s) {
    return s == G_UNICODE_SCRIPT_COMMON || s == G_UNICODE_SCRIPT_INHERITED;
}

static bool is_leftward(GUnicodeScript s) {
    return s == G_UNICODE_SCRIPT_HEBREW || s == G_UNICODE_SCRIPT_ARABIC ||
           s == G_UNICODE_SCRIPT_SYRIAC || s == G_UNICODE_SCRIPT_THAANA ||
           s == G_UNICODE_SCRIPT_NKO;
}

// Returns whether a character continues a run. Numbers go from left to right in every
// script.
static bool goes_on(FontFaces *f, const FontRun *run, bool strong, int size,
                    uint32_t c) {
    bool provided = TTF_GlyphIsProvided32(run->font, c);
    GUnicodeScript script = g_unichar_get_script(c);
    if (is_common(script))
        return provided && !(is_leftward(run->script) && g_unichar_isdigit(c));
    bool same = script == run->script ||
                (is_common(run->script) && !is_leftward(script));
    bool first = provided && run->font == open_face(f, 0, strong, size); // the usual
    return same && (first || font_of(f, strong, size, c) == run->font);
}

// A space or a bracket at the end of leftward text is part of what follows.
static const char *without_common(const char *from, const char *end) {
    for (const char *before = end; before > from; end = before) {
        before = g_utf8_prev_char(before);
        if (g_unichar_get_script(g_utf8_get_char(before)) != G_UNICODE_SCRIPT_COMMON)
            break;
    }
    return end;
}

bool font_faces_next(FontFaces *f, bool strong, int size, const char **text,
                     FontRun *ret) {
    const char *from = *text, *to;
    if (!*from) return false;
    uint32_t c = g_utf8_get_char(from);
    FontRun run = {NULL, font_of(f, strong, size, c), g_unichar_get_script(c)};
    if (!run.font) return false;
    for (to = g_utf8_next_char(from); *to; to = g_utf8_next_char(to)) {
        c = g_utf8_get_char(to);
        if (!goes_on(f, &run, strong, size, c)) break;
        if (is_common(run.script)) run.script = g_unichar_get_script(c);
    }
    bool leftward = is_leftward(run.script);
    if (leftward) to = without_common(from, to);
    run.text = g_strndup(from, (gsize)(to - from));
    uint32_t tag = GUINT32_TO_BE(g_unicode_script_to_iso15924(run.script));
    char name[5] = "";
    memcpy(name, &tag, sizeof tag);
    TTF_SetFontDirection(run.font, leftward ? TTF_DIRECTION_RTL : TTF_DIRECTION_LTR);
    TTF_SetFontScriptName(run.font, name);
    *text = to;
    *ret = run;
    return true;
}
