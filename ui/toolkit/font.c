#include "ui/toolkit/font.h"

#include <SDL_ttf.h>
#include <unistd.h>

#define FACES     8
#define TEXTS     600 // the cache's size before texts are freed
#define SIZE_MOST 400

// Regular and strong, the best first. Each that exists is a face.
static const char *const places[][2] = {
    {"/usr/share/fonts/opentype/inter/Inter-Regular.otf",
     "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf"},
    {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
     "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"},
    {"/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
     "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf"},
    {"/usr/share/fonts/TTF/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf"},
    {"/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
     "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"},
    {"/usr/share/fonts/truetype/freefont/FreeSans.ttf",
     "/usr/share/fonts/truetype/freefont/FreeSansBold.ttf"},
    {"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
     "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"},
};

typedef struct Kept {
    FontText text;
    int width;
    bool drawn; // `text` holds the mask, not only the width
    bool used;  // since the last fonts_forget()
} Kept;

struct Fonts {
    char *faces[FACES][2]; // paths; owned
    int face_count;
    GHashTable *open;  // "path size" -> TTF_Font
    GHashTable *texts; // "strong size text" -> Kept
    uint32_t number;
};

G_DEFINE_QUARK(font_error, font_error)

static void kept_free(gpointer kept) {
    g_free(((Kept *)kept)->text.mask.cover);
    g_free(kept);
}

static void font_free(gpointer font) { TTF_CloseFont(font); }

static void add_face(Fonts *f, const char *regular, const char *strong) {
    if (f->face_count == FACES || access(regular, R_OK) != 0) return;
    f->faces[f->face_count][0] = g_strdup(regular);
    f->faces[f->face_count][1] = g_strdup(access(strong, R_OK) == 0 ? strong : regular);
    f->face_count++;
}

static TTF_Font *face(Fonts *f, const char *path, int size) {
    g_autofree char *key = g_strdup_printf("%s %d", path, size);
    TTF_Font *font = g_hash_table_lookup(f->open, key);
    if (font) return font;
    font = TTF_OpenFont(path, size);
    if (!font) return NULL;
    TTF_SetFontHinting(font, TTF_HINTING_LIGHT_SUBPIXEL);
    g_hash_table_insert(f->open, g_steal_pointer(&key), font);
    return font;
}

bool fonts_open(Fonts **ret, const char *wanted, GError **error) {
    if (TTF_Init() != 0) {
        g_set_error(error, FONT_ERROR, 0, "texts cannot be drawn: %s", TTF_GetError());
        return false;
    }
    Fonts *f = g_new0(Fonts, 1);
    f->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, font_free);
    f->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
    if (wanted) add_face(f, wanted, wanted);
    if (wanted && (f->face_count == 0 || !face(f, wanted, 16))) {
        g_set_error(error, FONT_ERROR, 0, "%s: no font that can be read", wanted);
        fonts_close(f);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        add_face(f, places[i][0], places[i][1]);
    if (f->face_count == 0 || !face(f, f->faces[0][0], 16)) {
        g_set_error(error, FONT_ERROR, 0,
                    "no font found: apt install fonts-inter or fonts-dejavu-core");
        fonts_close(f);
        return false;
    }
    *ret = f;
    return true;
}

void fonts_close(Fonts *f) {
    if (!f) return;
    g_hash_table_destroy(f->texts);
    g_hash_table_destroy(f->open);
    for (int i = 0; i < f->face_count; i++)
        for (int j = 0; j < 2; j++) g_free(f->faces[i][j]);
    g_free(f);
    TTF_Quit();
}

static bool has_all(TTF_Font *font, const char *text) {
    for (const char *c = text; *c; c = g_utf8_next_char(c))
        if (!TTF_GlyphIsProvided32(font, g_utf8_get_char(c))) return false;
    return true;
}

static TTF_Font *font_for(Fonts *f, bool strong, int size, const char *text) {
    TTF_Font *first = NULL;
    size = CLAMP(size, 4, SIZE_MOST);
    for (int i = 0; i < f->face_count; i++) {
        TTF_Font *font = face(f, f->faces[i][strong], size);
        if (font && has_all(font, text)) return font;
        if (!first) first = font;
    }
    return first;
}

// SDL_ttf draws in white; the opacity of its picture is the mask.
static Mask mask_of(TTF_Font *font, const char *text) {
    Mask ret = {.height = font ? TTF_FontHeight(font) : 0};
    if (!font || !*text) return ret;
    SDL_Surface *s = TTF_RenderUTF8_Blended(font, text,
                                            (SDL_Color){255, 255, 255, 255});
    if (!s) return ret; // too wide for SDL_ttf
    ret.width = s->w, ret.height = s->h;
    ret.cover = g_malloc((gsize)s->w * (gsize)s->h);
    for (int y = 0; y < s->h; y++) {
        const uint32_t *from = (const uint32_t *)(const void *)((const char *)
                                                                    s->pixels +
                                                                (ptrdiff_t)y *
                                                                    s->pitch);
        for (int x = 0; x < s->w; x++)
            ret.cover[(ptrdiff_t)y * s->w + x] = (uint8_t)(from[x] >> 24);
    }
    SDL_FreeSurface(s);
    return ret;
}

// Returns the cached entry of a text. It begins with the width alone, because drawing
// takes more time.
static Kept *keep(Fonts *f, bool strong, int size, const char *text) {
    g_autofree char *key = g_strdup_printf("%d %d %s", strong, size, text);
    Kept *kept = g_hash_table_lookup(f->texts, key);
    if (!kept) {
        TTF_Font *font = font_for(f, strong, size, text);
        kept = g_new0(Kept, 1);
        if (font && *text) TTF_SizeUTF8(font, text, &kept->width, NULL);
        g_hash_table_insert(f->texts, g_steal_pointer(&key), kept);
    }
    kept->used = true;
    return kept;
}

const FontText *fonts_text(Fonts *f, bool strong, int size, const char *text) {
    Kept *kept = keep(f, strong, size, text);
    if (!kept->drawn)
        kept->text = (FontText){mask_of(font_for(f, strong, size, text), text),
                                ++f->number};
    kept->drawn = true;
    return &kept->text;
}

int fonts_width(Fonts *f, bool strong, int size, const char *text) {
    return keep(f, strong, size, text)->width;
}

static gboolean is_idle(gpointer key, gpointer value, gpointer with) {
    Kept *kept = value;
    bool used = kept->used;
    kept->used = false;
    return !used;
}

void fonts_forget(Fonts *f) {
    if (g_hash_table_size(f->texts) > TEXTS)
        g_hash_table_foreach_remove(f->texts, is_idle, NULL);
}
