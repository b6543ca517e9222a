#include "ui/drawing/font_files.h"

#include <fontconfig/fontconfig.h>
#include <glib.h>

struct FontFiles {
    FcConfig *config; // our own: the process's may be in use by other libraries
};

FontFiles *font_files_open(void) {
    FcConfig *config = FcInitLoadConfigAndFonts();
    if (!config) return NULL;
    FontFiles *f = g_new(FontFiles, 1);
    f->config = config;
    return f;
}

void font_files_close(FontFiles *f) {
    if (!f) return;
    FcConfigDestroy(f->config);
    g_free(f);
}

static FcPattern *wish(uint32_t character, bool strong) {
    FcPattern *p = FcPatternCreate();
    FcPatternAddString(p, FC_FAMILY, (const FcChar8 *)"Inter");
    FcPatternAddString(p, FC_FAMILY, (const FcChar8 *)"sans-serif");
    FcPatternAddInteger(p, FC_WEIGHT, strong ? FC_WEIGHT_DEMIBOLD : FC_WEIGHT_REGULAR);
    FcPatternAddBool(p, FC_SCALABLE, FcTrue);
    FcPatternAddBool(p, FC_VARIABLE, FcFalse); // SDL_ttf cannot set their axes
    if (!character) return p;
    FcCharSet *set = FcCharSetCreate();
    FcCharSetAddChar(set, character);
    FcPatternAddCharSet(p, FC_CHARSET, set);
    FcCharSetDestroy(set);
    return p;
}

bool font_files_find(FontFiles *f, FontFile *ret, uint32_t character, bool strong) {
    FcPattern *p = wish(character, strong);
    FcConfigSubstitute(f->config, p, FcMatchPattern);
    FcDefaultSubstitute(p);
    FcResult result;
    FcPattern *found = FcFontMatch(f->config, p, &result);
    FcChar8 *path;
    int index = 0;
    bool ok = found && FcPatternGetString(found, FC_FILE, 0, &path) == FcResultMatch;
    if (ok) {
        FcPatternGetInteger(found, FC_INDEX, 0, &index);
        *ret = (FontFile){g_strdup((const char *)path), index};
    }
    if (found) FcPatternDestroy(found);
    FcPatternDestroy(p);
    return ok;
}
