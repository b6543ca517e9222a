#include "ui/drawing/font.h"

#include "ui/drawing/font_faces.h"

#define TEXTS 600 // kept at least

typedef struct Kept {
    FontText text;
    int width;
    bool drawn; // `text` holds the mask, not only the width
    bool used;  // since the last fonts_forget()
} Kept;

struct Fonts {
    FontFaces *faces;
    GHashTable *texts; // "strong size text" -> Kept
    uint32_t number;
};

static void kept_free(gpointer kept) {
    g_free(((Kept *)kept)->text.mask.cover);
    g_free(kept);
}

bool fonts_open(Fonts **ret, GError **error) {
    FontFaces *faces;
    if (!font_faces_open(&faces, error)) return false;
    *ret = g_new0(Fonts, 1);
    (*ret)->faces = faces;
    (*ret)->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
    return true;
}

void fonts_close(Fonts *f) {
    if (!f) return;
    g_hash_table_destroy(f->texts);
    font_faces_close(f->faces);
    g_free(f);
}

static int width_of(Fonts *f, bool strong, int size, const char *text) {
    int width = 0, one;
    FontRun run;
    while (font_faces_next(f->faces, strong, size, &text, &run)) {
        if (TTF_SizeUTF8(run.font, run.text, &one, NULL) == 0) width += one;
        g_free(run.text);
    }
    return width;
}

typedef struct Picture {
    SDL_Surface *surface; // owned
    int x, y;             // from the text's left end and the top of its line
} Picture;

static void picture_clear(gpointer p) { SDL_FreeSurface(((Picture *)p)->surface); }

// A picture a run, on one base line.
static GArray *pictures_of(Fonts *f, bool strong, int size, const char *text) {
    GArray *ret = g_array_new(FALSE, FALSE, sizeof(Picture));
    g_array_set_clear_func(ret, picture_clear);
    int x = 0, line = TTF_FontAscent(font_faces_first(f->faces, strong, size));
    FontRun run;
    while (font_faces_next(f->faces, strong, size, &text, &run)) {
        SDL_Surface *s = TTF_RenderUTF8_Blended(run.font, run.text,
                                                (SDL_Color){255, 255, 255, 255});
        g_free(run.text);
        if (!s) continue; // wider than SDL_ttf can
        Picture p = {s, x, line - TTF_FontAscent(run.font)};
        g_array_append_val(ret, p);
        x += s->w;
    }
    return ret;
}

// They are drawn in white: their opacity is the mask.
static void copy_opacity(const Picture *p, Mask *ret, int down) {
    const SDL_Surface *s = p->surface;
    for (int y = 0; y < s->h; y++) {
        const char *row = (const char *)s->pixels + (ptrdiff_t)y * s->pitch;
        const uint32_t *from = (const uint32_t *)(const void *)row;
        uint8_t *to = ret->cover + (ptrdiff_t)(p->y + down + y) * ret->width + p->x;
        for (int x = 0; x < s->w; x++) to[x] = (uint8_t)(from[x] >> 24);
    }
}

// If a font reaches higher or lower than the line, both sides get more room, so that
// the base line stays in its place.
static Mask mask_of(Fonts *f, bool strong, int size, const char *text) {
    TTF_Font *first = font_faces_first(f->faces, strong, size);
    if (!first) return (Mask){0};
    g_autoptr(GArray) pictures = pictures_of(f, strong, size, text);
    Mask ret = {.height = TTF_FontHeight(first)};
    int beyond = 0;
    for (guint i = 0; i < pictures->len; i++) {
        const Picture *p = &g_array_index(pictures, Picture, i);
        ret.width = p->x + p->surface->w;
        beyond = MAX(beyond, MAX(-p->y, p->y + p->surface->h - ret.height));
    }
    ret.height += 2 * beyond;
    ret.cover = g_malloc0((gsize)ret.width * (gsize)ret.height);
    for (guint i = 0; i < pictures->len; i++)
        copy_opacity(&g_array_index(pictures, Picture, i), &ret, beyond);
    return ret;
}

// Returns the cached entry of a text. It begins with the width alone, because drawing
// takes more time.
static Kept *keep(Fonts *f, bool strong, int size, const char *text) {
    g_autofree char *key = g_strdup_printf("%d %d %s", strong, size, text);
    Kept *kept = g_hash_table_lookup(f->texts, key);
    if (!kept) {
        kept = g_new0(Kept, 1);
        kept->width = width_of(f, strong, size, text);
        g_hash_table_insert(f->texts, g_steal_pointer(&key), kept);
    }
    kept->used = true;
    return kept;
}

const FontText *fonts_text(Fonts *f, bool strong, int size, const char *text) {
    Kept *kept = keep(f, strong, size, text);
    if (!kept->drawn)
        kept->text = (FontText){mask_of(f, strong, size, text), ++f->number};
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
